//! What an apply and a destroy may do, and what they must be able to do: the permissions that they
//! needed are enough, and each of them is needed.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use meridian_local_aws::Policies;
use serde_json::json;

use crate::imported_material;
use crate::support::{PROVIDERS, Project, Server, everything};

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

    let superfluous = Mutex::new(Vec::new());
    let left: Mutex<Vec<&String>> = Mutex::new(needed.iter().collect());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(action) = left.lock().expect("no thread panics").pop() else { break };
                    let others = needed.iter().filter(|other| *other != action);
                    if succeeds(&Server::under(policy(others)), configuration) {
                        superfluous.lock().expect("no thread panics").push(action);
                    }
                }
            });
        }
    });
    let superfluous = superfluous.into_inner().expect("no thread panics");
    assert!(superfluous.is_empty(), "without these it works as well: {superfluous:?}");
    needed
}
