//! The way through a plan: the graph in order, each block in each instance of its module, then what
//! is left over, then the outputs.

mod checks;
pub(crate) mod data;
mod destroy;
mod left_over;
mod managed;
mod notices;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use meridian_config::Repetition;
use meridian_graph::{ConfigResource, InstanceAddress, Node, ResourceAddress, ResourceMode};
use meridian_lang::{Diagnostics, Type, Value};

use meridian_graph::InstanceKey;

use crate::compare::drifted;
use crate::declared::Declared;
use crate::foreign::{foreign_types, is_built_in};
use crate::inputs::{Inputs, PriorObject, Question};
use crate::moves;
use crate::outputs::plan_outputs;
use crate::owned::Owned;
use crate::selection::Selection;
use crate::sets::Members;
use crate::values::Values;
use crate::{Action, CheckResult, DataObject, Drift, Gone, Mode, Plan, ResourceChange};

/// What came of planning.
#[derive(Debug)]
pub enum Planned {
    /// A plan.
    Done(Box<Plan>),
    /// Questions that must be answered first, by whoever can read from the cloud.
    Asks(Vec<Question>),
}

/// Why there is no plan.
#[derive(Debug)]
pub struct Unplanned {
    /// Everything that is wrong.
    pub diagnostics: Diagnostics,
    /// What was planned all the same, to be shown and never to be carried out.
    pub partial: Box<Plan>,
}

/// Makes a plan, or says what must be known for one.
///
/// # Errors
/// Everything that is wrong.
pub fn plan(inputs: Inputs<'_>) -> Result<Planned, Diagnostics> {
    plan_or_part(inputs).map_err(|unplanned| unplanned.diagnostics)
}

/// The same as [`plan`], with what could be planned where something is wrong.
///
/// # Errors
/// Everything that is wrong, and what is not.
pub fn plan_or_part(inputs: Inputs<'_>) -> Result<Planned, Unplanned> {
    let standing = destroy::standing(&inputs);
    Planner { standing, ..Planner::new(inputs) }.run()
}

pub(crate) struct Planner<'a> {
    pub(crate) inputs: Inputs<'a>,
    pub(crate) values: Values<'a>,
    pub(crate) declared: Declared<'a>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) selection: Selection,
    /// Where the state has its objects.
    pub(crate) members: Members,
    /// Objects of the state that no instance has taken yet. Deposed ones are kept apart.
    prior: HashMap<InstanceAddress, PriorObject>,
    deposed: Vec<PriorObject>,
    pub(crate) changes: BTreeMap<InstanceAddress, ResourceChange>,
    pub(crate) left_over: Vec<ResourceChange>,
    gone: Vec<Gone>,
    data: Vec<DataObject>,
    untouched: Vec<(InstanceAddress, Value)>,
    empty: Vec<ResourceAddress>,
    checks: Vec<CheckResult>,
    questions: Vec<Question>,
    /// The arguments that each instance sets, and does not leave to others.
    pub(crate) sets: HashMap<InstanceAddress, Vec<Arc<str>>>,
    /// In a plan to destroy: what is said of the configuration that goes.
    pub(crate) standing: destroy::Standing,
    /// Blocks with an instance that must be deleted before its replacement is created: what
    /// depends on them and is replaced too must follow.
    delete_first: BTreeSet<ConfigResource>,
    /// Blocks that a block with `create_before_destroy` leans on: they are replaced so, too.
    create_first: BTreeSet<ConfigResource>,
}

impl<'a> Planner<'a> {
    fn new(mut inputs: Inputs<'a>) -> Planner<'a> {
        let values = Values::new(inputs.config, inputs.variables, inputs.surroundings);
        let objects = std::mem::take(&mut inputs.objects);
        let declared = Declared::of(inputs.config);
        let mut diagnostics = Diagnostics::new();
        let objects = moves::carry_out(inputs.config, &declared, objects, &mut diagnostics);
        let selection = Selection::new(&inputs, &objects, &mut diagnostics);
        let (deposed, current): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| object.deposed.is_some());
        let members = Members::of(&current, inputs.registry);
        let prior = current.into_iter().map(|object| (object.address.clone(), object)).collect();
        let create_first = crate::triggers::created_first(&declared, inputs.graph);
        Planner {
            members,
            declared,
            inputs,
            values,
            diagnostics,
            selection,
            prior,
            deposed,
            changes: BTreeMap::new(),
            left_over: Vec::new(),
            gone: Vec::new(),
            data: Vec::new(),
            untouched: Vec::new(),
            empty: Vec::new(),
            checks: Vec::new(),
            questions: Vec::new(),
            sets: HashMap::new(),
            standing: destroy::Standing::default(),
            delete_first: BTreeSet::new(),
            create_first,
        }
    }

    fn run(mut self) -> Result<Planned, Unplanned> {
        let drift = self.drift();
        if self.inputs.mode != Mode::Destroy {
            self.walk();
            moves::refuse_still_declared(&mut self);
            self.check_root_variables();
        }
        if !self.questions.is_empty() {
            // What is wrong now may be wrong only for want of the answers.
            return Ok(Planned::Asks(self.questions));
        }
        let found = std::mem::take(&mut self.standing.diagnostics);
        self.diagnostics.extend(found);
        if self.inputs.mode != Mode::Destroy {
            let Inputs { config, graph, registry, ref options, .. } = self.inputs;
            self.diagnostics.extend(foreign_types(config, Some(graph), registry, options));
        }
        self.plan_what_is_left();
        crate::sets::refuse_deletion_of_what_is_taken(&mut self);
        crate::dangers::note(&mut self);
        if !self.questions.is_empty() {
            return Ok(Planned::Asks(self.questions));
        }
        let outputs = plan_outputs(&mut self);
        self.note_the_undecided();
        self.diagnostics.extend(self.values.take_diagnostics());
        if self.diagnostics.has_errors() {
            // What a block wants that could not be planned is not known.
            let declared = &self.declared;
            self.left_over.retain(|it| declared.get(&it.address.resource.config()).is_none());
        }
        let mut changes: Vec<ResourceChange> =
            std::mem::take(&mut self.changes).into_values().collect();
        changes.append(&mut self.left_over);
        changes.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.deposed.cmp(&b.deposed)));
        self.review(&mut changes);
        self.warn(&mut changes);
        let (warnings, errors) = match self.diagnostics.has_errors() {
            true => (Vec::new(), Some(self.diagnostics)),
            false => (self.diagnostics.into_iter().collect(), None),
        };
        self.data.sort_by(|a, b| a.address.cmp(&b.address));
        let plan = Box::new(Plan {
            mode: self.inputs.mode,
            changes,
            outputs,
            data: self.data,
            untouched: self.untouched,
            empty: self.empty,
            checks: self.checks,
            drift,
            gone: self.gone,
            variables: self.inputs.variables.clone(),
            warnings,
            basis: self.inputs.basis,
            options: self.inputs.options,
        });
        match errors {
            Some(diagnostics) => Err(Unplanned { diagnostics, partial: plan }),
            None => Ok(Planned::Done(plan)),
        }
    }

    fn drift(&self) -> Vec<Drift> {
        let registry = self.inputs.registry;
        let owned = Owned::of(self.prior.values(), registry);
        let mut drift: Vec<Drift> = self
            .prior
            .values()
            .filter(|object| !object.unfinished && self.selection.has_object(&object.address))
            .filter_map(|object| {
                let kind = registry.resource_type(&object.address.resource.type_name)?;
                let block = self.declared.get(&object.address.resource.config());
                let sets = |name: &str| block.is_some_and(|it| it.body.attribute(name).is_some());
                let after = object.observed.as_ref();
                let after = after.map(|it| owned.as_before(object, &it.attributes, sets));
                let differs = after
                    .as_ref()
                    .is_none_or(|after| drifted(kind.schema(), &object.stored.attributes, after));
                differs.then(|| Drift {
                    address: object.address.clone(),
                    region: object.region.clone(),
                    before: object.stored.attributes.clone(),
                    after,
                })
            })
            .collect();
        drift.sort_by(|a, b| a.address.cmp(&b.address));
        drift
    }

    /// Everything that the configuration declares, each after what it depends on.
    fn walk(&mut self) {
        let graph = self.inputs.graph;
        for node in
            graph.in_order().filter(|node| self.selection.has_node(node)).collect::<Vec<_>>()
        {
            match node {
                Node::Module(path) => {
                    self.values.instances_of(path);
                }
                Node::Variable(path, name) => self.plan_variable(path, name),
                Node::Local(path, name) => self.plan_local(path, name),
                Node::Output(path, name) => self.plan_module_output(path, name),
                Node::Check(path, name) => self.plan_check(path, name),
                Node::Resource(address) => self.plan_block(address),
                Node::Provider(_) => {}
            }
        }
    }

    /// A block in every instance of its module.
    fn plan_block(&mut self, address: &ConfigResource) {
        let Some(resource) = self.declared.get(address) else { return };
        if !is_built_in(self.inputs.registry, address.mode, &address.type_name) {
            return;
        }
        let node = Node::Resource(address.clone());
        let needed = self.inputs.graph.resource_dependencies(&node);
        for module in self.values.instances_of(&address.module) {
            let dependencies = crate::dependencies::within(&needed, &module, &self.values);
            let here = address.within(module);
            match address.mode {
                ResourceMode::Managed => self.plan_managed(&here, resource, &dependencies),
                ResourceMode::Data => self.plan_data(&here, resource, &dependencies),
                ResourceMode::Ephemeral => self.plan_ephemeral(&here, resource, &dependencies),
            }
        }
    }

    /// Whether the state has an object at an address.
    pub(crate) fn has_prior(&self, address: &InstanceAddress) -> bool {
        self.prior.contains_key(address)
    }

    /// Takes an object among those that there are.
    pub(crate) fn adopt(&mut self, object: PriorObject) {
        self.prior.insert(object.address.clone(), object);
    }

    /// Asks what cannot be known here.
    pub(crate) fn ask(&mut self, question: Question) {
        self.questions.push(question);
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
}

/// What references to a resource or module give, from its instances.
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

/// A change of which nothing is decided yet.
pub(crate) fn undecided(
    address: InstanceAddress,
    place: &meridian_resource::Place,
    action: Action,
) -> ResourceChange {
    ResourceChange {
        address,
        deposed: None,
        previous_address: None,
        importing: None,
        generated_config: None,
        provider: place.provider.clone(),
        region: place.region.clone(),
        action,
        reason: None,
        before: None,
        after: None,
        replace_paths: Vec::new(),
        create_first: false,
        configured_create_first: false,
        calls: Vec::new(),
        dependencies: Vec::new(),
        prior_dependencies: Vec::new(),
        prior_provider: None,
        stale: false,
        notices: Vec::new(),
        former_region: None,
    }
}
