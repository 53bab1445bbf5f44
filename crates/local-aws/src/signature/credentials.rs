//! The access keys that a cloud knows.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// Which secret access key belongs to which access key.
///
/// As JSON it is an object from access keys to secret access keys; `*` stands
/// for all access keys that are not named.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Credentials(BTreeMap<String, String>);

const ANY: &str = "*";

impl Credentials {
    /// One secret access key for all access keys.
    pub fn any_with(secret: impl Into<String>) -> Self {
        Self::default().with(ANY, secret)
    }

    /// The same credentials and one more pair.
    #[must_use]
    pub fn with(mut self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.0.insert(access_key.into(), secret.into());
        self
    }

    /// The secret access key of an access key. A temporary access key has none
    /// but that of its session.
    pub(crate) fn secret_of(&self, access_key: &str) -> Option<&str> {
        let any = || self.0.get(ANY).filter(|_| !access_key.starts_with("ASIA"));
        self.0.get(access_key).or_else(any).map(String::as_str)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_all_lasting_access_keys() {
        let credentials: Credentials =
            serde_json::from_str(r#"{"AKIDONE":"hidden","*":"common"}"#).unwrap();
        assert_eq!(credentials.secret_of("AKIDONE"), Some("hidden"));
        assert_eq!(credentials.secret_of("AKIDTWO"), Some("common"));
        assert_eq!(credentials.secret_of("ASIATWO"), None);
        assert_eq!(Credentials::default().secret_of("AKIDONE"), None);
        assert_eq!(format!("{credentials:?}"), r#"{"*", "AKIDONE"}"#);
    }
}
