//! What a secret is, in one Region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::identity::Place;
use crate::region::Region;
use crate::secrets::rotation::Rotation;
use crate::tags::Tags;
use crate::vault::{Sealed, Vault};

pub(crate) const CURRENT: &str = "AWSCURRENT";
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";
pub(crate) const PENDING: &str = "AWSPENDING";

/// How many versions a secret keeps.
pub(crate) const MOST_VERSIONS: usize = 100;

/// Where a secret is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SecretAddress {
    pub place: Place,
    pub name: String,
}

impl SecretAddress {
    pub fn new(place: Place, name: impl Into<String>) -> Self {
        Self { place, name: name.into() }
    }

    /// The secret of the same name in another Region.
    pub fn in_region(&self, region: Region) -> Self {
        Self::new(self.place.in_region(region), self.name.clone())
    }

    /// The ARN of the secret that has this suffix.
    pub fn arn(&self, suffix: &str) -> String {
        self.place.arn("secretsmanager", &format!("secret:{}-{suffix}", self.name))
    }
}

/// A secret. A replica is one too, with a primary elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Secret {
    /// The six random characters of the ARN, the same in every replica.
    pub suffix: String,
    pub description: String,
    /// The key as it was named; none means `aws/secretsmanager`.
    pub kms_key: Option<String>,
    pub tags: Tags,
    pub policy: Option<String>,
    pub created: Timestamp,
    pub changed: Timestamp,
    pub accessed: Option<Timestamp>,
    /// When the recovery window ends, if the secret is marked for deletion.
    pub deletion: Option<Timestamp>,
    /// The rotation, if it was ever configured.
    #[serde(default)]
    pub rotation: Option<Rotation>,
    pub versions: BTreeMap<String, Version>,
    /// Where the primary is, if this is a replica.
    pub primary_region: Option<Region>,
    /// The replicas, if this is a primary that has some.
    pub replicas: BTreeMap<Region, Replica>,
}

/// One value that a secret has, had, or may get.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Version {
    /// The value; a rotation that is under way has not stored one yet.
    pub value: Option<SealedValue>,
    pub stages: BTreeSet<String>,
    pub created: Timestamp,
    pub accessed: Option<Timestamp>,
    /// The ARNs of the keys that it is encrypted under.
    pub kms_keys: Vec<String>,
}

/// What a primary knows of one of its replicas.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Replica {
    pub kms_key: Option<String>,
    pub status: ReplicaStatus,
    pub message: Option<String>,
    /// Whether a secret that is in the way may be overwritten.
    pub overwrite: bool,
}

/// How far the replication to a Region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ReplicaStatus {
    InProgress,
    InSync,
    Failed,
}

/// A secret value in clear. It has no `Debug` on purpose.
#[derive(PartialEq, Eq)]
pub(crate) enum SecretValue {
    Text(String),
    Binary(Vec<u8>),
}

/// A secret value that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SealedValue {
    sealed: Sealed,
    is_binary: bool,
}

impl SealedValue {
    /// Seals a value for one version.
    pub fn seal(vault: &Vault, version_id: &str, value: &SecretValue) -> Self {
        let (bytes, is_binary) = match value {
            SecretValue::Text(text) => (text.as_bytes(), false),
            SecretValue::Binary(bytes) => (bytes.as_slice(), true),
        };
        Self { sealed: vault.seal(version_id, bytes), is_binary }
    }

    /// The value in clear, if the vault is the one that sealed it.
    pub fn open(&self, vault: &Vault, version_id: &str) -> Option<SecretValue> {
        let bytes = vault.open(version_id, &self.sealed)?;
        if self.is_binary {
            return Some(SecretValue::Binary(bytes));
        }
        String::from_utf8(bytes).ok().map(SecretValue::Text)
    }
}

impl Secret {
    /// Whether the secret is waiting for its deletion.
    pub fn is_marked_for_deletion(&self) -> bool {
        self.deletion.is_some()
    }

    /// The version that has a staging label.
    pub fn version_with(&self, stage: &str) -> Option<&String> {
        let mut versions = self.versions.iter();
        versions.find(|(_, version)| version.stages.contains(stage)).map(|(id, _)| id)
    }

    /// Puts a label on a version and takes it from the one that had it. The
    /// version that stops being the current one becomes the previous one.
    pub fn move_stage(&mut self, stage: &str, to: &str) {
        let holder = self.version_with(stage).cloned();
        if holder.as_deref() == Some(to) {
            return;
        }
        self.drop_stage(stage);
        if let Some(version) = self.versions.get_mut(to) {
            version.stages.insert(stage.to_owned());
        }
        if stage == CURRENT
            && let Some(old) = holder
        {
            self.move_stage(PREVIOUS, &old);
        }
        // What is current is not also previous.
        if stage == CURRENT
            && let Some(version) = self.versions.get_mut(to)
        {
            version.stages.remove(PREVIOUS);
        }
    }

    /// Takes a label from the version that has it.
    pub fn drop_stage(&mut self, stage: &str) {
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
    }

    /// Whether there is room for one more version, once those that may go are gone.
    pub fn has_room(&self, now: Timestamp) -> bool {
        let stays = |version: &&Version| !version.may_go(now);
        self.versions.values().filter(stays).count() < MOST_VERSIONS
    }

    /// Forgets the oldest versions without labels when there are too many.
    pub fn purge_deprecated(&mut self, now: Timestamp) {
        while self.versions.len() > MOST_VERSIONS {
            let deprecated = self.versions.iter().filter(|(_, version)| version.may_go(now));
            let oldest = deprecated.min_by_key(|(_, version)| version.created);
            let Some(id) = oldest.map(|(id, _)| id.clone()) else {
                return;
            };
            self.versions.remove(&id);
        }
    }
}

impl Version {
    /// Whether the version may be forgotten: it has no label and is older than a day.
    fn may_go(&self, now: Timestamp) -> bool {
        self.stages.is_empty() && self.created.after_days(1) < now
    }

    /// Whether a new key of the secret takes the version along. Versions that
    /// have only labels of the user's own stay under their old key.
    pub fn moves_to_new_keys(&self) -> bool {
        [CURRENT, PENDING, PREVIOUS].iter().any(|stage| self.stages.contains(*stage))
    }

    /// Encrypts the version under one more key.
    pub fn add_key(&mut self, arn: &str) {
        if !self.kms_keys.iter().any(|key| key == arn) {
            self.kms_keys.push(arn.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(versions: &[(&str, &[&str])]) -> Secret {
        let vault = Vault::new(&Vault::random_key());
        let moment = Timestamp::from_milliseconds(0);
        let version = |id: &str, stages: &[&str]| Version {
            value: Some(SealedValue::seal(&vault, id, &SecretValue::Text(String::new()))),
            stages: stages.iter().map(ToString::to_string).collect(),
            created: moment,
            accessed: None,
            kms_keys: Vec::new(),
        };
        Secret {
            suffix: "AbCdEf".to_owned(),
            description: String::new(),
            kms_key: None,
            tags: Tags::new(),
            policy: None,
            created: moment,
            changed: moment,
            accessed: None,
            deletion: None,
            rotation: None,
            versions: versions
                .iter()
                .map(|(id, stages)| (id.to_string(), version(id, stages)))
                .collect(),
            primary_region: None,
            replicas: BTreeMap::new(),
        }
    }

    #[test]
    fn the_current_version_becomes_the_previous_one() {
        let mut secret = secret(&[("a", &[PREVIOUS]), ("b", &[CURRENT]), ("c", &[PENDING])]);
        secret.move_stage(CURRENT, "c");
        assert_eq!(secret.version_with(CURRENT).unwrap(), "c");
        assert_eq!(secret.version_with(PREVIOUS).unwrap(), "b");
        assert!(secret.versions["a"].stages.is_empty());
    }

    #[test]
    fn going_back_swaps_the_two() {
        let mut secret = secret(&[("a", &[PREVIOUS]), ("b", &[CURRENT])]);
        secret.move_stage(CURRENT, "a");
        assert_eq!(secret.version_with(CURRENT).unwrap(), "a");
        assert_eq!(secret.version_with(PREVIOUS).unwrap(), "b");
        assert_eq!(secret.versions["a"].stages.len(), 1);
    }
}
