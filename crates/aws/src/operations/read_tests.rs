//! Requests and answers of the operations that data sources need, byte for byte.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Call, Service};

use crate::script::{Script, ok};

fn text(text: &str) -> Value {
    Value::string(text)
}

fn texts<const N: usize>(texts: [&str; N]) -> Value {
    Value::list(Type::String, texts.map(Value::string))
}

async fn answered<const N: usize>(
    script: &Script,
    service: Service,
    operation: &'static str,
    input: [(&'static str, Value); N],
) -> Value {
    script.answer(&Call::read(service, operation, "eu-west-1", input)).await.expect("an answer")
}

fn sent(script: &Script) -> Vec<(String, serde_json::Value)> {
    script.sent().iter().map(|sent| (sent.target.clone(), sent.json())).collect()
}

#[tokio::test]
async fn decrypt_sends_the_context_and_marks_the_plaintext() {
    let script = Script::new([ok(
        r#"{"KeyId":"arn:k","Plaintext":"aHVudGVyMg==","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    )]);
    let context = Value::map(Type::String, [("a", text("1"))]);
    let input = [
        ("CiphertextBlob", text("aGk=")),
        ("EncryptionContext", context),
        ("GrantTokens", texts(["t"])),
        ("EncryptionAlgorithm", text("SYMMETRIC_DEFAULT")),
    ];
    let answer = answered(&script, Service::Kms, "Decrypt", input).await;
    let expected = serde_json::json!({
        "CiphertextBlob": "aGk=", "EncryptionContext": {"a": "1"}, "GrantTokens": ["t"],
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    });
    assert_eq!(sent(&script), [("TrentService.Decrypt".to_owned(), expected)]);
    let plaintext = text("aHVudGVyMg==").mark(Marks::SENSITIVE);
    assert_eq!(answer.get("Plaintext"), Some(&plaintext));
}

#[tokio::test]
async fn a_data_key_comes_with_its_ciphertext_and_its_plaintext_is_marked() {
    let script = Script::new([ok(
        r#"{"KeyId":"arn:k","Plaintext":"aHVudGVyMg==","CiphertextBlob":"AQI="}"#,
    )]);
    let context = Value::map(Type::String, [("a", text("1"))]);
    let input = [
        ("KeyId", text("alias/app")),
        ("KeySpec", text("AES_256")),
        ("EncryptionContext", context),
    ];
    let answer = answered(&script, Service::Kms, "GenerateDataKey", input).await;
    let expected = serde_json::json!({
        "KeyId": "alias/app", "KeySpec": "AES_256", "EncryptionContext": {"a": "1"},
    });
    assert_eq!(sent(&script), [("TrentService.GenerateDataKey".to_owned(), expected)]);
    assert_eq!(answer.get_str("CiphertextBlob"), Some("AQI="));
    let plaintext = text("aHVudGVyMg==").mark(Marks::SENSITIVE);
    assert_eq!(answer.get("Plaintext"), Some(&plaintext));
}

#[tokio::test]
async fn encrypt_sends_bytes_and_answers_bytes() {
    let script = Script::new([ok(r#"{"KeyId":"arn:k","CiphertextBlob":"AQI="}"#)]);
    let input = [("KeyId", text("alias/app")), ("Plaintext", text("aGk="))];
    let answer = answered(&script, Service::Kms, "Encrypt", input).await;
    let expected = serde_json::json!({"KeyId": "alias/app", "Plaintext": "aGk="});
    assert_eq!(sent(&script), [("TrentService.Encrypt".to_owned(), expected)]);
    assert_eq!(answer.get_str("CiphertextBlob"), Some("AQI="));
}

#[tokio::test]
async fn a_public_key_is_answered_in_base64() {
    let script = Script::new([ok(
        r#"{"KeyId":"arn:k","PublicKey":"AQI=","CustomerMasterKeySpec":"RSA_2048",
            "KeyUsage":"SIGN_VERIFY","SigningAlgorithms":["RSASSA_PSS_SHA_256"]}"#,
    )]);
    let input = [("KeyId", text("k")), ("GrantTokens", texts(["t"]))];
    let answer = answered(&script, Service::Kms, "GetPublicKey", input).await;
    let expected = serde_json::json!({"KeyId": "k", "GrantTokens": ["t"]});
    assert_eq!(sent(&script), [("TrentService.GetPublicKey".to_owned(), expected)]);
    assert_eq!(answer.get_str("PublicKey"), Some("AQI="));
    assert_eq!(answer.get("SigningAlgorithms"), Some(&texts(["RSASSA_PSS_SHA_256"])));
    assert_eq!(answer.get("EncryptionAlgorithms"), None);
}

#[tokio::test]
async fn all_pages_of_secrets_and_key_stores_are_read() {
    let script = Script::new([
        ok(r#"{"SecretList":[{"ARN":"arn:1","Name":"one"}],"NextToken":"more"}"#),
        ok(r#"{"SecretList":[{"ARN":"arn:2","Name":"two"}]}"#),
    ]);
    let filter = Value::object([("Key", text("name")), ("Values", texts(["app"]))]);
    let input = [("Filters", Value::tuple([filter]))];
    let answer = answered(&script, Service::SecretsManager, "ListSecrets", input).await;
    let filters = serde_json::json!([{"Key": "name", "Values": ["app"]}]);
    let expected = [
        serde_json::json!({"Filters": filters, "MaxResults": 100}),
        serde_json::json!({"Filters": filters, "MaxResults": 100, "NextToken": "more"}),
    ];
    let bodies: Vec<_> = sent(&script).into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, expected);
    let secrets = answer.get("SecretList").and_then(Value::as_elements).expect("secrets");
    let names: Vec<_> = secrets.iter().filter_map(|secret| secret.get_str("Name")).collect();
    assert_eq!(names, ["one", "two"]);

    let script = Script::new([
        ok(
            r#"{"CustomKeyStores":[{"CustomKeyStoreId":"cks-1"}],"Truncated":true,"NextMarker":"m"}"#,
        ),
        ok(r#"{"CustomKeyStores":[{"CustomKeyStoreId":"cks-2","CreationDate":1700000000.734}]}"#),
    ]);
    let answer = answered(&script, Service::Kms, "DescribeCustomKeyStores", []).await;
    let stores = answer.get("CustomKeyStores").and_then(Value::as_elements).expect("stores");
    assert_eq!(stores[1].get_str("CustomKeyStoreId"), Some("cks-2"));
    assert_eq!(stores[1].get_str("CreationDate"), Some("2023-11-14T22:13:20.734Z"));
}

#[tokio::test]
async fn a_random_password_is_marked() {
    let script = Script::new([ok(r#"{"RandomPassword":"hunter2"}"#)]);
    let input = [
        ("PasswordLength", Value::number(7)),
        ("ExcludeCharacters", Value::null(Type::String)),
        ("IncludeSpace", Value::bool(true)),
    ];
    let answer = answered(&script, Service::SecretsManager, "GetRandomPassword", input).await;
    let expected = serde_json::json!({"PasswordLength": 7, "IncludeSpace": true});
    assert_eq!(sent(&script), [("secretsmanager.GetRandomPassword".to_owned(), expected)]);
    assert_eq!(answer.get("RandomPassword"), Some(&text("hunter2").mark(Marks::SENSITIVE)));
}

#[tokio::test]
async fn rotation_and_the_names_of_versions_are_answered() {
    let script = Script::new([ok(
        r#"{"ARN":"arn:s","RotationEnabled":true,"RotationLambdaARN":"arn:l","RotationRules":
            {"AutomaticallyAfterDays":10,"Duration":"3h","ScheduleExpression":"rate(10 days)"}}"#,
    )]);
    let id = || [("SecretId", text("s"))];
    let answer = answered(&script, Service::SecretsManager, "DescribeSecret", id()).await;
    assert_eq!(answer.get_str("RotationLambdaARN"), Some("arn:l"));
    let rules = answer.get("RotationRules").expect("rules");
    assert_eq!(rules.get_str("ScheduleExpression"), Some("rate(10 days)"));
    assert_eq!(rules.get("AutomaticallyAfterDays"), Some(&Value::number(10)));

    let script = Script::new([
        ok(r#"{"ARN":"arn:s","Name":"s","Versions":[{"VersionId":"1"}],"NextToken":"more"}"#),
        ok(r#"{"ARN":"arn:s","Name":"s","Versions":[{"VersionId":"2"}]}"#),
    ]);
    let answer = answered(&script, Service::SecretsManager, "ListSecretVersionIds", id()).await;
    assert_eq!((answer.get_str("ARN"), answer.get_str("Name")), (Some("arn:s"), Some("s")));
    let versions = answer.get("Versions").and_then(Value::as_elements).expect("versions");
    assert_eq!(versions.len(), 2);
}
