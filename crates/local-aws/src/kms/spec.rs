//! Key specs, the usages that fit them, and the algorithms that follow
//! (AWS KMS developer guide, "Key spec reference").

use crate::error::ApiError;
use crate::inferred;
use crate::region::{Partition, Region};

/// The spec of symmetric encryption keys.
pub(crate) const SYMMETRIC_DEFAULT: &str = "SYMMETRIC_DEFAULT";

/// The usage of symmetric encryption keys.
pub(crate) const ENCRYPTION: &str = "ENCRYPT_DECRYPT";
/// The usage of key pairs that sign.
pub(crate) const SIGNING: &str = "SIGN_VERIFY";
/// The usage of HMAC keys.
pub(crate) const MAC: &str = "GENERATE_VERIFY_MAC";
/// The usage of key pairs that agree on secrets.
pub(crate) const AGREEMENT: &str = "KEY_AGREEMENT";

/// All encryption algorithms (`EncryptionAlgorithmSpec`).
pub(crate) const ENCRYPTION_ALGORITHMS: Algorithms =
    &[SYMMETRIC_DEFAULT, "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"];

/// All signing algorithms (`SigningAlgorithmSpec`).
pub(crate) const SIGNING_ALGORITHMS: Algorithms = &[
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "SM2DSA",
    "ML_DSA_SHAKE_256",
    "ED25519_SHA_512",
    "ED25519_PH_SHA_512",
];

/// The algorithms of a key.
pub(crate) type Algorithms = &'static [&'static str];

/// A usage and the algorithms that it has with some spec.
type Usage = (&'static str, Algorithms);

const RSA_ENCRYPTION: &[&str] = &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];
const RSA_SIGNING: &[&str] = &[
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
];
const RSA: &[Usage] = &[(ENCRYPTION, RSA_ENCRYPTION), (SIGNING, RSA_SIGNING)];
const ML_DSA: &[Usage] = &[(SIGNING, &["ML_DSA_SHAKE_256"])];
const ECDH: Usage = (AGREEMENT, &["ECDH"]);

/// Each spec with its usages, each usage with its algorithms.
const SPECS: &[(&str, &[Usage])] = &[
    (SYMMETRIC_DEFAULT, &[(ENCRYPTION, &[SYMMETRIC_DEFAULT])]),
    ("RSA_2048", RSA),
    ("RSA_3072", RSA),
    ("RSA_4096", RSA),
    ("ECC_NIST_P256", &[(SIGNING, &["ECDSA_SHA_256"]), ECDH]),
    ("ECC_NIST_P384", &[(SIGNING, &["ECDSA_SHA_384"]), ECDH]),
    ("ECC_NIST_P521", &[(SIGNING, &["ECDSA_SHA_512"]), ECDH]),
    ("ECC_SECG_P256K1", &[(SIGNING, &["ECDSA_SHA_256"])]),
    ("ECC_NIST_EDWARDS25519", &[(SIGNING, &["ED25519_SHA_512", "ED25519_PH_SHA_512"])]),
    ("HMAC_224", &[(MAC, &["HMAC_SHA_224"])]),
    ("HMAC_256", &[(MAC, &["HMAC_SHA_256"])]),
    ("HMAC_384", &[(MAC, &["HMAC_SHA_384"])]),
    ("HMAC_512", &[(MAC, &["HMAC_SHA_512"])]),
    ("ML_DSA_44", ML_DSA),
    ("ML_DSA_65", ML_DSA),
    ("ML_DSA_87", ML_DSA),
    ("SM2", &[(ENCRYPTION, &["SM2PKE"]), (SIGNING, &["SM2DSA"]), ECDH]),
];

/// The algorithms of a spec under a usage; none if the two do not fit.
pub(crate) fn algorithms(spec: &str, usage: &str) -> Option<Algorithms> {
    let (_, usages) = SPECS.iter().find(|(name, _)| *name == spec)?;
    let (_, algorithms) = usages.iter().find(|(name, _)| *name == usage)?;
    Some(algorithms)
}

/// Refuses key pairs that a Region does not offer: SM2 is for the Regions in
/// China, and what it needs is not here even for those.
pub(crate) fn check_offered(spec: &str, region: Region) -> Result<(), ApiError> {
    let reason = match region.partition() {
        _ if spec != "SM2" => return Ok(()),
        Partition::China => &inferred::SM2_UNSUPPORTED,
        _ => &inferred::SM2_OUTSIDE_CHINA,
    };
    Err(ApiError::inferred(reason, vec![("region", region.to_string())]))
}

/// The member of a key's metadata that lists the algorithms of a usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlgorithmKind {
    Encryption,
    Signing,
    Mac,
    KeyAgreement,
}

impl AlgorithmKind {
    pub fn of(usage: &str) -> Self {
        match usage {
            SIGNING => Self::Signing,
            MAC => Self::Mac,
            AGREEMENT => Self::KeyAgreement,
            _ => Self::Encryption,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_fit_specs() {
        assert_eq!(
            algorithms("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
            Some(&["SYMMETRIC_DEFAULT"][..])
        );
        assert!(algorithms("HMAC_256", "SIGN_VERIFY").is_none());
        assert!(algorithms("ECC_SECG_P256K1", "KEY_AGREEMENT").is_none());
        assert!(algorithms("RSA_512", "SIGN_VERIFY").is_none());
    }
}
