//! What may be imported into a key, and under which name.

use serde::Deserialize;

use crate::error::ApiError;
use crate::inferred::{self, Inferred};
use crate::kms::key::{KeyAddress, KeySet};
use crate::kms::material_form::is_material_for;
use crate::validate;

const NEW: &str = "NEW_KEY_MATERIAL";
const EXISTING: &str = "EXISTING_KEY_MATERIAL";

/// What an import says of its material. Only symmetric encryption keys, which
/// can have several materials, let it say anything.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MaterialNames {
    import_type: Option<String>,
    pub key_material_description: Option<String>,
    key_material_id: Option<String>,
}

impl MaterialNames {
    /// Holds the names to the model.
    pub fn validate(&self) -> Result<(), ApiError> {
        if let Some(import_type) = &self.import_type {
            validate::one_of("importType", import_type, &[NEW, EXISTING])?;
        }
        if let Some(description) = &self.key_material_description {
            validate::length("keyMaterialDescription", description, 0..=256)?;
            let pattern = "^[a-zA-Z0-9:/_\\s.-]+$";
            validate::letters("keyMaterialDescription", description, pattern, |letter| {
                letter.is_ascii_alphanumeric()
                    || letter.is_ascii_whitespace()
                    || ":/_.-".contains(letter)
            })?;
        }
        self.key_material_id.as_deref().map_or(Ok(()), validate_material_id)
    }

    /// Refuses material that the key cannot take; tells whether it is new to the key.
    pub fn admit(
        &self,
        set: &KeySet,
        address: &KeyAddress,
        id: &str,
        bytes: &[u8],
    ) -> Result<bool, ApiError> {
        let refuse = |reason: &'static Inferred| {
            Err(ApiError::inferred(reason, vec![("key", address.arn()), ("id", id.to_owned())]))
        };
        if self.says_something() && !set.is_symmetric() {
            return refuse(&inferred::IMPORT_SYMMETRIC_ONLY);
        }
        let is_primary = set.primary == address.place.region;
        let is_new = match self.import_type.as_deref() {
            Some(import_type) => import_type == NEW,
            None => set.materials.is_empty() && is_primary,
        };
        let is_known = set.materials.iter().any(|material| material.id == id);
        let is_named = self.key_material_id.as_deref().is_none_or(|named| named == id);
        if !is_material_for(&set.spec, bytes) {
            return refuse(&inferred::IMPORT_FORM);
        }
        if !is_new {
            if is_known && is_named {
                return Ok(false);
            }
            return refuse(&inferred::IMPORT_OTHER_MATERIAL);
        }
        if self.key_material_id.is_some() {
            return refuse(&inferred::IMPORT_NEW_WITH_ID);
        }
        if !is_primary {
            return refuse(&inferred::IMPORT_NEW_INTO_REPLICA);
        }
        if is_known {
            return refuse(&inferred::IMPORT_NOT_NEW);
        }
        match set.pending_material() {
            None => Ok(true),
            Some(pending) => Err(ApiError::new(
                "KMSInvalidStateException",
                format!(
                    "New key material (id: {id}) cannot be imported into KMS key {}, because \
                     another key material (id: {}) is pending rotation.",
                    address.arn(),
                    pending.id
                ),
            )),
        }
    }

    fn says_something(&self) -> bool {
        self.import_type.is_some()
            || self.key_material_description.is_some()
            || self.key_material_id.is_some()
    }
}

/// Holds the id of material to the model.
pub(crate) fn validate_material_id(id: &str) -> Result<(), ApiError> {
    validate::length("keyMaterialId", id, 64..=64)?;
    let is_digit = |letter| matches!(letter, '0'..='9' | 'a'..='f');
    validate::letters("keyMaterialId", id, "^[a-f0-9]+$", is_digit)
}
