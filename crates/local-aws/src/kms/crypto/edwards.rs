//! Edwards curves: Ed25519 signatures of whole messages. The library has no
//! Ed25519ph, so `ED25519_PH_SHA_512` is refused before it comes here.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use zeroize::Zeroizing;

use super::{Broken, Clear, KeyPair, Message};

pub(super) const SPEC: &str = "ECC_NIST_EDWARDS25519";

/// A pair that signs.
pub(super) struct Edwards(Ed25519KeyPair);

pub(super) fn generate() -> Result<Clear, Broken> {
    let private_key = Ed25519KeyPair::generate()?.to_pkcs8v1()?;
    Ok(Zeroizing::new(private_key.as_ref().to_vec()))
}

impl Edwards {
    /// Imported private keys may come without the public one.
    pub fn read(material: &[u8]) -> Result<Self, Broken> {
        Ok(Self(Ed25519KeyPair::from_pkcs8_maybe_unchecked(material)?))
    }
}

impl KeyPair for Edwards {
    fn public_key(&self) -> Result<Vec<u8>, Broken> {
        let public_key: PublicKeyX509Der<'_> = self.0.public_key().as_der()?;
        Ok(public_key.as_ref().to_vec())
    }

    fn sign(&self, _algorithm: &str, message: &Message<'_>) -> Result<Vec<u8>, Broken> {
        match message {
            Message::Raw(bytes) => Ok(self.0.try_sign(bytes)?.as_ref().to_vec()),
            Message::Digest(_) => Err(Broken),
        }
    }

    fn verify(
        &self,
        _algorithm: &str,
        message: &Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Broken> {
        match message {
            Message::Raw(bytes) => {
                let public_key = UnparsedPublicKey::new(&ED25519, self.0.public_key());
                Ok(public_key.verify(bytes, signature).is_ok())
            }
            Message::Digest(_) => Err(Broken),
        }
    }
}
