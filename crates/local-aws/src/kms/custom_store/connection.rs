//! ConnectCustomKeyStore and DisconnectCustomKeyStore: both begin something that
//! takes its time.

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::kms::custom_store::ConnectionState::{
    self, Connected, Connecting, Disconnected, Disconnecting,
};
use crate::kms::custom_store::{Nothing, StoreAddress};
use crate::world::{Call, Transition, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StoreInput {
    pub custom_key_store_id: Option<String>,
}

/// A store that is connected, or about to be, stays so.
pub(crate) fn connect_custom_key_store(
    call: &mut Call<'_>,
    input: StoreInput,
) -> Result<Nothing, ApiError> {
    let (address, store) = call.find_store(input.custom_key_store_id)?;
    store.require_connection(&address.id, &[Disconnected, Connecting, Connected])?;
    if store.connection == Disconnected {
        begin(call, address, Connecting);
    }
    Ok(Nothing {})
}

pub(crate) fn disconnect_custom_key_store(
    call: &mut Call<'_>,
    input: StoreInput,
) -> Result<Nothing, ApiError> {
    let (address, store) = call.find_store(input.custom_key_store_id)?;
    store.require_connection(&address.id, &[Connecting, Connected])?;
    begin(call, address, Disconnecting);
    Ok(Nothing {})
}

fn begin(call: &mut Call<'_>, address: StoreAddress, state: ConnectionState) {
    let due = call.now.after(call.world.delays.store_connection);
    let store = call.store_mut(&address);
    store.connection = state;
    store.settles = Some(due);
    call.world.schedule(due, Transition::StoreConnection(address));
}

/// A connection comes to be or to an end, if nothing else was asked for since.
pub(crate) fn finish_connection(world: &mut World, address: &StoreAddress, now: Timestamp) {
    let store = world.custom_key_stores.get_mut(address);
    if let Some(store) = store.filter(|store| store.settles == Some(now)) {
        store.settles = None;
        store.connection = match store.connection {
            Connecting | Connected => Connected,
            Disconnecting | Disconnected => Disconnected,
        };
    }
}
