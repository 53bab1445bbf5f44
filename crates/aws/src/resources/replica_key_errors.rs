//! What to do about errors of `ReplicateKey`.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Reaction};

use super::key_errors::{
    fail, is_pending_deletion, limit, member, passing_state, refused_policy, tag_error,
};

/// A primary of a minute ago may not be seen by every call yet.
const NEW_PRIMARY: Duration = Duration::from_secs(2 * 60);

/// The reaction to an error of `ReplicateKey` for a replica of a type, of imported material or not.
pub fn reaction(
    call: &Call,
    error: &CloudError,
    type_name: &str,
    imported: bool,
) -> Option<Reaction> {
    let key = member(call, "KeyId");
    let replica = member(call, "ReplicaRegion");
    let primary = &call.region;
    match error.class {
        ErrorClass::AlreadyExists => Some(fail(
            error,
            format!("{replica} already holds a key related to {key} that is not in the state"),
            format!(
                "A replica of this primary would have been taken over, so this key could not be \
                 read, or is no replica of it: \
                 aws kms describe-key --region {replica} --key-id {key}. If it is to be managed \
                 here, import it:\n\
                 \x20 import {{\n\
                 \x20   to = {type_name}.NAME\n\
                 \x20   id = \"{key}\"\n\
                 \x20 }}"
            ),
        )),
        ErrorClass::Disabled => Some(fail(
            error,
            format!("the primary key {key} in {primary} is disabled"),
            format!(
                "Only an enabled key can be replicated: set {} = true on the primary, or run \
                 aws kms enable-key --region {primary} --key-id {key}",
                if imported { "enabled" } else { "is_enabled" }
            ),
        )),
        ErrorClass::InvalidState => Some(passing_state(error).unwrap_or_else(|| {
            let help = if is_pending_deletion(error) {
                format!(
                    "To keep the key, cancel its deletion: \
                     aws kms cancel-key-deletion --region {primary} --key-id {key}"
                )
            } else {
                "Bring the primary into the state Enabled first. A key of imported material needs \
                 its material."
                    .to_owned()
            };
            let summary = format!("the primary key {key} in {primary} cannot be replicated now");
            fail(error, summary, help)
        })),
        ErrorClass::NotFound if error.message.to_lowercase().contains("invalid") => Some(fail(
            error,
            format!("{key} in {primary} is not the ARN of a key"),
            "primary_key_arn must be the primary's own ARN, in the primary's own Region.",
        )),
        ErrorClass::NotFound => Some(Reaction::Retry(NEW_PRIMARY)),
        ErrorClass::MalformedPolicy => Some(refused_policy(call, error)),
        ErrorClass::LimitExceeded => Some(limit(call, error)),
        _ => by_code(call, error),
    }
}

fn by_code(call: &Call, error: &CloudError) -> Option<Reaction> {
    let key = member(call, "KeyId");
    match error.code.as_str() {
        "UnsupportedOperationException" => Some(fail(
            error,
            format!("{key} in {} is not a multi-Region primary key", call.region),
            format!(
                "Give primary_key_arn the ARN of the primary. DescribeKey tells which Region it \
                 is in: aws kms describe-key --region {} --key-id {key} \
                 --query KeyMetadata.MultiRegionConfiguration.PrimaryKey. A key without \
                 multi_region = true cannot be replicated, nor made so later.",
                call.region
            ),
        )),
        "InvalidArnException" => Some(fail(
            error,
            "an ARN in the replica's policy or primary_key_arn is wrong",
            "Check the ARNs of principals in the policy, and primary_key_arn.",
        )),
        _ => tag_error(error),
    }
}
