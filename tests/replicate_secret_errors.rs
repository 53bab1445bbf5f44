//! Every error that `ReplicateSecretToRegions` can answer, and every way in which a replication
//! that was accepted fails later: what the user reads, and what is true afterwards.

use std::fmt::Write as _;

use meridian_local_aws::FaultAction;

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, cloud_text, count};

const SECRET: &str = "aws_secretsmanager_secret.app";

const REPLICA: &str = "  replica {\n    region = \"eu-west-1\"\n  }\n";

fn configuration(replica: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  recovery_window_in_days = 0
{replica}}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}}
"#
    )
}

/// A project whose secret has been made; its replica comes next.
pub fn with_secret(server: &Server) -> Project {
    let project = Project::of(&configuration("")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &configuration(REPLICA));
    project
}

/// The value that readers in Ireland get.
fn value_in_ireland(server: &Server) -> Option<String> {
    let asked = server.secrets(IRELAND).get_secret_value().secret_id("app").send();
    server.wait(asked).ok().and_then(|answer| answer.secret_string)
}

/// Applies until there is one replica that has the value.
#[track_caller]
pub fn converges(server: &Server, project: &Project) {
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value_in_ireland(server).as_deref(), Some("value"));
    let secrets = server.secrets(HOME);
    let described = server.wait(secrets.describe_secret().secret_id("app").send()).unwrap();
    assert_eq!(described.replication_status().len(), 1, "one replica, one entry");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// What trying again cannot mend: code, message, advice.
const FINAL: &[(&str, &str, &str)] = &[
    (
        "InvalidParameterException",
        "Invalid replica region.",
        "The Region of each replica block must be enabled in the account",
    ),
    (
        "InvalidParameterException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
        "Give the replica blocks to the primary secret, in its own Region.",
    ),
    (
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
        "aws secretsmanager restore-secret --region eu-central-1",
    ),
    (
        "InvalidRequestException",
        "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN \
         configured.",
        "See RotationEnabled, RotationLambdaARN and OwningService",
    ),
    (
        "InvalidRequestException",
        "The secret is managed by another service, and you must use that service to update it.",
        "See RotationEnabled, RotationLambdaARN and OwningService",
    ),
    (
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
        "It was deleted after the plan was made.",
    ),
    (
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/test is not authorized to perform: \
         secretsmanager:ReplicateSecretToRegions",
        "the call needs secretsmanager:ReplicateSecretToRegions on \
         arn:aws:secretsmanager:eu-central-1:123456789012:secret:app",
    ),
    ("AccessDeniedException", "Access to KMS is not allowed", "kms:Decrypt"),
    (
        "ExpiredTokenException",
        "The security token included in the request is expired",
        "get new ones, for instance with `aws sso login`",
    ),
];

/// What AWS documents for `ReplicateSecretToRegions` beside what any of its calls can answer.
const DOCUMENTED: [&str; 4] = [
    "InternalServiceError",
    "InvalidParameterException",
    "InvalidRequestException",
    "ResourceNotFoundException",
];

#[test]
fn each_documented_error_is_tried() {
    let passing = passing();
    let passes = |code: &str| {
        let is_it = |action: &FaultAction| matches!(action, FaultAction::Error { code: it, .. } if it == code);
        passing.iter().any(|(action, _)| is_it(action))
    };
    for code in DOCUMENTED {
        assert!(FINAL.iter().any(|(it, ..)| *it == code) || passes(code), "{code}");
    }
}

#[test]
fn each_refusal_is_told_with_call_region_request_and_advice_and_loses_nothing() {
    let server = Server::new();
    let project = with_secret(&server);
    let before = cloud_text(&server);
    let state = project.run("state list").succeeds().out;
    let mut told = String::new();
    for (code, message, advice) in FINAL {
        server.refuse("ReplicateSecretToRegions", 400, code, message);
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").fails();
        let records = server.requests_since(mark);
        assert_eq!(count(&records, "ReplicateSecretToRegions"), 1, "{code} is not tried again");
        let request = records.iter().find(|it| it.operation == "ReplicateSecretToRegions").unwrap();
        let ran = ran
            .says(code)
            .says(message)
            .says(advice)
            .says(SECRET)
            .says("secretsmanager:ReplicateSecretToRegions in eu-central-1")
            .says(&request.request_id);
        writeln!(told, "--- {code}\n{}", ran.complaint()).unwrap();
        assert_eq!(cloud_text(&server), before, "{code}: nothing is changed or lost");
        assert_eq!(project.run("state list").succeeds().out, state, "{code}");
        let _ = project.run("plan").succeeds().says("0 to add, 1 to change, 0 to destroy");
    }
    insta::assert_snapshot!(told);
    converges(&server, &project);
}

/// Messages of replicas that end as `Failed`, and the advice.
const FAILED: &[(&str, &str)] = &[
    (
        "Replication failed: Secret name app already exists in region eu-west-1.",
        "set force_overwrite_replica_secret = true",
    ),
    (
        "Replication failed: Secret name app is currently replicated to eu-west-1 with a different arn",
        "aws secretsmanager stop-replication-to-replica --region eu-west-1",
    ),
    (
        "Secret with this name already exists in this region",
        "set force_overwrite_replica_secret = true",
    ),
    ("Replication failed: Access to KMS is not allowed", "kms:GenerateDataKey"),
    ("Replication failed: a network error", "Apply again to try once more."),
];

#[test]
fn each_replication_that_fails_later_is_told_and_mended_by_the_next_apply() {
    let told: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = FAILED
            .iter()
            .map(|(message, advice)| {
                scope.spawn(move || {
                    let server = Server::new();
                    let project = with_secret(&server);
                    let message = (*message).to_owned();
                    let action = FaultAction::FailReplication { message: message.clone() };
                    server.next("ReplicateSecretToRegions", action);
                    let ran = project
                        .run("apply -auto-approve")
                        .fails()
                        .says(SECRET)
                        .says("replication of app to eu-west-1 failed")
                        .says(&message)
                        .says(advice);
                    let listed = project.run("state list").succeeds();
                    assert!(listed.out.contains(SECRET), "{message}: {}", listed.out);
                    let _ = project.run("plan").succeeds().says("0 to add, 1 to change");
                    let complaint = ran.complaint();
                    converges(&server, &project);
                    format!("--- {message}\n{complaint}\n")
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().expect("no run panics")).collect()
    });
    insta::assert_snapshot!(told.concat());
}

fn error(status: u16, code: &str, message: &str) -> FaultAction {
    FaultAction::Error { status, code: code.to_owned(), message: message.to_owned() }
}

/// What passes by itself, and how often the call leaves: what was done without an answer is not
/// asked for again.
fn passing() -> Vec<(FaultAction, usize)> {
    vec![
        (FaultAction::Throttling, 2),
        (error(400, "ThrottlingException", "Rate exceeded"), 2),
        (error(500, "InternalServiceError", "An error occurred on the server side."), 2),
        (error(503, "ServiceUnavailable", "Service is unavailable."), 2),
        (FaultAction::DropBeforeExecution, 2),
        (FaultAction::DropAfterExecution, 1),
        (FaultAction::TruncatedBody, 1),
    ]
}

#[test]
fn what_passes_is_outwaited_and_makes_one_replica() {
    std::thread::scope(|scope| {
        for (action, sent) in passing() {
            scope.spawn(move || {
                let server = Server::new();
                let project = with_secret(&server);
                server.next("ReplicateSecretToRegions", action.clone());
                let mark = server.mark();
                converges(&server, &project);
                let records = server.requests_since(mark);
                assert_eq!(count(&records, "ReplicateSecretToRegions"), sent, "{action:?}");
            });
        }
    });
}
