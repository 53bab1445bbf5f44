//! Keys in custom key stores: which can be made, how they are told, and that
//! they do not work while their store is not connected.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::custom_store::{ConnectionState, StoreAddress, StoreType};
use crate::kms::key::{KeyAddress, KeySet, KeyState, Origin};
use crate::kms::spec::SYMMETRIC_DEFAULT;
use crate::world::{Call, World};

/// The place of a key in a custom key store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoreKey {
    pub store: String,
    /// The external key that stands for it, in an external key store.
    pub xks_key: Option<String>,
}

/// What is asked of a new key that bears on its store.
pub(crate) struct StoreChoice<'a> {
    pub origin: Origin,
    pub store: Option<String>,
    pub xks_key: Option<String>,
    pub spec: &'a str,
    pub multi_region: bool,
}

/// The place of a new key in the store that it names; none for a key that is in
/// the store of KMS itself.
pub(crate) fn choose_store(
    call: &Call<'_>,
    choice: StoreChoice<'_>,
) -> Result<Option<StoreKey>, ApiError> {
    let StoreChoice { origin, store, xks_key, spec, multi_region } = choice;
    let refuse = |reason, parameters| Err(ApiError::inferred(reason, parameters));
    if xks_key.is_some() && origin != Origin::ExternalKeyStore {
        return refuse(&inferred::XKS_KEY_OTHER_ORIGIN, Vec::new());
    }
    let wanted = match origin {
        Origin::AwsCloudHsm => Some(StoreType::CloudHsm),
        Origin::ExternalKeyStore => Some(StoreType::External),
        Origin::AwsKms | Origin::External => None,
    };
    if store.is_none() && wanted.is_none() {
        return Ok(None);
    }
    if multi_region {
        return refuse(&inferred::CUSTOM_STORE_MULTI_REGION, Vec::new());
    }
    if store.is_none() {
        return refuse(&inferred::STORE_OF_KEY_MISSING, vec![("origin", origin.name().to_owned())]);
    }
    let (address, found) = call.find_store(store)?;
    if wanted != Some(found.store_type()) {
        let parameters = vec![
            ("origin", origin.name().to_owned()),
            ("store", address.id),
            ("type", found.store_type().name().to_owned()),
        ];
        return refuse(&inferred::STORE_OF_OTHER_ORIGIN, parameters);
    }
    if spec != SYMMETRIC_DEFAULT {
        return refuse(&inferred::STORE_SPEC, vec![("spec", spec.to_owned())]);
    }
    if origin == Origin::ExternalKeyStore && xks_key.is_none() {
        return refuse(&inferred::XKS_KEY_MISSING, Vec::new());
    }
    found.require_connection(&address.id, &[ConnectionState::Connected])?;
    let is_in_use = |key: &StoreKey| key.xks_key.is_some() && key.xks_key == xks_key;
    if call.world.keys_in_store(&address).any(is_in_use) {
        let key = xks_key.unwrap_or_default();
        return refuse(&inferred::XKS_KEY_IN_USE, vec![("key", key), ("store", address.id)]);
    }
    Ok(Some(StoreKey { store: address.id, xks_key }))
}

/// What `KeyMetadata` tells of a store.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StoreMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_key_store_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_key_configuration: Option<XksKeyConfiguration>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct XksKeyConfiguration {
    id: String,
}

impl World {
    /// The state of a key as all the world sees it. Under the one that it is told
    /// while its store is away, it keeps the one that it has otherwise.
    pub fn key_state(&self, address: &KeyAddress) -> KeyState {
        let state = self.key(address).state;
        let depends = matches!(state, KeyState::Enabled | KeyState::Disabled);
        if depends && self.lacks_store(address) { KeyState::Unavailable } else { state }
    }

    fn lacks_store(&self, address: &KeyAddress) -> bool {
        let Some(store) = store_of(address, self.key_set(address)) else {
            return false;
        };
        let store = self.custom_key_stores.get(&store);
        store.is_none_or(|store| store.connection != ConnectionState::Connected)
    }

    /// What is told of the store of a key.
    pub fn store_metadata(&self, address: &KeyAddress) -> StoreMetadata {
        let set = self.key_set(address);
        let store = store_of(address, set).and_then(|store| self.custom_key_stores.get(&store));
        let key = set.store.as_ref();
        let xks_key = key.and_then(|key| key.xks_key.clone());
        StoreMetadata {
            custom_key_store_id: key.map(|key| key.store.clone()),
            cloud_hsm_cluster_id: store.and_then(|store| store.cluster()).map(str::to_owned),
            xks_key_configuration: xks_key.map(|id| XksKeyConfiguration { id }),
        }
    }

    /// The keys in a store, also those that wait for their deletion.
    pub(super) fn keys_in_store(&self, address: &StoreAddress) -> impl Iterator<Item = &StoreKey> {
        self.key_sets
            .iter()
            .filter(|(set, keys)| {
                set.account == address.place.account && keys.primary == address.place.region
            })
            .filter_map(|(_, keys)| keys.store.as_ref())
            .filter(|key| key.store == address.id)
    }
}

fn store_of(address: &KeyAddress, set: &KeySet) -> Option<StoreAddress> {
    let key = set.store.as_ref()?;
    Some(StoreAddress { place: address.place, id: key.store.clone() })
}

impl Call<'_> {
    /// Refuses to take random bytes from a store that has no cluster, or is not
    /// connected to it.
    pub fn require_random_source(&self, store: String) -> Result<(), ApiError> {
        let (address, store) = self.find_store(Some(store))?;
        if store.store_type() == StoreType::External {
            let parameters = vec![("store", address.id)];
            return Err(ApiError::inferred(&inferred::RANDOM_OF_EXTERNAL_STORE, parameters));
        }
        store.require_connection(&address.id, &[ConnectionState::Connected])
    }
}
