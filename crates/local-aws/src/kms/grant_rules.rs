//! What may stand in a grant.

use std::collections::BTreeMap;

use crate::error::ApiError;
use crate::identity::Arn;
use crate::inferred;
use crate::kms::grant::GrantConstraints;
use crate::kms::key::KeySet;
use crate::kms::spec::{AlgorithmKind, SYMMETRIC_DEFAULT};
use crate::validate;

const OPERATIONS: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
];

const OF_EVERY_KEY: &[&str] = &["CreateGrant", "RetireGrant", "DescribeKey"];
const OF_ENCRYPTION: &[&str] = &["Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo"];
const OF_SYMMETRIC_KEYS: &[&str] = &[
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
];

const MOST_PAIRS: usize = 8;
const LONGEST_CONTEXT: usize = 384;

/// Holds operations to the names of the model; gives each of them once.
pub(crate) fn name_operations(operations: Vec<String>) -> Result<Vec<String>, ApiError> {
    if !operations.iter().all(|operation| OPERATIONS.contains(&operation.as_str())) {
        let value = format!("[{}]", operations.join(", "));
        let rule = format!(
            "Member must satisfy constraint: [Member must satisfy enum value set: [{}]]",
            OPERATIONS.join(", ")
        );
        return Err(ApiError::constraint("operations", Some(&value), &rule));
    }
    let mut named: Vec<String> = Vec::new();
    for operation in operations {
        if !named.contains(&operation) {
            named.push(operation);
        }
    }
    Ok(named)
}

/// Refuses operations that keys of a set do not have.
pub(crate) fn require_operations(set: &KeySet, operations: &[String]) -> Result<(), ApiError> {
    let is_symmetric = set.spec == SYMMETRIC_DEFAULT;
    let fits = |operation: &str| {
        let of_usage = match AlgorithmKind::of(&set.usage) {
            AlgorithmKind::Encryption => {
                OF_ENCRYPTION.contains(&operation)
                    || is_symmetric && OF_SYMMETRIC_KEYS.contains(&operation)
            }
            AlgorithmKind::Signing => matches!(operation, "Sign" | "Verify"),
            AlgorithmKind::Mac => matches!(operation, "GenerateMac" | "VerifyMac"),
            AlgorithmKind::KeyAgreement => operation == "DeriveSharedSecret",
        };
        let has_public_key = !is_symmetric && AlgorithmKind::of(&set.usage) != AlgorithmKind::Mac;
        of_usage
            || OF_EVERY_KEY.contains(&operation)
            || has_public_key && operation == "GetPublicKey"
    };
    let unfit: Vec<&str> =
        operations.iter().map(String::as_str).filter(|operation| !fits(operation)).collect();
    if unfit.is_empty() {
        return Ok(());
    }
    let parameters = vec![
        ("operations", unfit.join(", ")),
        ("usage", set.usage.clone()),
        ("spec", set.spec.clone()),
    ];
    Err(ApiError::inferred(&inferred::GRANT_OPERATIONS, parameters))
}

/// Refuses constraints that are too long, or that no operation of the key could meet.
pub(crate) fn require_constraints(
    set: &KeySet,
    constraints: &GrantConstraints,
) -> Result<(), ApiError> {
    if !set.is_symmetric() {
        return Err(ApiError::inferred(&inferred::GRANT_CONSTRAINTS, Vec::new()));
    }
    let contexts = [&constraints.encryption_context_subset, &constraints.encryption_context_equals];
    let is_too_long = |context: &BTreeMap<String, String>| {
        let lengths =
            context.iter().map(|(name, value)| name.chars().count() + value.chars().count());
        context.len() > MOST_PAIRS || lengths.sum::<usize>() > LONGEST_CONTEXT
    };
    if contexts.into_iter().flatten().any(is_too_long) {
        return Err(ApiError::inferred(&inferred::GRANT_CONSTRAINT_SIZE, Vec::new()));
    }
    Ok(())
}

/// Holds the name of a principal to the model: an ARN, or the name of a service.
pub(crate) fn require_principal(member: &str, principal: &str) -> Result<(), ApiError> {
    validate::length(member, principal, 1..=256)?;
    validate::letters(member, principal, "^[\\w+=,.@:/-]+$", |letter| {
        letter.is_ascii_alphanumeric() || "_+=,.@:/-".contains(letter)
    })
}

/// Refuses an ARN that names no principal. Who exists is not looked at here.
pub(crate) fn require_principal_arn(principal: &str) -> Result<(), ApiError> {
    let is_principal = match Arn::parse(principal) {
        Some(arn) => match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) => arn.resource == "root",
            ("iam", Some((kind, _))) => matches!(kind, "user" | "role"),
            ("sts", Some((kind, _))) => matches!(kind, "assumed-role" | "federated-user"),
            _ => false,
        },
        None => principal.contains(".amazonaws.com"),
    };
    if is_principal {
        return Ok(());
    }
    let parameters = vec![("principal", principal.to_owned())];
    Err(ApiError::inferred(&inferred::GRANT_PRINCIPAL, parameters))
}

/// Holds the name of a grant to the model.
pub(crate) fn require_name(name: &str) -> Result<(), ApiError> {
    validate::length("name", name, 1..=256)?;
    validate::letters("name", name, "^[a-zA-Z0-9:/_-]+$", |letter| {
        letter.is_ascii_alphanumeric() || ":/_-".contains(letter)
    })
}

/// Refuses what cannot be the id of a grant.
pub(crate) fn require_grant_id(id: &str) -> Result<(), ApiError> {
    validate::length("grantId", id, 1..=128)?;
    if id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(ApiError::inferred(&inferred::GRANT_ID, vec![("id", id.to_owned())]))
}
