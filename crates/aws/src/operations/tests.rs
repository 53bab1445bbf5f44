//! Requests and answers of operations, byte for byte.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Call, ErrorClass, Service};

use crate::script::{Script, ok};

fn text(text: &str) -> Value {
    Value::string(text)
}

fn texts<const N: usize>(texts: [&str; N]) -> Value {
    Value::list(Type::String, texts.map(Value::string))
}

fn tags<const N: usize>(tags: [(&'static str, &str); N]) -> Value {
    Value::map(Type::String, tags.map(|(key, value)| (key, Value::string(value))))
}

#[tokio::test]
async fn create_key_sends_its_members_and_answers_the_metadata() {
    let script = Script::new([ok(
        r#"{"KeyMetadata":{"AWSAccountId":"123456789012","KeyId":"mrk-1","Arn":"arn:1",
            "CreationDate":1700000000.734,"Enabled":true,"KeyState":"Enabled","KeySpec":"ECC_NIST_P256",
            "CustomerMasterKeySpec":"ECC_NIST_P256","MultiRegion":true,"MultiRegionConfiguration":
            {"MultiRegionKeyType":"PRIMARY","PrimaryKey":{"Arn":"arn:1","Region":"eu-west-1"},
            "ReplicaKeys":[]}}}"#,
    )]);
    let call = Call::change(
        Service::Kms,
        "CreateKey",
        "eu-west-1",
        [
            ("Description", Value::null(Type::String)),
            ("KeyUsage", text("SIGN_VERIFY")),
            ("KeySpec", text("ECC_NIST_P256")),
            ("MultiRegion", Value::bool(true)),
            ("Policy", text("{}")),
            ("BypassPolicyLockoutSafetyCheck", Value::bool(false)),
            ("Tags", tags([("a", "1"), ("b", "")])),
        ],
    );
    let answer = script.answer(&call).await.unwrap();

    let [sent] = &script.sent()[..] else { panic!("one request") };
    assert_eq!(sent.target, "TrentService.CreateKey");
    assert!(sent.authorization.contains("/eu-west-1/kms/aws4_request"), "{}", sent.authorization);
    let expected = serde_json::json!({
        "KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_P256", "MultiRegion": true, "Policy": "{}",
        "BypassPolicyLockoutSafetyCheck": false,
        "Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": ""}],
    });
    assert_eq!(sent.json(), expected);

    let key = answer.get("KeyMetadata").unwrap();
    assert_eq!(key.get_str("KeyId"), Some("mrk-1"));
    assert_eq!(key.get_str("CreationDate"), Some("2023-11-14T22:13:20.734Z"));
    assert_eq!(key.get_str("CustomerMasterKeySpec"), Some("ECC_NIST_P256"));
    assert_eq!(key.get("DeletionDate"), None);
    let set = key.get("MultiRegionConfiguration").unwrap();
    assert_eq!(set.get_str("MultiRegionKeyType"), Some("PRIMARY"));
    assert_eq!(set.get("PrimaryKey").unwrap().get_str("Region"), Some("eu-west-1"));
    assert_eq!(set.get("ReplicaKeys").unwrap().as_elements(), Some(&[][..]));
}

#[tokio::test]
async fn replicate_key_goes_to_the_primarys_region() {
    let script = Script::new([ok(
        r#"{"ReplicaKeyMetadata":{"KeyId":"mrk-1","KeyState":"Creating","Enabled":false},
            "ReplicaPolicy":"{}","ReplicaTags":[{"TagKey":"a","TagValue":"1"}]}"#,
    )]);
    let call = Call::change(
        Service::Kms,
        "ReplicateKey",
        "us-east-1",
        [
            ("KeyId", text("mrk-1")),
            ("ReplicaRegion", text("eu-west-1")),
            ("Description", text("replica")),
            ("Tags", tags([("a", "1")])),
        ],
    );
    let answer = script.answer(&call).await.unwrap();
    let [sent] = &script.sent()[..] else { panic!("one request") };
    assert!(sent.authorization.contains("/us-east-1/kms/aws4_request"), "{}", sent.authorization);
    let expected = serde_json::json!({
        "KeyId": "mrk-1", "ReplicaRegion": "eu-west-1", "Description": "replica",
        "Tags": [{"TagKey": "a", "TagValue": "1"}],
    });
    assert_eq!(sent.json(), expected);
    assert_eq!(answer.get("ReplicaTags"), Some(&tags([("a", "1")])));
}

#[tokio::test]
async fn create_secret_sends_value_and_replicas() {
    let script =
        Script::new([ok(r#"{"ARN":"arn:s","Name":"app/db","VersionId":"v1","ReplicationStatus":
            [{"Region":"eu-west-1","KmsKeyId":"alias/app","Status":"InProgress"}]}"#)]);
    let replica =
        |region: &str, key: Value| Value::object([("Region", text(region)), ("KmsKeyId", key)]);
    let call = Call::change(
        Service::SecretsManager,
        "CreateSecret",
        "us-east-1",
        [
            ("Name", text("app/db")),
            ("ClientRequestToken", text("01234567890123456789012345678901")),
            ("SecretString", text("hunter2").mark(Marks::SENSITIVE)),
            ("Tags", tags([])),
            (
                "AddReplicaRegions",
                Value::tuple([
                    replica("eu-west-1", text("alias/app")),
                    replica("eu-west-2", Value::null(Type::String)),
                ]),
            ),
            ("ForceOverwriteReplicaSecret", Value::bool(false)),
        ],
    );
    let answer = script.answer(&call).await.unwrap();
    let expected = serde_json::json!({
        "Name": "app/db", "ClientRequestToken": "01234567890123456789012345678901",
        "SecretString": "hunter2", "ForceOverwriteReplicaSecret": false,
        "AddReplicaRegions": [
            {"Region": "eu-west-1", "KmsKeyId": "alias/app"}, {"Region": "eu-west-2"},
        ],
    });
    assert_eq!(script.sent()[0].json(), expected);
    let replicas = answer.get("ReplicationStatus").unwrap().as_elements().unwrap();
    assert_eq!(replicas[0].get_str("Status"), Some("InProgress"));
    assert_eq!(replicas[0].get("StatusMessage"), None);
}

#[tokio::test]
async fn secret_binary_travels_as_base64() {
    let script = Script::new([ok(r#"{"VersionId":"01234567890123456789012345678901"}"#)]);
    let call = Call::change(
        Service::SecretsManager,
        "PutSecretValue",
        "us-east-1",
        [
            ("SecretId", text("app/db")),
            ("ClientRequestToken", text("01234567890123456789012345678901")),
            ("SecretBinary", text("AP8=")),
            ("VersionStages", texts(["AWSPENDING"])),
        ],
    );
    script.answer(&call).await.unwrap();
    assert_eq!(script.sent()[0].json()["SecretBinary"], "AP8=");
    assert_eq!(script.sent()[0].json()["VersionStages"], serde_json::json!(["AWSPENDING"]));
}

#[tokio::test]
async fn a_secret_value_is_read_and_never_shown() {
    let script = Script::new([
        ok(r#"{"ARN":"a","VersionId":"v1","SecretString":"hunter2"}"#),
        ok(r#"{"ARN":"a","VersionId":"v1","SecretBinary":"AP8="}"#),
    ]);
    let input = || [("SecretId", text("app/db")), ("VersionId", text("v1"))];
    let call = || Call::read(Service::SecretsManager, "GetSecretValue", "us-east-1", input());
    let answer = script.answer(&call()).await.unwrap();
    assert_eq!(answer.get_str("SecretString"), Some("hunter2"));
    assert!(!format!("{answer:?}").contains("hunter2"));
    let answer = script.answer(&call()).await.unwrap();
    assert_eq!(answer.get_str("SecretBinary"), Some("AP8="));
    assert!(answer.get("SecretBinary").unwrap().is_sensitive());
}

#[tokio::test]
async fn all_pages_of_a_listing_are_one_answer() {
    let script = Script::new([
        ok(
            r#"{"Aliases":[{"AliasName":"alias/a","TargetKeyId":"1"}],"NextMarker":"m","Truncated":true}"#,
        ),
        ok(r#"{"Aliases":[{"AliasName":"alias/b"}],"Truncated":false}"#),
    ]);
    let call = Call::read(Service::Kms, "ListAliases", "eu-west-1", []);
    let answer = script.answer(&call).await.unwrap();
    let aliases = answer.get("Aliases").unwrap().as_elements().unwrap();
    let names: Vec<_> = aliases.iter().filter_map(|alias| alias.get_str("AliasName")).collect();
    assert_eq!(names, ["alias/a", "alias/b"]);
    assert_eq!(script.sent()[1].json()["Marker"], "m");

    let script = Script::new([
        ok(
            r#"{"ARN":"a","Versions":[{"VersionId":"v1","VersionStages":["AWSCURRENT"],"KmsKeyIds":["k"]}],"NextToken":"n"}"#,
        ),
        ok(r#"{"ARN":"a","Versions":[{"VersionId":"v2"}]}"#),
    ]);
    let call = Call::read(
        Service::SecretsManager,
        "ListSecretVersionIds",
        "eu-west-1",
        [("SecretId", text("s")), ("IncludeDeprecated", Value::bool(true))],
    );
    let answer = script.answer(&call).await.unwrap();
    let versions = answer.get("Versions").unwrap().as_elements().unwrap();
    assert_eq!(versions[0].get("VersionStages"), Some(&texts(["AWSCURRENT"])));
    assert_eq!(versions[1].get_str("VersionId"), Some("v2"));
}

#[tokio::test]
async fn a_grant_is_asked_for_with_its_constraints_and_its_token_is_secret() {
    let script = Script::new([ok(r#"{"GrantId":"g1","GrantToken":"hunter2"}"#)]);
    let pairs = Value::map(Type::String, [("a", text("b"))]);
    let members = [
        ("KeyId", text("k1")),
        ("GranteePrincipal", text("arn:1")),
        ("Operations", texts(["Decrypt"])),
        ("Constraints", Value::object([("EncryptionContextEquals", pairs)])),
    ];
    let call = Call::change(Service::Kms, "CreateGrant", "eu-west-1", members);
    let answer = script.answer(&call).await.unwrap();
    let [sent] = &script.sent()[..] else { panic!("one request") };
    let expected = serde_json::json!({
        "KeyId": "k1", "GranteePrincipal": "arn:1", "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextEquals": {"a": "b"}, "EncryptionContextSubset": {}},
    });
    assert_eq!(sent.json(), expected);
    assert!(answer.get("GrantToken").unwrap().marks().contains(Marks::SENSITIVE));
}

#[tokio::test]
async fn a_store_in_a_cluster_has_no_proxy() {
    let script = Script::new([ok(
        r#"{"CustomKeyStores":[{"CustomKeyStoreId":"cks-1","CustomKeyStoreName":"a",
            "CustomKeyStoreType":"AWS_CLOUDHSM","CloudHsmClusterId":"cluster-1",
            "ConnectionState":"CONNECTED"}],"Truncated":false}"#,
    )]);
    let named = [("CustomKeyStoreId", text("cks-1"))];
    let call = Call::read(Service::Kms, "DescribeCustomKeyStores", "eu-west-1", named);
    let answer = script.answer(&call).await.unwrap();
    let stores = answer.get("CustomKeyStores").and_then(Value::as_elements).unwrap();
    assert_eq!(stores[0].get_str("ConnectionState"), Some("CONNECTED"));
    assert_eq!(stores[0].get("XksProxyConfiguration"), None);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_sent() {
    let change = |operation, members: [(&'static str, Value); 1]| {
        Call::change(Service::Kms, operation, "eu-west-1", members)
    };
    let cases = [
        (change("EnableKey", [("KeyID", text("1"))]), "EnableKey has no member KeyID"),
        (change("EnableKey", [("KeyId", Value::bool(true))]), "KeyId of EnableKey is not a string"),
        (
            change("EnableKey", [("KeyId", Value::unknown(Type::String))]),
            "KeyId of EnableKey is not known yet",
        ),
        (
            change("GenerateMac", [("KeyId", text("1"))]),
            "GenerateMac is not an operation of KMS that can be called here",
        ),
    ];
    for (call, message) in cases {
        let script = Script::new([]);
        let failed = script.answer(&call).await.unwrap_err();
        assert_eq!((failed.class, failed.message.as_str()), (ErrorClass::Invalid, message));
    }
}
