//! When imported material expires, and how that is told.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::kms::key::{Import, Key, KeySet};
use crate::validate;

const LONGEST_DAYS: u32 = 365;

/// Whether material expires (`ExpirationModel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum ExpirationModel {
    #[serde(rename = "KEY_MATERIAL_EXPIRES")]
    Expires,
    #[serde(rename = "KEY_MATERIAL_DOES_NOT_EXPIRE")]
    DoesNotExpire,
}

impl ExpirationModel {
    pub fn of(valid_to: Option<Timestamp>) -> Self {
        if valid_to.is_some() { Self::Expires } else { Self::DoesNotExpire }
    }
}

/// When material shall expire, as an import asks for it. By default it expires.
pub(crate) fn choose_expiration(
    now: Timestamp,
    model: Option<&str>,
    valid_to: Option<Timestamp>,
) -> Result<Option<Timestamp>, ApiError> {
    const MODELS: &[&str] = &["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"];
    let model = model.unwrap_or(MODELS[0]);
    validate::one_of("expirationModel", model, MODELS)?;
    let expires = model == MODELS[0];
    match valid_to {
        None if expires => Err(ApiError::validation(
            "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
        )),
        Some(_) if !expires => Err(ApiError::inferred(&inferred::IMPORT_DATE_UNUSED, Vec::new())),
        Some(date) if date <= now => {
            Err(ApiError::inferred(&inferred::IMPORT_DATE_PAST, Vec::new()))
        }
        Some(date) if date > now.after_days(LONGEST_DAYS) => {
            Err(ApiError::inferred(&inferred::IMPORT_DATE_FAR, Vec::new()))
        }
        valid_to => Ok(valid_to),
    }
}

/// How the material of a key expires, as DescribeKey tells it: by the earliest
/// date of all that belongs to the key. None if nothing of it is here.
pub(crate) fn expiration(key: &Key, set: &KeySet) -> Option<(ExpirationModel, Option<Timestamp>)> {
    let imports: Vec<&Import> =
        set.associated_materials().filter_map(|material| key.imports.get(&material.id)).collect();
    let valid_to = imports.iter().filter_map(|import| import.valid_to).min();
    (!imports.is_empty()).then(|| (ExpirationModel::of(valid_to), valid_to))
}
