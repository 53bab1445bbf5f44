//! Signatures: Sign, Verify.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::blob::{Blob, CIPHERTEXT_LENGTH, PLAINTEXT_LENGTH};
use crate::kms::crypto::{self, Message};
use crate::kms::key::KeyAddress;
use crate::kms::spec::{SIGNING, SIGNING_ALGORITHMS};
use crate::kms::working_key::DryRun;
use crate::validate;
use crate::world::Call;

const MESSAGE_TYPES: &[&str] = &["RAW", "DIGEST", "EXTERNAL_MU"];
/// The length of a message representative of ML-DSA.
const EXTERNAL_MU_LENGTH: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SignInput {
    key_id: Option<String>,
    message: Option<Blob>,
    message_type: Option<String>,
    signing_algorithm: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SignOutput {
    key_id: String,
    signature: Blob,
    signing_algorithm: String,
}

pub(crate) fn sign(call: &mut Call<'_>, input: SignInput) -> Result<SignOutput, ApiError> {
    let bytes = Blob::required("message", input.message, PLAINTEXT_LENGTH)?;
    let request = Request::parse(input.message_type, input.signing_algorithm)?;
    let address = call.working_key("Sign", input.key_id, SIGNING)?;
    let message = request.message(call, &address, bytes.as_ref())?;
    input.dry_run.stop()?;
    let material = call.current_material(&address)?;
    let pair = crypto::key_pair(&call.world.key_set(&address).spec, &material.bytes)?;
    let signature = pair.sign(&request.algorithm, &message)?;
    call.note_use(&address, "Sign");
    Ok(SignOutput {
        key_id: address.arn(),
        signature: signature.into(),
        signing_algorithm: request.algorithm,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyInput {
    key_id: Option<String>,
    message: Option<Blob>,
    message_type: Option<String>,
    signature: Option<Blob>,
    signing_algorithm: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyOutput {
    key_id: String,
    signature_valid: bool,
    signing_algorithm: String,
}

/// A wrong signature is an error; the answer can only say that it is right.
pub(crate) fn verify(call: &mut Call<'_>, input: VerifyInput) -> Result<VerifyOutput, ApiError> {
    let bytes = Blob::required("message", input.message, PLAINTEXT_LENGTH)?;
    let signature = Blob::required("signature", input.signature, CIPHERTEXT_LENGTH)?;
    let request = Request::parse(input.message_type, input.signing_algorithm)?;
    let address = call.working_key("Verify", input.key_id, SIGNING)?;
    let message = request.message(call, &address, bytes.as_ref())?;
    let material = call.current_material(&address)?;
    let pair = crypto::key_pair(&call.world.key_set(&address).spec, &material.bytes)?;
    if !pair.verify(&request.algorithm, &message, signature.as_ref())? {
        return Err(ApiError::new("KMSInvalidSignatureException", ""));
    }
    input.dry_run.stop()?;
    call.note_use(&address, "Verify");
    Ok(VerifyOutput {
        key_id: address.arn(),
        signature_valid: true,
        signing_algorithm: request.algorithm,
    })
}

/// How a message is to be signed.
struct Request {
    message_type: String,
    algorithm: String,
}

impl Request {
    fn parse(message_type: Option<String>, algorithm: Option<String>) -> Result<Self, ApiError> {
        let message_type = message_type.unwrap_or_else(|| "RAW".to_owned());
        validate::one_of("messageType", &message_type, MESSAGE_TYPES)?;
        let algorithm = validate::required("signingAlgorithm", algorithm)?;
        validate::one_of("signingAlgorithm", &algorithm, SIGNING_ALGORITHMS)?;
        Ok(Self { message_type, algorithm })
    }

    /// The message for a key, unless the key does not sign such messages.
    fn message<'a>(
        &self,
        call: &Call<'_>,
        address: &KeyAddress,
        bytes: &'a [u8],
    ) -> Result<Message<'a>, ApiError> {
        call.require_algorithm(address, &self.algorithm)?;
        let algorithm = || ("algorithm", self.algorithm.clone());
        let message_type = || ("type", self.message_type.clone());
        match (&*self.algorithm, &*self.message_type) {
            ("ED25519_SHA_512", "RAW") | ("ML_DSA_SHAKE_256", "RAW") => Ok(Message::Raw(bytes)),
            ("ML_DSA_SHAKE_256", "EXTERNAL_MU") if bytes.len() != EXTERNAL_MU_LENGTH => {
                Err(ApiError::inferred(&inferred::EXTERNAL_MU_LENGTH, vec![algorithm()]))
            }
            ("ML_DSA_SHAKE_256", "EXTERNAL_MU") | ("ED25519_PH_SHA_512", "DIGEST") => {
                Err(ApiError::inferred(
                    &inferred::SIGNING_UNSUPPORTED,
                    vec![algorithm(), message_type()],
                ))
            }
            ("ED25519_SHA_512" | "ED25519_PH_SHA_512", _) => Err(ApiError::inferred(
                &inferred::MESSAGE_TYPE_OF_OTHER_ALGORITHM,
                vec![algorithm(), message_type()],
            )),
            ("ML_DSA_SHAKE_256", _) | (_, "EXTERNAL_MU") => {
                let spec = call.world.key_set(address).spec.clone();
                let parameters = vec![("spec", spec), message_type()];
                Err(ApiError::inferred(&inferred::MESSAGE_TYPE_OF_OTHER_SPEC, parameters))
            }
            (_, "RAW") => Ok(Message::Raw(bytes)),
            _ => Message::digest(&self.algorithm, bytes)
                .ok_or_else(|| ApiError::inferred(&inferred::DIGEST_LENGTH, vec![algorithm()])),
        }
    }
}
