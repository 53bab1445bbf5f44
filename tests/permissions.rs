//! What an apply and a destroy may do, and what they must be able to do: the permissions that they
//! needed are enough, and each of them is needed.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use meridian_local_aws::Policies;
use serde_json::json;

use crate::data_sources::ALL;
use crate::imported_material;
use crate::support::{PROVIDERS, Project, Server, everything, seed};

/// A policy of these actions.
fn policy<'a>(actions: impl IntoIterator<Item = &'a String>) -> Policies {
    let actions: Vec<&String> = actions.into_iter().collect();
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    serde_json::from_value(policy).expect("a policy")
}

/// A secret with a policy, a rotation and a tag of their own.
const PARTS: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}

resource "aws_secretsmanager_secret_policy" "app" {
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_secretsmanager_secret_rotation" "app" {
  secret_id           = aws_secretsmanager_secret.app.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = 30
  }
  depends_on = [aws_secretsmanager_secret_version.app]
}

resource "aws_secretsmanager_tag" "app" {
  secret_id = aws_secretsmanager_secret.app.id
  key       = "Team"
  value     = "core"
}
"#;

/// Whether an apply, a plan without changes and a destroy succeed under a policy.
fn succeeds(server: &Server, configuration: &str) -> bool {
    let project = Project::of(configuration).at(server);
    let commands = ["apply -auto-approve", "plan -detailed-exitcode", "destroy -auto-approve"];
    commands.into_iter().all(|command| project.run(command).code == Some(0))
}

#[test]
fn the_permissions_that_were_needed_are_enough_and_each_is_needed() {
    let needed = enough_and_needed(&everything());
    assert!(needed.contains("kms:ReplicateKey") && needed.len() > 15, "{needed:?}");
}

#[test]
fn keys_of_imported_material_need_what_imports_need() {
    let needed = enough_and_needed(&imported_material::keys("", ""));
    for action in ["kms:GetParametersForImport", "kms:ImportKeyMaterial"] {
        assert!(needed.contains(action) && needed.len() > 8, "{needed:?}");
    }
}

#[test]
fn the_parts_of_a_secret_need_their_own_permissions() {
    let needed = enough_and_needed(&format!("{PROVIDERS}{PARTS}"));
    for action in ["PutResourcePolicy", "DeleteResourcePolicy", "RotateSecret", "TagResource"] {
        assert!(needed.contains(&format!("secretsmanager:{action}")), "{needed:?}");
    }
    assert!(!needed.contains("secretsmanager:GetSecretValue"), "{needed:?}");
}

/// The actions that the life of a configuration needs: with them alone it succeeds, without any
/// of them it does not.
#[track_caller]
fn enough_and_needed(configuration: &str) -> BTreeSet<String> {
    let anything = policy(&["*".to_owned()]);
    let server = Server::under(anything);
    assert!(succeeds(&server, configuration));
    let needed: BTreeSet<String> =
        server.cloud.used_permissions().into_iter().map(|it| it.action).collect();
    assert!(succeeds(&Server::under(policy(&needed)), configuration), "enough: {needed:?}");
    assert_each_is_needed(
        &needed,
        |others| Server::under(policy(others)),
        |server| succeeds(server, configuration),
    );
    needed
}

/// Everything for all, but for one caller only these actions.
fn for_reader<'a>(actions: impl IntoIterator<Item = &'a String>) -> Policies {
    let actions: Vec<&String> = actions.into_iter().collect();
    let allow = |actions: serde_json::Value| {
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        json!({ "Version": "2012-10-17", "Statement": [statement] })
    };
    let policies =
        json!({ "principals": { READER: allow(json!(actions)) }, "default": allow(json!("*")) });
    serde_json::from_value(policies).expect("policies")
}

/// The access key of someone who only reads.
const READER: &str = "AKIDREADER";

/// Whether a plan that reads all data sources succeeds.
fn reads(server: &Server) -> bool {
    seed(server, "value");
    let mut project = Project::of(&format!("{PROVIDERS}{ALL}")).at(server);
    project.set("AWS_ACCESS_KEY_ID", READER);
    project.run("plan").code == Some(0)
}

/// Asserts that something that succeeds with these actions fails without any one of them.
#[track_caller]
fn assert_each_is_needed(
    needed: &BTreeSet<String>,
    server_without: impl Fn(Vec<&String>) -> Server + Sync,
    succeeds: impl Fn(&Server) -> bool + Sync,
) {
    let superfluous = Mutex::new(Vec::new());
    let left: Mutex<Vec<&String>> = Mutex::new(needed.iter().collect());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(action) = left.lock().expect("no thread panics").pop() else { break };
                    let others = needed.iter().filter(|other| *other != action).collect();
                    if succeeds(&server_without(others)) {
                        superfluous.lock().expect("no thread panics").push(action);
                    }
                }
            });
        }
    });
    let superfluous = superfluous.into_inner().expect("no thread panics");
    assert!(superfluous.is_empty(), "without these it works as well: {superfluous:?}");
}

#[test]
fn data_sources_need_the_permission_of_each_read_and_no_other() {
    let needed = [
        "kms:Decrypt",
        "kms:DescribeCustomKeyStores",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GetPublicKey",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetRandomPassword",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:ListSecrets",
    ];
    let needed: BTreeSet<String> = needed.map(str::to_owned).into();
    assert!(reads(&Server::under(for_reader(&needed))), "they are enough");
    assert_each_is_needed(&needed, |others| Server::under(for_reader(others)), reads);
}
