//! Signatures, authentication codes and shared secrets, each checked by the
//! public key outside as well as by KMS.

use aws_lc_rs::agreement::{self, ECDH_P384, PrivateKey};
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    KeyAgreementAlgorithmSpec, KeySpec, KeyUsageType, MacAlgorithmSpec, MessageType,
    SigningAlgorithmSpec,
};

use crate::stage::{Stage, describe, refusal};

const MESSAGE: &[u8] = b"the message";

async fn key_of(client: &Client, spec: &str, usage: KeyUsageType) -> String {
    let create = client.create_key().key_spec(KeySpec::from(spec)).key_usage(usage);
    create.send().await.unwrap().key_metadata.unwrap().key_id
}

async fn public_key(client: &Client, key: &str) -> Vec<u8> {
    let told = client.get_public_key().key_id(key).send().await.unwrap();
    assert_eq!(told.key_id(), describe(client, key).await.arn());
    told.public_key.unwrap().into_inner()
}

fn digest_of(algorithm: &str, message: &[u8]) -> Vec<u8> {
    let algorithm = match algorithm {
        name if name.ends_with("256") => &SHA256,
        name if name.ends_with("384") => &SHA384,
        _ => &SHA512,
    };
    digest(algorithm, message).as_ref().to_vec()
}

/// Signs a message and its digest, and checks both ways.
async fn check(
    client: &Client,
    key: &str,
    algorithm: &str,
    outside: &'static dyn VerificationAlgorithm,
    types: &[MessageType],
) {
    let algorithm_spec = SigningAlgorithmSpec::from(algorithm);
    let public_key = UnparsedPublicKey::new(outside, public_key(client, key).await);
    for kind in types {
        let input = |message: &[u8]| match kind {
            MessageType::Digest => Blob::new(digest_of(algorithm, message)),
            _ => Blob::new(message),
        };
        let sign = client.sign().key_id(key).signing_algorithm(algorithm_spec.clone());
        let signed = sign.message_type(kind.clone()).message(input(MESSAGE)).send().await.unwrap();
        let signature = signed.signature.unwrap();
        public_key.verify(MESSAGE, signature.as_ref()).unwrap();

        let verify = client.verify().key_id(key).signing_algorithm(algorithm_spec.clone());
        let verify = verify.message_type(kind.clone()).signature(signature.clone());
        let verified = verify.clone().message(input(MESSAGE)).send().await.unwrap();
        assert!(verified.signature_valid(), "{algorithm}");
        let outcome = verify.clone().message(input(b"another message")).send().await;
        assert_eq!(refusal(outcome), "KMSInvalidSignatureException: ", "{algorithm}");
        let mut changed = signature.into_inner();
        *changed.last_mut().unwrap() ^= 1;
        let outcome = verify.signature(Blob::new(changed)).message(input(MESSAGE)).send().await;
        assert_eq!(refusal(outcome), "KMSInvalidSignatureException: ", "{algorithm}");
    }
}

#[tokio::test]
async fn each_rsa_algorithm_signs() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = key_of(&client, "RSA_2048", KeyUsageType::SignVerify).await;
    let algorithms: [(&str, &'static dyn VerificationAlgorithm); 6] = [
        ("RSASSA_PKCS1_V1_5_SHA_256", &signature::RSA_PKCS1_2048_8192_SHA256),
        ("RSASSA_PKCS1_V1_5_SHA_384", &signature::RSA_PKCS1_2048_8192_SHA384),
        ("RSASSA_PKCS1_V1_5_SHA_512", &signature::RSA_PKCS1_2048_8192_SHA512),
        ("RSASSA_PSS_SHA_256", &signature::RSA_PSS_2048_8192_SHA256),
        ("RSASSA_PSS_SHA_384", &signature::RSA_PSS_2048_8192_SHA384),
        ("RSASSA_PSS_SHA_512", &signature::RSA_PSS_2048_8192_SHA512),
    ];
    for (algorithm, outside) in algorithms {
        check(&client, &key, algorithm, outside, &[MessageType::Raw, MessageType::Digest]).await;
    }
}

#[tokio::test]
async fn each_curve_and_lattice_signs() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let both = &[MessageType::Raw, MessageType::Digest][..];
    let raw = &[MessageType::Raw][..];
    let specs: [(&str, &str, &'static dyn VerificationAlgorithm, _); 8] = [
        ("ECC_NIST_P256", "ECDSA_SHA_256", &signature::ECDSA_P256_SHA256_ASN1, both),
        ("ECC_NIST_P384", "ECDSA_SHA_384", &signature::ECDSA_P384_SHA384_ASN1, both),
        ("ECC_NIST_P521", "ECDSA_SHA_512", &signature::ECDSA_P521_SHA512_ASN1, both),
        ("ECC_SECG_P256K1", "ECDSA_SHA_256", &signature::ECDSA_P256K1_SHA256_ASN1, both),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", &signature::ED25519, raw),
        ("ML_DSA_44", "ML_DSA_SHAKE_256", &signature::ML_DSA_44, raw),
        ("ML_DSA_65", "ML_DSA_SHAKE_256", &signature::ML_DSA_65, raw),
        ("ML_DSA_87", "ML_DSA_SHAKE_256", &signature::ML_DSA_87, raw),
    ];
    for (spec, algorithm, outside, types) in specs {
        let key = key_of(&client, spec, KeyUsageType::SignVerify).await;
        check(&client, &key, algorithm, outside, types).await;
    }
}

#[tokio::test]
async fn message_types_must_fit() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let cases = [
        (
            "ECC_NIST_P256",
            "ECDSA_SHA_256",
            "DIGEST",
            31,
            "Digest is invalid length for algorithm ECDSA_SHA_256.",
        ),
        (
            "ECC_NIST_P256",
            "ECDSA_SHA_256",
            "EXTERNAL_MU",
            64,
            "Message type EXTERNAL_MU is incompatible with key spec ECC_NIST_P256.",
        ),
        (
            "ML_DSA_44",
            "ML_DSA_SHAKE_256",
            "DIGEST",
            64,
            "Message type DIGEST is incompatible with key spec ML_DSA_44.",
        ),
        (
            "ML_DSA_44",
            "ML_DSA_SHAKE_256",
            "EXTERNAL_MU",
            63,
            "External Mu is invalid length for algorithm ML_DSA_SHAKE_256.",
        ),
        (
            "ECC_NIST_EDWARDS25519",
            "ED25519_SHA_512",
            "DIGEST",
            64,
            "Message type DIGEST is incompatible with algorithm ED25519_SHA_512.",
        ),
        (
            "ECC_NIST_EDWARDS25519",
            "ED25519_PH_SHA_512",
            "RAW",
            64,
            "Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.",
        ),
    ];
    for (spec, algorithm, kind, length, message) in cases {
        let key = key_of(&client, spec, KeyUsageType::SignVerify).await;
        let sign = client.sign().key_id(key).message(Blob::new(vec![0; length]));
        let sign = sign.message_type(kind.into()).signing_algorithm(algorithm.into());
        assert_eq!(refusal(sign.send().await), format!("ValidationException: {message}"));
    }
    // What the library cannot do is refused politely.
    for (spec, algorithm, kind) in [
        ("ML_DSA_44", "ML_DSA_SHAKE_256", "EXTERNAL_MU"),
        ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "DIGEST"),
    ] {
        let key = key_of(&client, spec, KeyUsageType::SignVerify).await;
        let sign = client.sign().key_id(key).message(Blob::new(vec![0; 64]));
        let sign = sign.message_type(kind.into()).signing_algorithm(algorithm.into());
        assert!(refusal(sign.send().await).starts_with("UnsupportedOperationException"));
    }
    let key = key_of(&client, "ECC_NIST_P256", KeyUsageType::SignVerify).await;
    let sign = client.sign().key_id(&key).message(Blob::new(MESSAGE));
    let outcome = sign.clone().signing_algorithm(SigningAlgorithmSpec::EcdsaSha384).send().await;
    assert_eq!(
        refusal(outcome),
        "InvalidKeyUsageException: Algorithm ECDSA_SHA_384 is incompatible with key spec \
         ECC_NIST_P256."
    );
    let sign = sign.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).dry_run(true);
    assert!(refusal(sign.send().await).starts_with("DryRunOperationException"));
    client.disable_key().key_id(&key).send().await.unwrap();
    let outcome = client.get_public_key().key_id(&key).send().await;
    assert!(refusal(outcome).starts_with("DisabledException"));
}

#[tokio::test]
async fn related_keys_make_the_same_codes() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    for (size, length) in [("224", 28), ("256", 32), ("384", 48), ("512", 64)] {
        let create = primary.create_key().multi_region(true);
        let create = create.key_spec(KeySpec::from(&*format!("HMAC_{size}")));
        let created = create.key_usage(KeyUsageType::GenerateVerifyMac).send().await.unwrap();
        let key = created.key_metadata.unwrap().key_id;
        primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
        stage.pass(2);
        let algorithm = MacAlgorithmSpec::from(&*format!("HMAC_SHA_{size}"));
        let generate = async |client: &Client, message: &[u8]| {
            let generate = client.generate_mac().key_id(&key).mac_algorithm(algorithm.clone());
            generate.message(Blob::new(message)).send().await.unwrap().mac.unwrap()
        };
        let mac = generate(&replica, MESSAGE).await;
        assert_eq!(mac.as_ref().len(), length);
        assert_eq!(generate(&primary, MESSAGE).await, mac);
        assert_ne!(generate(&primary, b"another message").await, mac);
        let verify = primary.verify_mac().key_id(&key).mac_algorithm(algorithm.clone()).mac(mac);
        assert!(verify.clone().message(Blob::new(MESSAGE)).send().await.unwrap().mac_valid());
        let outcome = verify.message(Blob::new("another message")).send().await;
        assert_eq!(refusal(outcome), "KMSInvalidMacException: ");
        let outcome = primary.get_public_key().key_id(&key).send().await;
        assert!(refusal(outcome).starts_with("UnsupportedOperationException"));
    }
}

#[tokio::test]
async fn a_secret_is_shared_with_a_peer_on_the_same_curve() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = key_of(&client, "ECC_NIST_P384", KeyUsageType::KeyAgreement).await;
    let peer = PrivateKey::generate(&ECDH_P384).unwrap();
    let der = |key: &PrivateKey| {
        let der: PublicKeyX509Der<'_> = key.compute_public_key().unwrap().as_der().unwrap();
        der.as_ref().to_vec()
    };
    let derive = client.derive_shared_secret().key_id(&key);
    let derive = derive.key_agreement_algorithm(KeyAgreementAlgorithmSpec::Ecdh);
    let derived = derive.clone().public_key(Blob::new(der(&peer))).send().await.unwrap();
    let ours = public_key(&client, &key).await;
    let ours = agreement::UnparsedPublicKey::new(&ECDH_P384, ours);
    let secret = agreement::agree(&peer, ours, (), |secret| Ok(secret.to_vec())).unwrap();
    assert_eq!(derived.shared_secret().unwrap().as_ref(), secret);
    assert_eq!(derived.key_origin().unwrap().as_str(), "AWS_KMS");

    let stranger = PrivateKey::generate(&agreement::ECDH_P256).unwrap();
    let point = peer.compute_public_key().unwrap().as_ref().to_vec();
    for wrong in [der(&stranger), point, b"no key".to_vec()] {
        let outcome = derive.clone().public_key(Blob::new(wrong)).send().await;
        assert!(refusal(outcome).starts_with("ValidationException: The public key"));
    }
    let signing = key_of(&client, "ECC_NIST_P384", KeyUsageType::SignVerify).await;
    let outcome = derive.key_id(signing).public_key(Blob::new(der(&peer))).send().await;
    assert!(refusal(outcome).contains("key usage is SIGN_VERIFY which is not valid for"));
}
