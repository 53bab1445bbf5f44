//! ReplicateKey: a related key in another Region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::inferred;
use crate::kms::describe::{KeyMetadata, metadata};
use crate::kms::imported::settle_materials;
use crate::kms::key::{Key, KeyAddress, KeyState};
use crate::kms::policy::policy_for_new_key;
use crate::kms::resolve::require_primary;
use crate::kms::tag::{self, Tag};
use crate::region::Region;
use crate::tags::Tags;
use crate::validate;
use crate::world::{Call, Transition, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicateKeyInput {
    key_id: Option<String>,
    replica_region: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicateKeyOutput {
    replica_key_metadata: KeyMetadata,
    replica_policy: String,
    #[serde(skip_serializing_if = "Tags::is_empty", serialize_with = "tag::serialize")]
    replica_tags: Tags,
}

/// Policy, description and tags are the request's, never the primary's.
pub(crate) fn replicate_key(
    call: &mut Call<'_>,
    input: ReplicateKeyInput,
) -> Result<ReplicateKeyOutput, ApiError> {
    let name = validate::required("replicaRegion", input.replica_region)?;
    let primary = call.find_key(input.key_id)?;
    require_primary(call.world.key_set(&primary), &primary)?;
    call.admit("ReplicateKey", &primary)?;
    let region = choose_region(&primary, &name)?;
    let replica = primary.in_region(region);
    if call.world.keys.contains(&replica) {
        return Err(ApiError::inferred(&inferred::REPLICA_EXISTS, vec![("key", replica.arn())]));
    }
    let tags = tag::merge(&Tags::new(), input.tags)?;
    let bypass = input.bypass_policy_lockout_safety_check;
    let policy = policy_for_new_key(call, replica.place, input.policy, bypass)?;

    let key = Key {
        created: call.now,
        description: input.description,
        policy: policy.clone(),
        tags: tags.clone(),
        state: KeyState::Creating,
        deletion: None,
        imports: BTreeMap::new(),
        last_usage: None,
    };
    call.world.keys.insert(replica.clone(), key);
    let set = call.world.key_set_mut(&primary);
    set.replicas.insert(region);
    set.replicated_rotation = set.rotation;
    settle_materials(call.world, &primary.set());
    if call.fault != Some(&FaultAction::StuckCreating) {
        let due = call.now.after(call.world.delays.key_creation);
        call.world.schedule(due, Transition::KeyCreated(replica.clone()));
    }
    Ok(ReplicateKeyOutput {
        replica_key_metadata: metadata(call.world, &replica),
        replica_policy: policy,
        replica_tags: tags,
    })
}

fn choose_region(primary: &KeyAddress, name: &str) -> Result<Region, ApiError> {
    let own = primary.place.region;
    let reason = match Region::named(name) {
        None => &inferred::REPLICA_IN_UNKNOWN_REGION,
        Some(region) if region == own => &inferred::REPLICA_IN_OWN_REGION,
        Some(region) if region.partition() != own.partition() => {
            &inferred::REPLICA_IN_OTHER_PARTITION
        }
        Some(region) => return Ok(region),
    };
    Err(ApiError::inferred(reason, vec![("region", name.to_owned())]))
}

/// A replica key is ready, unless something else became of it meanwhile.
pub(crate) fn finish_creation(world: &mut World, address: &KeyAddress) {
    let Some(set) = world.key_sets.get(&address.set()) else {
        return;
    };
    let state = set.first_state();
    if world.keys.get(address).is_some_and(|key| key.state == KeyState::Creating) {
        world.key_mut(address).state = state;
    }
}
