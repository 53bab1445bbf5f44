//! Encryption: what is encrypted can be decrypted, where it should and nowhere else.

use std::sync::Arc;

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{EncryptionAlgorithmSpec, KeySpec, KeyUsageType};
use meridian_local_aws::{Clock, Cloud};

use crate::stage::{Stage, describe, kms, multi_region_key, refusal};

const CLEAR: &[u8] = b"correct horse battery";

async fn key(client: &Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

async fn key_of(client: &Client, spec: KeySpec, usage: KeyUsageType) -> String {
    let created = client.create_key().key_spec(spec).key_usage(usage).send().await.unwrap();
    created.key_metadata.unwrap().key_id
}

async fn encrypt(client: &Client, key: &str) -> Blob {
    let encrypted = client.encrypt().key_id(key).plaintext(Blob::new(CLEAR)).send().await.unwrap();
    encrypted.ciphertext_blob.unwrap()
}

#[tokio::test]
async fn a_symmetric_ciphertext_tells_its_key() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let (key, other) = (key(&client).await, key(&client).await);
    client.create_alias().alias_name("alias/app").target_key_id(&key).send().await.unwrap();
    let metadata = describe(&client, &key).await;
    let arn = metadata.arn().unwrap();
    let encrypted =
        client.encrypt().key_id("alias/app").plaintext(Blob::new(CLEAR)).send().await.unwrap();
    assert_eq!(encrypted.key_id(), Some(arn));
    assert_eq!(encrypted.encryption_algorithm(), Some(&EncryptionAlgorithmSpec::SymmetricDefault));
    let blob = encrypted.ciphertext_blob.unwrap();
    assert!(!blob.as_ref().windows(CLEAR.len()).any(|window| window == CLEAR));

    for name in [None, Some(&*key), Some(arn), Some("alias/app")] {
        let named = client.decrypt().set_key_id(name.map(str::to_owned));
        let decrypted = named.ciphertext_blob(blob.clone()).send().await.unwrap();
        assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);
        assert_eq!(decrypted.key_id(), Some(arn));
        assert_eq!(decrypted.key_material_id(), metadata.current_key_material_id());
    }
    assert_eq!(
        refusal(client.decrypt().key_id(other).ciphertext_blob(blob.clone()).send().await),
        "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform \
         this operation."
    );
    let mut changed = blob.into_inner();
    *changed.last_mut().unwrap() ^= 1;
    for blob in [changed, CLEAR.to_vec()] {
        let outcome = client.decrypt().ciphertext_blob(Blob::new(blob)).send().await;
        assert_eq!(refusal(outcome), "InvalidCiphertextException: ");
    }
}

#[tokio::test]
async fn the_encryption_context_must_be_the_same() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let encrypt = client.encrypt().key_id(key(&client).await).plaintext(Blob::new(CLEAR));
    let encrypted =
        encrypt.encryption_context("app", "one").encryption_context("b", "2").send().await.unwrap();
    let decrypt = client.decrypt().set_ciphertext_blob(encrypted.ciphertext_blob);
    let same = decrypt.clone().encryption_context("b", "2").encryption_context("app", "one");
    same.send().await.unwrap();
    for other in [decrypt.clone(), decrypt.encryption_context("App", "one")] {
        assert_eq!(refusal(other.send().await), "InvalidCiphertextException: ");
    }
}

#[tokio::test]
async fn every_related_key_decrypts_and_nobody_else() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    let outcome = replica.encrypt().key_id(&key).plaintext(Blob::new(CLEAR)).send().await;
    assert!(refusal(outcome).ends_with("is creating."));
    stage.pass(2);

    for (from, to) in [(&primary, &replica), (&replica, &primary)] {
        let blob = encrypt(from, &key).await;
        let decrypted = to.decrypt().ciphertext_blob(blob).send().await.unwrap();
        assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);
        assert_eq!(decrypted.key_id(), describe(to, &key).await.arn());
    }
    let elsewhere = stage.kms("ap-south-1");
    let other_account = kms(stage.cloud.http_client(), "eu-west-1", "000000000042", None);
    let blob = encrypt(&primary, &key).await;
    for stranger in [elsewhere, other_account] {
        let outcome = stranger.decrypt().ciphertext_blob(blob.clone()).send().await;
        assert!(refusal(outcome).starts_with("AccessDeniedException: The ciphertext refers to"));
    }
    let arn = describe(&replica, &key).await.arn().unwrap().to_owned();
    let outcome = primary.decrypt().key_id(arn).ciphertext_blob(blob.clone()).send().await;
    assert_eq!(refusal(outcome), "NotFoundException: Invalid arn us-east-1");

    // The keys share their material, but not their state.
    replica.disable_key().key_id(&key).send().await.unwrap();
    let outcome = replica.decrypt().ciphertext_blob(blob.clone()).send().await;
    assert!(refusal(outcome).starts_with("DisabledException"));
    primary.decrypt().ciphertext_blob(blob).send().await.unwrap();
}

#[tokio::test]
async fn rsa_encrypts_up_to_its_limit_for_whoever_has_the_public_key() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = key_of(&client, KeySpec::Rsa2048, KeyUsageType::EncryptDecrypt).await;
    let sha_1 = EncryptionAlgorithmSpec::RsaesOaepSha1;
    let sha_256 = EncryptionAlgorithmSpec::RsaesOaepSha256;
    for (algorithm, limit) in [(&sha_1, 214), (&sha_256, 190)] {
        let encrypt = |length| {
            let plaintext = Blob::new(vec![7; length]);
            let encrypt = client.encrypt().key_id(&key).plaintext(plaintext);
            encrypt.encryption_algorithm(algorithm.clone()).send()
        };
        let blob = encrypt(limit).await.unwrap().ciphertext_blob.unwrap();
        let decrypt = client.decrypt().key_id(&key).ciphertext_blob(blob.clone());
        let decrypted = decrypt.encryption_algorithm(algorithm.clone()).send().await.unwrap();
        assert_eq!(decrypted.plaintext().unwrap().as_ref(), vec![7; limit]);
        assert_eq!(decrypted.key_material_id(), None);
        assert_eq!(
            refusal(encrypt(limit + 1).await),
            format!(
                "ValidationException: Algorithm {algorithm} and key spec RSA_2048 cannot encrypt \
                 data larger than {limit} bytes."
            )
        );
        let other = if algorithm == &sha_1 { &sha_256 } else { &sha_1 };
        let decrypt = client.decrypt().key_id(&key).ciphertext_blob(blob);
        let outcome = decrypt.encryption_algorithm(other.clone()).send().await;
        assert_eq!(refusal(outcome), "InvalidCiphertextException: ");
    }

    let told = client.get_public_key().key_id(&key).send().await.unwrap();
    assert_eq!(told.key_spec(), Some(&KeySpec::Rsa2048));
    assert_eq!((told.encryption_algorithms().len(), told.signing_algorithms().len()), (2, 0));
    let public_key = PublicEncryptingKey::from_der(told.public_key().unwrap().as_ref()).unwrap();
    let public_key = OaepPublicEncryptingKey::new(public_key).unwrap();
    let mut blob = vec![0; public_key.ciphertext_size()];
    public_key.encrypt(&OAEP_SHA256_MGF1SHA256, CLEAR, &mut blob, None).unwrap();
    let blob = Blob::new(blob);
    let decrypt = client.decrypt().key_id(&key).ciphertext_blob(blob.clone());
    let decrypted = decrypt.encryption_algorithm(sha_256.clone()).send().await.unwrap();
    assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);

    let decrypt = client.decrypt().ciphertext_blob(blob).encryption_algorithm(sha_256.clone());
    assert!(refusal(decrypt.clone().send().await).starts_with("ValidationException"));
    let outcome = decrypt.key_id(&key).encryption_context("app", "one").send().await;
    assert!(refusal(outcome).starts_with("ValidationException: EncryptionContext"));
    let outcome = client.encrypt().key_id(&key).plaintext(Blob::new(CLEAR)).send().await;
    assert_eq!(
        refusal(outcome),
        "InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec \
         RSA_2048."
    );
    let outcome = client.generate_data_key().key_id(&key).number_of_bytes(32).send().await;
    assert!(refusal(outcome).starts_with("InvalidKeyUsageException"));
}

#[tokio::test]
async fn re_encryption_changes_key_and_context() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let (from, to) = (key(&client).await, key(&client).await);
    let re_encrypt = client
        .re_encrypt()
        .ciphertext_blob(encrypt(&client, &from).await)
        .destination_key_id(&to)
        .destination_encryption_context("app", "one");
    let outcome = re_encrypt.clone().source_encryption_context("app", "one").send().await;
    assert_eq!(refusal(outcome), "InvalidCiphertextException: ");
    let outcome = re_encrypt.clone().source_key_id(&to).send().await;
    assert!(refusal(outcome).starts_with("IncorrectKeyException"));
    let changed = re_encrypt.clone().send().await.unwrap();
    let (source, destination) = (describe(&client, &from).await, describe(&client, &to).await);
    assert_eq!((changed.source_key_id(), changed.key_id()), (source.arn(), destination.arn()));
    assert_eq!(changed.source_key_material_id(), source.current_key_material_id());
    assert_eq!(changed.destination_key_material_id(), destination.current_key_material_id());
    let decrypt = client.decrypt().key_id(&to).encryption_context("app", "one");
    let decrypted = decrypt.set_ciphertext_blob(changed.ciphertext_blob).send().await.unwrap();
    assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);

    client.disable_key().key_id(&to).send().await.unwrap();
    assert!(refusal(re_encrypt.send().await).starts_with("DisabledException"));
}

#[tokio::test]
async fn material_survives_a_restart_and_is_never_in_clear_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());
    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let symmetric = key(&client).await;
    let pair = key_of(&client, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let blob = encrypt(&client, &symmetric).await;
    let public_key = client.get_public_key().key_id(&pair).send().await.unwrap().public_key;
    drop((client, cloud));

    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let decrypted = client.decrypt().ciphertext_blob(blob).send().await.unwrap();
    assert_eq!(decrypted.plaintext().unwrap().as_ref(), CLEAR);
    let again = client.get_public_key().key_id(&pair).send().await.unwrap().public_key;
    assert_eq!(again, public_key);
    let usage = client.get_key_last_usage().key_id(&symmetric).send().await.unwrap();
    assert!(usage.key_last_usage().unwrap().operation().is_some());

    // How each private key of this curve begins in PKCS #8, and in base64.
    let der =
        *b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let base64 = *b"MBMGByqGSM49AgEGCCqGSM49AwEH";
    let mut size = 0;
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        size += bytes.len();
        for start in [&der[..], &base64[..]] {
            assert!(!bytes.windows(start.len()).any(|window| window == start));
        }
    }
    assert!(size > 1000);
}
