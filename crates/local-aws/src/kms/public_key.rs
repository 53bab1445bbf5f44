//! Public keys: GetPublicKey, and DeriveSharedSecret with a peer's.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::Naming;
use crate::kms::blob::Blob;
use crate::kms::crypto::{self, agreement};
use crate::kms::key::Origin;
use crate::kms::spec::{self, AGREEMENT, AlgorithmKind, Algorithms};
use crate::kms::working_key::{DryRun, Recipient};
use crate::validate;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPublicKeyInput {
    key_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPublicKeyOutput {
    key_id: String,
    public_key: Blob,
    customer_master_key_spec: String,
    key_spec: String,
    key_usage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_algorithms: Option<Algorithms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_algorithms: Option<Algorithms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_agreement_algorithms: Option<Algorithms>,
}

pub(crate) fn get_public_key(
    call: &mut Call<'_>,
    input: GetPublicKeyInput,
) -> Result<GetPublicKeyOutput, ApiError> {
    let address = call.find_key_by(input.key_id, Naming::KeyOrAlias)?;
    let spec = &call.world.key_set(&address).spec;
    if !crypto::is_asymmetric(spec) {
        let parameters = vec![("key", address.arn()), ("spec", spec.clone())];
        return Err(ApiError::inferred(&inferred::PUBLIC_KEY_OF_SYMMETRIC_KEY, parameters));
    }
    call.admit("GetPublicKey", &address)?;
    let material = call.current_material(&address)?;
    let set = call.world.key_set(&address);
    let public_key = crypto::key_pair(&set.spec, &material.bytes)?.public_key()?;
    let algorithms = |kind| {
        let is_kind = AlgorithmKind::of(&set.usage) == kind;
        spec::algorithms(&set.spec, &set.usage).filter(|_| is_kind)
    };
    Ok(GetPublicKeyOutput {
        key_id: address.arn(),
        public_key: public_key.into(),
        customer_master_key_spec: set.spec.clone(),
        key_spec: set.spec.clone(),
        key_usage: set.usage.clone(),
        encryption_algorithms: algorithms(AlgorithmKind::Encryption),
        signing_algorithms: algorithms(AlgorithmKind::Signing),
        key_agreement_algorithms: algorithms(AlgorithmKind::KeyAgreement),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeriveSharedSecretInput {
    key_id: Option<String>,
    key_agreement_algorithm: Option<String>,
    public_key: Option<Blob>,
    #[serde(default)]
    dry_run: DryRun,
    #[serde(default)]
    recipient: Recipient,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeriveSharedSecretOutput {
    key_id: String,
    shared_secret: Blob,
    key_agreement_algorithm: String,
    key_origin: Origin,
}

pub(crate) fn derive_shared_secret(
    call: &mut Call<'_>,
    input: DeriveSharedSecretInput,
) -> Result<DeriveSharedSecretOutput, ApiError> {
    let algorithm = validate::required("keyAgreementAlgorithm", input.key_agreement_algorithm)?;
    validate::one_of("keyAgreementAlgorithm", &algorithm, &["ECDH"])?;
    let peer = Blob::required("publicKey", input.public_key, 1..=8192)?;
    input.recipient.refuse()?;
    let address = call.working_key("DeriveSharedSecret", input.key_id, AGREEMENT)?;
    call.require_algorithm(&address, &algorithm)?;
    let material = call.current_material(&address)?;
    let set = call.world.key_set(&address);
    let secret = agreement::agree(&set.spec, &material.bytes, peer.as_ref())?;
    let secret = secret.ok_or_else(|| {
        ApiError::inferred(&inferred::PEER_KEY_INVALID, vec![("spec", set.spec.clone())])
    })?;
    let key_origin = set.origin;
    input.dry_run.stop()?;
    call.note_use(&address, "DeriveSharedSecret");
    Ok(DeriveSharedSecretOutput {
        key_id: address.arn(),
        shared_secret: secret.into(),
        key_agreement_algorithm: algorithm,
        key_origin,
    })
}
