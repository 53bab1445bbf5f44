//! The published rates: requests in each second, per account and Region (AWS
//! KMS developer guide, "Request quotas"; Secrets Manager user guide, "Quotas").

use crate::region::Region;

/// KMS: each of these operations has a quota of its own.
pub(super) const KMS: &[(f64, &[&str])] = &[
    (1.0, &["GetParametersForImport"]),
    (
        5.0,
        &[
            "CancelKeyDeletion",
            "ConnectCustomKeyStore",
            "CreateAlias",
            "CreateCustomKeyStore",
            "CreateKey",
            "DeleteCustomKeyStore",
            "DescribeCustomKeyStores",
            "DisableKey",
            "DisableKeyRotation",
            "DisconnectCustomKeyStore",
            "EnableKey",
            "GetKeyLastUsage",
            "ReplicateKey",
            "RotateKeyOnDemand",
            "UntagResource",
            "UpdateAlias",
            "UpdateCustomKeyStore",
            "UpdateKeyDescription",
            "UpdatePrimaryRegion",
        ],
    ),
    (10.0, &["TagResource"]),
    (
        15.0,
        &[
            "DeleteAlias",
            "DeleteImportedKeyMaterial",
            "EnableKeyRotation",
            "ImportKeyMaterial",
            "PutKeyPolicy",
            "ScheduleKeyDeletion",
        ],
    ),
    (50.0, &["CreateGrant", "RetireGrant", "RevokeGrant"]),
    (100.0, &["ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListRetirableGrants"]),
    (500.0, &["ListAliases", "ListKeys"]),
    (1000.0, &["GetKeyPolicy", "GetKeyRotationStatus"]),
    (2000.0, &["DescribeKey", "GetPublicKey", "ListResourceTags"]),
];

/// KMS: the operations with keys, which share a quota by the type of the key.
pub(super) const CRYPTOGRAPHY: &[&str] = &[
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// KMS: the quota that a key of some spec shares with others.
pub(super) fn cryptography(spec: Option<&str>, region: Region) -> (&'static str, f64) {
    match spec.unwrap_or_default() {
        spec if spec.starts_with("RSA") => ("Cryptography (RSA)", 1000.0),
        spec if spec.starts_with("ECC") || spec == "SM2" => ("Cryptography (ECC)", 1000.0),
        spec if spec.starts_with("ML_DSA") => ("Cryptography (ML-DSA)", 1000.0),
        _ => ("Cryptography (symmetric)", symmetric(region)),
    }
}

fn symmetric(region: Region) -> f64 {
    match region.as_str() {
        "us-east-1" | "us-west-2" | "eu-west-1" => 100_000.0,
        "us-east-2" | "ap-southeast-1" | "ap-southeast-2" | "ap-northeast-1" | "eu-central-1"
        | "eu-west-2" => 20_000.0,
        _ => 10_000.0,
    }
}

/// KMS: data key pairs, which both operations make, by their spec.
pub(super) fn key_pairs(spec: &str) -> Option<(&'static str, f64)> {
    let rate = match spec {
        "ECC_NIST_P256" => ("Data key pairs (ECC_NIST_P256)", 25.0),
        "ECC_NIST_P384" => ("Data key pairs (ECC_NIST_P384)", 10.0),
        "ECC_NIST_P521" => ("Data key pairs (ECC_NIST_P521)", 5.0),
        "ECC_SECG_P256K1" => ("Data key pairs (ECC_SECG_P256K1)", 25.0),
        "RSA_2048" => ("Data key pairs (RSA_2048)", 1.0),
        "RSA_3072" => ("Data key pairs (RSA_3072)", 0.5),
        "RSA_4096" => ("Data key pairs (RSA_4096)", 0.1),
        "SM2" => ("Data key pairs (SM2)", 25.0),
        _ => return None,
    };
    Some(rate)
}

/// Secrets Manager: the quotas, and the operations that share each.
pub(super) const SECRETS: &[(&str, f64, &[&str])] = &[
    ("BatchGetSecretValue", 100.0, &["BatchGetSecretValue"]),
    ("CreateSecret", 50.0, &["CreateSecret"]),
    ("DeleteSecret", 50.0, &["DeleteSecret"]),
    ("DescribeSecret", 40_000.0, &["DescribeSecret"]),
    ("GetRandomPassword", 50.0, &["GetRandomPassword"]),
    ("GetSecretValue", 10_000.0, &["GetSecretValue"]),
    ("ListSecretVersionIds", 50.0, &["ListSecretVersionIds"]),
    ("ListSecrets", 100.0, &["ListSecrets"]),
    (
        "Resource policies",
        50.0,
        &[
            "DeleteResourcePolicy",
            "GetResourcePolicy",
            "PutResourcePolicy",
            "ValidateResourcePolicy",
        ],
    ),
    ("RestoreSecret", 50.0, &["RestoreSecret"]),
    ("Rotation", 50.0, &["CancelRotateSecret", "RotateSecret"]),
    ("Tags", 50.0, &["TagResource", "UntagResource"]),
    (
        "Updates",
        50.0,
        &[
            "PutSecretValue",
            "RemoveRegionsFromReplication",
            "ReplicateSecretToRegions",
            "StopReplicationToReplica",
            "UpdateSecret",
            "UpdateSecretVersionStage",
        ],
    ),
];
