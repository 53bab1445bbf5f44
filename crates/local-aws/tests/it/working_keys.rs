//! Which keys may work: their state, their usage, and what a request may ask for.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{DryRunModifierType, KeySpec, KeyUsageType, OriginType, RecipientInfo};

use crate::stage::{Stage, describe, refusal};

const CLEAR: &[u8] = b"correct horse battery";

async fn key(client: &Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

async fn signing_key(client: &Client) -> String {
    let create = client.create_key().key_spec(KeySpec::EccNistP256);
    let created = create.key_usage(KeyUsageType::SignVerify).send().await.unwrap();
    created.key_metadata.unwrap().key_id
}

async fn encrypt(client: &Client, key: &str) -> Blob {
    let encrypted = client.encrypt().key_id(key).plaintext(Blob::new(CLEAR)).send().await.unwrap();
    encrypted.ciphertext_blob.unwrap()
}

#[tokio::test]
async fn the_state_of_a_key_decides() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = key(&client).await;
    let arn = describe(&client, &key).await.arn().unwrap().to_owned();
    let blob = encrypt(&client, &key).await;
    let refusals = async |key: &str| {
        let encrypt = client.encrypt().key_id(key).plaintext(Blob::new(CLEAR)).send();
        let decrypt = client.decrypt().ciphertext_blob(blob.clone()).send();
        [refusal(encrypt.await), refusal(decrypt.await)]
    };
    client.disable_key().key_id(&key).send().await.unwrap();
    let disabled = format!("DisabledException: {arn} is disabled.");
    assert_eq!(refusals(&key).await, [disabled.clone(), disabled]);
    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    let pending = format!("KMSInvalidStateException: {arn} is pending deletion.");
    assert_eq!(refusals(&key).await, [pending.clone(), pending]);
    client.cancel_key_deletion().key_id(&key).send().await.unwrap();
    client.enable_key().key_id(&key).send().await.unwrap();
    client.decrypt().ciphertext_blob(blob.clone()).send().await.unwrap();

    let external = client.create_key().origin(OriginType::External).send().await.unwrap();
    let external = external.key_metadata.unwrap().arn.unwrap();
    let outcome = client.encrypt().key_id(&external).plaintext(Blob::new(CLEAR)).send().await;
    assert_eq!(
        refusal(outcome),
        format!("KMSInvalidStateException: {external} is pending import.")
    );
}

#[tokio::test]
async fn usages_do_not_mix_and_dry_runs_stop_at_the_end() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let signing = signing_key(&client).await;
    let arn = describe(&client, &signing).await.arn().unwrap().to_owned();
    let outcome = client.encrypt().key_id(signing).plaintext(Blob::new(CLEAR)).send().await;
    assert_eq!(
        refusal(outcome),
        format!(
            "InvalidKeyUsageException: {arn} key usage is SIGN_VERIFY which is not valid for \
             Encrypt."
        )
    );
    let key = key(&client).await;
    let dry_run =
        "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
    let encrypt_dry = client.encrypt().key_id(&key).plaintext(Blob::new(CLEAR)).dry_run(true);
    assert_eq!(refusal(encrypt_dry.send().await), dry_run);
    let decrypt_dry = client.decrypt().dry_run(true);
    let blob = encrypt(&client, &key).await;
    assert_eq!(refusal(decrypt_dry.clone().ciphertext_blob(blob).send().await), dry_run);
    let outcome = decrypt_dry.clone().ciphertext_blob(Blob::new(CLEAR)).send().await;
    assert_eq!(refusal(outcome), "InvalidCiphertextException: ");
    let ignoring = decrypt_dry.dry_run_modifiers(DryRunModifierType::IgnoreCiphertext);
    assert_eq!(refusal(ignoring.clone().key_id(&key).send().await), dry_run);
    let outcome = ignoring.dry_run(false).key_id(&key).send().await;
    assert!(refusal(outcome).starts_with("ValidationException"));
    let outcome = client.decrypt().recipient(RecipientInfo::builder().build());
    assert!(refusal(outcome.send().await).starts_with("ValidationException: Recipient"));
    let outcome = client.encrypt().key_id(&key).plaintext(Blob::new(vec![0; 4097])).send().await;
    assert_eq!(
        refusal(outcome),
        "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy \
         constraint: Member must have length less than or equal to 4096"
    );
}
