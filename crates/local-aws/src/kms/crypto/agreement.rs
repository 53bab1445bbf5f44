//! Key agreement on the NIST curves (ECDH).

use aws_lc_rs::agreement::{
    self, Algorithm, ParsedPublicKey, ParsedPublicKeyFormat, PrivateKey, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::{Broken, Clear};

/// The secret that a private key shares with a peer's public key, which is a
/// DER-encoded `SubjectPublicKeyInfo`. None if that is not a key of the same curve.
pub(crate) fn agree(spec: &str, material: &[u8], peer: &[u8]) -> Result<Option<Clear>, Broken> {
    let algorithm = curve(spec)?;
    let private_key = PrivateKey::from_private_key_der(algorithm, material)?;
    let Ok(peer) = ParsedPublicKey::try_from(UnparsedPublicKey::new(algorithm, peer)) else {
        return Ok(None);
    };
    if !matches!(peer.format(), ParsedPublicKeyFormat::X509) {
        return Ok(None);
    }
    let secret =
        agreement::agree(&private_key, peer, Broken, |secret| Ok(Zeroizing::new(secret.to_vec())))?;
    Ok(Some(secret))
}

fn curve(spec: &str) -> Result<&'static Algorithm, Broken> {
    match spec {
        "ECC_NIST_P256" => Ok(&agreement::ECDH_P256),
        "ECC_NIST_P384" => Ok(&agreement::ECDH_P384),
        "ECC_NIST_P521" => Ok(&agreement::ECDH_P521),
        _ => Err(Broken),
    }
}
