//! Rotation: what a secret knows of it, and what happens when it is due.
//!
//! No Lambda runs here, so a rotation is bookkeeping (inferred, since AWS has no
//! such case). It begins like one of AWS, with an empty version that is labelled
//! AWSPENDING. Then it waits a moment for somebody who does the function's part,
//! the way the functions do it: by a PutSecretValue under the token, and by
//! moving AWSCURRENT. If nobody stores a value, the rotation ends as if a
//! function had succeeded and kept the old value. Afterwards the new version
//! has both AWSCURRENT and AWSPENDING, as it was recorded from AWS. A secret
//! without a value cannot be rotated; its AWSPENDING version stays empty.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::secrets::replication;
use crate::secrets::schedule::{RotationRules, Window};
use crate::secrets::secret::{CURRENT, PENDING, SealedValue, Secret, SecretAddress, Version};
use crate::world::{Transition, World};

/// The rotation of a secret, once it was configured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub enabled: bool,
    /// The ARN of the Lambda function.
    pub function: String,
    pub rules: RotationRules,
    pub last: Option<Timestamp>,
    pub window: Option<Window>,
    /// The version that a rotation is making just now.
    pub in_progress: Option<String>,
}

impl Rotation {
    /// The rules as they are told. The days of a schedule expression are
    /// counted from the last rotation to the next.
    pub fn told_rules(&self) -> RotationRules {
        let mut rules = self.rules.clone();
        if let (Some(last), Some(window), Some(_)) =
            (self.last, self.window, &rules.schedule_expression)
        {
            let from = last.start_of_day();
            let is_before = |days: &u32| from.after_days(*days) <= window.opens.start_of_day();
            rules.automatically_after_days = (1..).take_while(is_before).last().or(Some(1));
        }
        rules
    }
}

impl Secret {
    /// Whether AWSPENDING is on another version than the current one: the mark
    /// of a rotation that did not come to its end.
    pub fn has_unfinished_rotation(&self) -> bool {
        let pending = self.version_with(PENDING);
        pending.is_some() && pending != self.version_with(CURRENT)
    }
}

/// Begins to rotate a secret whose rotation is configured.
pub(crate) fn begin(world: &mut World, address: &SecretAddress, version: String, now: Timestamp) {
    let empty = Version {
        value: None,
        stages: [].into(),
        created: now,
        accessed: None,
        kms_keys: Vec::new(),
    };
    let secret = world.secret_mut(address);
    secret.versions.insert(version.clone(), empty);
    secret.move_stage(PENDING, &version);
    secret.changed = now;
    if let Some(rotation) = &mut secret.rotation {
        rotation.in_progress = Some(version.clone());
    }
    attempt(world, address, version, now);
}

/// Gives a rotation the time that it takes.
fn attempt(world: &mut World, address: &SecretAddress, version: String, now: Timestamp) {
    let due = now.after(world.delays.secret_rotation);
    world.schedule(due, Transition::SecretRotated { secret: address.clone(), version });
}

/// Notes when a secret is to be rotated next.
pub(crate) fn schedule_window(world: &mut World, address: &SecretAddress) {
    let rotation = world.secret(address).rotation.as_ref();
    if let Some(window) = rotation.filter(|rotation| rotation.enabled).and_then(|it| it.window) {
        world.schedule(window.opens, Transition::SecretRotationDue(address.clone()));
    }
}

/// A rotation window opens. A rotation that could not end, for want of a key that
/// works, is tried again; what somebody else has begun is left alone.
pub(crate) fn open_window(world: &mut World, address: &SecretAddress, now: Timestamp) {
    let is_due = |rotation: &Rotation| {
        rotation.enabled && rotation.window.is_some_and(|window| window.opens == now)
    };
    let Some(secret) = world.secrets.get(address) else {
        return;
    };
    if secret.primary_region.is_some() || !secret.rotation.as_ref().is_some_and(is_due) {
        return;
    }
    if let Some(rotation) = &mut world.secret_mut(address).rotation {
        rotation.window = rotation.rules.next_window(now);
    }
    schedule_window(world, address);
    let secret = world.secret(address);
    if secret.is_marked_for_deletion() {
        return;
    }
    let in_progress = secret.rotation.as_ref().and_then(|rotation| rotation.in_progress.clone());
    if let Some(version) = in_progress {
        attempt(world, address, version, now);
    } else if !secret.has_unfinished_rotation() && secret.has_room(now) {
        begin(world, address, Uuid::new_v4().to_string(), now);
        replication::propagate(world, address, now, None);
    }
}

/// A rotation has taken its time. What nobody else brings to an end ends here.
pub(crate) fn finish(world: &mut World, address: &SecretAddress, version: &str, now: Timestamp) {
    let Some((value, kms_key)) = kept_value(world, address, version) else {
        return;
    };
    let secret = world.secret_mut(address);
    if let Some(version) = secret.versions.get_mut(version) {
        version.value = Some(value);
        version.kms_keys = vec![kms_key];
    }
    secret.move_stage(CURRENT, version);
    secret.purge_deprecated(now);
    note_labels(world, address, now);
    replication::propagate(world, address, now, None);
}

/// The current value, sealed for an empty version that is still to be filled.
fn kept_value(
    world: &World,
    address: &SecretAddress,
    version: &str,
) -> Option<(SealedValue, String)> {
    let secret = world.secrets.get(address).filter(|secret| !secret.is_marked_for_deletion())?;
    let rotation = secret.rotation.as_ref().filter(|rotation| rotation.enabled)?;
    let is_open = rotation.in_progress.as_deref() == Some(version)
        && secret.versions.get(version)?.value.is_none();
    let current = secret.version_with(CURRENT).filter(|_| is_open)?;
    let value = world.read_version(address, current)?;
    let kms_key = world.encryption_key(address.place, secret.kms_key.as_deref()).ok()?;
    Some((SealedValue::seal(&world.vault, version, &value), kms_key))
}

/// Takes note that the labels of a secret moved: a rotation may have ended.
pub(crate) fn note_labels(world: &mut World, address: &SecretAddress, now: Timestamp) {
    let secret = world.secret_mut(address);
    secret.changed = now;
    let Some(rotation) = &mut secret.rotation else {
        return;
    };
    let Some(id) = &rotation.in_progress else {
        return;
    };
    let has = |stage: &str| secret.versions.get(id).is_some_and(|it| it.stages.contains(stage));
    let (is_current, is_pending) = (has(CURRENT), has(PENDING));
    if is_current && rotation.enabled {
        rotation.last = Some(now);
        rotation.window = rotation.rules.next_window(now);
    }
    if is_current || !is_pending {
        rotation.in_progress = None;
    }
    if is_current {
        schedule_window(world, address);
    }
}

/// Takes note of a value that somebody stored: for rules in days it counts as a rotation.
pub(crate) fn note_value(world: &mut World, address: &SecretAddress, now: Timestamp) {
    let rotation = world.secret_mut(address).rotation.as_mut();
    if let Some(rotation) =
        rotation.filter(|it| it.enabled && it.rules.automatically_after_days.is_some())
    {
        rotation.window = rotation.rules.next_window(now);
        schedule_window(world, address);
    }
}
