//! The table, by hand from the guide. A cell is `ok` or a footnote; `-` is a
//! case that cannot be: what is pending import has an external origin.
//!
//! Where the guide gives DisabledException or KMSInvalidStateException for keys
//! that are pending deletion (footnotes 2 and 3), KMS answers with the latter.
//! Where it gives two footnotes, what the key is counts before the state that
//! it is in; that is inferred. So is what the guide's table leaves out, or calls
//! impossible but is not here: RotateKeyOnDemand, ListKeyRotations,
//! GetKeyLastUsage, DeriveSharedSecret, asymmetric and HMAC keys that are
//! pending import, and all but plain symmetric keys that are unavailable.

/// What kind of key an operation is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Symmetric,
    /// Symmetric, with imported material.
    External,
    Signing,
    Mac,
    Agreement,
}

use Kind::{Agreement, External, Mac, Signing, Symmetric};

/// Operations that work on no key, or on keys in any state they like.
pub const STATELESS: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateKey",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GenerateRandom",
    "ListKeys",
    "ListRetirableGrants",
    "UpdateCustomKeyStore",
];

#[rustfmt::skip]
pub const ROWS: &[(&str, Kind, [&str; 7])] = &[
    //                                                  Enabled  Disabled Pending  Import   Unavail. Creating Updating
    ("CancelKeyDeletion",                   Symmetric, ["4",     "4",     "ok",    "4",     "4",     "4",     "4"]),
    ("CreateAlias",                         Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "ok"]),
    ("CreateGrant",                         Symmetric, ["ok",    "1",     "3",     "5",     "ok",    "14",    "ok"]),
    ("Decrypt",                             Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("DeleteAlias",                         Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("DeleteImportedKeyMaterial",           External,  ["ok",    "ok",    "ok",    "ok",    "store", "14",    "15"]),
    ("DeleteImportedKeyMaterial",           Symmetric, ["9",     "9",     "9",     "-",     "9",     "9",     "9"]),
    ("DeriveSharedSecret",                  Agreement, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("DescribeKey",                         Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("DisableKey",                          Symmetric, ["ok",    "ok",    "3",     "5",     "ok",    "14",    "15"]),
    ("DisableKeyRotation",                  External,  ["6",     "6",     "6",     "6",     "6",     "6",     "6"]),
    ("DisableKeyRotation",                  Symmetric, ["ok",    "1",     "3",     "6",     "store", "14",    "ok"]),
    ("EnableKey",                           Symmetric, ["ok",    "ok",    "3",     "5",     "ok",    "14",    "15"]),
    ("EnableKeyRotation",                   External,  ["6",     "6",     "6",     "6",     "6",     "6",     "6"]),
    ("EnableKeyRotation",                   Signing,   ["7",     "7",     "7",     "6",     "7",     "7",     "7"]),
    ("EnableKeyRotation",                   Symmetric, ["ok",    "1",     "3",     "6",     "store", "14",    "ok"]),
    ("Encrypt",                             Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GenerateDataKey",                     Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GenerateDataKeyPair",                 Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GenerateDataKeyPairWithoutPlaintext", Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GenerateDataKeyWithoutPlaintext",     Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GenerateMac",                         Mac,       ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("GetKeyLastUsage",                     Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("GetKeyPolicy",                        Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("GetKeyRotationStatus",                External,  ["6",     "6",     "6",     "6",     "6",     "6",     "6"]),
    ("GetKeyRotationStatus",                Signing,   ["ok",    "ok",    "ok",    "6",     "store", "ok",    "ok"]),
    ("GetKeyRotationStatus",                Symmetric, ["ok",    "ok",    "ok",    "6",     "store", "ok",    "ok"]),
    ("GetParametersForImport",              External,  ["ok",    "ok",    "3",     "ok",    "store", "14",    "15"]),
    ("GetParametersForImport",              Symmetric, ["9",     "9",     "9",     "-",     "9",     "9",     "9"]),
    ("GetPublicKey",                        Signing,   ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("ImportKeyMaterial",                   External,  ["ok",    "ok",    "3",     "ok",    "store", "14",    "ok"]),
    ("ImportKeyMaterial",                   Symmetric, ["9",     "9",     "9",     "-",     "9",     "9",     "9"]),
    ("ListAliases",                         Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("ListGrants",                          Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("ListKeyPolicies",                     Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("ListKeyRotations",                    Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("ListResourceTags",                    Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("PutKeyPolicy",                        Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("ReEncrypt (destination)",             Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("ReEncrypt (source)",                  Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("ReplicateKey",                        Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "15"]),
    ("RetireGrant",                         Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("RevokeGrant",                         Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("RotateKeyOnDemand",                   Signing,   ["7",     "7",     "7",     "7",     "7",     "7",     "7"]),
    ("RotateKeyOnDemand",                   Symmetric, ["ok",    "1",     "3",     "5",     "store", "14",    "ok"]),
    ("ScheduleKeyDeletion",                 Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "15"]),
    ("Sign",                                Signing,   ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("TagResource",                         Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "ok"]),
    ("UntagResource",                       Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "ok"]),
    ("UpdateAlias (from)",                  Symmetric, ["ok",    "ok",    "ok",    "ok",    "ok",    "ok",    "ok"]),
    ("UpdateAlias (to)",                    Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "ok"]),
    ("UpdateKeyDescription",                Symmetric, ["ok",    "ok",    "3",     "ok",    "ok",    "ok",    "ok"]),
    ("UpdatePrimaryRegion",                 Symmetric, ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("Verify",                              Signing,   ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
    ("VerifyMac",                           Mac,       ["ok",    "1",     "3",     "5",     "11",    "14",    "ok"]),
];
