//! Encrypt, and what else encrypts under a key.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::blob::{Blob, PLAINTEXT_LENGTH};
use crate::kms::crypto::symmetric::EncryptionContext;
use crate::kms::crypto::{rsa, symmetric};
use crate::kms::key::KeyAddress;
use crate::kms::spec::{ENCRYPTION, ENCRYPTION_ALGORITHMS, SYMMETRIC_DEFAULT};
use crate::kms::working_key::DryRun;
use crate::validate;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EncryptInput {
    key_id: Option<String>,
    plaintext: Option<Blob>,
    encryption_context: Option<EncryptionContext>,
    encryption_algorithm: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EncryptOutput {
    ciphertext_blob: Blob,
    key_id: String,
    encryption_algorithm: String,
}

pub(crate) fn encrypt(call: &mut Call<'_>, input: EncryptInput) -> Result<EncryptOutput, ApiError> {
    let plaintext = Blob::required("plaintext", input.plaintext, PLAINTEXT_LENGTH)?;
    let algorithm = encryption_algorithm("encryptionAlgorithm", input.encryption_algorithm)?;
    let address = call.working_key("Encrypt", input.key_id, ENCRYPTION)?;
    let encryption = Encryption::of(call, address, algorithm, input.encryption_context)?;
    encryption.check_length(call, plaintext.as_ref().len())?;
    input.dry_run.stop()?;
    let encrypted = encryption.run(call, plaintext.as_ref())?;
    call.note_use(&encryption.address, "Encrypt");
    Ok(EncryptOutput {
        ciphertext_blob: encrypted.blob.into(),
        key_id: encryption.address.arn(),
        encryption_algorithm: encryption.algorithm,
    })
}

/// The algorithm that is asked for, or the default.
pub(super) fn encryption_algorithm(
    member: &str,
    algorithm: Option<String>,
) -> Result<String, ApiError> {
    let algorithm = algorithm.unwrap_or_else(|| SYMMETRIC_DEFAULT.to_owned());
    validate::one_of(member, &algorithm, ENCRYPTION_ALGORITHMS)?;
    Ok(algorithm)
}

/// Refuses an encryption context where nothing would authenticate it.
pub(super) fn check_context(algorithm: &str, context: &EncryptionContext) -> Result<(), ApiError> {
    if algorithm == SYMMETRIC_DEFAULT || context.is_empty() {
        Ok(())
    } else {
        Err(ApiError::inferred(&inferred::CONTEXT_OF_ASYMMETRIC_KEY, Vec::new()))
    }
}

/// An encryption that is about to be: all is checked but the length.
pub(super) struct Encryption {
    pub address: KeyAddress,
    pub algorithm: String,
    context: EncryptionContext,
}

/// What came of an encryption.
pub(super) struct Encrypted {
    pub blob: Vec<u8>,
    /// The id of the material; none for key pairs.
    pub material_id: Option<String>,
}

impl Encryption {
    /// Encryption by a working key.
    pub fn of(
        call: &Call<'_>,
        address: KeyAddress,
        algorithm: String,
        context: Option<EncryptionContext>,
    ) -> Result<Self, ApiError> {
        let context = context.unwrap_or_default();
        call.require_algorithm(&address, &algorithm)?;
        check_context(&algorithm, &context)?;
        Ok(Self { address, algorithm, context })
    }

    /// Refuses more bytes than the key takes at once.
    pub fn check_length(&self, call: &Call<'_>, length: usize) -> Result<(), ApiError> {
        if self.algorithm == SYMMETRIC_DEFAULT {
            return Ok(());
        }
        let spec = &call.world.key_set(&self.address).spec;
        let limit = rsa::maximum_length(spec, &self.algorithm);
        if length <= limit {
            return Ok(());
        }
        let parameters = vec![
            ("algorithm", self.algorithm.clone()),
            ("spec", spec.clone()),
            ("limit", limit.to_string()),
        ];
        Err(ApiError::inferred(&inferred::PLAINTEXT_TOO_LONG, parameters))
    }

    /// Encrypts.
    pub fn run(&self, call: &mut Call<'_>, clear: &[u8]) -> Result<Encrypted, ApiError> {
        let material = call.current_material(&self.address)?;
        if self.algorithm != SYMMETRIC_DEFAULT {
            let blob = rsa::encrypt(&material.bytes, &self.algorithm, clear)?;
            return Ok(Encrypted { blob, material_id: None });
        }
        let key_id = &self.address.id;
        let blob = symmetric::encrypt(key_id, &material.id, &material.bytes, &self.context, clear)?;
        Ok(Encrypted { blob, material_id: Some(material.id) })
    }
}
