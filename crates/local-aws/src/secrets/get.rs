//! GetSecretValue, and what else reads values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::secrets::encryption::decryption_failure;
use crate::secrets::secret::{CURRENT, SecretAddress, SecretValue};
use crate::world::{Call, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetSecretValueInput {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

/// A value as the API tells it. It has no `Debug` on purpose.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetSecretValueOutput {
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
    version_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_binary: Option<String>,
    version_stages: Vec<String>,
    created_date: Timestamp,
}

pub(crate) fn get_secret_value(
    call: &mut Call<'_>,
    input: GetSecretValueInput,
) -> Result<GetSecretValueOutput, ApiError> {
    let address = call.readable_secret(&input.secret_id)?;
    let id = choose_version(call, &address, input.version_id, input.version_stage)?;
    reveal(call, &address, id)
}

/// The current value of a secret that may be read.
pub(crate) fn current_value(
    call: &mut Call<'_>,
    address: &SecretAddress,
) -> Result<GetSecretValueOutput, ApiError> {
    let id = choose_version(call, address, None, None)?;
    reveal(call, address, id)
}

fn reveal(
    call: &mut Call<'_>,
    address: &SecretAddress,
    id: String,
) -> Result<GetSecretValueOutput, ApiError> {
    let value = call.world.read_version(address, &id).ok_or_else(decryption_failure)?;
    let secret = call.world.secret(address);
    let version = &secret.versions[&id];
    let (secret_string, secret_binary) = match value {
        SecretValue::Text(text) => (Some(text), None),
        SecretValue::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
    };
    let output = GetSecretValueOutput {
        arn: address.arn(&secret.suffix),
        name: address.name.clone(),
        secret_string,
        secret_binary,
        version_stages: version.stages.iter().cloned().collect(),
        created_date: version.created,
        version_id: id,
    };
    note_access(call, address, &output.version_id);
    Ok(output)
}

impl World {
    /// What a version of a secret holds, if one of its keys can be used.
    pub fn read_version(&self, address: &SecretAddress, id: &str) -> Option<SecretValue> {
        let version = self.secret(address).versions.get(id)?;
        let value = version.value.as_ref()?;
        let is_readable = self.can_decrypt(address.place, &version.kms_keys);
        is_readable.then(|| value.open(&self.vault, id)).flatten()
    }
}

/// The version that a request means. One without a value is not to be found.
fn choose_version(
    call: &Call<'_>,
    address: &SecretAddress,
    id: Option<String>,
    stage: Option<String>,
) -> Result<String, ApiError> {
    let secret = call.world.secret(address);
    let missing = |what: &str| {
        ApiError::new(
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for {what}"),
        )
    };
    let has_value = |id: &&String| secret.versions[*id].value.is_some();
    let Some(id) = id else {
        let stage = stage.as_deref().unwrap_or(CURRENT);
        let holder = secret.version_with(stage).filter(has_value).cloned();
        return holder.ok_or_else(|| missing(&format!("staging label: {stage}")));
    };
    let version = secret.versions.get(&id).filter(|version| version.value.is_some());
    let version = version.ok_or_else(|| missing(&format!("VersionId: {id}")))?;
    if stage.is_some_and(|stage| !version.stages.contains(&stage)) {
        return Err(ApiError::new(
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ));
    }
    Ok(id)
}

/// AWS tells the day of the last access and no more, so only the first read of
/// a day changes anything.
fn note_access(call: &mut Call<'_>, address: &SecretAddress, version_id: &str) {
    let today = call.now.start_of_day();
    let secret = call.world.secret(address);
    let is_noted = secret.accessed == Some(today)
        && secret.versions.get(version_id).is_some_and(|version| version.accessed == Some(today));
    if is_noted {
        return;
    }
    let secret = call.world.secret_mut(address);
    secret.accessed = Some(today);
    if let Some(version) = secret.versions.get_mut(version_id) {
        version.accessed = Some(today);
    }
}
