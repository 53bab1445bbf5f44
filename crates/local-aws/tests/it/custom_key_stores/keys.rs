//! Keys in stores: which there are, and that they need a connected one.

use meridian_local_aws::Cloud;
use serde_json::{Value, json};

use super::{
    ACCESS_KEY, REGION, SECRET, cluster, code, connected, connection, create, done, proxy, told,
    with,
};
use crate::kms_requests::send;
use crate::stage::Stage;

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
