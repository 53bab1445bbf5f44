//! Key material: the bytes behind a key, sealed except while they work.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::kms::key::KeySetAddress;
use crate::kms::spec::SYMMETRIC_DEFAULT;
use crate::vault::{Sealed, Vault};

/// One material of a set of related keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Material {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The bytes; none for an asymmetric or HMAC key that nobody has used yet,
    /// since making a key pair takes long and most keys of tests never work.
    pub bytes: Option<Sealed>,
    pub state: MaterialState,
    /// When and how it took the place of another.
    pub rotation: Option<(Timestamp, RotationType)>,
    /// What the importer said of it.
    pub description: Option<String>,
}

/// What a material does (`KeyMaterialState` of `ListKeyRotations`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum MaterialState {
    NonCurrent,
    Current,
    PendingRotation,
    PendingMultiRegionImportAndRotation,
}

impl MaterialState {
    /// Whether the material can still be taken back.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingRotation | Self::PendingMultiRegionImportAndRotation)
    }
}

/// How a material came to be current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RotationType {
    Automatic,
    OnDemand,
}

impl Material {
    /// The first material of a new key. Only symmetric bytes are made at once.
    pub fn first(vault: &Vault, set: &KeySetAddress, spec: &str) -> Self {
        let id = hexadecimal(&vault.random_bytes::<32>());
        let bytes = (spec == SYMMETRIC_DEFAULT)
            .then(|| vault.seal(&purpose(set, &id), &vault.random_bytes::<32>()));
        Self { id, bytes, state: MaterialState::Current, rotation: None, description: None }
    }

    /// The id as the API tells it: only symmetric encryption keys have one.
    pub fn told_id(&self, spec: &str) -> Option<String> {
        (spec == SYMMETRIC_DEFAULT).then(|| self.id.clone())
    }
}

/// What the bytes of a material are sealed for.
pub(crate) fn purpose(set: &KeySetAddress, material_id: &str) -> String {
    format!("key-material:{}/{}/{material_id}", set.account, set.id)
}

/// Lower-case hexadecimal digits, two for each byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
