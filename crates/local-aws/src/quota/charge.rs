//! What a request costs: which quotas it counts against, and how often.

use serde::Deserialize;

use crate::identity::Place;
use crate::kms::Naming;
use crate::quota::rates;
use crate::region::Region;
use crate::request::Service;
use crate::world::World;

/// A request's part in one quota.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Charge {
    pub place: Place,
    pub quota: &'static str,
    /// The published rate, in requests for each second.
    pub rate: f64,
    /// As how many requests it counts.
    pub count: f64,
}

/// The members of a request that decide what it costs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Members {
    key_id: Option<String>,
    source_key_id: Option<String>,
    key_pair_spec: Option<String>,
    replica_region: Option<String>,
    primary_region: Option<String>,
}

/// All that a request costs. What is no operation costs nothing, and STS has no
/// quota that a few clients could reach.
pub(super) fn charges(
    world: &World,
    place: Place,
    service: Service,
    operation: &str,
    body: &[u8],
) -> Vec<Charge> {
    match service {
        Service::Kms => kms(world, place, operation, body),
        Service::SecretsManager => secrets(place, operation),
        _ => Vec::new(),
    }
}

fn secrets(place: Place, operation: &str) -> Vec<Charge> {
    let shared = rates::SECRETS.iter().find(|(_, _, operations)| operations.contains(&operation));
    let charge = |(quota, rate, _): &(&'static str, f64, _)| Charge {
        place,
        quota,
        rate: *rate,
        count: 1.0,
    };
    shared.map(charge).into_iter().collect()
}

fn kms(world: &World, place: Place, operation: &str, body: &[u8]) -> Vec<Charge> {
    if let Some(charge) = own_quota(place, operation, 1.0) {
        let mut charges = vec![charge];
        charges.extend(elsewhere(place, operation, body));
        return charges;
    }
    // A body that cannot be read is refused later, and counts nevertheless.
    let members: Members = serde_json::from_slice(body).unwrap_or_default();
    let rate = if rates::CRYPTOGRAPHY.contains(&operation) {
        let name = members.key_id.or(members.source_key_id);
        let key = name.and_then(|name| world.find_key(place, &name, Naming::KeyOrAlias).ok());
        let spec = key.as_ref().map(|key| world.key_set(key).spec.as_str());
        Some(rates::cryptography(spec, place.region))
    } else if operation.starts_with("GenerateDataKeyPair") {
        members.key_pair_spec.as_deref().and_then(rates::key_pairs)
    } else {
        None
    };
    rate.map(|(quota, rate)| Charge { place, quota, rate, count: 1.0 }).into_iter().collect()
}

fn own_quota(place: Place, operation: &str, count: f64) -> Option<Charge> {
    rates::KMS.iter().find_map(|(rate, operations)| {
        let quota = operations.iter().find(|name| **name == operation)?;
        Some(Charge { place, quota, rate: *rate, count })
    })
}

/// ReplicateKey makes two requests of CreateKey in the replica's Region, one of
/// them a trial; UpdatePrimaryRegion counts in both Regions.
fn elsewhere(place: Place, operation: &str, body: &[u8]) -> Option<Charge> {
    if !matches!(operation, "ReplicateKey" | "UpdatePrimaryRegion") {
        return None;
    }
    let members: Members = serde_json::from_slice(body).ok()?;
    let (region, operation, count) = match operation {
        "ReplicateKey" => (members.replica_region?, "CreateKey", 2.0),
        _ => (members.primary_region?, operation, 1.0),
    };
    let region = Region::named(&region).filter(|region| *region != place.region)?;
    own_quota(place.in_region(region), operation, count)
}
