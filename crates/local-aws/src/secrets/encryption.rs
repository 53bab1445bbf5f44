//! The keys that secrets are encrypted under.

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred;
use crate::kms::{KeyState, Naming, ensure_managed_key};
use crate::world::World;

/// The alias of the key that AWS manages for secrets.
pub(crate) const DEFAULT_ALIAS: &str = "alias/aws/secretsmanager";
/// The same key, in the list of a version's keys.
const DEFAULT_KEY: &str = "DefaultEncryptionKey";

/// The key is missing, or in a state in which it does nothing.
#[derive(Debug)]
pub(crate) struct Unusable;

impl World {
    /// The ARN of the key that a secret in a place names, if it can be used there.
    pub fn encryption_key(&self, place: Place, name: Option<&str>) -> Result<String, Unusable> {
        let Some(name) = name.filter(|name| !is_default(name)) else {
            return Ok(DEFAULT_KEY.to_owned());
        };
        let find = |name| self.find_key(place, name, Naming::KeyOrAlias);
        let address = find(name).map_err(|_| Unusable)?;
        if self.is_managed(&address) {
            let is_own = find(DEFAULT_ALIAS).is_ok_and(|own| own == address);
            return if is_own { Ok(DEFAULT_KEY.to_owned()) } else { Err(Unusable) };
        }
        let is_usable = matches!(self.key_state(&address), KeyState::Enabled | KeyState::Updating)
            && self.key_set(&address).is_symmetric();
        if is_usable { Ok(address.arn()) } else { Err(Unusable) }
    }

    /// Makes the key that AWS manages for secrets, if that is the one to encrypt under.
    pub fn ensure_default_key(&mut self, place: Place, key: &str, now: Timestamp) {
        if key == DEFAULT_KEY {
            ensure_managed_key(self, place, "secretsmanager", now);
        }
    }

    /// Whether one of the keys that a version is under can be used.
    pub fn can_decrypt(&self, place: Place, keys: &[String]) -> bool {
        keys.iter().any(|key| key == DEFAULT_KEY || self.encryption_key(place, Some(key)).is_ok())
    }
}

fn is_default(name: &str) -> bool {
    name.is_empty() || name == DEFAULT_ALIAS || name.ends_with(":alias/aws/secretsmanager")
}

/// The key as a secret keeps it: none for the default one.
pub(crate) fn chosen_key(name: Option<String>) -> Option<String> {
    name.filter(|name| !is_default(name))
}

/// The refusal to write under a key.
pub(crate) fn encryption_failure(_: Unusable) -> ApiError {
    ApiError::inferred(&inferred::SECRET_ENCRYPTION, Vec::new())
}

/// The refusal to read what no usable key can decrypt.
pub(crate) fn decryption_failure() -> ApiError {
    ApiError::inferred(&inferred::SECRET_DECRYPTION, Vec::new())
}
