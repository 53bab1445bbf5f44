//! Elliptic curves with ECDSA. Signatures are DER-encoded (ANSI X9.62).

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair as _,
    UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::{Broken, Clear, KeyPair, Message};

/// A pair that signs.
pub(super) struct Elliptic {
    pair: EcdsaKeyPair,
    verification: &'static EcdsaVerificationAlgorithm,
}

pub(super) fn generate(spec: &str) -> Result<Clear, Broken> {
    let (signing, _) = curve(spec)?;
    let private_key = EcdsaKeyPair::generate(signing)?.to_pkcs8v1()?;
    Ok(Zeroizing::new(private_key.as_ref().to_vec()))
}

impl Elliptic {
    pub fn read(spec: &str, material: &[u8]) -> Result<Self, Broken> {
        let (signing, verification) = curve(spec)?;
        Ok(Self { pair: EcdsaKeyPair::from_pkcs8(signing, material)?, verification })
    }
}

impl KeyPair for Elliptic {
    fn public_key(&self) -> Result<Vec<u8>, Broken> {
        let public_key: PublicKeyX509Der<'_> = self.pair.public_key().as_der()?;
        Ok(public_key.as_ref().to_vec())
    }

    fn sign(&self, _algorithm: &str, message: &Message<'_>) -> Result<Vec<u8>, Broken> {
        let signature = match message {
            Message::Raw(bytes) => self.pair.sign(&SystemRandom::new(), bytes)?,
            Message::Digest(digest) => self.pair.sign_digest(digest)?,
        };
        Ok(signature.as_ref().to_vec())
    }

    fn verify(
        &self,
        _algorithm: &str,
        message: &Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Broken> {
        let public_key = UnparsedPublicKey::new(self.verification, self.pair.public_key());
        Ok(match message {
            Message::Raw(bytes) => public_key.verify(bytes, signature),
            Message::Digest(digest) => public_key.verify_digest(digest, signature),
        }
        .is_ok())
    }
}

/// Each curve has one digest in KMS, and so one algorithm.
fn curve(
    spec: &str,
) -> Result<(&'static EcdsaSigningAlgorithm, &'static EcdsaVerificationAlgorithm), Broken> {
    Ok(match spec {
        "ECC_NIST_P256" => {
            (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &signature::ECDSA_P256_SHA256_ASN1)
        }
        "ECC_NIST_P384" => {
            (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, &signature::ECDSA_P384_SHA384_ASN1)
        }
        "ECC_NIST_P521" => {
            (&signature::ECDSA_P521_SHA512_ASN1_SIGNING, &signature::ECDSA_P521_SHA512_ASN1)
        }
        "ECC_SECG_P256K1" => {
            (&signature::ECDSA_P256K1_SHA256_ASN1_SIGNING, &signature::ECDSA_P256K1_SHA256_ASN1)
        }
        _ => return Err(Broken),
    })
}
