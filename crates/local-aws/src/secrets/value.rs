//! Secret values: PutSecretValue, and how versions come to be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::secrets::encryption::{decryption_failure, encryption_failure};
use crate::secrets::secret::{
    CURRENT, MOST_VERSIONS, SealedValue, Secret, SecretAddress, SecretValue, Version,
};
use crate::secrets::{replication, rotation};
use crate::world::Call;

const LONGEST_VALUE: usize = 65_536;

/// How many labels a version can have.
pub(crate) const MOST_STAGES: usize = 20;

/// The refusal of a request without an idempotency token.
pub(crate) const TOKEN_MISSING: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";

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
        match (self.secret_string, self.secret_binary) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err(ApiError::inferred(&inferred::SECRET_BINARY_AND_STRING, Vec::new()))
            }
            // The model counts characters; the quota is one of bytes.
            (Some(text), None) if text.len() > LONGEST_VALUE => {
                Err(ApiError::inferred(&inferred::SECRET_TOO_LONG, Vec::new()))
            }
            (Some(text), None) => Ok(Some(SecretValue::Text(text))),
            (None, Some(base64)) => {
                let bytes = STANDARD.decode(base64).expect("the model has read it as base64");
                Ok(Some(SecretValue::Binary(bytes)))
            }
        }
    }
}

/// The idempotency token, which SDKs fill in and others must.
pub(crate) fn token(token: Option<String>) -> Result<String, ApiError> {
    token.ok_or_else(|| ApiError::new("InvalidRequestException", TOKEN_MISSING))
}

/// What a token means to a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Nothing yet, or a version that waits for its value.
    Fresh,
    /// This very value, stored before.
    Repeated,
}

/// Looks a token up among the versions of a secret. To compare the values, the
/// stored one must be readable.
pub(crate) fn check_token(
    call: &Call<'_>,
    address: &SecretAddress,
    token: &str,
    value: Option<&SecretValue>,
) -> Result<Token, ApiError> {
    let version = call.world.secret(address).versions.get(token);
    if version.is_none_or(|version| version.value.is_none()) {
        return Ok(Token::Fresh);
    }
    if let Some(value) = value {
        let known = call.world.read_version(address, token).ok_or_else(decryption_failure)?;
        if known == *value {
            return Ok(Token::Repeated);
        }
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

/// Refuses another version when none of those that a secret has may go. A
/// version that waits for its value is not another one.
pub(crate) fn check_room(secret: &Secret, id: &str, now: Timestamp) -> Result<(), ApiError> {
    if secret.versions.contains_key(id) || secret.has_room(now) {
        return Ok(());
    }
    let parameters = vec![("limit", MOST_VERSIONS.to_string())];
    Err(ApiError::inferred(&inferred::SECRET_VERSIONS_TOO_MANY, parameters))
}

/// Stores a new version, or the value that one waits for, under a key that was
/// found usable.
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
    let secret = call.world.secret_mut(address);
    let version = Version {
        value: Some(value),
        stages: secret.versions.get(id).map(|known| known.stages.clone()).unwrap_or_default(),
        created: now,
        accessed: None,
        kms_keys: vec![kms_key],
    };
    // The first version is the current one, whatever labels were asked for.
    let is_first = secret.versions.is_empty();
    secret.versions.insert(id.to_owned(), version);
    for stage in stages {
        secret.move_stage(stage, id);
    }
    if is_first {
        secret.move_stage(CURRENT, id);
    }
    let is_current = secret.version_with(CURRENT).is_some_and(|current| current == id);
    secret.changed = now;
    secret.purge_deprecated(now);
    rotation::note_labels(call.world, address, now);
    if is_current {
        rotation::note_value(call.world, address, now);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutSecretValueInput {
    secret_id: String,
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
    let value = input
        .value
        .into_value()?
        .ok_or_else(|| ApiError::inferred(&inferred::SECRET_VALUE_MISSING, Vec::new()))?;
    let address = call.writable_secret(&input.secret_id)?;
    if check_token(call, &address, &token, Some(&value))? == Token::Fresh {
        let kms_key = call.world.secret(&address).kms_key.as_deref();
        let kms_key =
            call.world.encryption_key(address.place, kms_key).map_err(encryption_failure)?;
        check_room(call.world.secret(&address), &token, call.now)?;
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
