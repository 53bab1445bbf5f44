//! The operations on replicas: ReplicateSecretToRegions,
//! RemoveRegionsFromReplication, StopReplicationToReplica.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::inferred;
use crate::region::Region;
use crate::secrets::replication::{self, ReplicaRegion, ReplicationStatus, is_replica_of};
use crate::secrets::secret::SecretAddress;
use crate::world::{Call, Transition, World};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicationOutput {
    #[serde(rename = "ARN")]
    arn: String,
    replication_status: Vec<ReplicationStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicateSecretToRegionsInput {
    secret_id: String,
    add_replica_regions: Vec<ReplicaRegion>,
    #[serde(default)]
    force_overwrite_replica_secret: bool,
}

pub(crate) fn replicate_secret_to_regions(
    call: &mut Call<'_>,
    input: ReplicateSecretToRegionsInput,
) -> Result<ReplicationOutput, ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    let regions = replication::check_regions(call.place.region, input.add_replica_regions)?;
    replication::begin(call, &address, regions, input.force_overwrite_replica_secret);
    Ok(output(call.world, &address))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemoveRegionsInput {
    secret_id: String,
    remove_replica_regions: Vec<String>,
}

/// The list forgets the Regions at once; the secrets there go a while later.
pub(crate) fn remove_regions_from_replication(
    call: &mut Call<'_>,
    input: RemoveRegionsInput,
) -> Result<ReplicationOutput, ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    for region in input.remove_replica_regions.iter().filter_map(|name| Region::named(name)) {
        remove(call, &address, region);
    }
    Ok(output(call.world, &address))
}

fn remove(call: &mut Call<'_>, primary: &SecretAddress, region: Region) {
    if !call.world.secret(primary).replicas.contains_key(&region) {
        return;
    }
    call.world.secret_mut(primary).replicas.remove(&region);
    let secret = call.world.secret(primary);
    let replica = primary.in_region(region);
    let exists = call
        .world
        .secrets
        .get(&replica)
        .is_some_and(|replica| is_replica_of(replica, secret, primary.place.region));
    if exists && call.fault != Some(&FaultAction::StrandedReplica) {
        let suffix = secret.suffix.clone();
        let due = call.now.after(call.world.delays.replica_removal);
        call.world.schedule(due, Transition::ReplicaRemoved { replica, suffix });
    }
}

/// A removed replica goes, unless it has been asked for again or cut loose.
pub(crate) fn finish_removal(world: &mut World, address: &SecretAddress, suffix: &str) {
    let Some(replica) = world.secrets.get(address) else {
        return;
    };
    let Some(primary_region) = replica.primary_region.filter(|_| replica.suffix == suffix) else {
        return;
    };
    let primary = world.secrets.get(&address.in_region(primary_region));
    let is_wanted = primary.is_some_and(|primary| {
        primary.suffix == suffix && primary.replicas.contains_key(&address.place.region)
    });
    if !is_wanted {
        world.secrets.remove(address);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StopReplicationInput {
    secret_id: String,
}

/// A replica becomes a secret of its own.
pub(crate) fn stop_replication_to_replica(
    call: &mut Call<'_>,
    input: StopReplicationInput,
) -> Result<Value, ApiError> {
    let address = call.find_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let arn = address.arn(&secret.suffix);
    let Some(primary_region) = secret.primary_region else {
        return Err(ApiError::inferred(&inferred::SECRET_NOT_REPLICA, Vec::new()));
    };
    let suffix = secret.suffix.clone();
    let secret = call.world.secret_mut(&address);
    secret.primary_region = None;
    secret.changed = call.now;
    // The rotation stays with the primary, whose function is in its Region.
    secret.rotation = None;
    let primary = address.in_region(primary_region);
    if call.world.secrets.get(&primary).is_some_and(|primary| primary.suffix == suffix) {
        call.world.secret_mut(&primary).replicas.remove(&address.place.region);
    }
    Ok(json!({ "ARN": arn }))
}

fn output(world: &World, address: &SecretAddress) -> ReplicationOutput {
    let secret = world.secret(address);
    ReplicationOutput {
        arn: address.arn(&secret.suffix),
        replication_status: replication::status(world, address),
    }
}
