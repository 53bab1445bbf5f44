//! What follows when imported material comes, goes or expires (AWS KMS
//! developer guide, "Importing key material").
//!
//! Related keys share the list of materials; which of them are here is for each
//! Region to say. A key works while everything that was ever current is here.

use crate::clock::Timestamp;
use crate::identity::Place;
use crate::kms::key::{Key, KeyAddress, KeySet, KeySetAddress, KeyState, Origin};
use crate::kms::material::MaterialState;
use crate::world::World;

/// Brings the state of a key into line with the material that is imported into it.
pub(crate) fn settle_state(world: &mut World, address: &KeyAddress) {
    let is_complete = is_complete(world.key(address), world.key_set(address));
    let state = match world.key(address).state {
        KeyState::Enabled | KeyState::Disabled if !is_complete => KeyState::PendingImport,
        KeyState::PendingImport if is_complete => KeyState::Enabled,
        _ => return,
    };
    world.key_mut(address).state = state;
}

fn is_complete(key: &Key, set: &KeySet) -> bool {
    let is_here = |id: &String| key.imports.contains_key(id);
    set.origin != Origin::External
        || set.current_material().is_some()
            && set.associated_materials().all(|material| is_here(&material.id))
}

/// Brings the materials of a set into line with the Regions that have them.
pub(crate) fn settle_materials(world: &mut World, address: &KeySetAddress) {
    let Some(set) = world.key_sets.get(address).filter(|set| set.origin == Origin::External) else {
        return;
    };
    let related_keys: Vec<&Key> =
        related(address, set).iter().filter_map(|key| world.keys.get(key)).collect();
    let mut materials = set.materials.clone();
    for material in &mut materials {
        let is_here = |key: &&Key| key.imports.contains_key(&material.id);
        let holders = related_keys.iter().copied().filter(is_here).count();
        if material.state.is_pending() {
            material.state = if holders == related_keys.len() {
                MaterialState::PendingRotation
            } else {
                MaterialState::PendingMultiRegionImportAndRotation
            };
        }
        // Of material that is deleted everywhere only the name is left.
        if holders == 0 {
            material.bytes = None;
        }
    }
    if let Some(set) = world.key_sets.get_mut(address) {
        set.materials = materials;
    }
}

/// Takes material out of a key. What only waits for a rotation is gone for good
/// when the primary loses it, and goes from the replicas too.
pub(crate) fn remove_import(world: &mut World, address: &KeyAddress, material_id: &str) {
    world.key_mut(address).imports.remove(material_id);
    let set = world.key_set(address);
    let is_candidate = set.pending_material().is_some_and(|material| material.id == material_id);
    if is_candidate && set.primary == address.place.region {
        let keys = related(&address.set(), set);
        let set = world.key_set_mut(address);
        set.materials.retain(|material| material.id != material_id);
        set.on_demand_rotation = None;
        for key in keys {
            if let Some(key) = world.keys.get_mut(&key) {
                key.imports.remove(material_id);
            }
        }
    }
    settle_state(world, address);
    settle_materials(world, &address.set());
}

/// The date of some material has come. It counts only if it is still the one
/// that the last import set.
pub(crate) fn expire(world: &mut World, address: &KeyAddress, material_id: &str, now: Timestamp) {
    let import = world.keys.get(address).and_then(|key| key.imports.get(material_id));
    if import.is_some_and(|import| import.valid_to == Some(now)) {
        remove_import(world, address, material_id);
    }
}

fn related(address: &KeySetAddress, set: &KeySet) -> Vec<KeyAddress> {
    let key = |region| {
        let place = Place { account: address.account, region };
        KeyAddress::new(place, address.id.clone())
    };
    set.regions().map(key).collect()
}
