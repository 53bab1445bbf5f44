//! UpdateCustomKeyStore: all of it or nothing.

use serde::Deserialize;

use crate::error::ApiError;
use crate::inferred;
use crate::kms::custom_store::create::ClusterMembers;
use crate::kms::custom_store::proxy::ProxyMembers;
use crate::kms::custom_store::{Backing, ConnectionState, Nothing, StoreType};
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateCustomKeyStoreInput {
    custom_key_store_id: Option<String>,
    new_custom_key_store_name: Option<String>,
    #[serde(flatten)]
    cluster: ClusterMembers,
    #[serde(flatten)]
    proxy: ProxyMembers,
}

pub(crate) fn update_custom_key_store(
    call: &mut Call<'_>,
    input: UpdateCustomKeyStoreInput,
) -> Result<Nothing, ApiError> {
    let (address, store) = call.find_store(input.custom_key_store_id)?;
    let store_type = store.store_type();
    store_type.refuse(match store_type {
        StoreType::CloudHsm => input.proxy.given(),
        StoreType::External => input.cluster.given(),
    })?;
    let needs_disconnection = input.cluster.given().or(input.proxy.given_connection()).is_some();
    let allowed: &[ConnectionState] = if needs_disconnection {
        &[ConnectionState::Disconnected]
    } else {
        &[ConnectionState::Disconnected, ConnectionState::Connected]
    };
    store.require_connection(&address.id, allowed)?;
    if let Some(name) = &input.new_custom_key_store_name {
        call.world.require_free_store_name(&address, name)?;
    }
    let backing = match &store.backing {
        Backing::CloudHsm { cluster, trust_anchor } => {
            let cluster = input.cluster.cloud_hsm_cluster_id.unwrap_or_else(|| cluster.clone());
            // The cluster of another store cannot be a relative of this one's: then
            // they could not both have a store.
            let mut others =
                call.world.stores_in(call.place).filter(|(other, _)| **other != address);
            if others.any(|(_, store)| store.cluster() == Some(&cluster)) {
                let parameters = vec![("cluster", cluster)];
                return Err(ApiError::inferred(&inferred::CLUSTER_NOT_RELATED, parameters));
            }
            Backing::CloudHsm { cluster, trust_anchor: trust_anchor.clone() }
        }
        Backing::External(old) => {
            let proxy = input.proxy.proxy(&call.world.vault, &address, Some(old))?;
            call.world.require_free_proxy(&address, &proxy)?;
            Backing::External(proxy)
        }
    };

    let store = call.store_mut(&address);
    store.backing = backing;
    if let Some(name) = input.new_custom_key_store_name {
        store.name = name;
    }
    Ok(Nothing {})
}
