//! Between objects as the engine knows them and as the state keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_plan::{PriorObject, PriorOutput, ResourceChange, without_secrets};
use meridian_resource::{Object, ProviderKey, Schema};
use meridian_state::{Snapshot, StoredObject};

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

/// Where an object belongs in the state, and what is kept beside it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) address: InstanceAddress,
    pub(crate) deposed: Option<Arc<str>>,
    pub(crate) provider: ProviderKey,
    pub(crate) region: String,
    pub(crate) dependencies: Vec<ResourceAddress>,
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
        StoredObject {
            address: self.address.clone(),
            deposed: self.deposed.clone(),
            type_name: self.address.resource.type_name.to_string(),
            provider: self.provider.to_string(),
            region: self.region.clone(),
            attributes,
            facts: object.facts.clone(),
            dependencies: self.dependencies.iter().map(|it| it.instance(None)).collect(),
            create_before_destroy: self.create_before_destroy,
            unfinished,
            schema_version: schema.version,
        }
    }
}
