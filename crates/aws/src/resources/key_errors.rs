//! What to do about errors of KMS calls that change a key.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, CloudError, ErrorClass, Problem, Reaction};

use crate::policy;

/// New principals take a while until KMS knows them.
const IAM_PROPAGATION: Duration = Duration::from_secs(2 * 60);
/// New keys take a while until every call sees them.
const KEY_PROPAGATION: Duration = Duration::from_secs(3 * 60);
/// Creating and Updating pass by themselves.
const PASSING_STATE: Duration = Duration::from_secs(10 * 60);

/// A failure with this advice.
pub fn fail(error: &CloudError, summary: impl Into<String>, help: impl Into<String>) -> Reaction {
    let problem = Problem::new(summary, error.to_string()).help(help);
    Reaction::Fail(Box::new(problem))
}

/// The reaction to an error of a call that changes an existing key or schedules its deletion.
pub fn reaction(call: &Call, error: &CloudError) -> Option<Reaction> {
    let key = call.input.get_str("KeyId").unwrap_or("the key");
    let scheduling = call.operation == "ScheduleKeyDeletion";
    match error.class {
        _ if call.operation == "UpdatePrimaryRegion" => promotion(call, error),
        ErrorClass::NotFound if scheduling => Some(Reaction::Reread),
        ErrorClass::NotFound if call.operation == "CancelKeyDeletion" => Some(fail(
            error,
            format!("KMS key {key} in {} is deleted", call.region),
            "Its deletion was over before it could be cancelled. Plan again: a new key can be made, \
             but nothing that was encrypted under the old one can be read.",
        )),
        // Someone else was faster.
        ErrorClass::InvalidState
            if call.operation == "CancelKeyDeletion" && is_not_pending(error) =>
        {
            Some(Reaction::Reread)
        }
        ErrorClass::NotFound => Some(Reaction::Retry(KEY_PROPAGATION)),
        ErrorClass::InvalidState if is_pending_deletion(error) => Some(if scheduling {
            Reaction::Reread
        } else {
            fail(
                error,
                format!("KMS key {key} is scheduled for deletion"),
                "Cancel the deletion (aws kms cancel-key-deletion), enable the key and plan again.",
            )
        }),
        ErrorClass::InvalidState => passing_state(error),
        // EnableKey may not have reached every corner yet.
        ErrorClass::Disabled => Some(Reaction::Retry(IAM_PROPAGATION)),
        ErrorClass::MalformedPolicy => Some(refused_policy(call, error)),
        ErrorClass::LimitExceeded => Some(limit(call, error)),
        _ if error.code == "UnsupportedOperationException"
            && call.operation.ends_with("KeyRotation") =>
        {
            Some(fail(
                error,
                format!("KMS key {key} cannot be rotated automatically"),
                "Only symmetric encryption keys with material made by KMS are rotated \
                 automatically, and multi-Region keys through their primary. Set \
                 enable_key_rotation = false.",
            ))
        }
        _ => tag_error(error),
    }
}

/// The reaction to an error of `UpdatePrimaryRegion`.
fn promotion(call: &Call, error: &CloudError) -> Option<Reaction> {
    let (key, region) = (member(call, "KeyId"), member(call, "PrimaryRegion"));
    match error.class {
        // The primary may have moved already, by a call whose answer was lost.
        _ if error.code == "UnsupportedOperationException" => Some(Reaction::Reread),
        ErrorClass::Disabled => Some(fail(
            error,
            format!("the primary of {key} cannot move to {region}"),
            format!(
                "Both keys must be Enabled: the primary in {} and the replica in {region}. Enable \
                 them (aws kms enable-key) and apply again.",
                call.region
            ),
        )),
        ErrorClass::InvalidState => Some(passing_state(error).unwrap_or_else(|| {
            fail(
                error,
                format!("the primary of {key} cannot move to {region}"),
                "Both keys must be Enabled. A key that is scheduled for deletion or waits for its \
                 material can neither lead nor hand over.",
            )
        })),
        ErrorClass::NotFound => Some(fail(
            error,
            format!("{key} has no replica in {region}"),
            "Only a Region that has a replica can become the primary's.",
        )),
        _ => None,
    }
}

/// A retry if the key is between two states.
pub fn passing_state(error: &CloudError) -> Option<Reaction> {
    let message = error.message.to_lowercase();
    let passes = message.contains("is creating") || message.contains("is updating");
    passes.then_some(Reaction::Retry(PASSING_STATE))
}

fn is_not_pending(error: &CloudError) -> bool {
    error.message.to_lowercase().contains("is not pending")
}

/// Whether the error says that the key is scheduled for deletion.
pub fn is_pending_deletion(error: &CloudError) -> bool {
    let message = error.message.to_lowercase();
    !is_not_pending(error)
        && (message.contains("pending deletion") || message.contains("pending replica deletion"))
}

/// What to do about a policy that KMS refuses.
pub fn refused_policy(call: &Call, error: &CloudError) -> Reaction {
    let message = error.message.to_lowercase();
    if message.contains("will not allow you to update the key policy") {
        return fail(
            error,
            "the key policy would lock you out",
            "Allow the principal that applies this to call kms:PutKeyPolicy on the key, or give \
             the account root (arn:aws:iam::ACCOUNT:root) kms:*. \
             bypass_policy_lockout_safety_check = true switches this check off.",
        );
    }
    let text = call.input.get_str("Policy").unwrap_or_default();
    if policy::names_iam_principals(text) {
        return Reaction::Retry(IAM_PROPAGATION);
    }
    fail(
        error,
        "KMS refuses the key policy",
        "Each statement needs an Effect, a Principal that exists, an Action and Resource \"*\". \
         A key policy cannot name groups.",
    )
}

/// What to do when a quota is full.
pub fn limit(call: &Call, error: &CloudError) -> Reaction {
    let replica = call.input.get_str("ReplicaRegion");
    let region = replica.unwrap_or(&call.region);
    fail(
        error,
        format!("a quota of KMS in {region} is full"),
        "Remove what is not needed any more, or ask for a higher quota under Service Quotas, AWS \
         Key Management Service, in that Region. A key policy may have 32 KB at most.",
    )
}

/// What to do about tags that KMS refuses.
pub fn tag_error(error: &CloudError) -> Option<Reaction> {
    (error.code == "TagException").then(|| {
        fail(
            error,
            "KMS refuses the tags",
            "A key has at most 50 tags; keys have 1 to 128 characters and must not begin with \
             \"aws:\", values have at most 256.",
        )
    })
}

/// The text of a member, for messages.
pub fn member<'a>(call: &'a Call, name: &str) -> &'a str {
    call.input.get(name).and_then(Value::as_str).unwrap_or("(unknown)")
}
