//! What to do about errors of Secrets Manager.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Place, Reaction};

use super::key_errors::{fail, member};

/// New principals, and names that were just freed, take a while until every call sees them.
const PROPAGATION: Duration = Duration::from_secs(2 * 60);
/// Replicas that were removed a moment ago.
const REMOVAL: Duration = Duration::from_secs(5 * 60);

/// The reaction to an error of a call that creates, changes or deletes a secret or its versions.
pub fn reaction(place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
    let message = error.message.to_lowercase();
    let is_marked =
        message.contains("marked for deletion") || message.contains("because it was deleted");
    match (call.operation, error.class) {
        ("CreateSecret", _) => creation(place, call, error),
        ("DeleteSecret" | "UpdateSecretVersionStage", ErrorClass::NotFound) => {
            Some(Reaction::Reread)
        }
        ("DeleteSecret" | "UpdateSecretVersionStage", _) if is_marked => Some(Reaction::Reread),
        // Replicas that are not gone yet, or that the last reading did not show.
        ("DeleteSecret", _) if message.contains("still has replica regions") => {
            Some(Reaction::Retry(REMOVAL))
        }
        ("PutResourcePolicy", _) if error.code == "PublicPolicyException" => Some(fail(
            error,
            "the policy would make the secret public",
            "Name the principals that may have it, or set block_public_policy = false.",
        )),
        ("PutResourcePolicy" | "DeleteResourcePolicy", _) if message.contains("replica secret") => {
            Some(fail(
                error,
                format!(
                    "{} is a replica, which has the policy of its primary",
                    member(call, "SecretId")
                ),
                "Put the policy on the primary secret, in its Region: AWS copies it to the replicas.",
            ))
        }
        ("PutResourcePolicy", ErrorClass::MalformedPolicy) => {
            Some(if message.contains("unsupported principal") {
                Reaction::Retry(PROPAGATION)
            } else {
                fail(
                    error,
                    "Secrets Manager refuses the policy of the secret",
                    "Each statement needs an Effect, a Principal, an Action of Secrets Manager \
                     and Resource \"*\". 20,480 characters at most.",
                )
            })
        }
        ("ReplicateSecretToRegions", _) => {
            key_use(call, error).or_else(|| replication(call, error))
        }
        ("UpdateSecret" | "PutSecretValue", _) => key_use(call, error),
        _ => None,
    }
}

fn creation(place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
    let name = member(call, "Name");
    let region = &place.region;
    let message = error.message.to_lowercase();
    if message.contains("scheduled for deletion") {
        return Some(fail(
            error,
            format!(
                "the name {name} is taken by a secret that is scheduled for deletion in {region}"
            ),
            format!(
                "To have it back, import it by its ARN, which \
                 aws secretsmanager describe-secret --region {region} --secret-id {name} tells; it \
                 is restored then:\n\
                 \x20 import {{\n\
                 \x20   to = aws_secretsmanager_secret.NAME\n\
                 \x20   id = \"arn:…\"\n\
                 \x20 }}\n\
                 To free the name now and lose its value:\n\
                 \x20 aws secretsmanager delete-secret --region {region} --secret-id {name} \
                 --force-delete-without-recovery\n\
                 Otherwise choose another name, or wait until it is gone."
            ),
        ));
    }
    if message.contains("was deleted") {
        return Some(Reaction::Retry(PROPAGATION));
    }
    if error.class == ErrorClass::AlreadyExists {
        return Some(fail(
            error,
            format!("{region} already has a secret {name} that is not in the state"),
            format!(
                "Choose another name, or import it by its ARN \
                 (aws secretsmanager describe-secret --region {region} --secret-id {name}):\n\
                 \x20 import {{\n\
                 \x20   to = aws_secretsmanager_secret.NAME\n\
                 \x20   id = \"arn:…\"\n\
                 \x20 }}"
            ),
        ));
    }
    key_use(call, error)
}

/// The causes that the API reference of `ReplicateSecretToRegions` names, and what to do.
fn replication(call: &Call, error: &CloudError) -> Option<Reaction> {
    let secret = member(call, "SecretId");
    let region = &call.region;
    let message = error.message.to_lowercase();
    match error.class {
        ErrorClass::NotFound => Some(fail(
            error,
            format!("{secret} is not there to be replicated"),
            "It was deleted after the plan was made. Plan again: a new secret can be made then.",
        )),
        ErrorClass::InvalidState if message.contains("deletion") => Some(fail(
            error,
            format!("{secret} is scheduled for deletion and cannot be replicated"),
            format!(
                "Plan again: the plan shows that it is restored first. Or restore it yourself: \
                 aws secretsmanager restore-secret --region {region} --secret-id {secret}"
            ),
        )),
        ErrorClass::InvalidState => Some(fail(
            error,
            format!("{secret} cannot be replicated as it is"),
            format!(
                "A secret cannot be replicated while its rotation is enabled without a function, \
                 or if another service manages it. See RotationEnabled, RotationLambdaARN and \
                 OwningService: aws secretsmanager describe-secret --region {region} \
                 --secret-id {secret}"
            ),
        )),
        ErrorClass::Invalid if message.contains("replica secret") => Some(fail(
            error,
            format!("{secret} is itself a replica in {region}"),
            "Give the replica blocks to the primary secret, in its own Region.",
        )),
        ErrorClass::Invalid => Some(fail(
            error,
            format!("{secret} cannot be replicated as its replica blocks say"),
            "The Region of each replica block must be enabled in the account, in the same partition \
             and not the secret's own; its kms_key_id must be a key in that Region.",
        )),
        _ => None,
    }
}

fn key_use(call: &Call, error: &CloudError) -> Option<Reaction> {
    let is_about_key = error.code == "EncryptionFailure"
        || error.code == "DecryptionFailure"
        || error.message.contains("Access to KMS is not allowed");
    is_about_key.then(|| {
        let region = &call.region;
        fail(
            error,
            format!("Secrets Manager in {region} cannot use the secret's key"),
            format!(
                "The key must be an Enabled symmetric encryption key in {region}, and you must be \
                 allowed kms:GenerateDataKey and kms:Decrypt on it, by its policy or yours."
            ),
        )
    })
}
