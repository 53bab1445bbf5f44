//! Data keys and random bytes: GenerateDataKey, with and without plaintext, and
//! GenerateRandom.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::blob::Blob;
use crate::kms::crypto;
use crate::kms::crypto::symmetric::EncryptionContext;
use crate::kms::encrypt::Encryption;
use crate::kms::spec::{ENCRYPTION, SYMMETRIC_DEFAULT};
use crate::kms::working_key::{DryRun, Recipient};
use crate::validate;
use crate::world::Call;

const SPECS: &[&str] = &["AES_256", "AES_128"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateDataKeyInput {
    key_id: Option<String>,
    encryption_context: Option<EncryptionContext>,
    number_of_bytes: Option<i64>,
    key_spec: Option<String>,
    #[serde(default)]
    recipient: Recipient,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateDataKeyOutput {
    ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
    key_id: String,
    key_material_id: Option<String>,
}

pub(crate) fn generate_data_key(
    call: &mut Call<'_>,
    input: GenerateDataKeyInput,
) -> Result<GenerateDataKeyOutput, ApiError> {
    input.recipient.refuse()?;
    generate(call, "GenerateDataKey", input, true)
}

pub(crate) fn generate_data_key_without_plaintext(
    call: &mut Call<'_>,
    input: GenerateDataKeyInput,
) -> Result<GenerateDataKeyOutput, ApiError> {
    generate(call, "GenerateDataKeyWithoutPlaintext", input, false)
}

fn generate(
    call: &mut Call<'_>,
    operation: &'static str,
    input: GenerateDataKeyInput,
    is_told: bool,
) -> Result<GenerateDataKeyOutput, ApiError> {
    let length = key_length(input.key_spec.as_deref(), input.number_of_bytes)?;
    let encryption = wrapping(call, operation, input.key_id, input.encryption_context)?;
    input.dry_run.stop()?;
    let data_key = crypto::random(length)?;
    let encrypted = encryption.run(call, &data_key)?;
    call.note_use(&encryption.address, operation);
    Ok(GenerateDataKeyOutput {
        ciphertext_blob: encrypted.blob.into(),
        plaintext: is_told.then(|| data_key.into()),
        key_id: encryption.address.arn(),
        key_material_id: encrypted.material_id,
    })
}

/// Encryption of what is generated, by a symmetric key.
pub(super) fn wrapping(
    call: &Call<'_>,
    operation: &str,
    key_id: Option<String>,
    context: Option<EncryptionContext>,
) -> Result<Encryption, ApiError> {
    let address = call.working_key(operation, key_id, ENCRYPTION)?;
    if !call.world.key_set(&address).is_symmetric() {
        return Err(ApiError::inferred(&inferred::DATA_KEY_OF_ASYMMETRIC_KEY, Vec::new()));
    }
    Encryption::of(call, address, SYMMETRIC_DEFAULT.to_owned(), context)
}

fn key_length(spec: Option<&str>, bytes: Option<i64>) -> Result<usize, ApiError> {
    if let Some(spec) = spec {
        validate::one_of("keySpec", spec, SPECS)?;
    }
    let bytes = bytes.map(number_of_bytes).transpose()?;
    match (spec, bytes) {
        (Some("AES_128"), None) => Ok(16),
        (Some(_), None) => Ok(32),
        (None, Some(bytes)) => Ok(bytes),
        _ => Err(ApiError::inferred(&inferred::DATA_KEY_LENGTH, Vec::new())),
    }
}

fn number_of_bytes(bytes: i64) -> Result<usize, ApiError> {
    validate::range("numberOfBytes", bytes, 1..=1024)?;
    Ok(usize::try_from(bytes).expect("the range is above zero"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateRandomInput {
    number_of_bytes: Option<i64>,
    custom_key_store_id: Option<String>,
    #[serde(default)]
    recipient: Recipient,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateRandomOutput {
    plaintext: Blob,
}

pub(crate) fn generate_random(
    call: &mut Call<'_>,
    input: GenerateRandomInput,
) -> Result<GenerateRandomOutput, ApiError> {
    let length = number_of_bytes(validate::required("numberOfBytes", input.number_of_bytes)?)?;
    input.recipient.refuse()?;
    if let Some(store) = input.custom_key_store_id {
        call.require_random_source(store)?;
    }
    Ok(GenerateRandomOutput { plaintext: crypto::random(length)?.into() })
}
