//! The operations of KMS by the way in which they name the key that they are
//! on (AWS KMS API reference, "Cross-account use").

/// The operations that are on no key, or on all of them.
pub(crate) const ON_NO_KEY: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GenerateRandom",
    "ListAliases",
    "ListKeys",
    "ListRetirableGrants",
    "UpdateCustomKeyStore",
];

/// The operations on a key that is named by its id or its ARN.
pub(crate) const ON_KEY: &[&str] = &[
    "CancelKeyDeletion",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetParametersForImport",
    "ImportKeyMaterial",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateKeyDescription",
];

/// The same, where the key may be of another account.
pub(crate) const ON_KEY_OF_ANY_ACCOUNT: &[&str] =
    &["CreateGrant", "GetKeyRotationStatus", "ListGrants", "RevokeGrant"];

/// The operations on a key that an alias may name too, of any account.
pub(crate) const ON_KEY_OR_ALIAS: &[&str] = &[
    "DeriveSharedSecret",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetPublicKey",
    "Sign",
    "Verify",
    "VerifyMac",
];
