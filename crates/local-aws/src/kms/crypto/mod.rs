//! What key material does, by the family of its key spec. All algorithms are
//! those of AWS-LC; here is only the way from the names of KMS to them.

pub(crate) mod agreement;
mod edwards;
mod elliptic;
mod lattice;
pub(crate) mod mac;
pub(crate) mod rsa;
pub(crate) mod symmetric;

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::error::ApiError;

/// Bytes in clear, which are wiped when they are dropped.
pub(crate) type Clear = Zeroizing<Vec<u8>>;

/// Material that does not do what its spec promises, or a library that fails.
#[derive(Debug)]
pub(crate) struct Broken;

impl From<Unspecified> for Broken {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl From<KeyRejected> for Broken {
    fn from(_: KeyRejected) -> Self {
        Self
    }
}

impl From<Broken> for ApiError {
    fn from(_: Broken) -> Self {
        Self::new("KMSInternalException", "The key material cannot be used.").with_status(500)
    }
}

/// What is signed.
pub(crate) enum Message<'a> {
    Raw(&'a [u8]),
    /// The message's digest, of the length that the signing algorithm has.
    Digest(Digest),
}

impl<'a> Message<'a> {
    /// A digest that was made elsewhere; none if it has another length than the
    /// algorithm's digests have.
    pub fn digest(algorithm: &str, bytes: &'a [u8]) -> Option<Self> {
        let algorithm = if algorithm.ends_with("SHA_256") {
            &digest::SHA256
        } else if algorithm.ends_with("SHA_384") {
            &digest::SHA384
        } else {
            &digest::SHA512
        };
        Digest::import_less_safe(bytes, algorithm).ok().map(Self::Digest)
    }
}

/// A pair of a private and a public key that signs.
pub(crate) trait KeyPair {
    /// The public key as a DER-encoded `SubjectPublicKeyInfo` (RFC 5280).
    fn public_key(&self) -> Result<Vec<u8>, Broken>;

    /// Signs with an algorithm that the spec has.
    fn sign(&self, algorithm: &str, message: &Message<'_>) -> Result<Vec<u8>, Broken>;

    /// Whether a signature is this pair's, of this message, by this algorithm.
    fn verify(
        &self,
        algorithm: &str,
        message: &Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Broken>;
}

/// Makes material of a spec: random bytes, or a private key as a DER-encoded
/// `PrivateKeyInfo` (PKCS #8).
pub(crate) fn generate(spec: &str) -> Result<Clear, Broken> {
    match family(spec) {
        "RSA" => rsa::generate(spec),
        "ECC" if spec == edwards::SPEC => edwards::generate(),
        "ECC" => elliptic::generate(spec),
        "HMAC" => random(mac::key_length(spec)?),
        "ML" => lattice::generate(spec),
        _ => Err(Broken),
    }
}

/// The key pair that material of a spec is.
pub(crate) fn key_pair(spec: &str, material: &[u8]) -> Result<Box<dyn KeyPair>, Broken> {
    Ok(match family(spec) {
        "RSA" => Box::new(rsa::Rsa::read(material)?),
        "ECC" if spec == edwards::SPEC => Box::new(edwards::Edwards::read(material)?),
        "ECC" => Box::new(elliptic::Elliptic::read(spec, material)?),
        "ML" => Box::new(lattice::Lattice::read(spec, material)?),
        _ => return Err(Broken),
    })
}

/// Whether the keys of a spec have a public part.
pub(crate) fn is_asymmetric(spec: &str) -> bool {
    matches!(family(spec), "RSA" | "ECC" | "ML" | "SM2")
}

/// Random bytes that nothing else knows.
pub(crate) fn random(length: usize) -> Result<Clear, Broken> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

fn family(spec: &str) -> &str {
    spec.split('_').next().unwrap_or(spec)
}
