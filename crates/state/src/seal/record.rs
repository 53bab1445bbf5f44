//! What a file says of the key that it is sealed under. Nothing of it is secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How the key of a file is had again, kept in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Identifies the key, as [`crate::Sealer::key_id`] does.
    pub id: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: KeyOrigin,
    /// The key of fingerprints, sealed under this key, if it is that of an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint_key: Option<String>,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum KeyOrigin {
    /// A key file of the user.
    File,
    /// A passphrase.
    Passphrase(Stretching),
    /// A data key of AWS KMS.
    Kms(DataKey),
}

/// How a passphrase becomes a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretching {
    /// `argon2id`.
    pub algorithm: String,
    /// The salt, in base64.
    pub salt: String,
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes of the memory.
    pub lanes: u32,
}

/// A data key of AWS KMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataKey {
    /// The ARN of the KMS key that it is encrypted under.
    pub key: String,
    /// The Region in which it was made.
    pub region: String,
    /// The encryption context that it was made with.
    pub context: BTreeMap<String, String>,
    /// The encrypted data key, in base64.
    pub ciphertext: String,
}

/// The member of a data key's encryption context that names the state's lineage.
pub const LINEAGE_CONTEXT: &str = "meridian:lineage";

impl KeyRecord {
    /// The lineage that the key was made for, if it was made for one.
    pub(crate) fn lineage(&self) -> Option<&str> {
        match &self.origin {
            KeyOrigin::Kms(data_key) => data_key.context.get(LINEAGE_CONTEXT).map(String::as_str),
            KeyOrigin::File | KeyOrigin::Passphrase(_) => None,
        }
    }
}
