//! Lattices: ML-DSA signatures of whole messages (FIPS 204). The library does
//! not take a message representative, so `EXTERNAL_MU` is refused before it
//! comes here.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    self, KeyPair as _, PqdsaKeyPair, PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm,
    UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::{Broken, Clear, KeyPair, Message};

/// A pair that signs.
pub(super) struct Lattice {
    pair: PqdsaKeyPair,
    verification: &'static PqdsaVerificationAlgorithm,
}

pub(super) fn generate(spec: &str) -> Result<Clear, Broken> {
    let (signing, _) = parameters(spec)?;
    let private_key = PqdsaKeyPair::generate(signing)?.to_pkcs8v1()?;
    Ok(Zeroizing::new(private_key.as_ref().to_vec()))
}

impl Lattice {
    pub fn read(spec: &str, material: &[u8]) -> Result<Self, Broken> {
        let (signing, verification) = parameters(spec)?;
        Ok(Self { pair: PqdsaKeyPair::from_pkcs8(signing, material)?, verification })
    }
}

impl KeyPair for Lattice {
    fn public_key(&self) -> Result<Vec<u8>, Broken> {
        let public_key: PublicKeyX509Der<'_> = self.pair.public_key().as_der()?;
        Ok(public_key.as_ref().to_vec())
    }

    fn sign(&self, _algorithm: &str, message: &Message<'_>) -> Result<Vec<u8>, Broken> {
        let Message::Raw(bytes) = message else {
            return Err(Broken);
        };
        let mut signature = vec![0; self.pair.algorithm().signature_len()];
        let length = self.pair.sign(bytes, &mut signature)?;
        signature.truncate(length);
        Ok(signature)
    }

    fn verify(
        &self,
        _algorithm: &str,
        message: &Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Broken> {
        let Message::Raw(bytes) = message else {
            return Err(Broken);
        };
        let public_key = UnparsedPublicKey::new(self.verification, self.pair.public_key());
        Ok(public_key.verify(bytes, signature).is_ok())
    }
}

fn parameters(
    spec: &str,
) -> Result<(&'static PqdsaSigningAlgorithm, &'static PqdsaVerificationAlgorithm), Broken> {
    Ok(match spec {
        "ML_DSA_44" => (&signature::ML_DSA_44_SIGNING, &signature::ML_DSA_44),
        "ML_DSA_65" => (&signature::ML_DSA_65_SIGNING, &signature::ML_DSA_65),
        "ML_DSA_87" => (&signature::ML_DSA_87_SIGNING, &signature::ML_DSA_87),
        _ => return Err(Broken),
    })
}
