//! Secret values: PutSecretValue, GetSecretValue, and how versions come to be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::secrets::encryption::{decryption_failure, encryption_failure};
use crate::secrets::replication;
use crate::secrets::secret::{CURRENT, SealedValue, SecretAddress, SecretValue, Version};
use crate::validate;
use crate::world::Call;

const LONGEST_VALUE: usize = 65_536;
const MOST_STAGES: usize = 20;

/// The members of a request that hold a value.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ValueInput {
    secret_string: Option<String>,
    secret_binary: Option<String>,
}

impl ValueInput {
    /// The value, if there is one. No error shows any of it.
    pub fn into_value(self) -> Result<Option<SecretValue>, ApiError> {
        let value = match (self.secret_string, self.secret_binary) {
            (None, None) => return Ok(None),
            (Some(text), None) => SecretValue::Text(text),
            (None, Some(base64)) => SecretValue::Binary(
                STANDARD
                    .decode(base64)
                    .map_err(|_| ApiError::serialization("SecretBinary is not base64"))?,
            ),
            (Some(_), Some(_)) => {
                return Err(ApiError::new(
                    "InvalidParameterException",
                    "You can't specify both a binary secret value and a string secret value in \
                     the same secret.",
                ));
            }
        };
        let (member, length) = match &value {
            SecretValue::Text(text) => ("secretString", text.len()),
            SecretValue::Binary(bytes) => ("secretBinary", bytes.len()),
        };
        if length > LONGEST_VALUE {
            let rule = format!("Member must have length less than or equal to {LONGEST_VALUE}");
            return Err(ApiError::constraint(member, Some("*****"), &rule));
        }
        Ok(Some(value))
    }
}

/// The idempotency token, which SDKs fill in and others must.
pub(crate) fn token(token: Option<String>) -> Result<String, ApiError> {
    let token = token.ok_or_else(|| {
        ApiError::new(
            "InvalidRequestException",
            "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
        )
    })?;
    validate::length("clientRequestToken", &token, 32..=64)?;
    Ok(token)
}

/// What a token means to a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Nothing yet.
    Fresh,
    /// This very value, stored before.
    Repeated,
}

/// Looks a token up among the versions of a secret.
pub(crate) fn check_token(
    call: &Call<'_>,
    address: &SecretAddress,
    token: &str,
    value: Option<&SecretValue>,
) -> Result<Token, ApiError> {
    let Some(version) = call.world.secret(address).versions.get(token) else {
        return Ok(Token::Fresh);
    };
    if version.value.open(&call.world.vault, token).as_ref() == value {
        return Ok(Token::Repeated);
    }
    Err(ApiError::new(
        "ResourceExistsException",
        format!(
            "You can't use ClientRequestToken {token} because that value is already in use for a \
             version of secret {}.",
            call.world.secret_arn(address)
        ),
    ))
}

/// Stores a new version under a key that was found usable.
pub(crate) fn store_version(
    call: &mut Call<'_>,
    address: &SecretAddress,
    id: &str,
    value: &SecretValue,
    stages: &[String],
    kms_key: String,
) {
    let now = call.now;
    call.world.ensure_default_key(address.place, &kms_key, now);
    let value = SealedValue::seal(&call.world.vault, id, value);
    let version =
        Version { value, stages: [].into(), created: now, accessed: None, kms_keys: vec![kms_key] };
    let secret = call.world.secret_mut(address);
    // The first version is the current one, whatever labels were asked for.
    let is_first = secret.versions.is_empty();
    secret.versions.insert(id.to_owned(), version);
    for stage in stages {
        secret.move_stage(stage, id);
    }
    if is_first {
        secret.move_stage(CURRENT, id);
    }
    secret.changed = now;
    secret.purge_deprecated(now);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutSecretValueInput {
    secret_id: Option<String>,
    client_request_token: Option<String>,
    version_stages: Option<Vec<String>>,
    #[serde(flatten)]
    value: ValueInput,
}

pub(crate) fn put_secret_value(
    call: &mut Call<'_>,
    input: PutSecretValueInput,
) -> Result<Value, ApiError> {
    let token = token(input.client_request_token)?;
    let stages = input.version_stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
    if stages.is_empty() || stages.len() > MOST_STAGES {
        return Err(ApiError::constraint(
            "versionStages",
            Some(&format!("[{}]", stages.join(", "))),
            "Member must have between 1 and 20 elements",
        ));
    }
    let value = input.value.into_value()?.ok_or_else(|| {
        ApiError::new(
            "InvalidRequestException",
            "You must provide either SecretString or SecretBinary.",
        )
    })?;
    let address = call.writable_secret(input.secret_id)?;
    if check_token(call, &address, &token, Some(&value))? == Token::Fresh {
        let kms_key = call.world.secret(&address).kms_key.as_deref();
        let kms_key =
            call.world.encryption_key(address.place, kms_key).map_err(encryption_failure)?;
        store_version(call, &address, &token, &value, &stages, kms_key);
        replication::spread(call, &address);
    }
    let secret = call.world.secret(&address);
    Ok(json!({
        "ARN": address.arn(&secret.suffix),
        "Name": address.name,
        "VersionId": token,
        "VersionStages": secret.versions.get(&token).map(|version| &version.stages),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetSecretValueInput {
    secret_id: Option<String>,
    version_id: Option<String>,
    version_stage: Option<String>,
}

/// The one answer that holds a value. It has no `Debug` on purpose.
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
    let address = call.readable_secret(input.secret_id)?;
    let id = choose_version(call, &address, input.version_id, input.version_stage)?;
    let secret = call.world.secret(&address);
    let version = &secret.versions[&id];
    if !call.world.can_decrypt(address.place, &version.kms_keys) {
        return Err(decryption_failure());
    }
    let value = version.value.open(&call.world.vault, &id).ok_or_else(decryption_failure)?;
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
    note_access(call, &address, &output.version_id);
    Ok(output)
}

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
    let Some(id) = id else {
        let stage = stage.as_deref().unwrap_or(CURRENT);
        let holder = secret.version_with(stage).cloned();
        return holder.ok_or_else(|| missing(&format!("staging label: {stage}")));
    };
    let version = secret.versions.get(&id).ok_or_else(|| missing(&format!("VersionId: {id}")))?;
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
