//! Operations of KMS that use a key.

use std::time::SystemTime;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{DataKeySpec, EncryptionAlgorithmSpec};
use aws_smithy_types::base64;
use meridian_resource::Answer;

use super::Input;
use super::grants::context;
use super::output::Output;
use crate::error::cloud_error;

/// The answer has one member that is not AWS's: `EncryptedAt`, when it arrived.
pub(super) async fn encrypt(client: &Client, mut input: Input) -> Answer {
    let request = client
        .encrypt()
        .set_key_id(input.text("KeyId")?)
        .set_plaintext(input.blob("Plaintext")?)
        .set_encryption_context(context(&mut input, "EncryptionContext")?)
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let encrypted = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", encrypted.key_id)
        .text("CiphertextBlob", encrypted.ciphertext_blob.map(base64::encode))
        .text("EncryptionAlgorithm", encrypted.encryption_algorithm)
        .time("EncryptedAt", Some(SystemTime::now().into()));
    Ok(answer.into_value())
}

/// The plaintext is marked as sensitive, so that no one shows it.
pub(super) async fn decrypt(client: &Client, mut input: Input) -> Answer {
    let algorithm = input.text("EncryptionAlgorithm")?;
    let request = client
        .decrypt()
        .set_key_id(input.text("KeyId")?)
        .set_ciphertext_blob(input.blob("CiphertextBlob")?)
        .set_encryption_context(context(&mut input, "EncryptionContext")?)
        .set_encryption_algorithm(algorithm.as_deref().map(EncryptionAlgorithmSpec::from))
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let decrypted = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", decrypted.key_id)
        .secret("Plaintext", decrypted.plaintext.map(base64::encode))
        .text("EncryptionAlgorithm", decrypted.encryption_algorithm);
    Ok(answer.into_value())
}

/// The plaintext is marked as sensitive, so that no one shows it. Nothing in the account changes.
pub(super) async fn generate_data_key(client: &Client, mut input: Input) -> Answer {
    let request = client
        .generate_data_key()
        .set_key_id(input.text("KeyId")?)
        .set_key_spec(input.text("KeySpec")?.as_deref().map(DataKeySpec::from))
        .set_encryption_context(context(&mut input, "EncryptionContext")?);
    input.end()?;
    let generated = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", generated.key_id)
        .secret("Plaintext", generated.plaintext.map(base64::encode))
        .text("CiphertextBlob", generated.ciphertext_blob.map(base64::encode));
    Ok(answer.into_value())
}
