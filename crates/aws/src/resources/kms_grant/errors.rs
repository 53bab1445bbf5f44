//! What to do about errors of the calls that make and end grants.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Reaction};

use crate::resources::key_errors;

/// New keys and new principals take a while until every call knows them.
const PROPAGATION: Duration = Duration::from_secs(3 * 60);
/// EnableKey may not have reached every corner yet.
const ENABLING: Duration = Duration::from_secs(2 * 60);

/// Whether an error says that the grant, or its key, is no more.
pub(super) fn is_gone(error: &CloudError) -> bool {
    error.class == ErrorClass::NotFound || error.code == "InvalidGrantIdException"
}

/// The reaction to an error.
pub(super) fn reaction(call: &Call, error: &CloudError) -> Option<Reaction> {
    if call.operation == "CreateGrant" {
        return refused(call, error);
    }
    match error.class {
        _ if is_gone(error) => Some(Reaction::Reread),
        ErrorClass::Denied if call.operation == "RetireGrant" => Some(key_errors::fail(
            error,
            "the grant may not be retired",
            "Only its grantee or its retiring principal may retire a grant, or who is allowed to \
             call kms:RetireGrant on the key. Apply retire_on_delete = false to revoke it instead.",
        )),
        _ => None,
    }
}

fn refused(call: &Call, error: &CloudError) -> Option<Reaction> {
    let key = key_errors::member(call, "KeyId");
    match error.class {
        // IAM may not know a new principal yet.
        _ if error.code == "InvalidArnException" => Some(Reaction::Retry(PROPAGATION)),
        ErrorClass::NotFound if key.contains("alias/") => Some(key_errors::fail(
            error,
            "a grant needs its key by id or ARN",
            "KMS takes no alias here. Use key_id = aws_kms_key.NAME.key_id, or \
             data.aws_kms_alias.NAME.target_key_id.",
        )),
        ErrorClass::NotFound => Some(Reaction::Retry(PROPAGATION)),
        ErrorClass::Disabled => Some(Reaction::Retry(ENABLING)),
        ErrorClass::InvalidState if key_errors::is_pending_deletion(error) => {
            Some(key_errors::fail(
                error,
                format!("KMS key {key} is scheduled for deletion"),
                "Cancel the deletion (aws kms cancel-key-deletion), enable the key and apply again.",
            ))
        }
        ErrorClass::InvalidState => key_errors::passing_state(error),
        ErrorClass::LimitExceeded => Some(key_errors::fail(
            error,
            format!("KMS key {key} has all the grants that it can have"),
            "A key may have 50,000 grants. Revoke those that are not needed any more.",
        )),
        ErrorClass::Invalid => Some(key_errors::fail(
            error,
            "KMS refuses the grant",
            "Each operation must be one that keys of this usage have: a signing key has no Decrypt, \
             an encryption key no Sign. Constraints need a symmetric encryption key, 8 pairs at \
             most.",
        )),
        _ => None,
    }
}
