//! ImportKeyMaterial and DeleteImportedKeyMaterial.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::kms::blob::{Blob, CIPHERTEXT_LENGTH};
use crate::kms::expiration::{ExpirationModel, choose_expiration};
use crate::kms::import_parameters::{ImportToken, importing_key};
use crate::kms::import_rules::{MaterialNames, validate_material_id};
use crate::kms::imported::{remove_import, settle_materials, settle_state};
use crate::kms::key::{Import, KeyAddress};
use crate::kms::material::{self, Material, MaterialState, hexadecimal};
use crate::world::{Call, Transition};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ImportKeyMaterialInput {
    key_id: Option<String>,
    import_token: Option<Blob>,
    encrypted_key_material: Option<Blob>,
    valid_to: Option<Timestamp>,
    expiration_model: Option<String>,
    #[serde(flatten)]
    names: MaterialNames,
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
    input.names.validate()?;
    let model = ExpirationModel::named(input.expiration_model.as_deref())?;
    let token = Blob::required("importToken", input.import_token, CIPHERTEXT_LENGTH)?;
    let wrapped =
        Blob::required("encryptedKeyMaterial", input.encrypted_key_material, CIPHERTEXT_LENGTH)?;
    let address = importing_key(call, "ImportKeyMaterial", input.key_id)?;
    let bytes = unwrap(call, &address, &token, &wrapped)?;
    let valid_to = choose_expiration(call.now, model, input.valid_to)?;
    let id = material_id(&address, &bytes);
    let is_new = input.names.admit(call.world.key_set(&address), &address, &id, &bytes)?;

    let sealed = call.world.vault.seal(&material::purpose(&address.set(), &id), &bytes);
    let set = call.world.key_set_mut(&address);
    if is_new {
        let state = if set.materials.is_empty() {
            MaterialState::Current
        } else {
            MaterialState::PendingMultiRegionImportAndRotation
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
        material.description = input.names.key_material_description.or(material.description.take());
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

fn unwrap(
    call: &Call<'_>,
    address: &KeyAddress,
    token: &Blob,
    wrapped: &Blob,
) -> Result<Vec<u8>, ApiError> {
    let token = ImportToken::open(&call.world.vault, token.as_ref())
        .filter(|token| token.key == *address)
        .ok_or_else(|| ApiError::inferred(&inferred::IMPORT_INVALID_TOKEN, Vec::new()))?;
    if token.valid_to <= call.now {
        return Err(ApiError::inferred(&inferred::IMPORT_EXPIRED_TOKEN, Vec::new()));
    }
    call.world
        .unwrap_material(&token.wrapping_key_spec, token.wrapping, wrapped.as_ref())
        .ok_or_else(|| ApiError::inferred(&inferred::IMPORT_UNWRAPPING, Vec::new()))
}

/// The id of material: the same for the same bytes in all related keys.
fn material_id(address: &KeyAddress, bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, &[address.id.as_bytes(), bytes].concat()).as_ref())
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
