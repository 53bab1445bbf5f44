//! Bytes as they travel: base64 in JSON, and gone from memory after use.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::error::ApiError;

/// The lengths of `PlaintextType`.
pub(crate) const PLAINTEXT_LENGTH: RangeInclusive<usize> = 1..=4096;
/// The lengths of `CiphertextType`.
pub(crate) const CIPHERTEXT_LENGTH: RangeInclusive<usize> = 1..=6144;

/// The bytes of a member.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Blob(Zeroizing<Vec<u8>>);

impl Blob {
    /// Takes the value of a member that may not be absent, and holds it to its length in bytes.
    pub fn required(
        member: &str,
        blob: Option<Self>,
        allowed: RangeInclusive<usize>,
    ) -> Result<Self, ApiError> {
        let blob = crate::validate::required(member, blob)?;
        blob.held_to(member, allowed)
    }

    /// The framework shows no bytes in its refusals, unlike texts and numbers.
    fn held_to(self, member: &str, allowed: RangeInclusive<usize>) -> Result<Self, ApiError> {
        let bound = if self.0.len() > *allowed.end() {
            format!("less than or equal to {}", allowed.end())
        } else if self.0.len() < *allowed.start() {
            format!("greater than or equal to {}", allowed.start())
        } else {
            return Ok(self);
        };
        Err(ApiError::new(
            "com.amazon.coral.validate#ValidationException",
            format!(
                "1 validation error detected: Value at '{member}' failed to satisfy constraint: \
                 Member must have length {bound}"
            ),
        ))
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Zeroizing<Vec<u8>>> for Blob {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        STANDARD.decode(text.as_bytes()).map(Self::from).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_travel_as_base64_and_show_only_their_number() {
        let blob: Blob = serde_json::from_str("\"YXBw\"").unwrap();
        assert_eq!(blob.as_ref(), b"app");
        assert_eq!(serde_json::to_string(&blob).unwrap(), "\"YXBw\"");
        assert_eq!(format!("{blob:?}"), "Blob(3 bytes)");
        assert!(serde_json::from_str::<Blob>("\"%%\"").is_err());
    }

    #[test]
    fn a_length_is_refused_in_the_recorded_words() {
        let error = Blob::required("plaintext", Some(vec![0; 4097].into()), PLAINTEXT_LENGTH);
        assert_eq!(
            error.unwrap_err().message,
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: \
             Member must have length less than or equal to 4096"
        );
        assert!(Blob::required("plaintext", Some(Vec::new().into()), PLAINTEXT_LENGTH).is_err());
        assert!(Blob::required("plaintext", None, PLAINTEXT_LENGTH).is_err());
        assert!(Blob::required("plaintext", Some(vec![0].into()), PLAINTEXT_LENGTH).is_ok());
    }
}
