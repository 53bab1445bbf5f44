//! What is shown of a cloud: all that a person wants to see of it, and nothing
//! that is secret.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::clock::Timestamp;
use crate::cloud::Cloud;
use crate::identity::{Account, Place};
use crate::kms::{Key, KeyAddress, KeyState, Origin};
use crate::region::Region;
use crate::request_log::RequestRecord;
use crate::secrets::{ReplicaStatus, Secret, SecretAddress, Version};
use crate::tags::Tags;
use crate::world::World;

/// A number for the state of the cloud, how many requests there were, and what
/// they meet. When any of this is another, there is something new to see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Pulse {
    revision: u64,
    requests: usize,
    rules: RulesView,
}

/// How this cloud differs from one that is open to all and never fails.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct RulesView {
    /// How many fault rules are still to act.
    faults: usize,
    /// Whether policies decide who may do what.
    iam: bool,
    /// How far reads may lag, in milliseconds.
    lag: Option<u128>,
    /// How many times the published request rates are granted.
    quotas: Option<f64>,
    /// Whether signatures are verified.
    signatures: bool,
}

/// The last requests that somebody has not seen yet.
#[derive(Debug, Serialize)]
pub(crate) struct LogExcerpt {
    /// How many requests there have been.
    count: usize,
    records: Vec<RequestRecord>,
}

/// Everything that exists, without values.
#[derive(Debug, Serialize)]
pub(crate) struct Overview {
    revision: u64,
    time: Timestamp,
    keys: Vec<KeyView>,
    secrets: Vec<SecretView>,
}

#[derive(Debug, Serialize)]
struct KeyView {
    account: Account,
    region: Region,
    id: String,
    arn: String,
    aliases: Vec<String>,
    is_managed_by_aws: bool,
    /// How many grants the key has.
    grants: usize,
    state: KeyState,
    multi_region: bool,
    primary_region: Region,
    replica_regions: BTreeSet<Region>,
    description: String,
    spec: String,
    usage: String,
    origin: Origin,
    rotation_days: Option<u32>,
    next_rotation: Option<Timestamp>,
    /// When the on-demand rotation that is at work was asked for.
    on_demand_rotation: Option<Timestamp>,
    /// When the first of the imported materials goes by itself.
    valid_to: Option<Timestamp>,
    deletion_date: Option<Timestamp>,
    deletion_window_days: Option<u32>,
    created: Timestamp,
    tags: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Serialize)]
struct SecretView {
    account: Account,
    region: Region,
    name: String,
    arn: String,
    description: String,
    /// The key as it was named; none means the one that AWS manages.
    kms_key: Option<String>,
    primary_region: Option<Region>,
    replicas: Vec<ReplicaView>,
    rotation: Option<RotationView>,
    versions: Vec<VersionView>,
    created: Timestamp,
    changed: Timestamp,
    accessed: Option<Timestamp>,
    deletion_date: Option<Timestamp>,
    tags: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Serialize)]
struct ReplicaView {
    region: Region,
    status: ReplicaStatus,
    message: Option<String>,
    kms_key: Option<String>,
}

/// The rotation of a secret, once it was configured.
#[derive(Debug, Serialize)]
struct RotationView {
    enabled: bool,
    /// Whether a rotation is at work.
    running: bool,
    last: Option<Timestamp>,
    next: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct VersionView {
    id: String,
    stages: BTreeSet<String>,
    created: Timestamp,
    accessed: Option<Timestamp>,
    kms_keys: Vec<String>,
}

impl Cloud {
    /// Everything that exists by now.
    pub(crate) fn overview(&self) -> Overview {
        let mut inner = self.lock();
        let time = self.now();
        inner.settle(time);
        Overview::of(&inner.world, inner.revision, time)
    }

    /// Whether there is something new to see.
    pub(crate) fn pulse(&self) -> Pulse {
        let mut inner = self.lock();
        inner.settle(self.now());
        let rules = RulesView {
            faults: inner.faults.active(),
            iam: inner.authorizer.is_some(),
            lag: inner.lag.longest().map(|longest| longest.as_millis()),
            quotas: inner.quotas.scale(),
            signatures: inner.credentials.is_some(),
        };
        Pulse { revision: inner.revision, requests: inner.log.count(), rules }
    }

    /// The last requests after so many that were seen.
    pub(crate) fn log_since(&self, seen: usize) -> LogExcerpt {
        let inner = self.lock();
        LogExcerpt { count: inner.log.count(), records: inner.log.since(seen) }
    }
}

impl Overview {
    fn of(world: &World, revision: u64, time: Timestamp) -> Self {
        let mut aliases: BTreeMap<(Place, &str), Vec<String>> = BTreeMap::new();
        for (address, alias) in world.aliases.iter() {
            let names = aliases.entry((address.place(), &alias.target)).or_default();
            names.push(address.name().to_owned());
        }
        let key = |(address, key): (&KeyAddress, &Key)| {
            let aliases = aliases.get(&(address.place, address.id.as_str()));
            KeyView::of(world, address, key, aliases.cloned().unwrap_or_default())
        };
        Self {
            revision,
            time,
            keys: world.keys.iter().map(key).collect(),
            secrets: world.secrets.iter().map(SecretView::of).collect(),
        }
    }
}

impl KeyView {
    fn of(world: &World, address: &KeyAddress, key: &Key, aliases: Vec<String>) -> Self {
        let set = world.key_set(address);
        let rotation = set.rotation_in(address.place.region);
        Self {
            account: address.place.account,
            region: address.place.region,
            id: address.id.clone(),
            arn: address.arn(),
            aliases,
            is_managed_by_aws: world.is_managed(address),
            grants: world.grants_of(address).count(),
            state: world.key_state(address),
            multi_region: set.multi_region,
            primary_region: set.primary,
            replica_regions: set.replicas.clone(),
            description: key.description.clone(),
            spec: set.spec.clone(),
            usage: set.usage.clone(),
            origin: set.origin,
            rotation_days: rotation.map(|rotation| rotation.period_days),
            next_rotation: rotation.map(|rotation| rotation.next),
            on_demand_rotation: set.on_demand_rotation,
            valid_to: key.imports.values().filter_map(|import| import.valid_to).min(),
            deletion_date: key.deletion.and_then(|deletion| deletion.date),
            deletion_window_days: key.deletion.map(|deletion| deletion.window_days),
            created: key.created,
            tags: shown(&key.tags),
        }
    }
}

impl SecretView {
    fn of((address, secret): (&SecretAddress, &Secret)) -> Self {
        let replica = |(region, replica): (&Region, &crate::secrets::Replica)| ReplicaView {
            region: *region,
            status: replica.status,
            message: replica.message.clone(),
            kms_key: replica.kms_key.clone(),
        };
        let version = |(id, version): (&String, &Version)| VersionView {
            id: id.clone(),
            stages: version.stages.clone(),
            created: version.created,
            accessed: version.accessed,
            kms_keys: version.kms_keys.clone(),
        };
        Self {
            account: address.place.account,
            region: address.place.region,
            name: address.name.clone(),
            arn: address.arn(&secret.suffix),
            description: secret.description.clone(),
            kms_key: secret.kms_key.clone(),
            primary_region: secret.primary_region,
            replicas: secret.replicas.iter().map(replica).collect(),
            rotation: secret.rotation.as_ref().map(|rotation| RotationView {
                enabled: rotation.enabled,
                running: rotation.in_progress.is_some(),
                last: rotation.last,
                next: rotation.window.map(|window| window.latest()),
            }),
            versions: secret.versions.iter().map(version).collect(),
            created: secret.created,
            changed: secret.changed,
            accessed: secret.accessed,
            deletion_date: secret.deletion,
            tags: shown(&secret.tags),
        }
    }
}

/// Tags with their values, except those whose names say that they are secret.
fn shown(tags: &Tags) -> BTreeMap<String, Option<String>> {
    const SECRET: &[&str] = &["credential", "passphrase", "password", "private", "secret", "token"];
    let show = |(name, value): (&String, &String)| {
        let lower = name.to_ascii_lowercase();
        let is_secret = SECRET.iter().any(|word| lower.contains(word));
        (name.clone(), (!is_secret).then(|| value.clone()))
    };
    tags.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_secret_by_their_name_have_no_value() {
        let tags = [("team", "blue"), ("DbPassword", "hunter2")];
        let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let shown = shown(&tags);
        assert_eq!(shown["team"].as_deref(), Some("blue"));
        assert_eq!(shown["DbPassword"], None);
    }
}
