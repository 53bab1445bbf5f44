//! The way through a plan: the graph in order, each resource's instances, then what is left over,
//! then the outputs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use meridian_config::{Repetition, Resource};
use meridian_graph::{InstanceAddress, InstanceKey, Node, ResourceAddress};
use meridian_lang::{Diagnostics, Type, Value};
use meridian_resource::Object;

use crate::compare::drifted;
use crate::conditions::{check_postconditions, check_preconditions};
use crate::declared::Declared;
use crate::inputs::{Inputs, PriorObject};
use crate::instance::{self, Wanted};
use crate::outputs::plan_outputs;
use crate::places::provider_key;
use crate::propose::is_nothing;
use crate::repetition::expand;
use crate::route::foresee;
use crate::values::{Repeated, Values};
use crate::{Action, Drift, Gone, Mode, Plan, Reason, ResourceChange};

/// Makes a plan.
///
/// # Errors
/// Everything that is wrong; nothing of a plan is given then.
pub fn plan(inputs: Inputs<'_>) -> Result<Plan, Diagnostics> {
    Planner::new(inputs).run()
}

pub(crate) struct Planner<'a> {
    pub(crate) inputs: Inputs<'a>,
    pub(crate) values: Values<'a>,
    pub(crate) declared: Declared<'a>,
    pub(crate) diagnostics: Diagnostics,
    /// Objects of the state that no instance has taken yet. Deposed ones are kept apart.
    prior: HashMap<InstanceAddress, PriorObject>,
    deposed: Vec<PriorObject>,
    changes: BTreeMap<InstanceAddress, ResourceChange>,
    left_over: Vec<ResourceChange>,
    gone: Vec<Gone>,
    /// Resources with an instance that must be deleted before its replacement is created: what
    /// depends on them and is replaced too must follow.
    delete_first: BTreeSet<ResourceAddress>,
}

impl<'a> Planner<'a> {
    fn new(mut inputs: Inputs<'a>) -> Planner<'a> {
        let values = Values::new(inputs.config, inputs.variables, inputs.surroundings);
        let objects = std::mem::take(&mut inputs.objects);
        let (deposed, current): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| object.deposed.is_some());
        let prior = current.into_iter().map(|object| (object.address.clone(), object)).collect();
        Planner {
            declared: Declared::of(inputs.config),
            inputs,
            values,
            diagnostics: Diagnostics::new(),
            prior,
            deposed,
            changes: BTreeMap::new(),
            left_over: Vec::new(),
            gone: Vec::new(),
            delete_first: BTreeSet::new(),
        }
    }

    fn run(mut self) -> Result<Plan, Diagnostics> {
        let drift = self.drift();
        match self.inputs.mode {
            Mode::Normal => self.plan_configuration(),
            Mode::Destroy => {}
        }
        self.plan_what_is_left();
        let outputs = plan_outputs(&self.inputs, &self.values, &mut self.diagnostics);
        if self.inputs.mode == Mode::Normal {
            self.diagnostics.extend(self.values.check_locals());
        }
        let mut changes: Vec<ResourceChange> = self.changes.into_values().collect();
        changes.append(&mut self.left_over);
        changes.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.deposed.cmp(&b.deposed)));
        let warnings = self.diagnostics.check()?.into_iter().collect();
        Ok(Plan {
            mode: self.inputs.mode,
            changes,
            outputs,
            drift,
            gone: self.gone,
            variables: self.inputs.variables.clone(),
            warnings,
            basis: self.inputs.basis,
        })
    }

    fn drift(&self) -> Vec<Drift> {
        let mut drift: Vec<Drift> = self
            .prior
            .values()
            .filter(|object| !object.unfinished)
            .filter_map(|object| {
                let kind =
                    self.inputs.registry.resource_type(&object.address.resource.type_name)?;
                let differs = match &object.observed {
                    None => true,
                    Some(observed) => {
                        drifted(kind.schema(), &object.stored.attributes, &observed.attributes)
                    }
                };
                differs.then(|| Drift {
                    address: object.address.clone(),
                    region: object.region.clone(),
                    before: object.stored.attributes.clone(),
                    after: object.observed.as_ref().map(|it| it.attributes.clone()),
                })
            })
            .collect();
        drift.sort_by(|a, b| a.address.cmp(&b.address));
        drift
    }

    fn plan_configuration(&mut self) {
        let graph = self.inputs.graph;
        for node in graph.in_order() {
            if let Node::Resource(address) = node
                && let Some(resource) = self.declared.get(address)
            {
                self.plan_resource(address, resource);
            }
        }
    }

    fn plan_resource(&mut self, address: &ResourceAddress, resource: &Resource) {
        let node = Node::Resource(address.clone());
        let dependencies: Vec<ResourceAddress> =
            self.inputs.graph.resource_dependencies(&node).into_iter().collect();
        let Some(kind) = self.inputs.registry.resource_type(&address.type_name) else {
            self.diagnostics.push(crate::validate::unknown_type(resource, self.inputs.registry));
            return;
        };
        let Some(place) = self.inputs.places.get(&provider_key(resource)) else {
            return;
        };
        let instances = match expand(&resource.repetition, &self.values) {
            Ok(instances) => instances,
            Err(errors) => {
                self.diagnostics.extend(errors);
                return;
            }
        };
        let must_follow = dependencies.iter().any(|it| self.delete_first.contains(it));
        let mut planned = Vec::with_capacity(instances.len());
        for (key, repeated) in instances {
            let instance = address.instance(key.clone());
            check_preconditions(self, resource, &instance, &repeated);
            let prior = self.prior.remove(&instance);
            let mut change = instance::plan(
                self,
                &Wanted { resource, kind, place, address: &instance, repeated: &repeated },
                prior.as_ref(),
            );
            change.dependencies.clone_from(&dependencies);
            change.stale |=
                change.action == Action::NoOp && change.prior_dependencies != change.dependencies;
            change.create_first &= !must_follow;
            if change.action == Action::Replace && !change.create_first {
                self.delete_first.insert(address.clone());
            }
            let after = change.after.clone().unwrap_or_else(|| kind.schema().empty());
            let found = check_postconditions(resource, &instance, &self.values, &repeated, &after);
            self.diagnostics.extend(found);
            planned.push((key, after));
            self.changes.insert(instance, change);
        }
        self.values.set_resource(address.clone(), combined(&resource.repetition, planned));
    }

    /// What has been planned so far for the instances of a resource.
    pub(crate) fn planned_changes(
        &self,
        address: &ResourceAddress,
    ) -> impl Iterator<Item = &ResourceChange> {
        self.changes
            .range(address.instance(None)..)
            .map(|(_, change)| change)
            .take_while(|change| change.address.resource == *address)
    }

    /// Whatever of the state no instance has taken is deleted.
    fn plan_what_is_left(&mut self) {
        let mut rest: Vec<PriorObject> = self.prior.drain().map(|(_, object)| object).collect();
        rest.append(&mut self.deposed);
        rest.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.deposed.cmp(&b.deposed)));
        for object in rest {
            let reason = match (&object.deposed, self.inputs.mode) {
                (Some(_), _) => Some(Reason::LeftOver),
                (None, Mode::Destroy) => None,
                (None, Mode::Normal) => Some(self.why_deleted(&object.address)),
            };
            if let Some(change) = self.plan_deletion(object, reason) {
                self.left_over.push(change);
            }
        }
    }

    fn why_deleted(&self, address: &InstanceAddress) -> Reason {
        let resource = self.declared.get(&address.resource);
        match (resource.map(|it| &it.repetition), &address.key) {
            (None, _) => Reason::NoResourceConfig,
            (Some(Repetition::Count(_)), Some(InstanceKey::Index(_))) => Reason::CountIndex,
            (Some(Repetition::ForEach(_)), Some(InstanceKey::Text(_))) => Reason::EachKey,
            (Some(_), _) => Reason::WrongRepetition,
        }
    }

    fn plan_deletion(
        &mut self,
        object: PriorObject,
        reason: Option<Reason>,
    ) -> Option<ResourceChange> {
        let kind = self.inputs.registry.resource_type(&object.address.resource.type_name)?;
        let place = self.inputs.places.get(&object.provider)?;
        let place = meridian_resource::Place { region: object.region.clone(), ..place.clone() };
        let Some(observed) = object.observed else {
            self.gone.push(Gone { address: object.address, deposed: object.deposed });
            return None;
        };
        instance::refuse_if_protected(self, &object.address);
        let observed = as_stored_where_empty(observed, &object.stored);
        let calls = foresee(kind, &place, Some(observed.clone()), None);
        Some(ResourceChange {
            address: object.address,
            deposed: object.deposed,
            provider: object.provider.clone(),
            region: object.region,
            action: Action::Delete,
            reason,
            before: Some(observed),
            after: None,
            replace_paths: Vec::new(),
            create_first: false,
            configured_create_first: false,
            calls,
            dependencies: object.dependencies.clone(),
            prior_provider: Some(object.provider),
            prior_dependencies: object.dependencies,
            stale: false,
        })
    }
}

/// What goes away is shown as it was stored where a read only spells nothing in another way.
fn as_stored_where_empty(observed: Object, stored: &Object) -> Object {
    let entries = stored.attributes.as_entries().into_iter().flatten();
    entries.fold(observed, |object, (name, value)| {
        let seen = object.attribute(name);
        if value.is_null() && is_nothing(&seen) { object.with(name, value.clone()) } else { object }
    })
}

/// What references to a resource give, from its instances.
pub fn combined(
    repetition: &Repetition,
    instances: impl IntoIterator<Item = (Option<InstanceKey>, Value)>,
) -> Value {
    let mut instances = instances.into_iter();
    match repetition {
        Repetition::Single => {
            instances.next().map_or_else(|| Value::unknown(Type::Dynamic), |(_, value)| value)
        }
        Repetition::Count(_) => Value::tuple(instances.map(|(_, value)| value)),
        Repetition::ForEach(_) => Value::object(instances.map(|(key, value)| {
            let key: Arc<str> = match key {
                Some(InstanceKey::Text(text)) => text,
                other => other.map_or_else(String::new, |key| key.to_string()).into(),
            };
            (key, value)
        })),
    }
}

/// What a block that is not repeated sees of its repetition: nothing.
pub(crate) const fn not_repeated() -> Repeated {
    Repeated { index: None, each: None, self_object: None }
}
