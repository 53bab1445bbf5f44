//! Message authentication codes: GenerateMac, VerifyMac.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::kms::blob::{Blob, CIPHERTEXT_LENGTH, PLAINTEXT_LENGTH};
use crate::kms::crypto::mac;
use crate::kms::key::KeyAddress;
use crate::kms::spec::MAC;
use crate::kms::working_key::DryRun;
use crate::validate;
use crate::world::Call;

const ALGORITHMS: &[&str] = &["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateMacInput {
    message: Option<Blob>,
    key_id: Option<String>,
    mac_algorithm: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateMacOutput {
    mac: Blob,
    mac_algorithm: String,
    key_id: String,
}

pub(crate) fn generate_mac(
    call: &mut Call<'_>,
    input: GenerateMacInput,
) -> Result<GenerateMacOutput, ApiError> {
    let message = Blob::required("message", input.message, PLAINTEXT_LENGTH)?;
    let (address, mac_algorithm) = mac_key(call, "GenerateMac", input.key_id, input.mac_algorithm)?;
    input.dry_run.stop()?;
    let material = call.current_material(&address)?;
    let spec = &call.world.key_set(&address).spec;
    let mac = mac::generate(spec, &material.bytes, message.as_ref())?;
    call.note_use(&address, "GenerateMac");
    Ok(GenerateMacOutput { mac: mac.into(), mac_algorithm, key_id: address.arn() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyMacInput {
    message: Option<Blob>,
    key_id: Option<String>,
    mac_algorithm: Option<String>,
    mac: Option<Blob>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyMacOutput {
    key_id: String,
    mac_valid: bool,
    mac_algorithm: String,
}

/// A wrong code is an error; the answer can only say that it is right.
pub(crate) fn verify_mac(
    call: &mut Call<'_>,
    input: VerifyMacInput,
) -> Result<VerifyMacOutput, ApiError> {
    let message = Blob::required("message", input.message, PLAINTEXT_LENGTH)?;
    let mac = Blob::required("mac", input.mac, CIPHERTEXT_LENGTH)?;
    let (address, mac_algorithm) = mac_key(call, "VerifyMac", input.key_id, input.mac_algorithm)?;
    let material = call.current_material(&address)?;
    let spec = &call.world.key_set(&address).spec;
    if !mac::verify(spec, &material.bytes, message.as_ref(), mac.as_ref())? {
        return Err(ApiError::new("KMSInvalidMacException", ""));
    }
    input.dry_run.stop()?;
    call.note_use(&address, "VerifyMac");
    Ok(VerifyMacOutput { key_id: address.arn(), mac_valid: true, mac_algorithm })
}

fn mac_key(
    call: &Call<'_>,
    operation: &str,
    key_id: Option<String>,
    algorithm: Option<String>,
) -> Result<(KeyAddress, String), ApiError> {
    let algorithm = validate::required("macAlgorithm", algorithm)?;
    validate::one_of("macAlgorithm", &algorithm, ALGORITHMS)?;
    let address = call.working_key(operation, key_id, MAC)?;
    call.require_algorithm(&address, &algorithm)?;
    Ok((address, algorithm))
}
