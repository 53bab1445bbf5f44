//! CreateCustomKeyStore.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::custom_store::proxy::ProxyMembers;
use crate::kms::custom_store::{Backing, ConnectionState, CustomKeyStore, StoreAddress, StoreType};
use crate::kms::material::hexadecimal;
use crate::validate;
use crate::world::Call;

/// How many stores an account has in a Region ("Resource quotas").
const MOST: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateCustomKeyStoreInput {
    custom_key_store_name: Option<String>,
    custom_key_store_type: Option<StoreType>,
    #[serde(flatten)]
    cluster: ClusterMembers,
    #[serde(flatten)]
    proxy: ProxyMembers,
}

/// What a request says of a cluster. Of the password only that it is there.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ClusterMembers {
    pub cloud_hsm_cluster_id: Option<String>,
    trust_anchor_certificate: Option<String>,
    key_store_password: Option<IgnoredAny>,
}

impl ClusterMembers {
    /// The first member that is given.
    pub fn given(&self) -> Option<&'static str> {
        let members = [
            ("CloudHsmClusterId", self.cloud_hsm_cluster_id.is_some()),
            ("TrustAnchorCertificate", self.trust_anchor_certificate.is_some()),
            ("KeyStorePassword", self.key_store_password.is_some()),
        ];
        members.into_iter().find(|(_, is_given)| *is_given).map(|(member, _)| member)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateCustomKeyStoreOutput {
    custom_key_store_id: String,
}

/// The new store is not connected.
pub(crate) fn create_custom_key_store(
    call: &mut Call<'_>,
    input: CreateCustomKeyStoreInput,
) -> Result<CreateCustomKeyStoreOutput, ApiError> {
    let name = validate::required("customKeyStoreName", input.custom_key_store_name)?;
    let digits = hexadecimal(&call.world.vault.random_bytes::<9>());
    let address = StoreAddress { place: call.place, id: format!("cks-{}", &digits[..17]) };
    let backing = match input.custom_key_store_type.unwrap_or(StoreType::CloudHsm) {
        StoreType::CloudHsm => {
            StoreType::CloudHsm.refuse(input.proxy.given())?;
            cluster(call, input.cluster)?
        }
        StoreType::External => {
            StoreType::External.refuse(input.cluster.given())?;
            let proxy = input.proxy.proxy(&call.world.vault, &address, None)?;
            call.world.require_free_proxy(&address, &proxy)?;
            Backing::External(proxy)
        }
    };
    call.world.require_free_store_name(&address, &name)?;
    if call.world.stores_in(call.place).count() >= MOST {
        let parameters = vec![("limit", MOST.to_string())];
        return Err(ApiError::inferred(&inferred::STORES_TOO_MANY, parameters));
    }

    let store = CustomKeyStore {
        name,
        created: call.now,
        connection: ConnectionState::Disconnected,
        settles: None,
        backing,
    };
    call.world.custom_key_stores.insert(address.clone(), store);
    Ok(CreateCustomKeyStoreOutput { custom_key_store_id: address.id })
}

/// A cluster that no other store has. Its certificate cannot be compared with
/// the one in the request; what is no certificate is not the right one.
fn cluster(call: &Call<'_>, members: ClusterMembers) -> Result<Backing, ApiError> {
    let own = StoreType::CloudHsm;
    let cluster = own.required("CloudHsmClusterId", members.cloud_hsm_cluster_id)?;
    own.required("KeyStorePassword", members.key_store_password)?;
    let trust_anchor = own.required("TrustAnchorCertificate", members.trust_anchor_certificate)?;
    let mut others = call.world.stores_in(call.place);
    if others.any(|(_, store)| store.cluster() == Some(&cluster)) {
        let parameters = vec![("cluster", cluster)];
        return Err(ApiError::inferred(&inferred::CLUSTER_IN_USE, parameters));
    }
    if !trust_anchor.contains("-----BEGIN CERTIFICATE-----") {
        let parameters = vec![("cluster", cluster)];
        return Err(ApiError::inferred(&inferred::TRUST_ANCHOR, parameters));
    }
    Ok(Backing::CloudHsm { cluster, trust_anchor })
}
