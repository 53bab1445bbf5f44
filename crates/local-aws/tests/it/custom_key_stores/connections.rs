//! Connections, and what they admit.

use serde_json::{Value, json};

use super::{
    SECRET, SERVICE, cluster, code, connected, connection, create, done, proxy, told, with,
};
use crate::stage::Stage;

#[test]
fn a_connection_takes_its_time_in_both_directions() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let store = create(cloud, &cluster("hsm", "cluster-abcdefg2345"));
    let refused = "CustomKeyStoreInvalidStateException";
    assert_eq!(code(cloud, "DisconnectCustomKeyStore", &store), refused);

    assert_eq!(done(cloud, "ConnectCustomKeyStore", &store), json!({}));
    assert_eq!(connection(cloud, &store), "CONNECTING");
    stage.pass(3);
    // Asking again does not begin it anew.
    done(cloud, "ConnectCustomKeyStore", &store);
    assert_eq!(code(cloud, "DeleteCustomKeyStore", &store), refused);
    stage.pass(1);
    assert_eq!(connection(cloud, &store), "CONNECTED");
    done(cloud, "ConnectCustomKeyStore", &store);
    assert_eq!(connection(cloud, &store), "CONNECTED");
    assert_eq!(code(cloud, "DeleteCustomKeyStore", &store), refused);

    assert_eq!(done(cloud, "DisconnectCustomKeyStore", &store), json!({}));
    assert_eq!(connection(cloud, &store), "DISCONNECTING");
    for operation in ["ConnectCustomKeyStore", "DisconnectCustomKeyStore", "DeleteCustomKeyStore"] {
        assert_eq!(code(cloud, operation, &store), refused, "{operation}");
    }
    stage.pass(4);
    assert_eq!(connection(cloud, &store), "DISCONNECTED");

    // What comes to be connected can be disconnected before it is.
    done(cloud, "ConnectCustomKeyStore", &store);
    stage.pass(2);
    done(cloud, "DisconnectCustomKeyStore", &store);
    stage.pass(2);
    assert_eq!(connection(cloud, &store), "DISCONNECTING");
    stage.pass(2);
    assert_eq!(connection(cloud, &store), "DISCONNECTED");

    assert_eq!(done(cloud, "DeleteCustomKeyStore", &store), json!({}));
    for operation in ["ConnectCustomKeyStore", "DeleteCustomKeyStore", "UpdateCustomKeyStore"] {
        assert_eq!(code(cloud, operation, &store), "CustomKeyStoreNotFoundException");
    }
}

#[test]
fn a_store_is_updated_as_far_as_its_connection_admits() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let hsm = connected(&stage, &cluster("hsm", "cluster-abcdefg2345"));
    let xks = connected(&stage, &proxy("xks", "https://xks.example.com"));
    let update = |store: &Value, changes: Value| {
        code(cloud, "UpdateCustomKeyStore", &with(store.clone(), &changes))
    };
    let other_credential =
        json!({ "AccessKeyId": "TSRQPONMLKJIHGFEDCBA", "RawSecretAccessKey": SECRET });
    let always = [
        (&hsm, json!({ "NewCustomKeyStoreName": "hsm 2" })),
        (&xks, json!({ "NewCustomKeyStoreName": "xks 2", "XksProxyUriPath": "/v/kms/xks/v1" })),
        (&xks, json!({ "XksProxyAuthenticationCredential": other_credential })),
    ];
    let to_vpc = json!({
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE,
        "XksProxyUriEndpoint": "https://private.example.com",
    });
    let disconnected = [
        (&hsm, json!({ "KeyStorePassword": "another" })),
        (&hsm, json!({ "CloudHsmClusterId": "cluster-relative222" })),
        (&xks, json!({ "XksProxyUriEndpoint": "https://new.example.com" })),
        (&xks, to_vpc),
        (&xks, json!({ "XksProxyVpcEndpointServiceOwner": "000000000042" })),
    ];
    for (store, changes) in &always {
        assert_eq!(update(store, changes.clone()), "", "{changes}");
    }
    for (store, changes) in &disconnected {
        assert_eq!(
            update(store, changes.clone()),
            "CustomKeyStoreInvalidStateException",
            "{changes}"
        );
    }
    done(cloud, "DisconnectCustomKeyStore", &hsm);
    done(cloud, "DisconnectCustomKeyStore", &xks);
    let name = json!({ "NewCustomKeyStoreName": "too early" });
    assert_eq!(update(&hsm, name), "CustomKeyStoreInvalidStateException");
    stage.pass(4);
    for (store, changes) in &disconnected {
        assert_eq!(update(store, changes.clone()), "", "{changes}");
    }

    assert_eq!(told(cloud, &hsm)["CustomKeyStoreName"], "hsm 2");
    assert_eq!(told(cloud, &hsm)["CloudHsmClusterId"], "cluster-relative222");
    let configuration = json!({
        "Connectivity": "VPC_ENDPOINT_SERVICE", "AccessKeyId": "TSRQPONMLKJIHGFEDCBA",
        "UriEndpoint": "https://private.example.com", "UriPath": "/v/kms/xks/v1",
        "VpcEndpointServiceName": SERVICE, "VpcEndpointServiceOwner": "000000000042",
    });
    assert_eq!(told(cloud, &xks)["XksProxyConfiguration"], configuration);

    // The way to the proxy changes only with its endpoint.
    let to_public = json!({ "XksProxyConnectivity": "PUBLIC_ENDPOINT" });
    assert_eq!(update(&xks, to_public.clone()), "ValidationException");
    let other_type = json!({ "KeyStorePassword": "another" });
    assert_eq!(update(&xks, other_type), "ValidationException");
    let taken = json!({ "NewCustomKeyStoreName": "hsm 2", "XksProxyUriPath": "/w/kms/xks/v1" });
    assert_eq!(update(&xks, taken), "CustomKeyStoreNameInUseException");
    assert_eq!(told(cloud, &xks)["XksProxyConfiguration"], configuration);
    let endpoint = json!({ "XksProxyUriEndpoint": "https://xks.example.com" });
    assert_eq!(update(&xks, with(to_public, &endpoint)), "");
    let configuration = &told(cloud, &xks)["XksProxyConfiguration"];
    assert_eq!(configuration["VpcEndpointServiceName"], Value::Null);

    create(cloud, &cluster("other", "cluster-other222222"));
    let unrelated = json!({ "CloudHsmClusterId": "cluster-other222222" });
    assert_eq!(update(&hsm, unrelated), "CloudHsmClusterNotRelatedException");
}
