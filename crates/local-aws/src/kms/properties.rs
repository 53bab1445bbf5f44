//! Small changes of one key: EnableKey, DisableKey, UpdateKeyDescription.

use serde::Deserialize;

use crate::error::ApiError;
use crate::kms::key::{KeyAddress, KeyState};
use crate::kms::rotate::resume_rotation;
use crate::validate;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyInput {
    pub key_id: Option<String>,
}

pub(crate) fn enable_key(call: &mut Call<'_>, input: KeyInput) -> Result<(), ApiError> {
    let address = call.key_for("EnableKey", input.key_id)?;
    change_state(call, &address, KeyState::Enabled);
    resume_rotation(call.world, &address, call.now);
    Ok(())
}

pub(crate) fn disable_key(call: &mut Call<'_>, input: KeyInput) -> Result<(), ApiError> {
    let address = call.key_for("DisableKey", input.key_id)?;
    change_state(call, &address, KeyState::Disabled);
    Ok(())
}

/// A key that is unavailable stays so until its store is connected again.
fn change_state(call: &mut Call<'_>, address: &KeyAddress, state: KeyState) {
    let key = call.world.key_mut(address);
    if key.state != KeyState::Unavailable {
        key.state = state;
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateKeyDescriptionInput {
    key_id: Option<String>,
    description: Option<String>,
}

pub(crate) fn update_key_description(
    call: &mut Call<'_>,
    input: UpdateKeyDescriptionInput,
) -> Result<(), ApiError> {
    let description = validate::required("description", input.description)?;
    let address = call.key_for("UpdateKeyDescription", input.key_id)?;
    call.world.key_mut(&address).description = description;
    Ok(())
}
