//! Who sets the policy of a key: `aws_kms_key`, or `aws_kms_key_policy`, but not both.

use meridian_lang::Value;
use meridian_resource::{Claim, Place};

use super::conflicts;
use crate::arn;

/// The claim of an `aws_kms_key_policy` on a key that is known.
pub fn of_policy(place: &Place, planned: &Value) -> Vec<Claim> {
    let key = planned.get_str("key_id");
    key.map(|key| claim(place, arn::key_id(key))).into_iter().collect()
}

/// The claim of a key that is there and whose configuration gives it a policy.
pub fn of_key(place: &Place, config: &Value, planned: &Value) -> Vec<Claim> {
    let key = planned.get_str("key_id").filter(|_| conflicts::is_given(config, "policy"));
    key.map(|key| claim(place, key)).into_iter().collect()
}

fn claim(place: &Place, key: &str) -> Claim {
    let region = &place.region;
    Claim { attribute: "policy", on: format!("the policy of KMS key {key} in {region}") }
}
