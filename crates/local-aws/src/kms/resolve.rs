//! From what a caller calls a key to the key itself.

use crate::error::ApiError;
use crate::identity::{Account, Arn, Place};
use crate::inferred;
use crate::kms::alias::AliasAddress;
use crate::kms::key::{Key, KeyAddress, KeySet, KeySetAddress};
use crate::kms::managed;
use crate::kms::state_table;
use crate::validate;
use crate::world::{Call, World};

/// How an operation lets keys be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// By id or ARN, in the caller's account.
    Key,
    /// By id or ARN; the ARN may be of another account.
    KeyOfAnyAccount,
    /// By id or ARN, of the key or of an alias; the ARN may be of another account.
    KeyOrAlias,
}

impl World {
    /// The key that goes by a name in a place.
    pub fn find_key(
        &self,
        place: Place,
        name: &str,
        naming: Naming,
    ) -> Result<KeyAddress, ApiError> {
        let (account, resource) = match Arn::parse(name) {
            None => (place.account, name),
            Some(arn) if arn.service != "kms" => return Err(invalid_key_id(name)),
            // An ARN of another Region is not found here, though it may well exist there.
            Some(arn) if arn.region != place.region.as_str() => {
                return Err(not_found(format!("Invalid arn {}", arn.region)));
            }
            Some(arn) => {
                let is_reached =
                    |account: &Account| *account == place.account || naming != Naming::Key;
                let account = Account::parse(arn.account)
                    .filter(is_reached)
                    .ok_or_else(|| not_found(format!("Key '{name}' does not exist")))?;
                let is_alias = arn.resource.starts_with("alias/");
                let id =
                    if is_alias { Some(arn.resource) } else { arn.resource.strip_prefix("key/") };
                (account, id.ok_or_else(|| invalid_key_id(name))?)
            }
        };
        let place = Place { account, ..place };
        if resource.starts_with("alias/") && naming == Naming::KeyOrAlias {
            return self.find_alias(place, resource);
        }
        if !is_key_id(resource) {
            return Err(invalid_key_id(name));
        }
        let address = KeyAddress::new(place, resource);
        if self.keys.contains(&address) {
            Ok(address)
        } else {
            Err(not_found(format!("Key '{}' does not exist", address.arn())))
        }
    }

    fn find_alias(&self, place: Place, name: &str) -> Result<KeyAddress, ApiError> {
        let address = AliasAddress::new(place, name);
        match self.aliases.get(&address) {
            Some(alias) => Ok(KeyAddress::new(place, alias.target.clone())),
            None => Err(alias_not_found(&address)),
        }
    }

    /// The accounts that have keys, in their order.
    pub fn key_accounts(&self) -> impl Iterator<Item = Account> {
        let first = self.key_sets.first().map(|(address, _)| address.account);
        std::iter::successors(first, |account| {
            let next = KeySetAddress { account: account.next()?, id: String::new() };
            self.key_sets.range(next..).next().map(|(address, _)| address.account)
        })
    }

    /// A key that was found.
    pub fn key(&self, address: &KeyAddress) -> &Key {
        self.keys.get(address).expect("a key that was found exists")
    }

    /// A key that was found, to be changed.
    pub fn key_mut(&mut self, address: &KeyAddress) -> &mut Key {
        self.keys.get_mut(address).expect("a key that was found exists")
    }

    /// The set of a key that was found.
    pub fn key_set(&self, address: &KeyAddress) -> &KeySet {
        self.key_sets.get(&address.set()).expect("every key belongs to a set")
    }

    /// The set of a key that was found, to be changed.
    pub fn key_set_mut(&mut self, address: &KeyAddress) -> &mut KeySet {
        self.key_sets.get_mut(&address.set()).expect("every key belongs to a set")
    }
}

impl Call<'_> {
    /// The key that an operation names by id or ARN, in whatever state.
    pub fn find_key(&self, key_id: Option<String>) -> Result<KeyAddress, ApiError> {
        self.find_key_by(key_id, Naming::Key)
    }

    /// The key that an operation names in one of the ways that it admits, in whatever state.
    pub fn find_key_by(
        &self,
        key_id: Option<String>,
        naming: Naming,
    ) -> Result<KeyAddress, ApiError> {
        let key_id = validate::required("keyId", key_id)?;
        self.world.find_key(self.place, &key_id, naming)
    }

    /// The key that an operation names by id or ARN, in a state that admits it.
    pub fn key_for(&self, operation: &str, key_id: Option<String>) -> Result<KeyAddress, ApiError> {
        let address = self.find_key(key_id)?;
        self.admit(operation, &address)?;
        Ok(address)
    }

    /// Refuses an operation that the state of a key does not admit, or its manager.
    pub fn admit(&self, operation: &str, address: &KeyAddress) -> Result<(), ApiError> {
        managed::refuse_direct_use(self, operation, address)?;
        state_table::admit(operation, &address.arn(), self.world.key_state(address))
    }
}

/// Refuses what only the primary of a multi-Region set may do or be.
pub(crate) fn require_primary(set: &KeySet, address: &KeyAddress) -> Result<(), ApiError> {
    if set.multi_region && set.primary == address.place.region {
        return Ok(());
    }
    Err(ApiError::inferred(&inferred::NOT_PRIMARY, vec![("key", address.arn())]))
}

/// A UUID, or for multi-Region keys `mrk-` and the digits of one.
fn is_key_id(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match text.strip_prefix("mrk-") {
        Some(digits) => digits.len() == 32 && is_hex(digits),
        None => {
            let parts: Vec<&str> = text.split('-').collect();
            parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
                && parts.iter().all(|part| is_hex(part))
        }
    }
}

pub(crate) fn not_found(message: String) -> ApiError {
    ApiError::new("NotFoundException", message)
}

pub(crate) fn alias_not_found(address: &AliasAddress) -> ApiError {
    ApiError::inferred(&inferred::ALIAS_NOT_FOUND, vec![("alias", address.arn())])
}

fn invalid_key_id(name: &str) -> ApiError {
    not_found(format!("Invalid keyId '{name}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids_have_two_forms() {
        assert!(is_key_id("1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(is_key_id("mrk-1234abcd12ab34cd56ef1234567890ab"));
        assert!(!is_key_id("mrk-1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(!is_key_id("1234abcd"));
        assert!(!is_key_id("alias/app"));
    }
}
