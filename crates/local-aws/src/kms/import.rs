//! ImportKeyMaterial and DeleteImportedKeyMaterial.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred::{self, Inferred};
use crate::kms::expiration::choose_expiration;
use crate::kms::import_parameters::{ImportToken, importing_key};
use crate::kms::imported::{remove_import, settle_materials, settle_state};
use crate::kms::key::{Import, KeyAddress};
use crate::kms::material::{self, Material, MaterialState, hexadecimal};
use crate::kms::material_form::is_material_for;
use crate::validate;
use crate::world::{Call, Transition};

const NEW: &str = "NEW_KEY_MATERIAL";
const EXISTING: &str = "EXISTING_KEY_MATERIAL";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ImportKeyMaterialInput {
    key_id: Option<String>,
    import_token: Option<String>,
    encrypted_key_material: Option<String>,
    valid_to: Option<Timestamp>,
    expiration_model: Option<String>,
    import_type: Option<String>,
    key_material_description: Option<String>,
    key_material_id: Option<String>,
}

/// An answer that names a key and one of its materials.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMaterialOutput {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

pub(crate) fn import_key_material(
    call: &mut Call<'_>,
    input: ImportKeyMaterialInput,
) -> Result<KeyMaterialOutput, ApiError> {
    validate_names(&input)?;
    let token = blob("importToken", input.import_token.as_deref())?;
    let wrapped = blob("encryptedKeyMaterial", input.encrypted_key_material.as_deref())?;
    let address = importing_key(call, "ImportKeyMaterial", input.key_id.clone())?;
    let bytes = unwrap(call, &address, token, &wrapped)?;
    let valid_to = choose_expiration(call.now, input.expiration_model.as_deref(), input.valid_to)?;
    let id = material_id(&address, &bytes);
    let is_new = check_material(call, &address, &input, &id, &bytes)?;

    let sealed = call.world.vault.seal(&material::purpose(&address.set(), &id), &bytes);
    let set = call.world.key_set_mut(&address);
    if is_new {
        let state = match set.materials.is_empty() {
            true => MaterialState::Current,
            false => MaterialState::PendingMultiRegionImportAndRotation,
        };
        set.materials.push(Material {
            id: id.clone(),
            bytes: None,
            state,
            rotation: None,
            description: None,
        });
    }
    if let Some(material) = set.materials.iter_mut().find(|material| material.id == id) {
        material.bytes = Some(sealed);
        material.description = input.key_material_description.or(material.description.take());
    }
    let told_id = told_id(set.is_symmetric(), &id);
    call.world.key_mut(&address).imports.insert(id.clone(), Import { valid_to });
    if let Some(date) = valid_to {
        let expiry = Transition::MaterialExpired { key: address.clone(), material: id };
        call.world.schedule(date, expiry);
    }
    settle_materials(call.world, &address.set());
    settle_state(call.world, &address);
    Ok(KeyMaterialOutput { key_id: address.arn(), key_material_id: told_id })
}

fn validate_names(input: &ImportKeyMaterialInput) -> Result<(), ApiError> {
    if let Some(import_type) = &input.import_type {
        validate::one_of("importType", import_type, &[NEW, EXISTING])?;
    }
    if let Some(description) = &input.key_material_description {
        validate::length("keyMaterialDescription", description, 0..=256)?;
        let is_allowed = |letter: char| {
            letter.is_ascii_alphanumeric()
                || letter.is_ascii_whitespace()
                || ":/_.-".contains(letter)
        };
        if description.is_empty() || !description.chars().all(is_allowed) {
            return Err(pattern("keyMaterialDescription", description, "^[a-zA-Z0-9:/_\\s.-]+$"));
        }
    }
    input.key_material_id.as_deref().map_or(Ok(()), validate_material_id)
}

fn validate_material_id(id: &str) -> Result<(), ApiError> {
    validate::length("keyMaterialId", id, 64..=64)?;
    if id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(pattern("keyMaterialId", id, "^[a-f0-9]+$"))
}

fn pattern(member: &str, value: &str, pattern: &str) -> ApiError {
    let rule = format!("Member must satisfy regular expression pattern: {pattern}");
    ApiError::constraint(member, Some(value), &rule)
}

/// The bytes of a member that may not be absent. They are never told again.
fn blob(member: &'static str, value: Option<&str>) -> Result<Vec<u8>, ApiError> {
    let bytes = STANDARD
        .decode(validate::required(member, value)?)
        .map_err(|_| ApiError::serialization(format!("{member} is not base64")))?;
    let rule = match bytes.len() {
        0 => "Member must have length greater than or equal to 1",
        1..=6144 => return Ok(bytes),
        _ => "Member must have length less than or equal to 6144",
    };
    Err(ApiError::new(
        "com.amazon.coral.validate#ValidationException",
        format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}"
        ),
    ))
}

fn unwrap(
    call: &Call<'_>,
    address: &KeyAddress,
    token: Vec<u8>,
    wrapped: &[u8],
) -> Result<Vec<u8>, ApiError> {
    let token = ImportToken::open(&call.world.vault, token)
        .filter(|token| token.key == *address)
        .ok_or_else(|| ApiError::inferred(&inferred::IMPORT_INVALID_TOKEN, Vec::new()))?;
    if token.valid_to <= call.now {
        return Err(ApiError::inferred(&inferred::IMPORT_EXPIRED_TOKEN, Vec::new()));
    }
    call.world
        .unwrap_material(&token.wrapping_key_spec, token.wrapping, wrapped)
        .ok_or_else(|| ApiError::inferred(&inferred::IMPORT_UNWRAPPING, Vec::new()))
}

/// The id of material: the same for the same bytes in all related keys.
fn material_id(address: &KeyAddress, bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, &[address.id.as_bytes(), bytes].concat()).as_ref())
}

/// Refuses material that the key cannot take; tells whether the key is new to it.
fn check_material(
    call: &Call<'_>,
    address: &KeyAddress,
    input: &ImportKeyMaterialInput,
    id: &str,
    bytes: &[u8],
) -> Result<bool, ApiError> {
    let refuse = |reason: &'static Inferred| {
        Err(ApiError::inferred(reason, vec![("key", address.arn()), ("id", id.to_owned())]))
    };
    let set = call.world.key_set(address);
    let is_primary = set.primary == address.place.region;
    let has_symmetric_members = input.import_type.is_some()
        || input.key_material_id.is_some()
        || input.key_material_description.is_some();
    if has_symmetric_members && !set.is_symmetric() {
        return refuse(&inferred::IMPORT_SYMMETRIC_ONLY);
    }
    let is_new = match input.import_type.as_deref() {
        Some(import_type) => import_type == NEW,
        None => set.materials.is_empty() && is_primary,
    };
    if is_new && input.key_material_id.is_some() {
        return refuse(&inferred::IMPORT_NEW_WITH_ID);
    }
    if is_new && !is_primary {
        return refuse(&inferred::IMPORT_NEW_INTO_REPLICA);
    }
    if !is_material_for(&set.spec, bytes) {
        return refuse(&inferred::IMPORT_FORM);
    }
    let is_known = set.materials.iter().any(|material| material.id == id);
    let is_expected = input.key_material_id.as_deref().is_none_or(|expected| expected == id);
    match set.pending_material() {
        _ if is_new && is_known => refuse(&inferred::IMPORT_NOT_NEW),
        Some(pending) if is_new => Err(ApiError::new(
            "KMSInvalidStateException",
            format!(
                "New key material (id: {id}) cannot be imported into KMS key {}, because another \
                 key material (id: {}) is pending rotation.",
                address.arn(),
                pending.id
            ),
        )),
        _ if !is_new && !(is_known && is_expected) => refuse(&inferred::IMPORT_OTHER_MATERIAL),
        _ => Ok(is_new),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteImportedKeyMaterialInput {
    key_id: Option<String>,
    key_material_id: Option<String>,
}

pub(crate) fn delete_imported_key_material(
    call: &mut Call<'_>,
    input: DeleteImportedKeyMaterialInput,
) -> Result<KeyMaterialOutput, ApiError> {
    input.key_material_id.as_deref().map_or(Ok(()), validate_material_id)?;
    let address = importing_key(call, "DeleteImportedKeyMaterial", input.key_id)?;
    let set = call.world.key_set(&address);
    let is_symmetric = set.is_symmetric();
    let material = match input.key_material_id {
        None => set.current_material().map(|material| material.id.clone()),
        Some(id) if set.materials.iter().any(|material| material.id == id) => Some(id),
        Some(id) => {
            let parameters = vec![("key", address.arn()), ("id", id)];
            return Err(ApiError::inferred(&inferred::MATERIAL_NOT_FOUND, parameters));
        }
    };
    if let Some(id) = &material {
        remove_import(call.world, &address, id);
    }
    Ok(KeyMaterialOutput {
        key_id: address.arn(),
        key_material_id: material.and_then(|id| told_id(is_symmetric, &id)),
    })
}

fn told_id(is_symmetric: bool, id: &str) -> Option<String> {
    is_symmetric.then(|| id.to_owned())
}
