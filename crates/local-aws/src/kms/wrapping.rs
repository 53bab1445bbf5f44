//! The keys under which material travels to KMS, and how it is unwrapped (AWS
//! KMS developer guide, "Select a wrapping algorithm").
//!
//! Each wrapping key spec has one key pair for the whole cloud, made when it is
//! first asked for, since making RSA keys takes long. The import token is what
//! ties an import to its parameters.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::key_wrap::{AES_256, KeyEncryptionKey, KeyWrapPadded};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    PrivateDecryptingKey,
};
use serde::{Deserialize, Serialize};

use crate::kms::spec::SYMMETRIC_DEFAULT;
use crate::world::World;

/// The wrapping key specs of the model. SM2 exists in China only.
pub(crate) const WRAPPING_KEY_SPECS: &[&str] = &["RSA_2048", "RSA_3072", "RSA_4096", "SM2"];

/// The wrapping algorithms of the model.
pub(crate) const WRAPPING_ALGORITHMS: &[&str] = &[
    "RSAES_PKCS1_V1_5",
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "RSA_AES_KEY_WRAP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256",
    "SM2PKE",
];

/// How material is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrapping {
    hash: Hash,
    /// Whether the RSA key wraps an AES key, which wraps the material.
    is_hybrid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Hash {
    Sha1,
    Sha256,
}

impl Wrapping {
    /// The algorithm of a name, unless it is one that KMS does not support (any more).
    pub fn named(name: &str) -> Option<Self> {
        let (hash, is_hybrid) = match name {
            "RSAES_OAEP_SHA_1" => (Hash::Sha1, false),
            "RSAES_OAEP_SHA_256" => (Hash::Sha256, false),
            "RSA_AES_KEY_WRAP_SHA_1" => (Hash::Sha1, true),
            "RSA_AES_KEY_WRAP_SHA_256" => (Hash::Sha256, true),
            _ => return None,
        };
        Some(Self { hash, is_hybrid })
    }

    /// Whether the algorithm takes the material of a key spec under a wrapping key.
    pub fn suits(self, key_spec: &str, wrapping_key_spec: &str) -> bool {
        match key_spec {
            // A private RSA key is longer than what RSA can encrypt.
            _ if key_spec.starts_with("RSA_") => self.is_hybrid,
            "ECC_NIST_P521" => self.is_hybrid || wrapping_key_spec != "RSA_2048",
            _ if key_spec == SYMMETRIC_DEFAULT || key_spec.starts_with("HMAC_") => !self.is_hybrid,
            _ => true,
        }
    }

    fn oaep(self) -> &'static OaepAlgorithm {
        match self.hash {
            Hash::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Hash::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }

    /// The material that was wrapped, if it was wrapped in this way.
    fn unwrap(self, key: &OaepPrivateDecryptingKey, wrapped: &[u8]) -> Option<Vec<u8>> {
        let decrypt = |ciphertext: &[u8]| {
            let mut clear = vec![0; key.min_output_size()];
            let length = key.decrypt(self.oaep(), ciphertext, &mut clear, None).ok()?.len();
            clear.truncate(length);
            Some(clear)
        };
        if !self.is_hybrid {
            return decrypt(wrapped);
        }
        let (wrapped_key, wrapped_material) = wrapped.split_at_checked(key.key_size_bytes())?;
        let aes_key = KeyEncryptionKey::new(&AES_256, &decrypt(wrapped_key)?).ok()?;
        let mut clear = vec![0; wrapped_material.len()];
        let length = aes_key.unwrap_with_padding(wrapped_material, &mut clear).ok()?.len();
        clear.truncate(length);
        Some(clear)
    }
}

impl World {
    /// The public key of a wrapping key spec, as a DER-encoded `SubjectPublicKeyInfo`;
    /// none for a spec that is not RSA.
    pub fn wrapping_public_key(&mut self, spec: &str) -> Option<Vec<u8>> {
        let size = match spec {
            "RSA_2048" => KeySize::Rsa2048,
            "RSA_3072" => KeySize::Rsa3072,
            "RSA_4096" => KeySize::Rsa4096,
            _ => return None,
        };
        let key = self.wrapping_key(spec).unwrap_or_else(|| {
            let key = PrivateDecryptingKey::generate(size).expect("the system makes RSA keys");
            let der: Pkcs8V1Der<'_> = key.as_der().expect("an RSA key has a DER form");
            let sealed = self.vault.seal(&purpose(spec), der.as_ref());
            self.wrapping_keys.insert(spec.to_owned(), sealed);
            key
        });
        let der: PublicKeyX509Der<'_> =
            key.public_key().as_der().expect("an RSA key has a DER form");
        Some(der.as_ref().to_vec())
    }

    /// Unwraps material that came under a wrapping key; none if it is not what it should be.
    pub fn unwrap_material(
        &self,
        spec: &str,
        wrapping: Wrapping,
        wrapped: &[u8],
    ) -> Option<Vec<u8>> {
        let key = OaepPrivateDecryptingKey::new(self.wrapping_key(spec)?).ok()?;
        wrapping.unwrap(&key, wrapped)
    }

    fn wrapping_key(&self, spec: &str) -> Option<PrivateDecryptingKey> {
        let sealed = self.wrapping_keys.get(&spec.to_owned())?;
        let der = self.vault.open(&purpose(spec), sealed)?;
        PrivateDecryptingKey::from_pkcs8(&der).ok()
    }
}

fn purpose(spec: &str) -> String {
    format!("wrapping-key:{spec}")
}
