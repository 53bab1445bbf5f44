//! RSA: PKCS #1 v1.5 and PSS signatures, OAEP encryption.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair as Pair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm,
    OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    self, KeyPair as _, RsaEncoding, UnparsedPublicKey, VerificationAlgorithm,
};
use zeroize::Zeroizing;

use super::{Broken, Clear, KeyPair, Message};

/// A pair that signs.
pub(super) struct Rsa(Pair);

pub(super) fn generate(spec: &str) -> Result<Clear, Broken> {
    let size = match spec {
        "RSA_2048" => KeySize::Rsa2048,
        "RSA_3072" => KeySize::Rsa3072,
        "RSA_4096" => KeySize::Rsa4096,
        _ => return Err(Broken),
    };
    let private_key: Pkcs8V1Der<'_> = Pair::generate(size)?.as_der()?;
    Ok(Zeroizing::new(private_key.as_ref().to_vec()))
}

impl Rsa {
    pub fn read(material: &[u8]) -> Result<Self, Broken> {
        Ok(Self(Pair::from_pkcs8(material)?))
    }
}

impl KeyPair for Rsa {
    fn public_key(&self) -> Result<Vec<u8>, Broken> {
        let public_key: PublicKeyX509Der<'_> = self.0.public_key().as_der()?;
        Ok(public_key.as_ref().to_vec())
    }

    fn sign(&self, algorithm: &str, message: &Message<'_>) -> Result<Vec<u8>, Broken> {
        let (encoding, _) = scheme(algorithm)?;
        let mut signature = vec![0; self.0.public_modulus_len()];
        match message {
            Message::Raw(bytes) => {
                self.0.sign(encoding, &SystemRandom::new(), bytes, &mut signature)?;
            }
            Message::Digest(digest) => self.0.sign_digest(encoding, digest, &mut signature)?,
        }
        Ok(signature)
    }

    fn verify(
        &self,
        algorithm: &str,
        message: &Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Broken> {
        let (_, verification) = scheme(algorithm)?;
        let public_key = UnparsedPublicKey::new(verification, self.0.public_key());
        Ok(match message {
            Message::Raw(bytes) => public_key.verify(bytes, signature),
            Message::Digest(digest) => public_key.verify_digest(digest, signature),
        }
        .is_ok())
    }
}

type Scheme = (&'static dyn RsaEncoding, &'static dyn VerificationAlgorithm);

/// Salts of PSS are as long as the digest, which is the library's default.
fn scheme(algorithm: &str) -> Result<Scheme, Broken> {
    Ok(match algorithm {
        "RSASSA_PKCS1_V1_5_SHA_256" => {
            (&signature::RSA_PKCS1_SHA256, &signature::RSA_PKCS1_2048_8192_SHA256)
        }
        "RSASSA_PKCS1_V1_5_SHA_384" => {
            (&signature::RSA_PKCS1_SHA384, &signature::RSA_PKCS1_2048_8192_SHA384)
        }
        "RSASSA_PKCS1_V1_5_SHA_512" => {
            (&signature::RSA_PKCS1_SHA512, &signature::RSA_PKCS1_2048_8192_SHA512)
        }
        "RSASSA_PSS_SHA_256" => (&signature::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
        "RSASSA_PSS_SHA_384" => (&signature::RSA_PSS_SHA384, &signature::RSA_PSS_2048_8192_SHA384),
        "RSASSA_PSS_SHA_512" => (&signature::RSA_PSS_SHA512, &signature::RSA_PSS_2048_8192_SHA512),
        _ => return Err(Broken),
    })
}

fn padding(algorithm: &str) -> Result<&'static OaepAlgorithm, Broken> {
    match algorithm {
        "RSAES_OAEP_SHA_1" => Ok(&OAEP_SHA1_MGF1SHA1),
        "RSAES_OAEP_SHA_256" => Ok(&OAEP_SHA256_MGF1SHA256),
        _ => Err(Broken),
    }
}

/// How many bytes a key of a spec encrypts at most (API reference of Encrypt).
pub(crate) fn maximum_length(spec: &str, algorithm: &str) -> usize {
    let modulus = match spec {
        "RSA_2048" => 256,
        "RSA_3072" => 384,
        _ => 512,
    };
    let digest = if algorithm == "RSAES_OAEP_SHA_1" { 20 } else { 32 };
    modulus - 2 * digest - 2
}

/// Encrypts with the public half of a private key.
pub(crate) fn encrypt(material: &[u8], algorithm: &str, clear: &[u8]) -> Result<Vec<u8>, Broken> {
    let private_key = PrivateDecryptingKey::from_pkcs8(material)?;
    let public_key = OaepPublicEncryptingKey::new(private_key.public_key())?;
    let mut ciphertext = vec![0; public_key.ciphertext_size()];
    let length = public_key.encrypt(padding(algorithm)?, clear, &mut ciphertext, None)?.len();
    ciphertext.truncate(length);
    Ok(ciphertext)
}

/// Decrypts with a private key; none if the ciphertext is not for it.
pub(crate) fn decrypt(
    material: &[u8],
    algorithm: &str,
    ciphertext: &[u8],
) -> Result<Option<Clear>, Broken> {
    let private_key = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(material)?)?;
    let mut clear = Zeroizing::new(vec![0; private_key.min_output_size()]);
    let Ok(length) = private_key
        .decrypt(padding(algorithm)?, ciphertext, &mut clear, None)
        .map(|decrypted| decrypted.len())
    else {
        return Ok(None);
    };
    clear.truncate(length);
    Ok(Some(clear))
}
