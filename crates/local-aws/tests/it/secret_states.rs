//! What each operation answers in each state of a secret.

use serde_json::{Value, json};

use crate::secret_wire::call;
use crate::stage::Stage;

const MARKED: &str = "InvalidRequestException: You can't perform this operation on the secret \
                      because it was marked for deletion.";
const ON_REPLICA: &str = "InvalidParameterException: Operation not permitted on a replica secret. \
                          Call must be made in primary secret's region.";
const MISSING: &str = "ResourceNotFoundException: Secrets Manager can't find the specified secret.";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:rotate";
const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"secretsmanager:*","Resource":"*"}]}"#;

#[derive(Clone, Copy, Debug)]
enum State {
    Live,
    Marked,
    Replica,
    Missing,
}

/// What is expected.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Works,
    Refused(&'static str),
}

use Outcome::{Refused, Works};

/// Each operation that names a secret, the members that it needs besides, and
/// what it answers for a secret that lives, is marked for deletion, is a
/// replica, or is not there.
fn table() -> Vec<(&'static str, Value, [Outcome; 4])> {
    let token = "33333333-3333-3333-3333-333333333333";
    let written = [Works, Refused(MARKED), Refused(ON_REPLICA), Refused(MISSING)];
    let read = [Works, Refused(MARKED), Works, Refused(MISSING)];
    let described = [Works, Works, Works, Refused(MISSING)];
    let rotation = json!({ "ClientRequestToken": token, "RotationLambdaARN": FUNCTION });
    let not_configured = "InvalidRequestException: No Lambda rotation function ARN is associated \
                          with this secret.";
    let not_replica = "InvalidRequestException: Operation not permitted: the secret is not a \
                       replica.";
    vec![
        (
            "CancelRotateSecret",
            json!({}),
            [Refused(not_configured), Refused(MARKED), Refused(ON_REPLICA), Refused(MISSING)],
        ),
        ("DeleteResourcePolicy", json!({}), written),
        ("DeleteSecret", json!({}), written),
        (
            "DeleteSecret",
            json!({ "ForceDeleteWithoutRecovery": true }),
            [Works, Works, Refused(ON_REPLICA), Works],
        ),
        ("DescribeSecret", json!({}), described),
        ("GetResourcePolicy", json!({}), read),
        ("GetSecretValue", json!({}), read),
        ("ListSecretVersionIds", json!({}), described),
        ("PutResourcePolicy", json!({ "ResourcePolicy": POLICY }), written),
        ("PutSecretValue", json!({ "ClientRequestToken": token, "SecretString": "x" }), written),
        (
            "RemoveRegionsFromReplication",
            json!({ "RemoveReplicaRegions": ["eu-north-1"] }),
            written,
        ),
        (
            "ReplicateSecretToRegions",
            json!({ "AddReplicaRegions": [{ "Region": "eu-north-1" }] }),
            written,
        ),
        ("RestoreSecret", json!({}), [Works, Works, Refused(ON_REPLICA), Refused(MISSING)]),
        ("RotateSecret", rotation, written),
        (
            "StopReplicationToReplica",
            json!({}),
            [Refused(not_replica), Refused(not_replica), Works, Refused(MISSING)],
        ),
        ("TagResource", json!({ "Tags": [{ "Key": "team", "Value": "red" }] }), written),
        ("UntagResource", json!({ "TagKeys": ["team"] }), written),
        ("UpdateSecret", json!({ "ClientRequestToken": token, "Description": "x" }), written),
        ("UpdateSecret", json!({ "ClientRequestToken": token, "KmsKeyId": "" }), read),
        (
            "UpdateSecretVersionStage",
            json!({ "VersionStage": "mine", "MoveToVersionId": "11111111-1111-1111-1111-111111111111" }),
            written,
        ),
        ("ValidateResourcePolicy", json!({ "ResourcePolicy": POLICY }), read),
    ]
}

/// A cloud with the secret in a state, and the Region in which it is.
fn set(state: State) -> (Stage, &'static str) {
    let stage = Stage::new();
    let call = |operation: &str, input: &Value| {
        call(&stage.cloud, "eu-west-1", operation, input).unwrap();
    };
    let mut secret = json!({
        "Name": "app",
        "SecretString": "one",
        "ClientRequestToken": "11111111-1111-1111-1111-111111111111",
    });
    match state {
        State::Missing => {}
        State::Live => call("CreateSecret", &secret),
        State::Marked => {
            call("CreateSecret", &secret);
            call("DeleteSecret", &json!({ "SecretId": "app" }));
        }
        State::Replica => {
            secret["AddReplicaRegions"] = json!([{ "Region": "us-east-1" }]);
            call("CreateSecret", &secret);
            stage.pass(2);
            return (stage, "us-east-1");
        }
    }
    (stage, "eu-west-1")
}

#[test]
fn each_operation_answers_by_the_state_of_the_secret() {
    for (operation, members, outcomes) in table() {
        let states = [State::Live, State::Marked, State::Replica, State::Missing];
        for (state, outcome) in states.into_iter().zip(outcomes) {
            let (stage, region) = set(state);
            let describe = || {
                let input = json!({ "SecretId": "app" });
                call(&stage.cloud, region, "DescribeSecret", &input)
            };
            let before = describe();
            let mut input = members.clone();
            input["SecretId"] = json!("app");
            let answer = call(&stage.cloud, region, operation, &input);
            let case = format!("{operation} {members} {state:?}");
            match outcome {
                Works => assert!(answer.is_ok(), "{case}: {answer:?}"),
                Refused(refusal) => {
                    assert_eq!(answer.as_ref().err().map(String::as_str), Some(refusal), "{case}");
                    assert_eq!(describe(), before, "{case} changed something");
                }
            }
        }
    }
}
