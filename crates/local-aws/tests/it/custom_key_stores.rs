//! Custom key stores: what two of them may not share, their connections, and the
//! keys in them.

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

fn key_in(cloud: &Cloud, store: &Value) -> Value {
    let request = with(store.clone(), &json!({ "Origin": "AWS_CLOUDHSM" }));
    done(cloud, "CreateKey", &request)["KeyMetadata"].clone()
}

fn state(cloud: &Cloud, key: &Value) -> String {
    let told = done(cloud, "DescribeKey", &json!({ "KeyId": key["KeyId"] }));
    let state = told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned();
    assert_eq!(told["KeyMetadata"]["Enabled"], state == "Enabled");
    state
}

#[test]
fn a_store_is_told_without_its_secrets() {
    let Stage { cloud, .. } = Stage::new();
    let hsm = create(&cloud, &cluster("hsm", "cluster-abcdefg2345"));
    let id = hsm["CustomKeyStoreId"].as_str().unwrap();
    let digits = id.strip_prefix("cks-").unwrap();
    assert!(digits.len() == 17 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let mut entry = told(&cloud, &hsm);
    assert!(entry.as_object_mut().unwrap().remove("CreationDate").unwrap().is_f64());
    let expected = json!({
        "CustomKeyStoreId": id, "CustomKeyStoreName": "hsm", "CustomKeyStoreType": "AWS_CLOUDHSM",
        "ConnectionState": "DISCONNECTED", "CloudHsmClusterId": "cluster-abcdefg2345",
        "TrustAnchorCertificate": CERTIFICATE,
    });
    assert_eq!(entry, expected);

    create(&cloud, &vpc_proxy("proxy", "https://xks.example.com"));
    let entry = told(&cloud, &json!({ "CustomKeyStoreName": "proxy" }));
    let expected = json!({
        "Connectivity": "VPC_ENDPOINT_SERVICE", "AccessKeyId": ACCESS_KEY,
        "UriEndpoint": "https://xks.example.com", "UriPath": "/kms/xks/v1",
        "VpcEndpointServiceName": SERVICE, "VpcEndpointServiceOwner": "123456789012",
    });
    assert_eq!(entry["XksProxyConfiguration"], expected);
    assert_eq!(entry["CustomKeyStoreType"], "EXTERNAL_KEY_STORE");

    let printed = format!("{cloud:?}");
    for secret in [SECRET, ACCESS_KEY, "kmsPswd"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn stores_are_described_page_by_page_and_by_one_name() {
    let Stage { cloud, .. } = Stage::new();
    for name in ["a", "b", "c"] {
        create(&cloud, &proxy(name, &format!("https://{name}.example.com")));
    }
    let (mut names, mut marker) = (Vec::new(), Value::Null);
    loop {
        let request = with(json!({ "Limit": 2 }), &json!({ "Marker": marker }));
        let page = done(&cloud, "DescribeCustomKeyStores", &request);
        let stores = page["CustomKeyStores"].as_array().unwrap();
        names.extend(stores.iter().map(|store| store["CustomKeyStoreName"].to_string()));
        marker = page["NextMarker"].clone();
        assert_eq!(page["Truncated"], !marker.is_null());
        if marker.is_null() {
            break;
        }
    }
    names.sort();
    assert_eq!(names, [r#""a""#, r#""b""#, r#""c""#]);

    let describe = |request| code(&cloud, "DescribeCustomKeyStores", &request);
    let both = json!({ "CustomKeyStoreId": "cks-1", "CustomKeyStoreName": "a" });
    assert_eq!(describe(both), "ValidationException");
    let missing = "CustomKeyStoreNotFoundException";
    assert_eq!(describe(json!({ "CustomKeyStoreId": "cks-1" })), missing);
    assert_eq!(describe(json!({ "CustomKeyStoreName": "d" })), missing);
    let elsewhere = send(&cloud, "us-east-1", "DescribeCustomKeyStores", &json!({})).unwrap();
    assert_eq!(elsewhere.body, json!({ "CustomKeyStores": [], "Truncated": false }));
}

#[test]
fn stores_share_neither_names_nor_what_is_behind_them() {
    let Stage { cloud, .. } = Stage::new();
    create(&cloud, &cluster("hsm", "cluster-abcdefg2345"));
    create(&cloud, &proxy("public", "https://public.example.com"));
    create(&cloud, &vpc_proxy("vpc", "https://vpc.example.com"));
    let other_service = json!({ "XksProxyVpcEndpointServiceName": format!("{SERVICE}0") });
    let other_path = json!({ "XksProxyUriPath": "/other/kms/xks/v1" });
    let cases = [
        (cluster("hsm", "cluster-other222222"), "CustomKeyStoreNameInUseException"),
        (cluster("new", "cluster-abcdefg2345"), "CloudHsmClusterInUseException"),
        (proxy("new", "https://public.example.com"), "XksProxyUriInUseException"),
        (
            with(proxy("new", "https://vpc.example.com"), &other_path),
            "XksProxyUriEndpointInUseException",
        ),
        (
            with(
                vpc_proxy("new", "https://public.example.com"),
                &with(other_path.clone(), &other_service),
            ),
            "XksProxyUriEndpointInUseException",
        ),
        (vpc_proxy("new", "https://new.example.com"), "XksProxyVpcEndpointServiceInUseException"),
        // Two public endpoints may be the same host, with two paths.
        (with(proxy("new", "https://public.example.com"), &other_path), ""),
    ];
    for (request, expected) in cases {
        assert_eq!(code(&cloud, "CreateCustomKeyStore", &request), expected, "{request}");
    }
    let elsewhere = send(
        &cloud,
        "us-east-1",
        "CreateCustomKeyStore",
        &proxy("hsm", "https://public.example.com"),
    );
    assert_eq!(elsewhere.unwrap().status, 200);
}

#[test]
fn each_type_of_store_has_its_own_members() {
    let Stage { cloud, .. } = Stage::new();
    let hsm = |changes: Value| with(cluster("hsm", "cluster-abcdefg2345"), &changes);
    let public = |changes: Value| with(proxy("p", "https://p.example.com"), &changes);
    let vpc = |changes: Value| with(vpc_proxy("v", "https://v.example.com"), &changes);
    let invalid = [
        json!({ "CustomKeyStoreName": "nothing" }),
        hsm(json!({ "CloudHsmClusterId": null })),
        hsm(json!({ "KeyStorePassword": null })),
        hsm(json!({ "TrustAnchorCertificate": null })),
        hsm(json!({ "XksProxyUriPath": "/kms/xks/v1" })),
        hsm(json!({ "CustomKeyStoreName": null })),
        public(json!({ "XksProxyConnectivity": null })),
        public(json!({ "XksProxyUriEndpoint": null })),
        public(json!({ "XksProxyUriPath": null })),
        public(json!({ "XksProxyAuthenticationCredential": null })),
        public(json!({ "XksProxyVpcEndpointServiceName": SERVICE })),
        public(json!({ "KeyStorePassword": "kmsPswd" })),
        vpc(json!({ "XksProxyVpcEndpointServiceName": null })),
    ];
    for request in invalid {
        assert_eq!(
            code(&cloud, "CreateCustomKeyStore", &request),
            "ValidationException",
            "{request}"
        );
    }
    let no_certificate = hsm(json!({ "TrustAnchorCertificate": "none" }));
    assert_eq!(
        code(&cloud, "CreateCustomKeyStore", &no_certificate),
        "IncorrectTrustAnchorException"
    );
    let left = done(&cloud, "DescribeCustomKeyStores", &json!({}));
    assert_eq!(left["CustomKeyStores"], json!([]));
}

#[test]
fn an_account_has_ten_stores_in_a_region() {
    let Stage { cloud, .. } = Stage::new();
    for number in 0..10 {
        create(&cloud, &proxy(&number.to_string(), &format!("https://{number}.example.com")));
    }
    let more = proxy("more", "https://more.example.com");
    assert_eq!(code(&cloud, "CreateCustomKeyStore", &more), "LimitExceededException");
}

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

#[test]
fn a_key_is_made_in_a_connected_store_of_its_kind() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let hsm = create(cloud, &cluster("hsm", "cluster-abcdefg2345"));
    let xks = connected(&stage, &proxy("xks", "https://xks.example.com"));
    let make =
        |store: &Value, changes: Value| code(cloud, "CreateKey", &with(store.clone(), &changes));
    let in_hsm = json!({ "Origin": "AWS_CLOUDHSM" });
    let in_xks = json!({ "Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "key-1" });
    assert_eq!(make(&hsm, in_hsm.clone()), "CustomKeyStoreInvalidStateException");
    done(cloud, "ConnectCustomKeyStore", &hsm);
    assert_eq!(make(&hsm, in_hsm.clone()), "CustomKeyStoreInvalidStateException");
    stage.pass(4);

    let multi_region = json!({ "MultiRegion": true });
    let asymmetric = json!({ "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT" });
    let refused = [
        (&hsm, with(in_hsm.clone(), &multi_region), "UnsupportedOperationException"),
        (&xks, with(in_xks.clone(), &multi_region), "UnsupportedOperationException"),
        (&hsm, with(in_hsm.clone(), &asymmetric), "UnsupportedOperationException"),
        (&hsm, in_xks.clone(), "ValidationException"),
        (&xks, in_hsm.clone(), "ValidationException"),
        (&hsm, json!({}), "ValidationException"),
        (&hsm, with(in_hsm.clone(), &json!({ "XksKeyId": "key-1" })), "ValidationException"),
        (&xks, json!({ "Origin": "EXTERNAL_KEY_STORE" }), "ValidationException"),
        (&json!({}), in_hsm.clone(), "ValidationException"),
        (&json!({ "CustomKeyStoreId": "cks-1" }), in_hsm, "CustomKeyStoreNotFoundException"),
    ];
    for (store, request, expected) in refused {
        assert_eq!(make(store, request.clone()), expected, "{request}");
    }
    assert_eq!(done(cloud, "ListKeys", &json!({}))["Keys"], json!([]));

    let key = key_in(cloud, &hsm);
    assert_eq!(key["Origin"], "AWS_CLOUDHSM");
    assert_eq!(key["KeyState"], "Enabled");
    assert_eq!(key["CustomKeyStoreId"], hsm["CustomKeyStoreId"]);
    assert_eq!(key["CloudHsmClusterId"], "cluster-abcdefg2345");
    assert_eq!(
        (&key["XksKeyConfiguration"], &key["CurrentKeyMaterialId"]),
        (&Value::Null, &Value::Null)
    );
    let key = done(cloud, "CreateKey", &with(xks.clone(), &in_xks))["KeyMetadata"].clone();
    assert_eq!(key["Origin"], "EXTERNAL_KEY_STORE");
    assert_eq!(key["XksKeyConfiguration"], json!({ "Id": "key-1" }));
    assert_eq!(key["CloudHsmClusterId"], Value::Null);
    assert_eq!(make(&xks, in_xks.clone()), "XksKeyAlreadyInUseException");
    assert_eq!(make(&xks, with(in_xks, &json!({ "XksKeyId": "key-2" }))), "");
}

#[test]
fn a_key_is_unavailable_while_its_store_is_not_connected() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let store = connected(&stage, &cluster("hsm", "cluster-abcdefg2345"));
    let keys = [(); 3].map(|()| key_in(cloud, &store));
    let [working, other, leaving] = &keys;
    let id = json!({ "KeyId": working["KeyId"] });
    let encrypt = with(id.clone(), &json!({ "Plaintext": "aGVsbG8=" }));
    let sealed = done(cloud, "Encrypt", &encrypt)["CiphertextBlob"].clone();
    let decrypt = json!({ "CiphertextBlob": sealed });
    assert_eq!(done(cloud, "Decrypt", &decrypt)["Plaintext"], "aGVsbG8=");
    done(cloud, "ScheduleKeyDeletion", &json!({ "KeyId": leaving["KeyId"] }));

    done(cloud, "DisconnectCustomKeyStore", &store);
    for seconds in [0, 4] {
        stage.pass(seconds);
        assert_eq!(state(cloud, working), "Unavailable");
        assert_eq!(state(cloud, leaving), "PendingDeletion");
    }
    let data_key = with(id.clone(), &json!({ "KeySpec": "AES_256" }));
    let unavailable =
        format!("KMSInvalidStateException: {} is unavailable.", working["Arn"].as_str().unwrap());
    for (operation, request) in
        [("Encrypt", &encrypt), ("Decrypt", &decrypt), ("GenerateDataKey", &data_key)]
    {
        let refusal = send(cloud, REGION, operation, request).unwrap().refusal();
        assert_eq!(refusal, unavailable, "{operation}");
    }
    assert_eq!(code(cloud, "CancelKeyDeletion", &id), "KMSInvalidStateException");
    let tags = with(id.clone(), &json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }] }));
    assert_eq!(code(cloud, "TagResource", &tags), "");

    // What is asked for now is seen when the store is there again.
    let other_id = json!({ "KeyId": other["KeyId"] });
    done(cloud, "DisableKey", &id);
    done(cloud, "DisableKey", &other_id);
    done(cloud, "EnableKey", &other_id);
    done(cloud, "CancelKeyDeletion", &json!({ "KeyId": leaving["KeyId"] }));
    for key in &keys {
        assert_eq!(state(cloud, key), "Unavailable");
    }
    done(cloud, "ConnectCustomKeyStore", &store);
    assert_eq!(state(cloud, other), "Unavailable");
    stage.pass(4);
    assert_eq!(
        [working, other, leaving].map(|key| state(cloud, key)),
        ["Disabled", "Enabled", "Disabled"]
    );
    done(cloud, "EnableKey", &id);
    assert_eq!(done(cloud, "Decrypt", &decrypt)["Plaintext"], "aGVsbG8=");
}

#[test]
fn keys_in_stores_neither_rotate_nor_import() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let store = connected(&stage, &cluster("hsm", "cluster-abcdefg2345"));
    let key = key_in(cloud, &store);
    let id = json!({ "KeyId": key["KeyId"] });
    let import =
        json!({ "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
    let expected = format!(
        "UnsupportedOperationException: {} origin is AWS_CLOUDHSM which is not valid for this operation.",
        key["Arn"].as_str().unwrap()
    );
    for is_connected in [true, false] {
        for operation in [
            "EnableKeyRotation",
            "DisableKeyRotation",
            "GetKeyRotationStatus",
            "RotateKeyOnDemand",
            "GetParametersForImport",
            "DeleteImportedKeyMaterial",
        ] {
            let request = if operation.starts_with("GetPara") {
                with(id.clone(), &import)
            } else {
                id.clone()
            };
            let refusal = send(cloud, REGION, operation, &request).unwrap().refusal();
            assert_eq!(refusal, expected, "{operation}");
        }
        if is_connected {
            done(cloud, "DisconnectCustomKeyStore", &store);
        }
    }
}

#[test]
fn a_store_goes_when_its_keys_are_gone() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let store = connected(&stage, &cluster("hsm", "cluster-abcdefg2345"));
    let key = key_in(cloud, &store);
    done(cloud, "DisconnectCustomKeyStore", &store);
    stage.pass(4);
    assert_eq!(code(cloud, "DeleteCustomKeyStore", &store), "CustomKeyStoreHasCMKsException");
    let deletion = json!({ "KeyId": key["KeyId"], "PendingWindowInDays": 7 });
    assert_eq!(done(cloud, "ScheduleKeyDeletion", &deletion)["KeyState"], "PendingDeletion");
    assert_eq!(code(cloud, "DeleteCustomKeyStore", &store), "CustomKeyStoreHasCMKsException");
    stage.pass(7 * 24 * 60 * 60);
    assert_eq!(code(cloud, "DescribeKey", &json!({ "KeyId": key["KeyId"] })), "NotFoundException");
    done(cloud, "DeleteCustomKeyStore", &store);
    // The cluster and the name are free again.
    create(cloud, &cluster("hsm", "cluster-abcdefg2345"));
}

#[test]
fn random_bytes_come_from_a_connected_cluster() {
    let stage = Stage::new();
    let cloud = &stage.cloud;
    let hsm = create(cloud, &cluster("hsm", "cluster-abcdefg2345"));
    let xks = connected(&stage, &proxy("xks", "https://xks.example.com"));
    let random = |store: &Value| {
        code(cloud, "GenerateRandom", &with(store.clone(), &json!({ "NumberOfBytes": 8 })))
    };
    assert_eq!(random(&hsm), "CustomKeyStoreInvalidStateException");
    done(cloud, "ConnectCustomKeyStore", &hsm);
    stage.pass(4);
    assert_eq!(random(&hsm), "");
    assert_eq!(random(&xks), "UnsupportedOperationException");
    assert_eq!(random(&json!({ "CustomKeyStoreId": "cks-1" })), "CustomKeyStoreNotFoundException");
}

#[test]
fn stores_and_their_keys_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = meridian_local_aws::Clock::manual();
    let cloud = Cloud::open(directory.path(), clock.clone()).unwrap();
    let store = create(&cloud, &proxy("xks", "https://xks.example.com"));
    done(&cloud, "ConnectCustomKeyStore", &store);
    drop(cloud);
    let cloud = Cloud::open(directory.path(), clock).unwrap();
    assert_eq!(connection(&cloud, &store), "CONNECTING");
    handle.advance(std::time::Duration::from_secs(4));
    let request = json!({ "Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "key-1" });
    done(&cloud, "CreateKey", &with(store.clone(), &request));
    assert_eq!(told(&cloud, &store)["XksProxyConfiguration"]["AccessKeyId"], ACCESS_KEY);

    drop(cloud);
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [SECRET, ACCESS_KEY] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}
