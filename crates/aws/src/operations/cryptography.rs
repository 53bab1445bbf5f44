//! Operations of KMS that use a key.

use std::time::SystemTime;

use aws_sdk_kms::Client;
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
        .set_encryption_context(context(&mut input, "EncryptionContext")?);
    input.end()?;
    let encrypted = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", encrypted.key_id)
        .text("CiphertextBlob", encrypted.ciphertext_blob.map(base64::encode))
        .time("EncryptedAt", Some(SystemTime::now().into()));
    Ok(answer.into_value())
}
