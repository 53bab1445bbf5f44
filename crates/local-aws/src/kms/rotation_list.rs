//! ListKeyRotations: the materials of a key, oldest first.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::kms::expiration::ExpirationModel;
use crate::kms::key::{Key, KeyAddress, KeySet, Origin};
use crate::kms::material::{Material, MaterialState, RotationType};
use crate::kms::rotation::symmetric_key;
use crate::paging::page;
use crate::validate;
use crate::world::Call;

const ALL: &str = "ALL_KEY_MATERIAL";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListKeyRotationsInput {
    key_id: Option<String>,
    include_key_material: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListKeyRotationsOutput {
    rotations: Vec<RotationsListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RotationsListEntry {
    key_id: String,
    key_material_id: String,
    key_material_state: MaterialState,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<ExpirationModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_type: Option<RotationType>,
}

pub(crate) fn list_key_rotations(
    call: &mut Call<'_>,
    input: ListKeyRotationsInput,
) -> Result<ListKeyRotationsOutput, ApiError> {
    let included = input.include_key_material.as_deref().unwrap_or("ROTATIONS_ONLY");
    validate::one_of("includeKeyMaterial", included, &[ALL, "ROTATIONS_ONLY"])?;
    let limit = validate::limit("limit", input.limit, 100, 1000)?;
    let address = symmetric_key(call, input.key_id)?;
    let (key, set) = (call.world.key(&address), call.world.key_set(&address));
    let is_listed = |material: &&Material| included == ALL || material.rotation.is_some();
    // Only the end of the list changes, so that a place in it can be a name.
    let materials = set.materials.iter().filter(is_listed).enumerate();
    let named = materials.map(|(index, material)| (format!("{index:06}"), material));
    let page = page(named, |(name, _)| name, limit, input.marker.as_deref())?;
    let entry = |(_, material)| entry(&address, key, set, material);
    Ok(ListKeyRotationsOutput {
        rotations: page.items.into_iter().map(entry).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}

fn entry(address: &KeyAddress, key: &Key, set: &KeySet, material: &Material) -> RotationsListEntry {
    let import = key.imports.get(&material.id);
    let import_state = if import.is_some() { "IMPORTED" } else { "PENDING_IMPORT" };
    RotationsListEntry {
        key_id: address.id.clone(),
        key_material_id: material.id.clone(),
        key_material_state: material.state,
        key_material_description: material.description.clone(),
        import_state: (set.origin == Origin::External).then_some(import_state),
        expiration_model: import.map(|import| ExpirationModel::of(import.valid_to)),
        valid_to: import.and_then(|import| import.valid_to),
        rotation_date: material.rotation.map(|(date, _)| date),
        rotation_type: material.rotation.map(|(_, kind)| kind),
    }
}
