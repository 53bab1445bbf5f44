//! Deletion of keys: a window in which it can be taken back, and a primary that
//! waits for its replicas.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::kms::alias::AliasAddress;
use crate::kms::grant::remove_grants;
use crate::kms::imported::{settle_materials, settle_state};
use crate::kms::key::{Deletion, KeyAddress, KeyState};
use crate::kms::properties::KeyInput;
use crate::world::{Call, Transition, World};

const DEFAULT_WINDOW_DAYS: u32 = 30;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScheduleKeyDeletionInput {
    key_id: Option<String>,
    pending_window_in_days: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScheduleKeyDeletionOutput {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    key_state: KeyState,
    pending_window_in_days: u32,
}

pub(crate) fn schedule_key_deletion(
    call: &mut Call<'_>,
    input: ScheduleKeyDeletionInput,
) -> Result<ScheduleKeyDeletionOutput, ApiError> {
    let window_days = input.pending_window_in_days.unwrap_or(DEFAULT_WINDOW_DAYS);
    let address = call.key_for("ScheduleKeyDeletion", input.key_id)?;
    // The model admits a year; the service does not.
    if !(7..=30).contains(&window_days) {
        return Err(ApiError::inferred(&inferred::DELETION_WINDOW, Vec::new()));
    }

    let set = call.world.key_set(&address);
    let waits = set.primary == address.place.region && !set.replicas.is_empty();
    if waits {
        let key = call.world.key_mut(&address);
        key.state = KeyState::PendingReplicaDeletion;
        key.deletion = Some(Deletion { window_days, date: None });
    } else {
        begin_window(call.world, &address, window_days, call.now);
    }
    let key = call.world.key(&address);
    Ok(ScheduleKeyDeletionOutput {
        key_id: address.arn(),
        deletion_date: key.deletion.and_then(|deletion| deletion.date),
        key_state: key.state,
        pending_window_in_days: window_days,
    })
}

fn begin_window(world: &mut World, address: &KeyAddress, window_days: u32, now: Timestamp) {
    let date = now.after_days(window_days);
    let key = world.key_mut(address);
    key.state = KeyState::PendingDeletion;
    key.deletion = Some(Deletion { window_days, date: Some(date) });
    world.schedule(date, Transition::KeyDeleted(address.clone()));
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CancelKeyDeletionOutput {
    key_id: String,
}

/// The key comes back disabled, whatever it was before, or without the material
/// that it still lacks.
pub(crate) fn cancel_key_deletion(
    call: &mut Call<'_>,
    input: KeyInput,
) -> Result<CancelKeyDeletionOutput, ApiError> {
    let address = call.key_for("CancelKeyDeletion", input.key_id)?;
    let key = call.world.key_mut(&address);
    key.state = KeyState::Disabled;
    key.deletion = None;
    settle_state(call.world, &address);
    Ok(CancelKeyDeletionOutput { key_id: address.arn() })
}

/// A window is over. It counts only if it is still the one that was promised:
/// the deletion may have been cancelled, and asked for again.
pub(crate) fn finish_deletion(world: &mut World, address: &KeyAddress, now: Timestamp) {
    let is_due = |deletion: Deletion| deletion.date == Some(now);
    if !world.keys.get(address).and_then(|key| key.deletion).is_some_and(is_due) {
        return;
    }
    world.keys.remove(address);
    remove_aliases(world, address);
    remove_grants(world, address);
    leave_set(world, address, now);
}

fn remove_aliases(world: &mut World, key: &KeyAddress) {
    let names: Vec<AliasAddress> =
        world.aliases_of(key).map(|(address, _)| address.clone()).collect();
    for name in names {
        world.aliases.remove(&name);
    }
}

/// The set forgets a key; when its last replica is gone, a waiting primary's own window begins.
fn leave_set(world: &mut World, address: &KeyAddress, now: Timestamp) {
    let region = address.place.region;
    let set = world.key_set_mut(address);
    if set.primary == region {
        world.key_sets.remove(&address.set());
        return;
    }
    set.replicas.remove(&region);
    let primary = set.replicas.is_empty().then(|| address.in_region(set.primary));
    settle_materials(world, &address.set());
    let Some(primary) = primary else { return };
    let key = world.key(&primary);
    if key.state == KeyState::PendingReplicaDeletion
        && let Some(Deletion { window_days, .. }) = key.deletion
    {
        begin_window(world, &primary, window_days, now);
    }
}
