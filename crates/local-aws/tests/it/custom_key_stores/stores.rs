//! What stores have, and what no two of them may share.

use serde_json::{Value, json};

use super::{
    ACCESS_KEY, CERTIFICATE, SECRET, SERVICE, cluster, code, create, done, proxy, told, vpc_proxy,
    with,
};
use crate::kms_requests::send;
use crate::stage::Stage;

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
    assert!(printed.contains("https://xks.example.com"));
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
