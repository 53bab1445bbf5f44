//! Operations of KMS that only data sources and ephemeral resources need.

use std::collections::HashMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{CustomKeyStoresListEntry, EncryptionAlgorithmSpec};
use aws_smithy_types::{Blob, base64};
use meridian_resource::{Answer, CloudError};

use super::Input;
use super::output::Output;
use crate::error::cloud_error;

fn encoded(blob: Option<Blob>) -> Option<String> {
    blob.map(|blob| base64::encode(blob.into_inner()))
}

fn names<T: AsRef<str>>(items: Option<Vec<T>>) -> Option<Vec<String>> {
    items.map(|items| items.iter().map(|item| item.as_ref().to_owned()).collect())
}

fn encryption_context(input: &mut Input) -> Result<Option<HashMap<String, String>>, CloudError> {
    let pair = |key: &str, value: &str| Some((key.to_owned(), value.to_owned()));
    let pairs = input.entries("EncryptionContext", pair)?;
    Ok(pairs.map(|pairs| pairs.into_iter().collect()))
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

pub(super) async fn encrypt(client: &Client, mut input: Input) -> Answer {
    let request = client
        .encrypt()
        .set_key_id(input.text("KeyId")?)
        .set_plaintext(input.blob("Plaintext")?)
        .set_encryption_context(encryption_context(&mut input)?)
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let encrypted = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", encrypted.key_id)
        .text("CiphertextBlob", encoded(encrypted.ciphertext_blob))
        .text("EncryptionAlgorithm", encrypted.encryption_algorithm);
    Ok(answer.into_value())
}

/// The plaintext is marked as sensitive, so that no one shows it.
pub(super) async fn decrypt(client: &Client, mut input: Input) -> Answer {
    let algorithm = input.text("EncryptionAlgorithm")?;
    let request = client
        .decrypt()
        .set_key_id(input.text("KeyId")?)
        .set_ciphertext_blob(input.blob("CiphertextBlob")?)
        .set_encryption_context(encryption_context(&mut input)?)
        .set_encryption_algorithm(algorithm.as_deref().map(EncryptionAlgorithmSpec::from))
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let decrypted = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", decrypted.key_id)
        .secret("Plaintext", encoded(decrypted.plaintext))
        .text("EncryptionAlgorithm", decrypted.encryption_algorithm);
    Ok(answer.into_value())
}

pub(super) async fn describe_custom_key_stores(client: &Client, mut input: Input) -> Answer {
    let request = client
        .describe_custom_key_stores()
        .set_custom_key_store_id(input.text("CustomKeyStoreId")?)
        .set_custom_key_store_name(input.text("CustomKeyStoreName")?);
    input.end()?;
    let pages = request.into_paginator().items().send();
    let stores = pages.try_collect().await.map_err(cloud_error)?;
    Ok(Output::new().objects("CustomKeyStores", Some(stores), custom_key_store).into_value())
}

fn custom_key_store(store: CustomKeyStoresListEntry) -> Output {
    Output::new()
        .text("CustomKeyStoreId", store.custom_key_store_id)
        .text("CustomKeyStoreName", store.custom_key_store_name)
        .text("CloudHsmClusterId", store.cloud_hsm_cluster_id)
        .text("TrustAnchorCertificate", store.trust_anchor_certificate)
        .text("ConnectionState", store.connection_state)
        .text("CustomKeyStoreType", store.custom_key_store_type)
        .time("CreationDate", store.creation_date)
}
