//! Idempotency tokens: when a repeated request is the same request, and the
//! quotas of versions and labels.

use serde_json::{Value, json};

use crate::secret_wire::{FIRST, SECOND, app, here as send, secret};
use crate::stage::Stage;

const EXISTS: &str =
    "ResourceExistsException: The operation failed because the secret app already exists.";

fn stages(stage: &Stage) -> Value {
    send(stage, "DescribeSecret", app()).unwrap()["VersionIdsToStages"].clone()
}

#[test]
fn a_token_with_the_same_value_repeats_and_with_another_is_refused() {
    let create = |token: &str, value: Value| json!({ "Name": "app", "ClientRequestToken": token, "SecretString": value });
    let change = |token: &str, value: &str| json!({ "SecretId": "app", "ClientRequestToken": token, "SecretString": value });
    // The operation, its input, and whether it repeats, is refused or makes a version.
    for (operation, input, outcome) in [
        ("CreateSecret", create(FIRST, json!("one")), "repeats"),
        ("CreateSecret", create(FIRST, json!("two")), "in use"),
        ("CreateSecret", create(FIRST, Value::Null), "in use"),
        ("CreateSecret", create(SECOND, json!("one")), "exists"),
        ("PutSecretValue", change(FIRST, "one"), "repeats"),
        ("PutSecretValue", change(FIRST, "two"), "in use"),
        ("PutSecretValue", change(SECOND, "one"), "new"),
        ("UpdateSecret", change(FIRST, "one"), "repeats"),
        ("UpdateSecret", change(FIRST, "two"), "in use"),
        ("UpdateSecret", change(SECOND, "two"), "new"),
    ] {
        let stage = secret();
        let before = stages(&stage);
        let answer = send(&stage, operation, input.clone());
        let case = format!("{operation} {input}");
        match outcome {
            "repeats" => {
                assert_eq!(answer.unwrap()["VersionId"], FIRST, "{case}");
                assert_eq!(stages(&stage), before, "{case}");
            }
            "new" => {
                assert_eq!(answer.unwrap()["VersionId"], SECOND, "{case}");
                let after = json!({ FIRST: ["AWSPREVIOUS"], SECOND: ["AWSCURRENT"] });
                assert_eq!(stages(&stage), after, "{case}");
            }
            "exists" => assert_eq!(answer.unwrap_err(), EXISTS, "{case}"),
            _ => {
                let refusal = answer.unwrap_err();
                let text = format!(
                    "ResourceExistsException: You can't use ClientRequestToken {FIRST} because \
                     that value is already in use for a version of secret arn:aws:secretsmanager:"
                );
                assert!(refusal.starts_with(&text), "{case}: {refusal}");
                assert_eq!(stages(&stage), before, "{case}");
            }
        }
    }
}

#[test]
fn a_repeated_value_moves_no_labels() {
    let stage = secret();
    let put = |stages: Value| {
        let input = json!({
            "SecretId": "app", "ClientRequestToken": SECOND, "SecretString": "two",
            "VersionStages": stages,
        });
        send(&stage, "PutSecretValue", input).unwrap()["VersionStages"].clone()
    };
    assert_eq!(put(json!(["mine"])), json!(["mine"]));
    assert_eq!(put(json!(["AWSCURRENT"])), json!(["mine"]));
    assert_eq!(stages(&stage), json!({ FIRST: ["AWSCURRENT"], SECOND: ["mine"] }));
}

#[test]
fn the_first_version_is_current_whatever_its_labels() {
    let stage = Stage::new();
    send(&stage, "CreateSecret", json!({ "Name": "app", "ClientRequestToken": FIRST })).unwrap();
    // Without a value the token protects nothing.
    let again = send(&stage, "CreateSecret", json!({ "Name": "app", "ClientRequestToken": FIRST }));
    assert_eq!(again.unwrap_err(), EXISTS);
    let input = json!({
        "SecretId": "app", "ClientRequestToken": FIRST, "SecretString": "one",
        "VersionStages": ["mine"], "RotationToken": "11111111-1111-1111-1111-111111111111",
    });
    send(&stage, "PutSecretValue", input).unwrap();
    assert_eq!(stages(&stage), json!({ FIRST: ["AWSCURRENT", "mine"] }));
}

#[test]
fn a_comparison_needs_a_key_that_can_be_used() {
    let stage = Stage::new();
    let kms = |operation: &str, input: Value| {
        let request = http::Request::post("/")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0",
            )
            .header("X-Amz-Target", format!("TrentService.{operation}"))
            .body(input.to_string().into())
            .unwrap();
        let response = stage.cloud.handle(&request).response.unwrap();
        serde_json::from_slice::<Value>(response.body()).unwrap_or_default()
    };
    let key = kms("CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone();
    let input = json!({
        "Name": "app", "KmsKeyId": key, "ClientRequestToken": FIRST, "SecretString": "one",
    });
    send(&stage, "CreateSecret", input.clone()).unwrap();
    send(&stage, "CreateSecret", input.clone()).unwrap();
    kms("DisableKey", json!({ "KeyId": key }));
    assert!(send(&stage, "CreateSecret", input).unwrap_err().starts_with("DecryptionFailure"));
}

#[test]
fn each_writer_must_bring_a_token() {
    let stage = secret();
    for (operation, code) in [
        ("CreateSecret", "InvalidRequestException"),
        ("PutSecretValue", "InvalidRequestException"),
        ("UpdateSecret", "InvalidRequestException"),
        ("RotateSecret", "InvalidParameterException"),
    ] {
        let input = json!({ "Name": "new", "SecretId": "app", "SecretString": "x" });
        assert_eq!(
            send(&stage, operation, input).unwrap_err(),
            format!(
                "{code}: You must provide a ClientRequestToken value. We recommend a UUID-type \
                 value."
            )
        );
    }
}

#[test]
fn a_secret_takes_a_hundred_versions_a_day() {
    let stage = secret();
    let put = |number: u32| {
        let input = json!({
            "SecretId": "app", "SecretString": "x", "ClientRequestToken": format!("{number:032}"),
        });
        send(&stage, "PutSecretValue", input)
    };
    for number in 2..=100 {
        put(number).unwrap();
    }
    assert!(put(101).unwrap_err().starts_with("LimitExceededException"));
    put(100).unwrap();
    // After a day those without labels make room.
    stage.clock.advance_days(1);
    stage.pass(1);
    put(101).unwrap();
    let input = json!({ "SecretId": "app", "IncludeDeprecated": true, "MaxResults": 100 });
    let listed = send(&stage, "ListSecretVersionIds", input).unwrap();
    assert_eq!(listed["Versions"].as_array().unwrap().len(), 100);
    assert!(listed["NextToken"].is_null());
}

#[test]
fn labels_are_moved_with_care() {
    let stage = secret();
    let put = json!({
        "SecretId": "app", "ClientRequestToken": SECOND, "SecretString": "two",
        "VersionStages": ["mine"],
    });
    send(&stage, "PutSecretValue", put).unwrap();
    // The label, the version it goes to, the one it leaves, and the refusal.
    let none = "33333333-3333-3333-3333-333333333333";
    for (label, to, from, refusal) in [
        ("AWSCURRENT", Some(SECOND), None, "InvalidParameterException: The parameter RemoveFrom"),
        ("AWSCURRENT", Some(SECOND), Some(SECOND), "InvalidParameterException: Staging label"),
        ("AWSCURRENT", None, Some(FIRST), "InvalidParameterException: You can't remove"),
        ("mine", None, Some(FIRST), "InvalidParameterException: Staging label mine isn't"),
        ("mine", None, None, "InvalidParameterException: You must specify"),
        ("mine", Some(none), Some(SECOND), "ResourceNotFoundException: Secrets Manager can't"),
        ("mine", Some(SECOND), None, ""),
        ("mine", Some(FIRST), Some(SECOND), ""),
        ("mine", None, Some(FIRST), ""),
        ("AWSCURRENT", Some(SECOND), Some(FIRST), ""),
    ] {
        let input = json!({
            "SecretId": "app", "VersionStage": label, "MoveToVersionId": to,
            "RemoveFromVersionId": from,
        });
        let before = stages(&stage);
        match send(&stage, "UpdateSecretVersionStage", input.clone()) {
            Ok(_) => assert_eq!(refusal, "", "{input}"),
            Err(error) => {
                assert!(!refusal.is_empty() && error.starts_with(refusal), "{input}: {error}");
                assert_eq!(stages(&stage), before, "{input}");
            }
        }
    }
    assert_eq!(stages(&stage), json!({ FIRST: ["AWSPREVIOUS"], SECOND: ["AWSCURRENT"] }));
}

#[test]
fn a_value_has_at_most_65536_bytes_and_no_refusal_shows_it() {
    let stage = secret();
    let put = |value: &str| {
        let input =
            json!({ "SecretId": "app", "ClientRequestToken": SECOND, "SecretString": value });
        send(&stage, "PutSecretValue", input)
    };
    let refusal = put(&"x".repeat(65_537)).unwrap_err();
    assert!(!refusal.contains("xx"), "{refusal}");
    put(&"x".repeat(65_536)).unwrap();
    let empty = json!({ "SecretId": "app", "ClientRequestToken": SECOND });
    let refusal = send(&stage, "PutSecretValue", empty).unwrap_err();
    assert!(refusal.starts_with("InvalidRequestException"), "{refusal}");
}

#[test]
fn a_version_has_room_for_twenty_labels() {
    let stage = secret();
    let label = |number: u32| {
        let input = json!({
            "SecretId": "app", "VersionStage": format!("label-{number}"), "MoveToVersionId": FIRST,
        });
        send(&stage, "UpdateSecretVersionStage", input)
    };
    for number in 1..20 {
        label(number).unwrap();
    }
    assert!(label(20).unwrap_err().starts_with("LimitExceededException"));
    label(19).unwrap();
}
