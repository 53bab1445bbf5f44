//! Requests to import key material: their parameters, tokens, forms and dates.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use aws_sdk_kms::primitives::{Blob, DateTime};
use aws_sdk_kms::types::{
    AlgorithmSpec, ExpirationModelType, ImportType, KeySpec, KeyState, KeyUsageType, OriginType,
    WrappingKeySpec,
};
use meridian_local_aws::Timestamp;

use crate::stage::{Stage, describe, refusal};
use crate::wrapped::{external_key, importing, parameters, pkcs8, wrap};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn arn(region: &str, key: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/{key}")
}

fn date(moment: Timestamp, later_milliseconds: i64) -> DateTime {
    DateTime::from_millis(moment.milliseconds() + later_milliseconds)
}

#[tokio::test]
async fn only_parameters_that_suit_the_key_are_given() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let own = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let ask = |key: &str, algorithm, spec| {
        let request = client.get_parameters_for_import().key_id(key);
        request.wrapping_algorithm(algorithm).wrapping_key_spec(spec).send()
    };
    let (oaep, hybrid) = (AlgorithmSpec::RsaesOaepSha256, AlgorithmSpec::RsaAesKeyWrapSha256);
    let foreign = format!(
        "UnsupportedOperationException: {} origin is AWS_KMS which is not valid for this operation.",
        own.arn().unwrap()
    );
    let outcome = ask(own.key_id(), oaep.clone(), WrappingKeySpec::Rsa2048).await;
    assert_eq!(refusal(outcome), foreign);
    let outcome = client.delete_imported_key_material().key_id(own.key_id()).send().await;
    assert_eq!(refusal(outcome), foreign);

    let key = external_key(&client, false).await;
    let given = ask(&key, oaep.clone(), WrappingKeySpec::Rsa3072).await.unwrap();
    assert_eq!(given.key_id(), Some(arn("eu-west-1", &key).as_str()));
    assert_eq!(given.parameters_valid_to(), Some(&date(stage.clock.now(), DAY)));
    for (algorithm, spec) in [
        (AlgorithmSpec::RsaesPkcs1V15, WrappingKeySpec::Rsa2048),
        (AlgorithmSpec::Sm2Pke, WrappingKeySpec::Sm2),
        (hybrid.clone(), WrappingKeySpec::Rsa2048),
        (oaep.clone(), WrappingKeySpec::Sm2),
    ] {
        let refused = refusal(ask(&key, algorithm, spec).await);
        assert!(refused.starts_with("UnsupportedOperationException"), "{refused}");
    }
    for (algorithm, spec) in [("ROT13", "RSA_2048"), ("RSAES_OAEP_SHA_256", "RSA_1024")] {
        let refused = refusal(ask(&key, algorithm.into(), spec.into()).await);
        assert!(refused.starts_with("ValidationException: 1 validation error detected"));
    }
    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(
        refusal(ask(&key, oaep, WrappingKeySpec::Rsa2048).await),
        format!("KMSInvalidStateException: {} is pending deletion.", arn("eu-west-1", &key))
    );
}

#[tokio::test]
async fn every_kind_of_material_is_imported_in_its_own_form() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let random = SystemRandom::new();
    let curve = |algorithm| EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let cases = [
        (KeySpec::Hmac224, KeyUsageType::GenerateVerifyMac, vec![3; 28]),
        (KeySpec::Hmac384, KeyUsageType::GenerateVerifyMac, vec![3; 48]),
        (KeySpec::Hmac512, KeyUsageType::GenerateVerifyMac, vec![3; 64]),
        (
            KeySpec::EccNistP256,
            KeyUsageType::SignVerify,
            curve(&ECDSA_P256_SHA256_ASN1_SIGNING).as_ref().to_vec(),
        ),
        (
            KeySpec::EccNistP521,
            KeyUsageType::KeyAgreement,
            curve(&ECDSA_P521_SHA512_ASN1_SIGNING).as_ref().to_vec(),
        ),
        (
            KeySpec::EccNistEdwards25519,
            KeyUsageType::SignVerify,
            Ed25519KeyPair::generate_pkcs8v1(&random).unwrap().as_ref().to_vec(),
        ),
        (
            KeySpec::Rsa2048,
            KeyUsageType::EncryptDecrypt,
            pkcs8(&KeyPair::generate(KeySize::Rsa2048).unwrap()),
        ),
    ];
    for (spec, usage, material) in cases {
        let key = client.create_key().origin(OriginType::External).key_spec(spec.clone());
        let key = key.key_usage(usage).send().await.unwrap().key_metadata.unwrap().key_id;
        let (algorithm, wrapping_key) = match spec {
            KeySpec::Rsa2048 => (AlgorithmSpec::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa4096),
            KeySpec::EccNistP521 => (AlgorithmSpec::RsaAesKeyWrapSha1, WrappingKeySpec::Rsa2048),
            _ => (AlgorithmSpec::RsaesOaepSha1, WrappingKeySpec::Rsa3072),
        };
        let given = parameters(&client, &key, algorithm.clone(), wrapping_key).await;
        let import = |material: &[u8]| {
            let wrapped = wrap(given.public_key().unwrap().as_ref(), &algorithm, material);
            client
                .import_key_material()
                .key_id(&key)
                .import_token(given.import_token().unwrap().clone())
                .encrypted_key_material(Blob::new(wrapped))
                .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
        };
        let wrong = refusal(import(&[3; 33]).send().await);
        assert!(wrong.starts_with("IncorrectKeyMaterialException"), "{spec}: {wrong}");
        let symmetric_only = import(&material).import_type(ImportType::NewKeyMaterial);
        assert!(refusal(symmetric_only.send().await).starts_with("ValidationException"), "{spec}");
        let imported = import(&material).send().await.unwrap();
        assert_eq!(imported.key_material_id(), None);
        assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Enabled), "{spec}");
        // It can be imported again, wrapped in another way.
        let algorithm = match spec {
            KeySpec::Rsa2048 | KeySpec::EccNistP256 => AlgorithmSpec::RsaAesKeyWrapSha1,
            KeySpec::EccNistP521 => AlgorithmSpec::RsaAesKeyWrapSha256,
            _ => AlgorithmSpec::RsaesOaepSha256,
        };
        let given = parameters(&client, &key, algorithm.clone(), WrappingKeySpec::Rsa2048).await;
        let wrapped = wrap(given.public_key().unwrap().as_ref(), &algorithm, &material);
        let again = import(&material).set_import_token(given.import_token);
        again.encrypted_key_material(Blob::new(wrapped)).send().await.unwrap();
    }
    let outcome = client
        .create_key()
        .origin(OriginType::External)
        .key_spec(KeySpec::MlDsa44)
        .key_usage(KeyUsageType::SignVerify)
        .send()
        .await;
    assert!(refusal(outcome).starts_with("UnsupportedOperationException"));
}

#[tokio::test]
async fn a_token_is_for_one_key_in_one_region_and_for_a_day() {
    let stage = Stage::new();
    let (client, other) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = external_key(&client, true).await;
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    client.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    let stranger = external_key(&client, false).await;

    let request = importing(&client, &key, &[1; 32]).await;
    let outcome = request.clone().key_id(&stranger).send().await;
    assert!(refusal(outcome).starts_with("InvalidImportTokenException"));
    let token = request.get_import_token().clone().unwrap();
    let elsewhere = importing(&other, &key, &[1; 32]).await.import_token(token);
    assert!(refusal(elsewhere.send().await).starts_with("InvalidImportTokenException"));
    let forged = request.clone().import_token(Blob::new(vec![0; 200])).send().await;
    assert!(refusal(forged).starts_with("InvalidImportTokenException"));
    let garbled = request.clone().encrypted_key_material(Blob::new(vec![0; 256])).send().await;
    assert!(refusal(garbled).starts_with("InvalidCiphertextException"));
    for length in [0, 6145] {
        let blob = Blob::new(vec![0; length]);
        let outcome = request.clone().encrypted_key_material(blob).send().await;
        let refused = refusal(outcome);
        assert!(refused.starts_with("ValidationException: 1 validation error"), "{refused}");
    }

    stage.pass(24 * 60 * 60 - 1);
    request.clone().send().await.unwrap();
    stage.pass(1);
    assert!(refusal(request.send().await).starts_with("ExpiredImportTokenException"));
}

#[tokio::test]
async fn a_date_belongs_to_material_that_expires() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    let request = importing(&client, &key, &[1; 32]).await;
    let now = stage.clock.now();
    for request in [
        request.clone().set_expiration_model(None),
        request.clone().expiration_model(ExpirationModelType::KeyMaterialExpires),
    ] {
        assert_eq!(
            refusal(request.send().await),
            "ValidationException: A validTo date must be set if the ExpirationModel is \
             KEY_MATERIAL_EXPIRES"
        );
    }
    let unused = request.clone().valid_to(date(now, DAY)).send().await;
    assert!(refusal(unused).starts_with("ValidationException"));
    let unknown = request.clone().expiration_model("SOMETIMES".into()).send().await;
    assert!(refusal(unknown).starts_with("ValidationException: 1 validation error detected"));
    let expiring = request.expiration_model(ExpirationModelType::KeyMaterialExpires);
    for wrong in [date(now, 0), date(now, -DAY), date(now, 365 * DAY + 1)] {
        let outcome = expiring.clone().valid_to(wrong).send().await;
        assert!(refusal(outcome).starts_with("ValidationException"));
    }
    expiring.clone().valid_to(date(now, 365 * DAY)).send().await.unwrap();
    let told = describe(&client, &key).await;
    assert_eq!(told.valid_to(), Some(&date(now, 365 * DAY)));
    assert_eq!(told.expiration_model(), Some(&ExpirationModelType::KeyMaterialExpires));
}
