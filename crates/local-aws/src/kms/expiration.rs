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
    /// The model of a name. By default material expires.
    pub fn named(name: Option<&str>) -> Result<Self, ApiError> {
        const NAMES: &[&str] = &["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"];
        let name = name.unwrap_or(NAMES[0]);
        validate::one_of("expirationModel", name, NAMES)?;
        Ok(if name == NAMES[0] { Self::Expires } else { Self::DoesNotExpire })
    }

    /// The model of material with or without a date.
    pub fn of(valid_to: Option<Timestamp>) -> Self {
        if valid_to.is_some() { Self::Expires } else { Self::DoesNotExpire }
    }
}

/// When material shall expire: a date within a year, if and only if it expires.
pub(crate) fn choose_expiration(
    now: Timestamp,
    model: ExpirationModel,
    valid_to: Option<Timestamp>,
) -> Result<Option<Timestamp>, ApiError> {
    let refuse = |reason| Err(ApiError::inferred(reason, Vec::new()));
    match (model, valid_to) {
        (ExpirationModel::DoesNotExpire, None) => Ok(None),
        (ExpirationModel::DoesNotExpire, Some(_)) => refuse(&inferred::IMPORT_DATE_UNUSED),
        (ExpirationModel::Expires, None) => Err(ApiError::validation(
            "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
        )),
        (ExpirationModel::Expires, Some(date)) if date <= now => {
            refuse(&inferred::IMPORT_DATE_PAST)
        }
        (ExpirationModel::Expires, Some(date)) if date > now.after_days(LONGEST_DAYS) => {
            refuse(&inferred::IMPORT_DATE_FAR)
        }
        (ExpirationModel::Expires, valid_to) => Ok(valid_to),
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
