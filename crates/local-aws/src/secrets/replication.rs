//! Replication: a primary and the copies of it in other Regions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::inferred;
use crate::region::Region;
use crate::secrets::encryption::{DEFAULT_ALIAS, chosen_key};
use crate::secrets::secret::{Replica, ReplicaStatus, Secret, SecretAddress, Version};
use crate::world::{Call, Transition, World};

const SUCCEEDED: &str = "Replication succeeded";

/// A Region that a request wants a replica in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicaRegion {
    region: Option<String>,
    kms_key_id: Option<String>,
}

/// A replica as the API tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicationStatus {
    region: Region,
    kms_key_id: String,
    status: ReplicaStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<Timestamp>,
}

/// The replicas of a primary, as the API tells them.
pub(crate) fn status(world: &World, primary: &SecretAddress) -> Vec<ReplicationStatus> {
    let secret = world.secret(primary);
    let accessed = |region: Region| {
        let replica = world.secrets.get(&primary.in_region(region));
        replica.filter(|it| is_replica_of(it, secret, primary.place.region))?.accessed
    };
    let tell = |(region, replica): (&Region, &Replica)| ReplicationStatus {
        region: *region,
        kms_key_id: replica.kms_key.clone().unwrap_or_else(|| DEFAULT_ALIAS.to_owned()),
        status: replica.status,
        status_message: replica.message.clone(),
        last_accessed_date: accessed(*region),
    };
    secret.replicas.iter().map(tell).collect()
}

/// The Regions of a request, if each exists, is in this partition and is not this one.
pub(crate) fn check_regions(
    own: Region,
    wanted: Vec<ReplicaRegion>,
) -> Result<Vec<(Region, Option<String>)>, ApiError> {
    let mut seen = BTreeSet::new();
    let mut check = |wanted: ReplicaRegion| {
        let region = wanted
            .region
            .and_then(|name| Region::named(&name))
            .filter(|region| *region != own && region.partition() == own.partition())
            .filter(|region| seen.insert(*region))
            .ok_or_else(|| ApiError::inferred(&inferred::SECRET_REPLICA_REGION, Vec::new()))?;
        Ok((region, chosen_key(wanted.kms_key_id)))
    };
    wanted.into_iter().map(&mut check).collect()
}

/// Begins to replicate a primary to Regions. A Region that is in sync, or on
/// its way, stays as it is; one that failed is tried again.
pub(crate) fn begin(
    call: &mut Call<'_>,
    primary: &SecretAddress,
    regions: Vec<(Region, Option<String>)>,
    overwrite: bool,
) {
    for (region, kms_key) in regions {
        let known = call.world.secret(primary).replicas.get(&region);
        if known.is_some_and(|replica| replica.status != ReplicaStatus::Failed) {
            continue;
        }
        let replica =
            Replica { kms_key, status: ReplicaStatus::InProgress, message: None, overwrite };
        call.world.secret_mut(primary).replicas.insert(region, replica);
        let withheld = call.withheld.replicas.contains(&region).then(|| without_kms(call.world));
        let failure = injected_failure(call).or(withheld.as_deref());
        schedule(call.world, primary, region, call.now, failure);
    }
}

/// Sends a change of a primary to its replicas.
pub(crate) fn spread(call: &mut Call<'_>, primary: &SecretAddress) {
    propagate(call.world, primary, call.now, injected_failure(call));
}

/// Sends a change of a primary to its replicas, or lets that fail. Those that
/// failed before wait until somebody asks for them again.
pub(crate) fn propagate(
    world: &mut World,
    primary: &SecretAddress,
    now: Timestamp,
    failure: Option<&str>,
) {
    let is_alive = |(_, replica): &(&Region, &Replica)| replica.status != ReplicaStatus::Failed;
    let replicas = &world.secret(primary).replicas;
    let regions: Vec<Region> =
        replicas.iter().filter(is_alive).map(|(region, _)| *region).collect();
    for region in regions {
        if let Some(replica) = world.secret_mut(primary).replicas.get_mut(&region) {
            replica.status = ReplicaStatus::InProgress;
            replica.message = None;
        }
        schedule(world, primary, region, now, failure);
    }
}

fn injected_failure<'a>(call: &Call<'a>) -> Option<&'a str> {
    match call.fault {
        Some(FaultAction::FailReplication { message }) => Some(message),
        _ => None,
    }
}

fn schedule(
    world: &mut World,
    primary: &SecretAddress,
    region: Region,
    now: Timestamp,
    failure: Option<&str>,
) {
    let failure = failure.map(str::to_owned);
    let due = now.after(world.delays.secret_replication);
    world.schedule(due, Transition::SecretReplicated { primary: primary.clone(), region, failure });
}

/// A primary arrives in a Region, or fails to.
pub(crate) fn finish_replication(
    world: &mut World,
    primary: &SecretAddress,
    region: Region,
    failure: Option<String>,
    now: Timestamp,
) {
    let Some(secret) = world.secrets.get(primary) else {
        return;
    };
    let Some(replica) = secret.replicas.get(&region) else {
        return;
    };
    if replica.status == ReplicaStatus::Failed {
        return;
    }
    let outcome = match failure {
        Some(message) => Err(message),
        None => copy(world, primary, region, replica.clone(), now),
    };
    if let Some(replica) = world.secret_mut(primary).replicas.get_mut(&region) {
        (replica.status, replica.message) = match outcome {
            Ok(()) => (ReplicaStatus::InSync, Some(SUCCEEDED.to_owned())),
            Err(message) => (ReplicaStatus::Failed, Some(message)),
        };
    }
}

/// Copies what can be copied. Each version that cannot makes it a failure, but
/// takes nothing from the others: those that arrived before, and now, stay.
fn copy(
    world: &mut World,
    primary: &SecretAddress,
    region: Region,
    replica: Replica,
    now: Timestamp,
) -> Result<(), String> {
    let address = primary.in_region(region);
    let secret = world.secret(primary);
    let existing = world.secrets.get(&address);
    check_way(existing, &address, secret, primary.place.region, replica.overwrite)?;
    let refusal = without_kms(world);
    let key = world.encryption_key(address.place, replica.kms_key.as_deref());
    let Ok(key) = key else {
        return Err(refusal);
    };

    // What a replica has for itself: when it came to be and was read, and the
    // keys of its versions.
    let own = existing.filter(|existing| is_replica_of(existing, secret, primary.place.region));
    let mut versions = BTreeMap::new();
    let mut is_complete = true;
    for (id, version) in &secret.versions {
        let known = own.and_then(|own| own.versions.get(id));
        let is_readable =
            version.value.is_none() || world.can_decrypt(primary.place, &version.kms_keys);
        let arrived = if is_readable {
            Some(world.replica_version(&address, version, known, &key))
        } else {
            // Nobody misses a version without labels.
            is_complete &= version.stages.is_empty();
            known.map(|known| Version { stages: version.stages.clone(), ..known.clone() })
        };
        versions.extend(arrived.map(|version| (id.clone(), version)));
    }
    if !is_complete && versions.is_empty() {
        return Err(refusal);
    }
    let copied = Secret {
        kms_key: replica.kms_key,
        created: own.map_or(secret.created, |own| own.created),
        accessed: own.and_then(|own| own.accessed),
        versions,
        primary_region: Some(primary.place.region),
        replicas: [].into(),
        ..secret.clone()
    };
    if !copied.versions.is_empty() {
        world.ensure_default_key(address.place, &key, now);
    }
    world.secrets.insert(address, copied);
    if is_complete { Ok(()) } else { Err(refusal) }
}

impl World {
    /// A version as it arrives in a Region. One that is there already keeps its
    /// keys, and gets the replica's key where UpdateSecret would give it, or
    /// where the old ones are of no use any more.
    fn replica_version(
        &self,
        address: &SecretAddress,
        version: &Version,
        known: Option<&Version>,
        key: &str,
    ) -> Version {
        let known = known.filter(|known| known.value.is_some());
        let mut arrived = Version {
            accessed: known.and_then(|known| known.accessed),
            kms_keys: known.map(|known| known.kms_keys.clone()).unwrap_or_default(),
            ..version.clone()
        };
        let takes_key =
            arrived.moves_to_new_keys() || !self.can_decrypt(address.place, &arrived.kms_keys);
        if version.value.is_some() && takes_key {
            arrived.add_key(key);
        }
        arrived
    }
}

/// Why a replication fails that has no use of a key.
fn without_kms(world: &World) -> String {
    world.texts.render(&inferred::SECRET_REPLICATION_WITHOUT_KMS, &Vec::new()).1
}

/// Refuses to write over a secret that is not the replica itself, unless that
/// was asked for; even then only over one that belongs to nobody else.
fn check_way(
    existing: Option<&Secret>,
    address: &SecretAddress,
    primary: &Secret,
    primary_region: Region,
    overwrite: bool,
) -> Result<(), String> {
    let (name, region) = (&address.name, address.place.region);
    match existing {
        None => Ok(()),
        Some(secret) if is_replica_of(secret, primary, primary_region) => Ok(()),
        Some(secret) if secret.primary_region.is_some() => Err(format!(
            "Replication failed: Secret name {name} is currently replicated to {region} with a \
             different arn"
        )),
        Some(secret) if overwrite && secret.replicas.is_empty() => Ok(()),
        Some(_) => Err(format!(
            "Replication failed: Secret name {name} already exists in region {region}."
        )),
    }
}

/// Whether a secret is a replica of this primary, and not of another of its name.
pub(crate) fn is_replica_of(secret: &Secret, primary: &Secret, primary_region: Region) -> bool {
    secret.primary_region == Some(primary_region) && secret.suffix == primary.suffix
}
