//! Data key pairs: GenerateDataKeyPair, with and without plaintext.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::kms::blob::Blob;
use crate::kms::crypto;
use crate::kms::crypto::symmetric::EncryptionContext;
use crate::kms::data_key::wrapping;
use crate::kms::spec;
use crate::kms::working_key::{DryRun, Recipient};
use crate::validate;
use crate::world::Call;

const SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_EDWARDS25519",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateDataKeyPairInput {
    encryption_context: Option<EncryptionContext>,
    key_id: Option<String>,
    key_pair_spec: Option<String>,
    #[serde(default)]
    recipient: Recipient,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateDataKeyPairOutput {
    private_key_ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_plaintext: Option<Blob>,
    public_key: Blob,
    key_id: String,
    key_pair_spec: String,
    key_material_id: Option<String>,
}

pub(crate) fn generate_data_key_pair(
    call: &mut Call<'_>,
    input: GenerateDataKeyPairInput,
) -> Result<GenerateDataKeyPairOutput, ApiError> {
    input.recipient.refuse()?;
    generate(call, "GenerateDataKeyPair", input, true)
}

pub(crate) fn generate_data_key_pair_without_plaintext(
    call: &mut Call<'_>,
    input: GenerateDataKeyPairInput,
) -> Result<GenerateDataKeyPairOutput, ApiError> {
    generate(call, "GenerateDataKeyPairWithoutPlaintext", input, false)
}

fn generate(
    call: &mut Call<'_>,
    operation: &'static str,
    input: GenerateDataKeyPairInput,
    is_told: bool,
) -> Result<GenerateDataKeyPairOutput, ApiError> {
    let key_pair_spec = validate::required("keyPairSpec", input.key_pair_spec)?;
    validate::one_of("keyPairSpec", &key_pair_spec, SPECS)?;
    let encryption = wrapping(call, operation, input.key_id, input.encryption_context)?;
    spec::check_offered(&key_pair_spec, call.place.region)?;
    input.dry_run.stop()?;
    let private_key = crypto::generate(&key_pair_spec)?;
    let public_key = crypto::key_pair(&key_pair_spec, &private_key)?.public_key()?;
    let encrypted = encryption.run(call, &private_key)?;
    call.note_use(&encryption.address, operation);
    Ok(GenerateDataKeyPairOutput {
        private_key_ciphertext_blob: encrypted.blob.into(),
        private_key_plaintext: is_told.then(|| private_key.into()),
        public_key: public_key.into(),
        key_id: encryption.address.arn(),
        key_pair_spec,
        key_material_id: encrypted.material_id,
    })
}
