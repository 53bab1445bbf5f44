//! DescribeCustomKeyStores.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Account;
use crate::inferred;
use crate::kms::custom_store::proxy::{Connectivity, XksProxy};
use crate::kms::custom_store::{
    Backing, ConnectionState, CustomKeyStore, StoreAddress, StoreType, store_not_found,
};
use crate::paging::page;
use crate::vault::Vault;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeCustomKeyStoresInput {
    custom_key_store_id: Option<String>,
    custom_key_store_name: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

/// Not to be printed: the id of a credential is in it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeCustomKeyStoresOutput {
    custom_key_stores: Vec<CustomKeyStoresListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CustomKeyStoresListEntry {
    custom_key_store_id: String,
    custom_key_store_name: String,
    custom_key_store_type: StoreType,
    connection_state: ConnectionState,
    creation_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_anchor_certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_proxy_configuration: Option<XksProxyConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct XksProxyConfiguration {
    connectivity: Connectivity,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    uri_endpoint: String,
    uri_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_owner: Option<Account>,
}

/// All stores in the place, or the one that is named, which has to exist.
pub(crate) fn describe_custom_key_stores(
    call: &mut Call<'_>,
    input: DescribeCustomKeyStoresInput,
) -> Result<DescribeCustomKeyStoresOutput, ApiError> {
    let (id, name) = (input.custom_key_store_id, input.custom_key_store_name);
    if id.is_some() && name.is_some() {
        return Err(ApiError::inferred(&inferred::STORE_ID_AND_NAME, Vec::new()));
    }
    let is_named = |(address, store): &(&StoreAddress, &CustomKeyStore)| {
        id.as_ref().is_none_or(|id| *id == address.id)
            && name.as_ref().is_none_or(|name| *name == store.name)
    };
    let limit = input.limit.unwrap_or(100);
    let stores = call.world.stores_in(call.place).filter(is_named);
    let page = page(stores, |(address, _)| &address.id, limit, input.marker.as_deref())?;
    if let Some(named) = id.as_ref().or(name.as_ref()).filter(|_| page.items.is_empty()) {
        return Err(store_not_found(named));
    }
    let entry = |(address, store)| entry(&call.world.vault, address, store);
    Ok(DescribeCustomKeyStoresOutput {
        custom_key_stores: page.items.into_iter().map(entry).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}

fn entry(
    vault: &Vault,
    address: &StoreAddress,
    store: &CustomKeyStore,
) -> CustomKeyStoresListEntry {
    let (trust_anchor, proxy) = match &store.backing {
        Backing::CloudHsm { trust_anchor, .. } => (Some(trust_anchor.clone()), None),
        Backing::External(proxy) => (None, Some(configuration(vault, address, proxy))),
    };
    CustomKeyStoresListEntry {
        custom_key_store_id: address.id.clone(),
        custom_key_store_name: store.name.clone(),
        custom_key_store_type: store.store_type(),
        connection_state: store.connection,
        creation_date: store.created,
        cloud_hsm_cluster_id: store.cluster().map(str::to_owned),
        trust_anchor_certificate: trust_anchor,
        xks_proxy_configuration: proxy,
    }
}

fn configuration(vault: &Vault, address: &StoreAddress, proxy: &XksProxy) -> XksProxyConfiguration {
    let service = proxy.service.as_ref();
    XksProxyConfiguration {
        connectivity: proxy.connectivity(),
        access_key_id: proxy.access_key_id(vault, address),
        uri_endpoint: proxy.endpoint.clone(),
        uri_path: proxy.path.clone(),
        vpc_endpoint_service_name: service.map(|service| service.name.clone()),
        vpc_endpoint_service_owner: service.map(|service| service.owner),
    }
}
