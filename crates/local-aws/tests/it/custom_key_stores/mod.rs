//! Custom key stores: what two of them may not share, their connections, and the
//! keys in them.

mod connections;
mod keys;
mod stores;

use meridian_local_aws::Cloud;
use serde_json::{Value, json};

use crate::kms_requests::{must, send};
use crate::stage::Stage;

const REGION: &str = "eu-west-1";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
const ACCESS_KEY: &str = "ABCDEFGHIJKLMNOPQRST";
const SECRET: &str = "0123456789abcdefghijABCDEFGHIJ0123456789/+=x";
const SERVICE: &str = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef";

fn done(cloud: &Cloud, operation: &str, input: &Value) -> Value {
    must(cloud, REGION, operation, input).unwrap()
}

/// The code of a refusal; empty for a success.
fn code(cloud: &Cloud, operation: &str, input: &Value) -> String {
    let refusal = send(cloud, REGION, operation, input).unwrap().refusal();
    refusal.split(": ").next().unwrap_or_default().to_owned()
}

/// A request with some members replaced, or removed by null.
fn with(mut request: Value, changes: &Value) -> Value {
    let members = request.as_object_mut().unwrap();
    for (member, value) in changes.as_object().unwrap() {
        members.insert(member.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    request
}

fn cluster(name: &str, cluster: &str) -> Value {
    json!({
        "CustomKeyStoreName": name, "CloudHsmClusterId": cluster,
        "TrustAnchorCertificate": CERTIFICATE, "KeyStorePassword": "kmsPswd",
    })
}

fn proxy(name: &str, endpoint: &str) -> Value {
    json!({
        "CustomKeyStoreName": name, "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": endpoint,
        "XksProxyUriPath": "/kms/xks/v1",
        "XksProxyAuthenticationCredential":
            { "AccessKeyId": ACCESS_KEY, "RawSecretAccessKey": SECRET },
    })
}

fn vpc_proxy(name: &str, endpoint: &str) -> Value {
    let vpc = json!({
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE,
    });
    with(proxy(name, endpoint), &vpc)
}

fn create(cloud: &Cloud, request: &Value) -> Value {
    let id = done(cloud, "CreateCustomKeyStore", request)["CustomKeyStoreId"].clone();
    json!({ "CustomKeyStoreId": id })
}

fn told(cloud: &Cloud, store: &Value) -> Value {
    let told = done(cloud, "DescribeCustomKeyStores", store);
    assert_eq!(told["CustomKeyStores"].as_array().unwrap().len(), 1);
    told["CustomKeyStores"][0].clone()
}

fn connection(cloud: &Cloud, store: &Value) -> String {
    told(cloud, store)["ConnectionState"].as_str().unwrap().to_owned()
}

fn connected(stage: &Stage, request: &Value) -> Value {
    let store = create(&stage.cloud, request);
    done(&stage.cloud, "ConnectCustomKeyStore", &store);
    stage.pass(4);
    store
}
