//! The form of a seed: what shall exist when a cloud begins.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::identity::Account;
use crate::region::Region;

/// What shall exist in a cloud that begins empty.
///
/// It is read from JSON: an object with `account` (of entries that name none),
/// `keys` and `secrets`. The crate has an example in `examples/seed.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    pub(super) account: Option<Account>,
    #[serde(default)]
    pub(super) keys: Vec<KeySeed>,
    #[serde(default)]
    pub(super) secrets: Vec<SecretSeed>,
}

/// A key, with its replicas if it is a multi-Region one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeySeed {
    pub account: Option<Account>,
    pub region: Region,
    #[serde(default)]
    pub multi_region: bool,
    pub spec: Option<String>,
    pub usage: Option<String>,
    /// `EXTERNAL` for a key that waits for material to be imported.
    pub origin: Option<String>,
    /// The days from one rotation to the next, if the key shall rotate.
    pub rotation_days: Option<u32>,
    #[serde(default)]
    pub replicas: Vec<ReplicaSeed>,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    pub policy: Option<Value>,
    #[serde(default)]
    pub state: StateSeed,
}

/// A replica key. It has nothing of its primary's but the material.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplicaSeed {
    pub region: Region,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    pub policy: Option<Value>,
    #[serde(default)]
    pub state: StateSeed,
}

/// The state that a key is brought to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum StateSeed {
    /// Enabled, or what a key is until its material is imported.
    #[default]
    Enabled,
    Disabled,
    /// With a waiting period of 30 days.
    PendingDeletion,
}

/// A secret, with its replicas.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretSeed {
    pub account: Option<Account>,
    pub region: Region,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// The key, as `KmsKeyId` names it: for instance by its alias.
    pub key: Option<String>,
    pub value: Option<ValueSeed>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    #[serde(default)]
    pub replicas: Vec<SecretReplicaSeed>,
}

/// A Region that a secret is replicated to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretReplicaSeed {
    pub region: Region,
    pub key: Option<String>,
}

/// A secret value, or where it comes from. It does not show itself.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum ValueSeed {
    /// The text itself.
    Text(String),
    /// The text in an environment variable.
    Environment { env: String },
    /// So many random characters.
    Generated { generate: u32 },
    /// The text of a JSON document.
    Document { json: Value },
    /// Bytes, in Base64.
    Binary { binary: String },
}

impl fmt::Debug for ValueSeed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ValueSeed(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_does_not_show_itself() {
        let text = r#"{"secrets":[{"region":"eu-west-1","name":"app","value":"correct horse"}]}"#;
        let seed: Seed = serde_json::from_str(text).unwrap();
        assert!(
            matches!(&seed.secrets[0].value, Some(ValueSeed::Text(text)) if text == "correct horse")
        );
        assert!(!format!("{seed:?}").contains("correct horse"));
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        for text in [
            r#"{"kyes":[]}"#,
            r#"{"keys":[{"region":"eu-west-1","alias":"alias/app"}]}"#,
            r#"{"keys":[{"region":"mars-north-1"}]}"#,
        ] {
            assert!(serde_json::from_str::<Seed>(text).is_err(), "{text}");
        }
    }
}
