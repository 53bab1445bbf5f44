//! ReEncrypt: from one key to another, without the caller seeing what is inside.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::kms::Naming;
use crate::kms::blob::{Blob, CIPHERTEXT_LENGTH};
use crate::kms::crypto::symmetric::EncryptionContext;
use crate::kms::decrypt::{Decryption, ignores_ciphertext};
use crate::kms::encrypt::{Encryption, encryption_algorithm};
use crate::kms::spec::ENCRYPTION;
use crate::kms::working_key::DryRun;
use crate::validate;
use crate::world::Call;

const OPERATION: &str = "ReEncrypt";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReEncryptInput {
    ciphertext_blob: Option<Blob>,
    source_encryption_context: Option<EncryptionContext>,
    source_key_id: Option<String>,
    destination_key_id: Option<String>,
    destination_encryption_context: Option<EncryptionContext>,
    source_encryption_algorithm: Option<String>,
    destination_encryption_algorithm: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReEncryptOutput {
    ciphertext_blob: Blob,
    source_key_id: String,
    key_id: String,
    source_encryption_algorithm: String,
    destination_encryption_algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_key_material_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_key_material_id: Option<String>,
}

pub(crate) fn re_encrypt(
    call: &mut Call<'_>,
    input: ReEncryptInput,
) -> Result<ReEncryptOutput, ApiError> {
    let ignored = ignores_ciphertext(input.dry_run, input.dry_run_modifiers)?;
    let (source, destination) =
        (input.source_encryption_algorithm, input.destination_encryption_algorithm);
    let decryption = Decryption {
        operation: OPERATION,
        key_id: input.source_key_id,
        algorithm: encryption_algorithm("sourceEncryptionAlgorithm", source)?,
        context: input.source_encryption_context.unwrap_or_default(),
    };
    let algorithm = encryption_algorithm("destinationEncryptionAlgorithm", destination)?;
    let key_id = validate::required("destinationKeyId", input.destination_key_id)?;
    let address = call.world.find_key(call.place, &key_id, Naming::KeyOrAlias)?;
    call.admit_work(OPERATION, &address, ENCRYPTION)?;
    let encryption =
        Encryption::of(call, address, algorithm, input.destination_encryption_context)?;
    if ignored {
        decryption.named_key(call)?;
        input.dry_run.stop()?;
    }
    let blob = Blob::required("ciphertextBlob", input.ciphertext_blob, CIPHERTEXT_LENGTH)?;
    let decrypted = decryption.run(call, blob.as_ref())?;
    encryption.check_length(call, decrypted.clear.len())?;
    input.dry_run.stop()?;
    let encrypted = encryption.run(call, &decrypted.clear)?;
    call.note_use(&decrypted.address, OPERATION);
    call.note_use(&encryption.address, OPERATION);
    Ok(ReEncryptOutput {
        ciphertext_blob: encrypted.blob.into(),
        source_key_id: decrypted.address.arn(),
        key_id: encryption.address.arn(),
        source_encryption_algorithm: decryption.algorithm,
        destination_encryption_algorithm: encryption.algorithm,
        source_key_material_id: decrypted.material_id,
        destination_key_material_id: encrypted.material_id,
    })
}
