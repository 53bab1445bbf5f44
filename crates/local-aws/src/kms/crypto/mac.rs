//! Message authentication codes (HMAC, RFC 2104).

use aws_lc_rs::hmac::{self, Algorithm, Key};

use super::Broken;

/// The length of a key of a spec: that of the codes.
pub(super) fn key_length(spec: &str) -> Result<usize, Broken> {
    Ok(algorithm(spec)?.tag_len())
}

/// The code of a message.
pub(crate) fn generate(spec: &str, material: &[u8], message: &[u8]) -> Result<Vec<u8>, Broken> {
    let key = Key::new(algorithm(spec)?, material);
    Ok(hmac::sign(&key, message).as_ref().to_vec())
}

/// Whether a code is that of a message. Takes as long for a wrong one.
pub(crate) fn verify(
    spec: &str,
    material: &[u8],
    message: &[u8],
    mac: &[u8],
) -> Result<bool, Broken> {
    let key = Key::new(algorithm(spec)?, material);
    Ok(hmac::verify(&key, message, mac).is_ok())
}

fn algorithm(spec: &str) -> Result<Algorithm, Broken> {
    match spec {
        "HMAC_224" => Ok(hmac::HMAC_SHA224),
        "HMAC_256" => Ok(hmac::HMAC_SHA256),
        "HMAC_384" => Ok(hmac::HMAC_SHA384),
        "HMAC_512" => Ok(hmac::HMAC_SHA512),
        _ => Err(Broken),
    }
}
