//! UpdatePrimaryRegion: another key of the set becomes its primary.

use serde::Deserialize;

use crate::error::ApiError;
use crate::inferred;
use crate::kms::imported::settle_state;
use crate::kms::key::{KeyAddress, KeyState};
use crate::kms::resolve::require_primary;
use crate::region::Region;
use crate::validate;
use crate::world::{Call, Transition, World};

const OPERATION: &str = "UpdatePrimaryRegion";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdatePrimaryRegionInput {
    key_id: Option<String>,
    primary_region: Option<String>,
}

pub(crate) fn update_primary_region(
    call: &mut Call<'_>,
    input: UpdatePrimaryRegionInput,
) -> Result<(), ApiError> {
    let name = validate::required("primaryRegion", input.primary_region)?;
    let old = call.find_key(input.key_id)?;
    require_primary(call.world.key_set(&old), &old)?;
    call.admit(OPERATION, &old)?;
    if name == old.place.region.as_str() {
        return Err(ApiError::inferred(&inferred::PRIMARY_ALREADY, vec![("key", old.arn())]));
    }
    let new = Region::named(&name)
        .map(|region| old.in_region(region))
        .filter(|new| call.world.keys.contains(new))
        .ok_or_else(|| {
            let parameters = vec![("key", old.arn()), ("region", name)];
            ApiError::inferred(&inferred::PRIMARY_WITHOUT_REPLICA, parameters)
        })?;
    call.admit(OPERATION, &new)?;

    let set = call.world.key_set_mut(&old);
    set.primary = new.place.region;
    set.replicas.remove(&new.place.region);
    set.replicas.insert(old.place.region);
    // The old primary does not forget what it was told.
    set.replicated_rotation = set.rotation;
    let due = call.now.after(call.world.delays.primary_change);
    for key in [old, new] {
        call.world.key_mut(&key).state = KeyState::Updating;
        call.world.schedule(due, Transition::KeyUpdated(key));
    }
    Ok(())
}

/// The change has arrived, unless the next one is under way already. Only an
/// enabled key can have been in `Updating`.
pub(crate) fn finish_update(world: &mut World, address: &KeyAddress) {
    let is_next = |transition: &Transition| matches!(transition, Transition::KeyUpdated(key) if key == address);
    if world.transitions.iter().any(|(_, transition)| is_next(transition)) {
        return;
    }
    if world.keys.get(address).is_some_and(|key| key.state == KeyState::Updating) {
        world.key_mut(address).state = KeyState::Enabled;
        // Imported material may have expired meanwhile.
        settle_state(world, address);
    }
}
