//! The proxies of external key stores: how they are named in requests, and what
//! no two of them may share.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::identity::Account;
use crate::inferred::{self, Inferred};
use crate::kms::custom_store::{Backing, StoreAddress, StoreType};
use crate::vault::{Sealed, Vault};
use crate::world::World;

/// How KMS reaches an external key manager.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct XksProxy {
    pub endpoint: String,
    pub path: String,
    /// The id of the credential. Its secret is not kept.
    access_key_id: Sealed,
    /// The way through a VPC; the endpoint is public without one.
    pub service: Option<EndpointService>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EndpointService {
    pub name: String,
    pub owner: Account,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Connectivity {
    PublicEndpoint,
    VpcEndpointService,
}

/// What a request says of a proxy.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ProxyMembers {
    xks_proxy_connectivity: Option<Connectivity>,
    xks_proxy_uri_endpoint: Option<String>,
    xks_proxy_uri_path: Option<String>,
    xks_proxy_vpc_endpoint_service_name: Option<String>,
    xks_proxy_vpc_endpoint_service_owner: Option<Account>,
    xks_proxy_authentication_credential: Option<Credential>,
}

/// The secret that belongs to it is left where it is, in the request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credential {
    access_key_id: String,
}

impl ProxyMembers {
    /// The first member that is given.
    pub fn given(&self) -> Option<&'static str> {
        self.given_connection().or_else(|| {
            let path = self.xks_proxy_uri_path.as_ref().map(|_| "XksProxyUriPath");
            let credential = self.xks_proxy_authentication_credential.as_ref();
            path.or(credential.map(|_| "XksProxyAuthenticationCredential"))
        })
    }

    /// The first member that is given and that no connected store lets change.
    pub fn given_connection(&self) -> Option<&'static str> {
        let members = [
            ("XksProxyConnectivity", self.xks_proxy_connectivity.is_some()),
            ("XksProxyUriEndpoint", self.xks_proxy_uri_endpoint.is_some()),
            (SERVICE_NAME, self.xks_proxy_vpc_endpoint_service_name.is_some()),
            (SERVICE_OWNER, self.xks_proxy_vpc_endpoint_service_owner.is_some()),
        ];
        members.into_iter().find(|(_, is_given)| *is_given).map(|(member, _)| member)
    }

    /// The proxy of a store: a new one, or the one that it had with these changes.
    pub fn proxy(
        self,
        vault: &Vault,
        address: &StoreAddress,
        old: Option<&XksProxy>,
    ) -> Result<XksProxy, ApiError> {
        let required = |member, value| StoreType::External.required(member, value);
        let old_connectivity = old.map(XksProxy::connectivity);
        let connectivity = self.xks_proxy_connectivity.or(old_connectivity);
        let connectivity = StoreType::External.required("XksProxyConnectivity", connectivity)?;
        // Another way to the proxy leads to another endpoint.
        let old_endpoint = old.filter(|_| old_connectivity == Some(connectivity));
        let old_endpoint = old_endpoint.map(|old| old.endpoint.clone());
        let endpoint =
            required("XksProxyUriEndpoint", self.xks_proxy_uri_endpoint.or(old_endpoint))?;
        let old_path = old.map(|old| old.path.clone());
        let path = required("XksProxyUriPath", self.xks_proxy_uri_path.or(old_path))?;
        let sealed = self
            .xks_proxy_authentication_credential
            .map(|credential| vault.seal(&purpose(address), credential.access_key_id.as_bytes()));
        let sealed = sealed.or(old.map(|old| old.access_key_id.clone()));
        let access_key_id =
            StoreType::External.required("XksProxyAuthenticationCredential", sealed)?;

        let (name, owner) =
            (self.xks_proxy_vpc_endpoint_service_name, self.xks_proxy_vpc_endpoint_service_owner);
        let service = if connectivity == Connectivity::VpcEndpointService {
            let old = old.and_then(|old| old.service.as_ref());
            let name = name.or(old.map(|old| old.name.clone()));
            let owner = owner.or(old.map(|old| old.owner));
            let name = required(SERVICE_NAME, name)?;
            Some(EndpointService { name, owner: owner.unwrap_or(address.place.account) })
        } else {
            let given = name.map(|_| SERVICE_NAME).or(owner.map(|_| SERVICE_OWNER));
            if let Some(member) = given {
                let parameters = vec![("member", member.to_owned())];
                return Err(ApiError::inferred(&inferred::STORE_SERVICE_OF_PUBLIC, parameters));
            }
            None
        };
        Ok(XksProxy { endpoint, path, access_key_id, service })
    }
}

const SERVICE_NAME: &str = "XksProxyVpcEndpointServiceName";
const SERVICE_OWNER: &str = "XksProxyVpcEndpointServiceOwner";

impl XksProxy {
    pub fn connectivity(&self) -> Connectivity {
        match self.service {
            None => Connectivity::PublicEndpoint,
            Some(_) => Connectivity::VpcEndpointService,
        }
    }

    /// The id of the credential in clear.
    pub fn access_key_id(&self, vault: &Vault, address: &StoreAddress) -> Option<String> {
        let bytes = vault.open(&purpose(address), &self.access_key_id)?;
        String::from_utf8(bytes).ok()
    }

    /// Why two stores cannot have their proxies at once, if they cannot.
    fn collides(&self, other: &Self) -> Option<&'static Inferred> {
        let services = [&self.service, &other.service]
            .map(|service| service.as_ref().map(|service| service.name.as_str()));
        if self.endpoint == other.endpoint && self.path == other.path {
            Some(&inferred::XKS_URI_IN_USE)
        } else if self.endpoint == other.endpoint && services != [None, None] {
            Some(&inferred::XKS_ENDPOINT_IN_USE)
        } else if services[0].is_some() && services[0] == services[1] {
            Some(&inferred::XKS_SERVICE_IN_USE)
        } else {
            None
        }
    }
}

impl World {
    /// Refuses a proxy that another store in the place stands in the way of.
    pub(super) fn require_free_proxy(
        &self,
        address: &StoreAddress,
        proxy: &XksProxy,
    ) -> Result<(), ApiError> {
        let others = self.stores_in(address.place).filter(|(other, _)| *other != address);
        let mut collisions = others.filter_map(|(_, store)| match &store.backing {
            Backing::External(other) => proxy.collides(other),
            Backing::CloudHsm { .. } => None,
        });
        let Some(reason) = collisions.next() else {
            return Ok(());
        };
        let service = proxy.service.as_ref().map(|service| service.name.clone());
        Err(ApiError::inferred(
            reason,
            vec![
                ("endpoint", proxy.endpoint.clone()),
                ("path", proxy.path.clone()),
                ("service", service.unwrap_or_default()),
            ],
        ))
    }
}

/// What the id of a credential is sealed for.
fn purpose(address: &StoreAddress) -> String {
    format!("xks-proxy:{}/{}", address.place.account, address.id)
}
