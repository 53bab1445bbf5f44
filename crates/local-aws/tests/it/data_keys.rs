//! What KMS generates: data keys, data key pairs, random bytes; and the note of
//! when a key has last worked.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256K1_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeyPairSpec, DataKeySpec, KeyLastUsageTrackingOperation, KeySpec, KeyUsageType,
};

use crate::stage::{Stage, describe, multi_region_key, refusal};

#[tokio::test]
async fn a_data_key_comes_in_clear_and_encrypted() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let generate = client.generate_data_key().key_id(&key).encryption_context("app", "one");
    let aes = generate.clone().key_spec(DataKeySpec::Aes128).send().await.unwrap();
    let bytes = generate.clone().number_of_bytes(1024).send().await.unwrap();
    for (data_key, length) in [(aes, 16), (bytes, 1024)] {
        assert_eq!(data_key.plaintext().unwrap().as_ref().len(), length);
        assert_eq!(data_key.key_id(), describe(&client, &key).await.arn());
        assert_eq!(data_key.key_material_id().unwrap().len(), 64);
        let decrypt = client.decrypt().encryption_context("app", "one");
        let blob = data_key.ciphertext_blob().unwrap().clone();
        let decrypted = decrypt.ciphertext_blob(blob).send().await.unwrap();
        assert_eq!(decrypted.plaintext(), data_key.plaintext());
    }
    for wrong in
        [generate.clone(), generate.clone().key_spec(DataKeySpec::Aes256).number_of_bytes(32)]
    {
        assert_eq!(
            refusal(wrong.send().await),
            "ValidationException: Please specify either number of bytes or key spec."
        );
    }
    let outcome = generate.number_of_bytes(1025).send().await;
    assert!(refusal(outcome).contains("'numberOfBytes'"));

    let hidden = client.generate_data_key_without_plaintext().key_id(&key);
    let hidden = hidden.key_spec(DataKeySpec::Aes256).send().await.unwrap();
    let decrypt = client.decrypt().set_ciphertext_blob(hidden.ciphertext_blob);
    let decrypted = decrypt.send().await.unwrap();
    assert_eq!(decrypted.plaintext().unwrap().as_ref().len(), 32);
}

#[tokio::test]
async fn a_data_key_pair_works_outside() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let generate = client.generate_data_key_pair().key_id(&key);
    let pair = generate.key_pair_spec(DataKeyPairSpec::EccSecgP256K1).send().await.unwrap();
    let blob = pair.private_key_ciphertext_blob().unwrap().clone();
    let decrypted = client.decrypt().ciphertext_blob(blob).send().await.unwrap();
    assert_eq!(decrypted.plaintext(), pair.private_key_plaintext());
    let private_key = EcdsaKeyPair::from_pkcs8(
        &ECDSA_P256K1_SHA256_ASN1_SIGNING,
        pair.private_key_plaintext().unwrap().as_ref(),
    )
    .unwrap();
    let signature = private_key.sign(&SystemRandom::new(), b"message").unwrap();
    UnparsedPublicKey::new(&ECDSA_P256K1_SHA256_ASN1, pair.public_key().unwrap().as_ref())
        .verify(b"message", signature.as_ref())
        .unwrap();

    let hidden = client.generate_data_key_pair_without_plaintext().key_id(&key);
    let hidden = hidden.key_pair_spec(DataKeyPairSpec::Rsa2048).send().await.unwrap();
    assert_eq!(hidden.key_pair_spec(), Some(&DataKeyPairSpec::Rsa2048));
    let decrypt = client.decrypt().set_ciphertext_blob(hidden.private_key_ciphertext_blob);
    let decrypted = decrypt.send().await.unwrap();
    rsa::KeyPair::from_pkcs8(decrypted.plaintext().unwrap().as_ref()).unwrap();

    let sm2 = client.generate_data_key_pair().key_id(&key).key_pair_spec(DataKeyPairSpec::Sm2);
    assert!(refusal(sm2.send().await).starts_with("UnsupportedOperationException"));
}

#[tokio::test]
async fn random_bytes_do_not_repeat() {
    let client = Stage::new().kms("eu-west-1");
    let random = async |length| {
        let generated = client.generate_random().number_of_bytes(length).send().await;
        generated.map(|generated| generated.plaintext.unwrap().into_inner())
    };
    let (first, second) = (random(1024).await.unwrap(), random(1024).await.unwrap());
    assert_eq!((first.len(), second.len()), (1024, 1024));
    assert_ne!(first, second);
    assert!(refusal(random(0).await).contains("greater than or equal to 1"));
    let outcome = client.generate_random().send().await;
    assert!(refusal(outcome).contains("Value null at 'numberOfBytes'"));
    let store = client.generate_random().number_of_bytes(1).custom_key_store_id("cks-1").send();
    assert!(refusal(store.await).starts_with("CustomKeyStoreNotFoundException"));
}

#[tokio::test]
async fn sm2_is_for_china_only_and_not_here() {
    let stage = Stage::new();
    for region in ["eu-west-1", "cn-north-1"] {
        let create = stage.kms(region).create_key().key_spec(KeySpec::Sm2);
        let outcome = create.key_usage(KeyUsageType::SignVerify).send().await;
        let refusal = refusal(outcome);
        assert!(refusal.starts_with("UnsupportedOperationException"), "{refusal}");
    }
}

#[tokio::test]
async fn each_key_remembers_its_own_last_work() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(7200);
    let last = async |client: &aws_sdk_kms::Client| {
        let told = client.get_key_last_usage().key_id(&key).send().await.unwrap();
        assert_eq!(told.key_creation_date(), told.tracking_start_date());
        told.key_last_usage
    };
    assert!(last(&primary).await.unwrap().operation().is_none());
    primary.encrypt().key_id(&key).plaintext(Blob::new("a")).send().await.unwrap();
    let noted = last(&primary).await.unwrap();
    assert_eq!(noted.operation(), Some(&KeyLastUsageTrackingOperation::Encrypt));
    let now = stage.clock.now().milliseconds();
    assert_eq!(noted.timestamp().unwrap().to_millis().unwrap(), now);
    assert!(last(&replica).await.unwrap().operation().is_none());

    // A refusal is no work.
    let outcome = primary.decrypt().key_id(&key).ciphertext_blob(Blob::new("a")).send().await;
    assert!(refusal(outcome).starts_with("InvalidCiphertextException"));
    assert_eq!(last(&primary).await.unwrap(), noted);
    // The same work within the hour is not noted again.
    stage.pass(60);
    primary.encrypt().key_id(&key).plaintext(Blob::new("b")).send().await.unwrap();
    assert_eq!(last(&primary).await.unwrap(), noted);
    stage.pass(3600);
    primary.generate_data_key().key_id(&key).number_of_bytes(1).send().await.unwrap();
    let noted = last(&primary).await.unwrap();
    assert_eq!(noted.operation(), Some(&KeyLastUsageTrackingOperation::GenerateDataKey));
    assert!(noted.timestamp().unwrap().to_millis().unwrap() > now);
}
