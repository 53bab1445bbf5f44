//! Automatic rotation: set on the primary, shared by all related keys.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::kms::key::{KeyAddress, KeySetAddress, KeyState, Origin, Rotation};
use crate::kms::properties::KeyInput;
use crate::kms::resolve::require_primary;
use crate::world::{Call, Transition, World};

const DEFAULT_PERIOD_DAYS: u32 = 365;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EnableKeyRotationInput {
    key_id: Option<String>,
    rotation_period_in_days: Option<u32>,
}

pub(crate) fn enable_key_rotation(
    call: &mut Call<'_>,
    input: EnableKeyRotationInput,
) -> Result<(), ApiError> {
    let period_days = input.rotation_period_in_days.unwrap_or(DEFAULT_PERIOD_DAYS);
    let address = rotating_key(call, "EnableKeyRotation", input.key_id)?;
    let next = call.now.after_days(period_days);
    set_rotation(call, &address, Some(Rotation { period_days, next }));
    Ok(())
}

pub(crate) fn disable_key_rotation(call: &mut Call<'_>, input: KeyInput) -> Result<(), ApiError> {
    let address = rotating_key(call, "DisableKeyRotation", input.key_id)?;
    set_rotation(call, &address, None);
    Ok(())
}

/// A key whose rotation may be set: symmetric, of our own material, and not a replica.
fn rotating_key(
    call: &Call<'_>,
    operation: &str,
    key_id: Option<String>,
) -> Result<KeyAddress, ApiError> {
    let address = own_symmetric_key(call, key_id)?;
    rotating_set(call, operation, &address)?;
    Ok(address)
}

/// Refuses to rotate in a state that does not admit it, and through a replica.
pub(crate) fn rotating_set(
    call: &Call<'_>,
    operation: &str,
    address: &KeyAddress,
) -> Result<(), ApiError> {
    call.admit(operation, address)?;
    let set = call.world.key_set(address);
    if set.multi_region { require_primary(set, address) } else { Ok(()) }
}

/// A symmetric key with material of our own: the only kind with a calendar.
fn own_symmetric_key(call: &Call<'_>, key_id: Option<String>) -> Result<KeyAddress, ApiError> {
    let address = symmetric_key(call, key_id)?;
    require_own_material(call, &address)?;
    Ok(address)
}

fn require_own_material(call: &Call<'_>, address: &KeyAddress) -> Result<(), ApiError> {
    match call.world.key_set(address).origin {
        Origin::AwsKms => Ok(()),
        other => Err(other.refuse(address)),
    }
}

/// A key of the only kind that rotates.
pub(crate) fn symmetric_key(
    call: &Call<'_>,
    key_id: Option<String>,
) -> Result<KeyAddress, ApiError> {
    let address = call.find_key(key_id)?;
    if call.world.key_set(&address).is_symmetric() {
        Ok(address)
    } else {
        Err(ApiError::new("UnsupportedOperationException", ""))
    }
}

fn set_rotation(call: &mut Call<'_>, address: &KeyAddress, rotation: Option<Rotation>) {
    call.world.key_set_mut(address).rotation = rotation;
    if let Some(Rotation { next, .. }) = rotation {
        call.world.schedule(next, Transition::AutomaticRotation(address.set()));
    }
    let due = call.now.after(call.world.delays.key_synchronisation);
    call.world.schedule(due, Transition::RotationSynchronised(address.set()));
}

/// The replicas learn what the primary was told.
pub(crate) fn synchronise(world: &mut World, address: &KeySetAddress) {
    if let Some(set) = world.key_sets.get_mut(address) {
        set.replicated_rotation = set.rotation;
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RotationStatus {
    key_id: String,
    key_rotation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period_in_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand_rotation_start_date: Option<Timestamp>,
}

/// A key that cannot rotate has a status too: Terraform's provider asks for that
/// of every key with material of AWS, and its tests pass with asymmetric ones.
pub(crate) fn get_key_rotation_status(
    call: &mut Call<'_>,
    input: KeyInput,
) -> Result<RotationStatus, ApiError> {
    let address = call.find_key(input.key_id)?;
    require_own_material(call, &address)?;
    call.admit("GetKeyRotationStatus", &address)?;
    // A key on its way out does not rotate; if it is kept, it rotates as before.
    let is_pending = matches!(
        call.world.key(&address).state,
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion
    );
    let set = call.world.key_set(&address);
    let rotation = set.rotation_in(address.place.region);
    let rotation = rotation.filter(|_| !is_pending);
    Ok(RotationStatus {
        key_id: address.arn(),
        key_rotation_enabled: rotation.is_some(),
        rotation_period_in_days: rotation.map(|rotation| rotation.period_days),
        next_rotation_date: rotation.map(|rotation| rotation.next_after(call.now)),
        on_demand_rotation_start_date: set.on_demand_rotation,
    })
}

impl Rotation {
    /// The first date of the rhythm that is still to come. Only a key that does
    /// not work can have let a date pass.
    fn next_after(&self, now: Timestamp) -> Timestamp {
        let mut next = self.next;
        while next <= now {
            next = next.after_days(self.period_days);
        }
        next
    }
}
