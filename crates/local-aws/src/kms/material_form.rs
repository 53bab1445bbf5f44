//! What imported material must look like for each key spec (AWS KMS developer
//! guide, "Requirements for imported key material").

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};

use crate::kms::spec::SYMMETRIC_DEFAULT;

/// Whether KMS lets material be imported into keys of a spec.
pub(crate) fn is_importable(spec: &str) -> bool {
    !spec.starts_with("ML_DSA_")
}

/// Whether bytes are material for keys of a spec: so many of them for symmetric
/// and HMAC keys, a private key in PKCS #8 for the others.
pub(crate) fn is_material_for(spec: &str, bytes: &[u8]) -> bool {
    match spec {
        SYMMETRIC_DEFAULT => bytes.len() == 32,
        "HMAC_224" => bytes.len() == 28,
        "HMAC_256" => bytes.len() == 32,
        "HMAC_384" => bytes.len() == 48,
        "HMAC_512" => bytes.len() == 64,
        "RSA_2048" => is_rsa_key(bytes, 2048),
        "RSA_3072" => is_rsa_key(bytes, 3072),
        "RSA_4096" => is_rsa_key(bytes, 4096),
        "ECC_NIST_P256" => is_curve_key(bytes, &ECDSA_P256_SHA256_ASN1_SIGNING),
        "ECC_NIST_P384" => is_curve_key(bytes, &ECDSA_P384_SHA384_ASN1_SIGNING),
        "ECC_NIST_P521" => is_curve_key(bytes, &ECDSA_P521_SHA512_ASN1_SIGNING),
        "ECC_SECG_P256K1" => is_curve_key(bytes, &ECDSA_P256K1_SHA256_ASN1_SIGNING),
        "ECC_NIST_EDWARDS25519" => Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).is_ok(),
        _ => false,
    }
}

fn is_rsa_key(bytes: &[u8], bits: usize) -> bool {
    RsaKeyPair::from_pkcs8(bytes).is_ok_and(|key| key.public_modulus_len() * 8 == bits)
}

fn is_curve_key(bytes: &[u8], curve: &'static EcdsaSigningAlgorithm) -> bool {
    EcdsaKeyPair::from_pkcs8(curve, bytes).is_ok()
}
