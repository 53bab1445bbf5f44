//! Custom key stores: in a CloudHSM cluster of the customer's, or behind the
//! proxy of an external key manager (AWS KMS developer guide, "Key stores").
//!
//! There is no such hardware here. A cluster or a proxy that a store names is
//! taken to be there and in order, and the material of its keys is kept as that
//! of all others. What KMS itself knows and checks of stores is all done.

mod connection;
mod create;
mod delete;
mod describe;
mod keys;
mod proxy;
mod update;

use serde::{Deserialize, Serialize};

pub(crate) use connection::{
    connect_custom_key_store, disconnect_custom_key_store, finish_connection,
};
pub(crate) use create::create_custom_key_store;
pub(crate) use delete::delete_custom_key_store;
pub(crate) use describe::describe_custom_key_stores;
pub(crate) use keys::{StoreChoice, StoreKey, StoreMetadata, choose_store};
pub(crate) use update::update_custom_key_store;

use proxy::XksProxy;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred::{self, Inferred};
use crate::validate;
use crate::world::{Call, World};

/// Where a custom key store is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct StoreAddress {
    pub place: Place,
    pub id: String,
}

/// A custom key store. The password and the secret that it was given are not
/// kept: nobody here asks for them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CustomKeyStore {
    name: String,
    created: Timestamp,
    connection: ConnectionState,
    /// When the connection comes to be or to an end; nothing while it stays as it is.
    settles: Option<Timestamp>,
    backing: Backing,
}

/// What is behind a store.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Backing {
    CloudHsm { cluster: String, trust_anchor: String },
    External(XksProxy),
}

/// The states of a store's connection. There is none to fail: what would be
/// connected to is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ConnectionState {
    Disconnected,
    Connecting,
    Connected,
    Disconnecting,
}

impl ConnectionState {
    fn name(self) -> &'static str {
        match self {
            Self::Disconnected => "DISCONNECTED",
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Disconnecting => "DISCONNECTING",
        }
    }
}

/// The types of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum StoreType {
    #[serde(rename = "AWS_CLOUDHSM")]
    CloudHsm,
    #[serde(rename = "EXTERNAL_KEY_STORE")]
    External,
}

impl StoreType {
    fn name(self) -> &'static str {
        match self {
            Self::CloudHsm => "AWS_CLOUDHSM",
            Self::External => "EXTERNAL_KEY_STORE",
        }
    }

    /// Refuses a member that stores of this type do not have, if one is given.
    fn refuse(self, given: Option<&str>) -> Result<(), ApiError> {
        given.map_or(Ok(()), |member| Err(self.wrong(&inferred::STORE_MEMBER_OF_OTHER, member)))
    }

    /// The value of a member that stores of this type must have.
    fn required<T>(self, member: &str, value: Option<T>) -> Result<T, ApiError> {
        value.ok_or_else(|| self.wrong(&inferred::STORE_MEMBER_MISSING, member))
    }

    fn wrong(self, reason: &'static Inferred, member: &str) -> ApiError {
        let parameters = vec![("member", member.to_owned()), ("type", self.name().to_owned())];
        ApiError::inferred(reason, parameters)
    }
}

impl CustomKeyStore {
    fn store_type(&self) -> StoreType {
        match self.backing {
            Backing::CloudHsm { .. } => StoreType::CloudHsm,
            Backing::External(_) => StoreType::External,
        }
    }

    /// The cluster of a store that has one.
    fn cluster(&self) -> Option<&str> {
        match &self.backing {
            Backing::CloudHsm { cluster, .. } => Some(cluster),
            Backing::External(_) => None,
        }
    }

    /// Refuses what the connection does not admit.
    fn require_connection(&self, id: &str, allowed: &[ConnectionState]) -> Result<(), ApiError> {
        if allowed.contains(&self.connection) {
            return Ok(());
        }
        let state = self.connection.name().to_owned();
        let parameters = vec![("store", id.to_owned()), ("state", state)];
        Err(ApiError::inferred(&inferred::STORE_STATE, parameters))
    }
}

impl World {
    /// The stores in a place, in the order of their ids.
    fn stores_in(&self, place: Place) -> impl Iterator<Item = (&StoreAddress, &CustomKeyStore)> {
        let first = StoreAddress { place, id: String::new() };
        self.custom_key_stores.range(first..).take_while(move |(address, _)| address.place == place)
    }

    /// Refuses a name that another store in a place has.
    fn require_free_store_name(&self, address: &StoreAddress, name: &str) -> Result<(), ApiError> {
        let mut others = self.stores_in(address.place).filter(|(other, _)| *other != address);
        if others.all(|(_, store)| store.name != name) {
            return Ok(());
        }
        Err(ApiError::inferred(&inferred::STORE_NAME_IN_USE, vec![("name", name.to_owned())]))
    }
}

impl Call<'_> {
    /// The store that an operation names by its id.
    fn find_store(&self, id: Option<String>) -> Result<(StoreAddress, &CustomKeyStore), ApiError> {
        let id = validate::required("customKeyStoreId", id)?;
        let address = StoreAddress { place: self.place, id };
        match self.world.custom_key_stores.get(&address) {
            Some(store) => Ok((address, store)),
            None => Err(store_not_found(&address.id)),
        }
    }

    /// A store that was found, to be changed.
    fn store_mut(&mut self, address: &StoreAddress) -> &mut CustomKeyStore {
        self.world.custom_key_stores.get_mut(address).expect("a store that was found exists")
    }
}

fn store_not_found(name: &str) -> ApiError {
    ApiError::inferred(&inferred::CUSTOM_STORE_NOT_FOUND, vec![("store", name.to_owned())])
}

/// The answer of an operation that tells nothing: an object with no properties.
#[derive(Debug, Serialize)]
pub(crate) struct Nothing {}
