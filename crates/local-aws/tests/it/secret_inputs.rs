//! Inputs of Secrets Manager that break a rule: those of the service model are
//! answered in the framework's words, the others in the service's own.

use serde_json::{Value, json};

use crate::secret_wire::{FIRST, SECOND, app, describe, here, replicate, secret};

const FRAMEWORK: &str = "com.amazon.coral.validate#ValidationException: ";
const WINDOW: &str = "InvalidParameterException: The RecoveryWindowInDays value must be between 7 \
                      and 30 days (inclusive).";
const TOKEN: &str = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";

/// Sends each input and compares the beginning and a part of the refusal.
/// Nothing may change.
fn refuse(cases: Vec<(&str, Value, &str, &str)>) {
    let stage = secret();
    let before = describe(&stage);
    for (operation, mut input, beginning, part) in cases {
        for (member, value) in [("SecretId", "app"), ("ClientRequestToken", SECOND)] {
            if input.get(member).is_none() {
                input[member] = json!(value);
            }
        }
        let refusal = here(&stage, operation, input.clone()).unwrap_err();
        assert!(refusal.starts_with(beginning), "{operation} {input}: {refusal}");
        assert!(refusal.contains(part), "{operation} {input}: {refusal}");
        assert_eq!(describe(&stage), before, "{operation} {input}");
    }
    let listed = here(&stage, "ListSecrets", json!({ "IncludePlannedDeletion": true })).unwrap();
    assert_eq!(listed["SecretList"].as_array().unwrap().len(), 1);
}

#[test]
fn the_rules_of_the_model_are_the_frameworks() {
    let long = |length| "x".repeat(length);
    refuse(vec![
        ("CreateSecret", json!({ "Name": "" }), FRAMEWORK, "Value '' at 'name'"),
        ("CreateSecret", json!({ "Name": long(513) }), FRAMEWORK, "than or equal to 512"),
        (
            "CreateSecret",
            json!({ "Name": "new", "Description": long(2049) }),
            FRAMEWORK,
            "'description'",
        ),
        (
            "CreateSecret",
            json!({ "Name": "new", "Tags": [{ "Key": "a", "Value": long(257) }] }),
            FRAMEWORK,
            "at 'tags.1.member.value' failed",
        ),
        // What the model has to say comes before the service's own rules.
        (
            "CreateSecret",
            json!({ "Name": "", "ClientRequestToken": null }),
            FRAMEWORK,
            "Value '' at 'name'",
        ),
        (
            "PutSecretValue",
            json!({ "SecretString": "x", "ClientRequestToken": "short" }),
            FRAMEWORK,
            "'clientRequestToken'",
        ),
        (
            "PutSecretValue",
            json!({ "SecretString": "x", "VersionStages": [] }),
            FRAMEWORK,
            "Value '[]' at 'versionStages'",
        ),
        (
            "PutSecretValue",
            json!({ "SecretString": "x", "VersionStages": vec!["x"; 21] }),
            FRAMEWORK,
            "'versionStages'",
        ),
        ("PutSecretValue", json!({ "SecretString": "" }), FRAMEWORK, "Value at 'secretString'"),
        ("UpdateSecret", json!({ "KmsKeyId": long(2049) }), FRAMEWORK, "'kmsKeyId'"),
        ("DescribeSecret", json!({ "SecretId": "" }), FRAMEWORK, "'secretId'"),
        ("TagResource", json!({}), FRAMEWORK, "Value null at 'tags'"),
        ("TagResource", json!({ "Tags": [{ "Key": "" }] }), FRAMEWORK, "'tags.1.member.key'"),
        ("UntagResource", json!({}), FRAMEWORK, "Value null at 'tagKeys'"),
        ("PutResourcePolicy", json!({ "ResourcePolicy": "" }), FRAMEWORK, "'resourcePolicy'"),
        ("PutResourcePolicy", json!({ "ResourcePolicy": long(20_481) }), FRAMEWORK, "20480"),
        ("ReplicateSecretToRegions", json!({}), FRAMEWORK, "Value null at 'addReplicaRegions'"),
        (
            "RemoveRegionsFromReplication",
            json!({ "RemoveReplicaRegions": [] }),
            FRAMEWORK,
            "'removeReplicaRegions'",
        ),
        ("UpdateSecretVersionStage", json!({}), FRAMEWORK, "Value null at 'versionStage'"),
        ("ListSecrets", json!({ "MaxResults": 101 }), FRAMEWORK, "less than or equal to 100"),
        ("ListSecrets", json!({ "SortBy": "size" }), FRAMEWORK, "enum value set"),
        (
            "ListSecrets",
            json!({ "Filters": [{ "Key": "size", "Values": ["x"] }] }),
            FRAMEWORK,
            "at 'filters.1.member.key' failed to satisfy constraint: Member must satisfy enum",
        ),
        ("ListSecretVersionIds", json!({ "MaxResults": 0 }), FRAMEWORK, "'maxResults'"),
        (
            "BatchGetSecretValue",
            json!({ "SecretIdList": vec!["app"; 21] }),
            FRAMEWORK,
            "'secretIdList'",
        ),
        ("GetRandomPassword", json!({ "PasswordLength": 4097 }), FRAMEWORK, "4096"),
        (
            "RotateSecret",
            json!({ "RotationRules": { "AutomaticallyAfterDays": 1001 } }),
            FRAMEWORK,
            "'rotationRules.automaticallyAfterDays'",
        ),
        ("RotateSecret", json!({ "RotationRules": { "Duration": "3d" } }), FRAMEWORK, "[0-9]+h"),
    ]);
}

#[test]
fn the_other_rules_are_the_services() {
    let name = "ValidationException: Invalid name. Must be a valid name containing alphanumeric \
                characters, or any of the following: -/_+=.@!";
    let long = "ü".repeat(32_769);
    let parameter = "InvalidParameterException: ";
    refuse(vec![
        ("CreateSecret", json!({ "Name": "bad name" }), name, ""),
        (
            "CreateSecret",
            json!({ "Name": "new", "ClientRequestToken": null }),
            "InvalidRequestException: ",
            TOKEN,
        ),
        ("RotateSecret", json!({ "ClientRequestToken": null }), parameter, TOKEN),
        // 32769 characters, but 65538 bytes.
        (
            "PutSecretValue",
            json!({ "SecretString": long }),
            FRAMEWORK,
            "Value at 'secretString' failed to satisfy constraint: Member must have length less \
             than or equal to 65536",
        ),
        ("DeleteSecret", json!({ "RecoveryWindowInDays": -1 }), WINDOW, ""),
        ("DeleteSecret", json!({ "RecoveryWindowInDays": 0 }), WINDOW, ""),
        ("DeleteSecret", json!({ "RecoveryWindowInDays": 31 }), WINDOW, ""),
        ("DeleteSecret", json!({ "RecoveryWindowInDays": i64::MAX }), WINDOW, ""),
        (
            "DeleteSecret",
            json!({ "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true }),
            parameter,
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        ),
        (
            "RotateSecret",
            json!({ "RotationRules": {
                "AutomaticallyAfterDays": 7, "ScheduleExpression": "rate(7 days)",
            } }),
            parameter,
            "You cannot specify both rotation frequency and schedule expression together.",
        ),
        (
            "RotateSecret",
            json!({ "RotationRules": { "ScheduleExpression": "rate(1 hour)" } }),
            parameter,
            "rate(1 hour)",
        ),
        ("TagResource", json!({ "Tags": [{ "Value": "b" }] }), parameter, "must have a key"),
        ("TagResource", json!({ "Tags": [{ "Key": "aws:a" }] }), parameter, "aws:"),
        ("ListSecrets", json!({ "Filters": [{ "Key": "name" }] }), parameter, "key and values"),
        ("ListSecrets", json!({ "Filters": [{ "Values": ["!a"] }] }), parameter, "key and values"),
        (
            "ReplicateSecretToRegions",
            json!({ "AddReplicaRegions": [{ "KmsKeyId": "alias/app" }] }),
            parameter,
            "Invalid replica region.",
        ),
        (
            "ReplicateSecretToRegions",
            json!({ "AddReplicaRegions": [{ "Region": "us-east-1" }, { "Region": "us-east-1" }] }),
            parameter,
            "Invalid replica region.",
        ),
        (
            "UpdateSecret",
            json!({ "SecretString": "x", "SecretBinary": "eA==" }),
            parameter,
            "binary",
        ),
    ]);
}

#[test]
fn an_update_that_was_carried_out_before_changes_nothing() {
    let stage = secret();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(60);
    let before = describe(&stage);
    let update = |value: &str, token: &str| {
        let input =
            json!({ "SecretId": "app", "ClientRequestToken": token, "SecretString": value });
        here(&stage, "UpdateSecret", input).unwrap()["VersionId"].clone()
    };
    assert_eq!(update("one", FIRST), FIRST);
    assert_eq!(describe(&stage), before);
    assert_eq!(before["ReplicationStatus"][0]["Status"], "InSync");
    update("two", SECOND);
    assert_eq!(describe(&stage)["ReplicationStatus"][0]["Status"], "InProgress");
}

#[test]
fn the_last_version_that_there_is_room_for_can_be_filled() {
    let stage = secret();
    for number in 2..=99 {
        let token = format!("{number:032}");
        let input = json!({ "SecretId": "app", "SecretString": "x", "ClientRequestToken": token });
        here(&stage, "PutSecretValue", input).unwrap();
    }
    let rotate = json!({
        "SecretId": "app", "ClientRequestToken": SECOND,
        "RotationLambdaARN": "arn:aws:lambda:eu-west-1:123456789012:function:rotate",
    });
    here(&stage, "RotateSecret", rotate).unwrap();
    // The hundredth version waits for its value.
    let mut put = json!({
        "SecretId": "app", "ClientRequestToken": SECOND, "SecretString": "two",
        "VersionStages": ["AWSPENDING"],
    });
    here(&stage, "PutSecretValue", put.clone()).unwrap();
    put["ClientRequestToken"] = json!(format!("{:032}", 101));
    let refusal = here(&stage, "PutSecretValue", put).unwrap_err();
    assert!(refusal.starts_with("LimitExceededException"), "{refusal}");
    let versions = describe(&stage)["VersionIdsToStages"].clone();
    assert_eq!(versions[SECOND], json!(["AWSPENDING"]));
    assert_eq!(here(&stage, "GetSecretValue", app()).unwrap()["SecretString"], "x");
}
