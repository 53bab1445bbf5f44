//! Operations of KMS on custom key stores.

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{
    CustomKeyStoreType, CustomKeyStoresListEntry, XksProxyAuthenticationCredentialType,
    XksProxyConfigurationType, XksProxyConnectivityType,
};
use meridian_resource::{Answer, CloudError, ErrorClass};

use super::output::Output;
use super::{Input, nothing};
use crate::error::{cloud_error, local_error};

pub(super) async fn create(client: &Client, mut input: Input) -> Answer {
    let kind = input.text("CustomKeyStoreType")?;
    let connectivity = input.text("XksProxyConnectivity")?;
    let request = client
        .create_custom_key_store()
        .set_custom_key_store_name(input.text("CustomKeyStoreName")?)
        .set_custom_key_store_type(kind.as_deref().map(CustomKeyStoreType::from))
        .set_cloud_hsm_cluster_id(input.text("CloudHsmClusterId")?)
        .set_trust_anchor_certificate(input.text("TrustAnchorCertificate")?)
        .set_key_store_password(input.text("KeyStorePassword")?)
        .set_xks_proxy_connectivity(connectivity.as_deref().map(XksProxyConnectivityType::from))
        .set_xks_proxy_uri_endpoint(input.text("XksProxyUriEndpoint")?)
        .set_xks_proxy_uri_path(input.text("XksProxyUriPath")?)
        .set_xks_proxy_vpc_endpoint_service_name(input.text("XksProxyVpcEndpointServiceName")?)
        .set_xks_proxy_authentication_credential(
            input.nested("XksProxyAuthenticationCredential", credential)?,
        );
    input.end()?;
    let created = request.send().await.map_err(cloud_error)?;
    Ok(Output::new().text("CustomKeyStoreId", created.custom_key_store_id).into_value())
}

pub(super) async fn update(client: &Client, mut input: Input) -> Answer {
    let connectivity = input.text("XksProxyConnectivity")?;
    let request = client
        .update_custom_key_store()
        .set_custom_key_store_id(input.text("CustomKeyStoreId")?)
        .set_new_custom_key_store_name(input.text("NewCustomKeyStoreName")?)
        .set_key_store_password(input.text("KeyStorePassword")?)
        .set_xks_proxy_connectivity(connectivity.as_deref().map(XksProxyConnectivityType::from))
        .set_xks_proxy_uri_endpoint(input.text("XksProxyUriEndpoint")?)
        .set_xks_proxy_uri_path(input.text("XksProxyUriPath")?)
        .set_xks_proxy_vpc_endpoint_service_name(input.text("XksProxyVpcEndpointServiceName")?)
        .set_xks_proxy_authentication_credential(
            input.nested("XksProxyAuthenticationCredential", credential)?,
        );
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

fn credential(input: &mut Input) -> Result<XksProxyAuthenticationCredentialType, CloudError> {
    let credential = XksProxyAuthenticationCredentialType::builder()
        .set_access_key_id(input.text("AccessKeyId")?)
        .set_raw_secret_access_key(input.text("RawSecretAccessKey")?);
    credential.build().map_err(|error| local_error(ErrorClass::Invalid, error.to_string()))
}

pub(super) async fn describe(client: &Client, mut input: Input) -> Answer {
    let request = client
        .describe_custom_key_stores()
        .set_custom_key_store_id(input.text("CustomKeyStoreId")?)
        .set_custom_key_store_name(input.text("CustomKeyStoreName")?);
    input.end()?;
    let pages = request.into_paginator().items().send();
    let stores = pages.try_collect().await.map_err(cloud_error)?;
    Ok(Output::new().objects("CustomKeyStores", Some(stores), store).into_value())
}

fn store(store: CustomKeyStoresListEntry) -> Output {
    let proxy = |proxy: XksProxyConfigurationType| {
        Output::new()
            .text("Connectivity", proxy.connectivity.as_ref().map(|it| it.as_str()))
            .text("AccessKeyId", proxy.access_key_id)
            .text("UriEndpoint", proxy.uri_endpoint)
            .text("UriPath", proxy.uri_path)
            .text("VpcEndpointServiceName", proxy.vpc_endpoint_service_name)
    };
    Output::new()
        .text("CustomKeyStoreId", store.custom_key_store_id)
        .text("CustomKeyStoreName", store.custom_key_store_name)
        .text("CustomKeyStoreType", store.custom_key_store_type.as_ref().map(|it| it.as_str()))
        .text("CloudHsmClusterId", store.cloud_hsm_cluster_id)
        .text("TrustAnchorCertificate", store.trust_anchor_certificate)
        .text("ConnectionState", store.connection_state.as_ref().map(|it| it.as_str()))
        .text("ConnectionErrorCode", store.connection_error_code.as_ref().map(|it| it.as_str()))
        .time("CreationDate", store.creation_date)
        .object("XksProxyConfiguration", store.xks_proxy_configuration.map(proxy))
}

pub(super) async fn delete(client: &Client, mut input: Input) -> Answer {
    let request =
        client.delete_custom_key_store().set_custom_key_store_id(input.text("CustomKeyStoreId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}
