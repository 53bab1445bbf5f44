//! Operations of KMS that only data sources need.

use aws_sdk_kms::Client;
use aws_smithy_types::{Blob, base64};
use meridian_resource::Answer;

use super::Input;
use super::output::Output;
use crate::error::cloud_error;

fn encoded(blob: Option<Blob>) -> Option<String> {
    blob.map(|blob| base64::encode(blob.into_inner()))
}

fn names<T: AsRef<str>>(items: Option<Vec<T>>) -> Option<Vec<String>> {
    items.map(|items| items.iter().map(|item| item.as_ref().to_owned()).collect())
}

#[expect(deprecated, reason = "Terraform's schema still shows CustomerMasterKeySpec")]
pub(super) async fn get_public_key(client: &Client, mut input: Input) -> Answer {
    let request = client
        .get_public_key()
        .set_key_id(input.text("KeyId")?)
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let key = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", key.key_id)
        .text("PublicKey", encoded(key.public_key))
        .text("CustomerMasterKeySpec", key.customer_master_key_spec)
        .text("KeySpec", key.key_spec)
        .text("KeyUsage", key.key_usage)
        .texts("EncryptionAlgorithms", names(key.encryption_algorithms))
        .texts("SigningAlgorithms", names(key.signing_algorithms));
    Ok(answer.into_value())
}
