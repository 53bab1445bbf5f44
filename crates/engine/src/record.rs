//! Between objects as the engine knows them and as the state keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::{Marks, Value};
use meridian_plan::{
    Action, Gone, Plan, PriorObject, PriorOutput, ResourceChange, without_secrets,
};
use meridian_resource::{Object, ProviderKey, Registry, Schema};
use meridian_state::{Change, Sealer, Snapshot, StateError, Store, StoredObject};

use crate::secrecy::secrets;

/// The objects of a state, not refreshed: each as it was last seen.
pub fn prior_objects(snapshot: &Snapshot) -> Vec<PriorObject> {
    snapshot
        .objects
        .iter()
        .map(|object| {
            let stored =
                Object { attributes: object.attributes.clone(), facts: object.facts.clone() };
            PriorObject {
                address: object.address.clone(),
                previous_address: None,
                importing: None,
                deposed: object.deposed.clone(),
                provider: ProviderKey::parse(&object.provider),
                region: object.region.clone(),
                observed: Some(stored.clone()),
                stored,
                dependencies: object.dependencies.iter().map(|it| it.resource.clone()).collect(),
                unfinished: object.unfinished,
            }
        })
        .collect()
}

/// The outputs of a state.
pub fn prior_outputs(snapshot: &Snapshot) -> BTreeMap<Arc<str>, PriorOutput> {
    let outputs = snapshot.outputs.iter();
    outputs
        .map(|(name, output)| {
            let value = output.value.clone();
            (name.clone(), PriorOutput { value, sensitive: output.sensitive })
        })
        .collect()
}

/// Lets the state forget objects that are gone and that nothing wants.
///
/// # Errors
/// The state cannot be written.
pub fn forget(store: &mut Store, gone: &[Gone]) -> Result<(), StateError> {
    let changes: Vec<Change<'_>> = gone
        .iter()
        .map(|it| Change::Remove { address: &it.address, deposed: it.deposed.as_deref() })
        .collect();
    if changes.is_empty() { Ok(()) } else { store.change(&changes) }
}

/// The objects about which nothing is to be done, but which the state has otherwise than they
/// are.
pub(crate) fn kept(plan: &Plan, registry: &Registry, sealer: &Sealer) -> Vec<StoredObject> {
    let fingerprint = |context: &str, secret: &str| sealer.fingerprint(context, secret.as_bytes());
    let stale = plan.changes.iter().filter(|change| {
        let is_moved = change.previous_address.is_some() || change.former_region.is_some();
        change.stale && !is_moved && change.importing.is_none()
    });
    let objects = stale.filter_map(|change| {
        let kind = registry.resource_type(&change.address.resource.type_name)?;
        let attributes = change.after.clone()?;
        let object = Object { attributes, facts: change.before.as_ref()?.facts.clone() };
        Some(Entry::of(change).stored(&object, kind.schema(), false, &fingerprint))
    });
    objects.collect()
}

/// What the state is told before any call leaves.
pub(crate) struct Adjustments {
    put: Vec<StoredObject>,
    removed: Vec<(InstanceAddress, Option<Arc<str>>)>,
}

/// What a plan changes in the state by itself: objects that moved, that are taken over, that are
/// forgotten, and those about which nothing else is to be done.
pub(crate) fn adjustments(plan: &Plan, registry: &Registry, sealer: &Sealer) -> Adjustments {
    let fingerprint = |context: &str, secret: &str| sealer.fingerprint(context, secret.as_bytes());
    let mut put = kept(plan, registry, sealer);
    let mut removed = Vec::new();
    for change in &plan.changes {
        if let Some(previous) = &change.previous_address {
            removed.push((previous.clone(), change.deposed.clone()));
        }
        if change.action == Action::Forget {
            removed.push((change.address.clone(), change.deposed.clone()));
            continue;
        }
        let kind = registry.resource_type(&change.address.resource.type_name);
        if let (Some(kind), Some(before)) = (kind, &change.before)
            && (change.previous_address.is_some()
                || change.importing.is_some()
                || change.former_region.is_some())
        {
            let entry = Entry::of(change);
            // Members that change places are not as wanted until each has its role.
            let unfinished = change.former_region.is_some();
            put.push(entry.stored(before, kind.schema(), unfinished, &fingerprint));
        }
    }
    Adjustments { put, removed }
}

/// Takes into the state what a plan changes in it by itself.
///
/// # Errors
/// The state cannot be written.
pub fn take_over(
    store: &mut Store,
    plan: &Plan,
    registry: &Registry,
    sealer: &Sealer,
) -> Result<(), StateError> {
    adjustments(plan, registry, sealer).carry_out(store)
}

impl Adjustments {
    /// As one change: an object that moves is never at two addresses, or at none.
    pub(crate) fn carry_out(&self, store: &mut Store) -> Result<(), StateError> {
        let removed = self
            .removed
            .iter()
            .map(|(address, deposed)| Change::Remove { address, deposed: deposed.as_deref() });
        let changes: Vec<Change<'_>> = removed.chain(self.put.iter().map(Change::Put)).collect();
        if changes.is_empty() { Ok(()) } else { store.change(&changes) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.put.is_empty() && self.removed.is_empty()
    }
}

/// Where an object belongs in the state, and what is kept beside it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) address: InstanceAddress,
    pub(crate) deposed: Option<Arc<str>>,
    pub(crate) provider: ProviderKey,
    pub(crate) region: String,
    pub(crate) dependencies: Vec<ResourceAddress>,
    /// What it referred to before, and leans on until it is as wanted.
    pub(crate) former_dependencies: Vec<ResourceAddress>,
    pub(crate) create_before_destroy: bool,
}

impl Entry {
    pub(crate) fn of(change: &ResourceChange) -> Entry {
        Entry {
            address: change.address.clone(),
            deposed: change.deposed.clone(),
            provider: change.provider.clone(),
            region: change.region.clone(),
            dependencies: change.dependencies.clone(),
            former_dependencies: change.prior_dependencies.clone(),
            create_before_destroy: change.configured_create_first,
        }
    }

    /// The object as the state keeps it: no secret of the configuration is in it.
    pub(crate) fn stored(
        &self,
        object: &Object,
        schema: &Schema,
        unfinished: bool,
        fingerprint: &dyn Fn(&str, &str) -> String,
    ) -> StoredObject {
        let attributes =
            without_secrets(schema, &self.address, object.attributes.clone(), fingerprint);
        let former = self
            .former_dependencies
            .iter()
            .filter(|former| unfinished && !self.dependencies.contains(former));
        StoredObject {
            address: self.address.clone(),
            deposed: self.deposed.clone(),
            type_name: self.address.resource.type_name.to_string(),
            provider: self.provider.to_string(),
            region: self.region.clone(),
            attributes,
            facts: hide(&object.facts, &object.attributes),
            dependencies: self
                .dependencies
                .iter()
                .chain(former)
                .map(|it| it.instance(None))
                .collect(),
            create_before_destroy: self.create_before_destroy,
            unfinished,
            schema_version: schema.version,
        }
    }
}

/// The facts of an object, of which those are sensitive that stand at the place of something
/// sensitive or repeat it, such as the value of a tag.
fn hide(facts: &Value, attributes: &Value) -> Value {
    let paths = attributes.marked_paths(Marks::SENSITIVE);
    let facts = paths.iter().fold(facts.clone(), |facts, path| {
        facts.map_at(&path.0, &|fact| fact.mark(Marks::SENSITIVE))
    });
    let secrets = secrets(attributes);
    let names = facts.as_entries().into_iter().flatten().map(|(name, _)| name);
    names.fold(facts.clone(), |hidden, name| match facts.get(name) {
        Some(fact) if repeats(fact, &secrets) => {
            hidden.with(name, fact.clone().mark(Marks::SENSITIVE))
        }
        _ => hidden,
    })
}

fn repeats(value: &Value, secrets: &[&str]) -> bool {
    value.as_str().is_some_and(|text| secrets.iter().any(|secret| text.contains(secret)))
        || value.children().any(|child| repeats(child, secrets))
}
