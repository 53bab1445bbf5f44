//! How secrets come and go, and by which names they are found.

use std::sync::Arc;

use meridian_local_aws::{Clock, Cloud};
use serde_json::{Value, json};

use crate::secret_wire::{Answer, call};
use crate::stage::Stage;

const TOKEN: &str = "11111111-1111-1111-1111-111111111111";

fn send(cloud: &Cloud, operation: &str, input: Value) -> Answer {
    call(cloud, "eu-west-1", operation, &input)
}

fn create(cloud: &Cloud, name: &str) -> Answer {
    send(cloud, "CreateSecret", json!({ "Name": name, "ClientRequestToken": TOKEN }))
}

fn force(cloud: &Cloud, name: &str) -> Value {
    let input = json!({ "SecretId": name, "ForceDeleteWithoutRecovery": true });
    send(cloud, "DeleteSecret", input).unwrap()
}

#[test]
fn a_name_is_free_a_moment_after_its_secret_was_deleted_by_force() {
    let stage = Stage::new();
    let first = create(&stage.cloud, "app").unwrap()["ARN"].clone();
    assert_eq!(force(&stage.cloud, "app")["ARN"], first);
    assert_eq!(
        create(&stage.cloud, "app").unwrap_err(),
        "InvalidRequestException: You can't perform this operation on the secret because it was \
         deleted."
    );
    create(&stage.cloud, "other").unwrap();
    stage.pass(1);
    assert_ne!(create(&stage.cloud, "app").unwrap()["ARN"], first);
}

#[test]
fn a_fast_cloud_frees_a_name_at_once() {
    let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
    for _ in 0..3 {
        create(&cloud, "app").unwrap();
        force(&cloud, "app");
    }
}

#[test]
fn to_delete_by_force_what_is_not_there_is_no_mistake() {
    let stage = Stage::new();
    let deleted = force(&stage.cloud, "app");
    assert_eq!(deleted["Name"], "app");
    assert!(deleted["DeletionDate"].is_number());
    create(&stage.cloud, "app").unwrap();
}

#[test]
fn a_window_and_force_exclude_each_other() {
    let stage = Stage::new();
    create(&stage.cloud, "app").unwrap();
    for (input, part) in [
        (json!({ "RecoveryWindowInDays": 6 }), "must be between 7 and 30 days (inclusive)."),
        (json!({ "RecoveryWindowInDays": 31 }), "must be between 7 and 30 days (inclusive)."),
        (json!({ "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true }), ""),
    ] {
        let mut input = input;
        input["SecretId"] = json!("app");
        let refusal = send(&stage.cloud, "DeleteSecret", input).unwrap_err();
        assert!(refusal.starts_with("InvalidParameterException"), "{refusal}");
        assert!(refusal.ends_with(part), "{refusal}");
    }
    let deleted = send(&stage.cloud, "DeleteSecret", json!({ "SecretId": "app" })).unwrap();
    let month = stage.clock.now().after_days(30).milliseconds();
    assert_eq!(deleted["DeletionDate"].as_f64().map(|it| (it * 1000.0) as i64), Some(month));
}

#[test]
fn what_looks_like_a_suffix_is_taken_for_one() {
    let stage = Stage::new();
    let arn = create(&stage.cloud, "app-abcdef").unwrap()["ARN"].as_str().unwrap().to_owned();
    let partial = arn.rsplit_once('-').unwrap().0;
    let found = |id: &str| send(&stage.cloud, "DescribeSecret", json!({ "SecretId": id })).is_ok();
    assert!(found("app-abcdef") && found(&arn));
    assert!(!found(partial) && !found(&format!("{partial}-AbCdEf")));
    let arn = create(&stage.cloud, "app").unwrap()["ARN"].as_str().unwrap().to_owned();
    assert!(found(arn.rsplit_once('-').unwrap().0));
    let other = call(&stage.cloud, "us-east-1", "DescribeSecret", &json!({ "SecretId": arn }));
    assert!(other.unwrap_err().starts_with("ResourceNotFoundException"));
}

#[test]
fn a_plain_secret_is_described_by_few_members() {
    let stage = Stage::new();
    create(&stage.cloud, "app").unwrap();
    let described = send(&stage.cloud, "DescribeSecret", json!({ "SecretId": "app" })).unwrap();
    let members: Vec<&String> = described.as_object().unwrap().keys().collect();
    assert_eq!(members, ["ARN", "CreatedDate", "LastChangedDate", "Name"]);
}

#[test]
fn secrets_of_partners_are_refused() {
    let stage = Stage::new();
    create(&stage.cloud, "app").unwrap();
    for (operation, input) in [
        ("CreateSecret", json!({ "Name": "new", "Type": "SalesforceClientSecret" })),
        ("UpdateSecret", json!({ "SecretId": "app", "Type": "SalesforceClientSecret" })),
        (
            "RotateSecret",
            json!({
                "SecretId": "app",
                "ExternalSecretRotationRoleArn": "arn:aws:iam::123456789012:role/rotate",
            }),
        ),
    ] {
        let mut input = input;
        input["ClientRequestToken"] = json!(TOKEN);
        let refusal = send(&stage.cloud, operation, input).unwrap_err();
        assert!(refusal.starts_with("InvalidParameterException"), "{operation}: {refusal}");
    }
}

#[test]
fn every_change_moves_the_date_of_the_last_change() {
    let stage = Stage::new();
    let input = json!({ "Name": "app", "ClientRequestToken": TOKEN, "SecretString": "x" });
    send(&stage.cloud, "CreateSecret", input).unwrap();
    let policy = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"secretsmanager:DeleteSecret","Resource":"*"}}"#;
    for (operation, input) in [
        ("TagResource", json!({ "Tags": [{ "Key": "a", "Value": "b" }] })),
        ("UntagResource", json!({ "TagKeys": ["a"] })),
        ("PutResourcePolicy", json!({ "ResourcePolicy": policy })),
        ("DeleteResourcePolicy", json!({})),
        ("UpdateSecretVersionStage", json!({ "VersionStage": "a", "MoveToVersionId": TOKEN })),
        ("DeleteSecret", json!({})),
        ("RestoreSecret", json!({})),
    ] {
        stage.pass(10);
        let mut input = input;
        input["SecretId"] = json!("app");
        send(&stage.cloud, operation, input).unwrap();
        let described = send(&stage.cloud, "DescribeSecret", json!({ "SecretId": "app" })).unwrap();
        let changed = described["LastChangedDate"].as_f64().map(|it| (it * 1000.0) as i64);
        assert_eq!(changed, Some(stage.clock.now().milliseconds()), "{operation}");
    }
}
