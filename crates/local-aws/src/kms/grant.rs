//! What a grant is, where grants are kept, and the tokens that name them (AWS
//! KMS developer guide, "Grants in AWS KMS").

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Account;
use crate::inferred;
use crate::kms::key::KeyAddress;
use crate::vault::Sealed;
use crate::world::World;

const TOKEN: &str = "grant-token";

/// Where a grant is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct GrantAddress {
    pub key: KeyAddress,
    /// 64 hexadecimal digits.
    pub id: String,
}

/// Permission for one principal to use one key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub name: Option<String>,
    pub created: Timestamp,
    /// The account whose principal made the grant.
    pub issuer: Account,
    pub grantee: String,
    pub retiring_principal: Option<String>,
    /// What the grantee may do, in the names of `GrantOperation`, each once.
    pub operations: Vec<String>,
    pub constraints: Option<GrantConstraints>,
}

/// The encryption contexts under which a grant holds. If both are given, both
/// must be met. Names of pairs are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantConstraints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_context_subset: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_context_equals: Option<BTreeMap<String, String>>,
}

impl Grant {
    /// Whether a request for one grant would, when repeated, ask for the other.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let sorted = |operations: &[String]| {
            let mut operations = operations.to_vec();
            operations.sort();
            operations
        };
        self.name == other.name
            && self.issuer == other.issuer
            && self.grantee == other.grantee
            && self.retiring_principal == other.retiring_principal
            && self.constraints == other.constraints
            && sorted(&self.operations) == sorted(&other.operations)
    }
}

impl World {
    /// The grants of a key, in the order of their ids.
    pub fn grants_of(&self, key: &KeyAddress) -> impl Iterator<Item = (&GrantAddress, &Grant)> {
        let first = GrantAddress { key: key.clone(), id: String::new() };
        self.grants.range(first..).take_while(move |(address, _)| address.key == *key)
    }

    /// A token for a grant: another at every call, and each as good as the others.
    pub fn grant_token(&self, address: &GrantAddress) -> String {
        let document = serde_json::to_vec(address).expect("an address is plain data");
        URL_SAFE_NO_PAD.encode(self.vault.seal(TOKEN, &document).into_bytes())
    }

    /// The grant that a token names. The grant may be gone by now.
    ///
    /// # Errors
    ///
    /// If the token is none of ours.
    pub fn resolve_grant_token(&self, token: &str) -> Result<GrantAddress, ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let document = bytes.and_then(|bytes| self.vault.open(TOKEN, &Sealed::from_bytes(bytes)));
        document
            .and_then(|document| serde_json::from_slice(&document).ok())
            .ok_or_else(|| ApiError::inferred(&inferred::GRANT_TOKEN, Vec::new()))
    }
}

/// The grants of a key go with it.
pub(crate) fn remove_grants(world: &mut World, key: &KeyAddress) {
    let addresses: Vec<GrantAddress> =
        world.grants_of(key).map(|(address, _)| address.clone()).collect();
    for address in addresses {
        world.grants.remove(&address);
    }
}
