//! Rotation at work: by the calendar, and on demand.

use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred;
use crate::kms::key::{KeyAddress, KeySetAddress, KeyState, Origin};
use crate::kms::material::{Material, MaterialState, RotationType};
use crate::kms::properties::KeyInput;
use crate::kms::rotation::{rotating_set, symmetric_key};
use crate::kms::spec::SYMMETRIC_DEFAULT;
use crate::kms::state_table::unsuited_origin;
use crate::world::{Call, Transition, World};

/// How often a key can be rotated on demand, in all its life.
const ON_DEMAND_LIMIT: usize = 25;

/// How long before an automatic rotation none on demand begins.
const KEPT_CLEAR: Duration = Duration::from_secs(20 * 60);

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RotateKeyOnDemandOutput {
    key_id: String,
}

pub(crate) fn rotate_key_on_demand(
    call: &mut Call<'_>,
    input: KeyInput,
) -> Result<RotateKeyOnDemandOutput, ApiError> {
    let address = symmetric_key(call, input.key_id)?;
    let set = call.world.key_set(&address);
    if set.store.is_some() {
        return Err(unsuited_origin(&address.arn(), set.origin));
    }
    rotating_set(call, "RotateKeyOnDemand", &address)?;
    let set = call.world.key_set(&address);
    let earliest = call.now.after(KEPT_CLEAR);
    let is_automatic_near = set.rotation.is_some_and(|rotation| rotation.next <= earliest);
    if set.on_demand_rotation.is_some() || is_automatic_near {
        return Err(ApiError::inferred(&inferred::ROTATION_RUNS, vec![("key", address.arn())]));
    }
    let is_on_demand =
        |material: &&Material| matches!(material.rotation, Some((_, RotationType::OnDemand)));
    if set.materials.iter().filter(is_on_demand).count() >= ON_DEMAND_LIMIT {
        return Err(ApiError::new(
            "LimitExceededException",
            format!(
                "The on-demand rotations limit has been reached for the given keyId. No more \
                 on-demand rotations can be performed for this key: {}",
                address.arn()
            ),
        ));
    }
    let is_ready = |material: &Material| material.state == MaterialState::PendingRotation;
    if set.origin == Origin::External && !set.pending_material().is_some_and(is_ready) {
        return Err(ApiError::new(
            "KMSInvalidStateException",
            format!("No available key material pending rotation for the key: {}.", address.arn()),
        ));
    }

    call.world.key_set_mut(&address).on_demand_rotation = Some(call.now);
    let due = call.now.after(call.world.delays.key_rotation);
    let finish = Transition::OnDemandRotation { set: address.set(), started: call.now };
    call.world.schedule(due, finish);
    Ok(RotateKeyOnDemandOutput { key_id: address.arn() })
}

/// An on-demand rotation is done, unless what it should make current went away.
pub(crate) fn finish_on_demand(
    world: &mut World,
    address: &KeySetAddress,
    started: Timestamp,
    now: Timestamp,
) {
    let set = world.key_sets.get_mut(address);
    let Some(set) = set.filter(|set| set.on_demand_rotation == Some(started)) else {
        return;
    };
    set.on_demand_rotation = None;
    // A key on its way out is not rotated any more.
    if !primary_state(world, address).is_some_and(KeyState::is_pending_deletion) {
        rotate(world, address, RotationType::OnDemand, now);
    }
}

/// A date of automatic rotation has come. It counts only if it is still the one
/// that was set. A key that does not work is not rotated until it works again.
pub(crate) fn rotate_on_date(world: &mut World, address: &KeySetAddress, now: Timestamp) {
    let Some(set) = world.key_sets.get(address) else {
        return;
    };
    let is_due = set.rotation.is_some_and(|rotation| rotation.next == now);
    let works = |state| matches!(state, KeyState::Enabled | KeyState::Updating);
    if is_due && primary_state(world, address).is_some_and(works) {
        rotate_automatically(world, address, now);
    }
}

/// The state of the key that decides for its set.
fn primary_state(world: &World, address: &KeySetAddress) -> Option<KeyState> {
    let set = world.key_sets.get(address)?;
    let place = Place { account: address.account, region: set.primary };
    world.keys.get(&KeyAddress::new(place, address.id.clone())).map(|key| key.state)
}

/// A key is enabled again: the rotation that it missed is made up for at once.
pub(crate) fn resume_rotation(world: &mut World, address: &KeyAddress, now: Timestamp) {
    let set = world.key_set(address);
    let is_overdue = set.rotation.is_some_and(|rotation| rotation.next <= now);
    let works = world.key(address).state == KeyState::Enabled;
    if works && is_overdue && set.primary == address.place.region {
        rotate_automatically(world, &address.set(), now);
    }
}

fn rotate_automatically(world: &mut World, address: &KeySetAddress, now: Timestamp) {
    rotate(world, address, RotationType::Automatic, now);
    let Some(set) = world.key_sets.get_mut(address) else {
        return;
    };
    let next = set.rotation.map(|rotation| now.after_days(rotation.period_days));
    let Some(next) = next else { return };
    for rotation in [&mut set.rotation, &mut set.replicated_rotation].into_iter().flatten() {
        rotation.next = next;
    }
    world.schedule(next, Transition::AutomaticRotation(address.clone()));
}

/// Makes another material current: a new one, or the imported one that waits.
fn rotate(world: &mut World, address: &KeySetAddress, kind: RotationType, now: Timestamp) {
    let fresh = Material::first(&world.vault, address, SYMMETRIC_DEFAULT);
    let Some(set) = world.key_sets.get_mut(address) else {
        return;
    };
    let is_ready = |material: &Material| material.state == MaterialState::PendingRotation;
    let next = match set.origin {
        Origin::External => match set.materials.iter().position(is_ready) {
            Some(index) => set.materials.remove(index),
            None => return,
        },
        _ => fresh,
    };
    for material in &mut set.materials {
        if material.state == MaterialState::Current {
            material.state = MaterialState::NonCurrent;
        }
    }
    let rotation = Some((now, kind));
    set.materials.push(Material { state: MaterialState::Current, rotation, ..next });
}
