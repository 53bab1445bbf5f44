//! Decrypt, and what else decrypts.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred;
use crate::kms::Naming;
use crate::kms::blob::{Blob, CIPHERTEXT_LENGTH};
use crate::kms::crypto::symmetric::{Ciphertext, EncryptionContext};
use crate::kms::crypto::{Clear, rsa};
use crate::kms::encrypt::{check_context, encryption_algorithm};
use crate::kms::key::KeyAddress;
use crate::kms::spec::{ENCRYPTION, SYMMETRIC_DEFAULT};
use crate::kms::working_key::{DryRun, Recipient};
use crate::validate;
use crate::world::{Call, World};

/// The key that a symmetric ciphertext is for, if one with its id is in the
/// Region: the caller's own, or another account's. None for the ciphertexts of
/// key pairs, and for what is no ciphertext.
pub(crate) fn key_of_ciphertext(world: &World, place: Place, blob: &[u8]) -> Option<KeyAddress> {
    let key_id = Ciphertext::parse(blob)?.key_id;
    let in_account = |account| KeyAddress::new(Place { account, ..place }, key_id);
    let own = Some(in_account(place.account)).filter(|own| world.keys.contains(own));
    let is_here = |address: &KeyAddress| world.keys.contains(address);
    own.or_else(|| world.key_accounts().map(in_account).find(is_here))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DecryptInput {
    ciphertext_blob: Option<Blob>,
    encryption_context: Option<EncryptionContext>,
    key_id: Option<String>,
    encryption_algorithm: Option<String>,
    #[serde(default)]
    recipient: Recipient,
    #[serde(default)]
    dry_run: DryRun,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DecryptOutput {
    key_id: String,
    plaintext: Blob,
    encryption_algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

pub(crate) fn decrypt(call: &mut Call<'_>, input: DecryptInput) -> Result<DecryptOutput, ApiError> {
    let ignored = ignores_ciphertext(input.dry_run, input.dry_run_modifiers)?;
    let decryption = Decryption {
        operation: "Decrypt",
        key_id: input.key_id,
        algorithm: encryption_algorithm("encryptionAlgorithm", input.encryption_algorithm)?,
        context: input.encryption_context.unwrap_or_default(),
    };
    input.recipient.refuse()?;
    if ignored {
        decryption.named_key(call)?;
        input.dry_run.stop()?;
    }
    let blob = Blob::required("ciphertextBlob", input.ciphertext_blob, CIPHERTEXT_LENGTH)?;
    let decrypted = decryption.run(call, blob.as_ref())?;
    input.dry_run.stop()?;
    call.note_use(&decrypted.address, "Decrypt");
    Ok(DecryptOutput {
        key_id: decrypted.address.arn(),
        plaintext: decrypted.clear.into(),
        encryption_algorithm: decryption.algorithm,
        key_material_id: decrypted.material_id,
    })
}

/// Whether a dry run shall not look at the ciphertext.
pub(super) fn ignores_ciphertext(
    dry_run: DryRun,
    modifiers: Option<Vec<String>>,
) -> Result<bool, ApiError> {
    let modifiers = modifiers.unwrap_or_default();
    for modifier in &modifiers {
        validate::one_of("dryRunModifiers", modifier, &["IGNORE_CIPHERTEXT"])?;
    }
    if modifiers.is_empty() || dry_run.is_asked() {
        Ok(!modifiers.is_empty())
    } else {
        Err(ApiError::inferred(&inferred::DRY_RUN_MODIFIERS, Vec::new()))
    }
}

/// A decryption that is asked for.
pub(super) struct Decryption {
    pub operation: &'static str,
    /// The key as it is named; none leaves it to the ciphertext.
    pub key_id: Option<String>,
    pub algorithm: String,
    pub context: EncryptionContext,
}

/// What came of a decryption.
pub(super) struct Decrypted {
    pub address: KeyAddress,
    pub clear: Clear,
    /// The id of the material; none for key pairs.
    pub material_id: Option<String>,
}

impl Decryption {
    /// Checks and decrypts.
    pub fn run(&self, call: &mut Call<'_>, blob: &[u8]) -> Result<Decrypted, ApiError> {
        let is_symmetric = self.algorithm == SYMMETRIC_DEFAULT;
        let address = if is_symmetric && self.key_id.is_none() {
            self.addressed_key(call, blob)?
        } else {
            self.named_key(call)?
        };
        if is_symmetric {
            return self.open(call, address, blob);
        }
        let material = call.current_material(&address)?;
        let clear = rsa::decrypt(&material.bytes, &self.algorithm, blob)?;
        let clear = clear.ok_or_else(invalid_ciphertext)?;
        Ok(Decrypted { address, clear, material_id: None })
    }

    /// The key that the ciphertext tells, if it is here and may do this work.
    fn addressed_key(&self, call: &Call<'_>, blob: &[u8]) -> Result<KeyAddress, ApiError> {
        Ciphertext::parse(blob).ok_or_else(invalid_ciphertext)?;
        let address = key_of_ciphertext(call.world, call.place, blob)
            .ok_or_else(|| ApiError::inferred(&inferred::CIPHERTEXT_OF_UNKNOWN_KEY, Vec::new()))?;
        self.check(call, &address)?;
        Ok(address)
    }

    /// The key that the request names, if it may do this work.
    pub fn named_key(&self, call: &Call<'_>) -> Result<KeyAddress, ApiError> {
        let Some(key_id) = &self.key_id else {
            return Err(ApiError::inferred(&inferred::DECRYPTION_WITHOUT_KEY, Vec::new()));
        };
        let address = call.world.find_key(call.place, key_id, Naming::KeyOrAlias)?;
        self.check(call, &address)?;
        Ok(address)
    }

    fn check(&self, call: &Call<'_>, address: &KeyAddress) -> Result<(), ApiError> {
        call.admit_work(self.operation, address, ENCRYPTION)?;
        call.require_algorithm(address, &self.algorithm)?;
        check_context(&self.algorithm, &self.context)
    }

    fn open(
        &self,
        call: &Call<'_>,
        address: KeyAddress,
        blob: &[u8],
    ) -> Result<Decrypted, ApiError> {
        let ciphertext = Ciphertext::parse(blob).ok_or_else(invalid_ciphertext)?;
        if ciphertext.key_id != address.id {
            return Err(ApiError::new(
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this operation.",
            ));
        }
        let material = call.earlier_material(&address, ciphertext.material_id)?;
        let material = material.ok_or_else(invalid_ciphertext)?;
        let clear = ciphertext.decrypt(&material.bytes, &self.context);
        let clear = clear.ok_or_else(invalid_ciphertext)?;
        Ok(Decrypted { address, clear, material_id: Some(material.id) })
    }
}

/// AWS says nothing of what is wrong, so that nobody learns from it.
fn invalid_ciphertext() -> ApiError {
    ApiError::new("InvalidCiphertextException", "")
}
