//! Materials that come and go, and the ciphertexts that are under them.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::{Blob, DateTime};
use aws_sdk_kms::types::{
    ExpirationModelType, KeySpec, KeyUsageType, MacAlgorithmSpec, OriginType,
};

use crate::stage::{Stage, multi_region_key, refusal};
use crate::wrapped::{external_key, importing};

const CLEAR: &[u8] = b"correct horse battery";

async fn encrypt(client: &Client, key: &str) -> Blob {
    let request = client.encrypt().key_id(key).plaintext(Blob::new(CLEAR));
    request.send().await.unwrap().ciphertext_blob.unwrap()
}

async fn decrypts(client: &Client, blob: &Blob) -> bool {
    let decrypted = client.decrypt().ciphertext_blob(blob.clone()).send().await;
    decrypted.is_ok_and(|decrypted| decrypted.plaintext().unwrap().as_ref() == CLEAR)
}

#[tokio::test]
async fn what_was_encrypted_before_a_rotation_decrypts_for_ever_in_all_related_regions() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    primary.enable_key_rotation().key_id(&key).rotation_period_in_days(90).send().await.unwrap();
    let mut blobs = vec![encrypt(&primary, &key).await];
    for _ in 0..3 {
        stage.clock.advance_days(91);
        blobs.push(encrypt(&replica, &key).await);
    }
    primary.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    stage.pass(60);
    blobs.push(encrypt(&primary, &key).await);
    let mut materials = Vec::new();
    for blob in &blobs {
        for client in [&primary, &replica] {
            let decrypted = client.decrypt().ciphertext_blob(blob.clone()).send().await.unwrap();
            assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);
            materials.push(decrypted.key_material_id.unwrap());
        }
    }
    materials.sort();
    materials.dedup();
    assert_eq!(materials.len(), blobs.len(), "each was encrypted under another material");
}

#[tokio::test]
async fn imported_material_works_where_it_was_imported_and_until_it_expires() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = external_key(&primary, true).await;
    let until = stage.clock.now().after_days(10).milliseconds();
    let expiring = importing(&primary, &key, &[7; 32]).await;
    let expiring = expiring.expiration_model(ExpirationModelType::KeyMaterialExpires);
    expiring.valid_to(DateTime::from_millis(until)).send().await.unwrap();
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(10);
    let blob = encrypt(&primary, &key).await;
    let refused = replica.decrypt().ciphertext_blob(blob.clone()).send().await;
    assert!(refusal(refused).ends_with("is pending import."), "the material did not travel");
    importing(&replica, &key, &[7; 32]).await.send().await.unwrap();
    assert!(decrypts(&replica, &blob).await, "the same bytes open it");

    stage.clock.advance_days(11);
    let refused = primary.decrypt().ciphertext_blob(blob.clone()).send().await;
    assert!(refusal(refused).starts_with("KMSInvalidStateException: "), "it has expired here");
    assert!(decrypts(&replica, &blob).await, "it has not expired there");
    importing(&primary, &key, &[7; 32]).await.send().await.unwrap();
    assert!(decrypts(&primary, &blob).await, "imported again, it opens again");
}

#[tokio::test]
async fn an_imported_hmac_key_makes_the_mac_that_anybody_with_the_bytes_makes() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let created = client
        .create_key()
        .origin(OriginType::External)
        .key_spec(KeySpec::Hmac256)
        .key_usage(KeyUsageType::GenerateVerifyMac)
        .send()
        .await
        .unwrap();
    let key = created.key_metadata.unwrap().key_id;
    let bytes = [9; 32];
    importing(&client, &key, &bytes).await.send().await.unwrap();
    let request = client.generate_mac().key_id(&key).message(Blob::new(CLEAR));
    let mac = request.mac_algorithm(MacAlgorithmSpec::HmacSha256).send().await.unwrap();
    let own = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &bytes);
    let own = aws_lc_rs::hmac::sign(&own, CLEAR);
    assert_eq!(mac.mac().unwrap().as_ref(), own.as_ref());
}
