//! CreateKey: a new key, and a new set that it is the first of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use uuid::Uuid;

use crate::error::ApiError;
use crate::inferred;
use crate::kms::custom_store::{StoreChoice, choose_store};
use crate::kms::describe::{DescribeKeyOutput, metadata};
use crate::kms::key::{Key, KeyAddress, KeySet, Origin};
use crate::kms::material::Material;
use crate::kms::material_form::is_importable;
use crate::kms::policy::policy_for_new_key;
use crate::kms::spec::{self, SYMMETRIC_DEFAULT};
use crate::kms::tag::{self, Tag};
use crate::tags::Tags;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateKeyInput {
    policy: Option<String>,
    #[serde(default)]
    description: String,
    key_usage: Option<String>,
    key_spec: Option<String>,
    customer_master_key_spec: Option<String>,
    origin: Option<Origin>,
    custom_key_store_id: Option<String>,
    xks_key_id: Option<String>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: bool,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    multi_region: bool,
}

/// Each call makes another key: CreateKey knows no idempotency token.
pub(crate) fn create_key(
    call: &mut Call<'_>,
    input: CreateKeyInput,
) -> Result<DescribeKeyOutput, ApiError> {
    let place = call.place;
    let spec = choose_spec(input.key_spec, input.customer_master_key_spec)?;
    let usage = choose_usage(input.key_usage, &spec)?;
    spec::check_offered(&spec, place.region)?;
    let origin = input.origin.unwrap_or(Origin::AwsKms);
    let choice = StoreChoice {
        origin,
        store: input.custom_key_store_id,
        xks_key: input.xks_key_id,
        spec: &spec,
        multi_region: input.multi_region,
    };
    let store = choose_store(call, choice)?;
    if origin == Origin::External && !is_importable(&spec) {
        return Err(ApiError::inferred(&inferred::EXTERNAL_SPEC, vec![("spec", spec)]));
    }
    let tags = tag::merge(&Tags::new(), input.tags)?;
    let policy =
        policy_for_new_key(call, place, input.policy, input.bypass_policy_lockout_safety_check)?;

    let address = KeyAddress::new(place, new_id(input.multi_region));
    let materials = match origin {
        Origin::External => Vec::new(),
        _ => vec![Material::first(&call.world.vault, &address.set(), &spec)],
    };
    let set = KeySet {
        spec,
        usage,
        origin,
        multi_region: input.multi_region,
        primary: place.region,
        replicas: BTreeSet::new(),
        materials,
        rotation: None,
        replicated_rotation: None,
        on_demand_rotation: None,
        store,
    };
    let key = Key {
        created: call.now,
        description: input.description,
        policy,
        tags,
        state: set.first_state(),
        deletion: None,
        imports: BTreeMap::new(),
        last_usage: None,
    };
    call.world.key_sets.insert(address.set(), set);
    call.world.keys.insert(address.clone(), key);
    Ok(DescribeKeyOutput { key_metadata: metadata(call.world, &address) })
}

fn choose_spec(spec: Option<String>, old_name: Option<String>) -> Result<String, ApiError> {
    match (spec, old_name) {
        (Some(_), Some(_)) => Err(ApiError::validation(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
             CustomerMasterKeySpec is deprecated.",
        )),
        (Some(spec), None) | (None, Some(spec)) => Ok(spec),
        (None, None) => Ok(SYMMETRIC_DEFAULT.to_owned()),
    }
}

fn choose_usage(usage: Option<String>, spec: &str) -> Result<String, ApiError> {
    let usage = match usage {
        Some(usage) => usage,
        None if spec == SYMMETRIC_DEFAULT => spec::ENCRYPTION.to_owned(),
        None => {
            return Err(ApiError::validation(
                "You must specify a KeyUsage value for all KMS keys except for symmetric \
                 encryption keys.",
            ));
        }
    };
    if spec::algorithms(spec, &usage).is_none() {
        return Err(ApiError::validation(format!(
            "KeyUsage {usage} is not compatible with KeySpec {spec}"
        )));
    }
    Ok(usage)
}

fn new_id(multi_region: bool) -> String {
    let id = Uuid::new_v4();
    if multi_region { format!("mrk-{}", id.simple()) } else { id.to_string() }
}
