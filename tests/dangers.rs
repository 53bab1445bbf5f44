//! Losses that nothing makes good: what is asked before them, and how a pipeline refuses them.

use crate::support::{PROVIDERS, Project, Server, count};

const OLD: &str = r#"
resource "aws_kms_key" "old" {
  deletion_window_in_days = 7
}
output "old" {
  value = aws_kms_key.old.arn
}
"#;

/// Two secrets that were made under this key and are left there.
fn text(keys: &str, key: &str) -> String {
    let secrets: String = ["a", "b"]
        .map(|name| {
            format!(
                r#"
resource "aws_secretsmanager_secret" "{name}" {{
  name                    = "{name}"
  kms_key_id              = {key}
  recovery_window_in_days = 0
  lifecycle {{
    ignore_changes = [kms_key_id]
  }}
}}
resource "aws_secretsmanager_secret_version" "{name}" {{
  secret_id     = aws_secretsmanager_secret.{name}.id
  secret_string = "value"
}}
"#
            )
        })
        .concat();
    format!("{PROVIDERS}{keys}{secrets}")
}

fn with_old() -> String {
    text(OLD, "aws_kms_key.old.arn")
}

fn without_old() -> String {
    text("resource \"aws_kms_key\" \"new\" {}\n", "aws_kms_key.new.arn")
}

/// A project whose next plan schedules a key for deletion that two secrets are under.
fn endangered(server: &Server) -> Project {
    let project = Project::of(&with_old()).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &without_old());
    project
}

fn deletions(server: &Server) -> usize {
    count(&server.requests(), "ScheduleKeyDeletion")
}

#[test]
fn a_plan_with_dangers_is_approved_by_more_than_yes() {
    let server = Server::new();
    let project = endangered(&server);
    let _ = project
        .run_with("apply", "yes\n")
        .fails()
        .says("This plan has 2 dangers, which nothing makes good afterwards:")
        .says("- aws_kms_key.old: aws_secretsmanager_secret.a: version")
        .says("- aws_kms_key.old: aws_secretsmanager_secret.b: version")
        .says("Only 'yes, with 2 dangers' will be accepted to approve.")
        .says("so 'yes' is not enough")
        .says("Apply cancelled.");
    let _ = project.run_with("apply", "yes, with 3 dangers\n").fails().says("Apply cancelled.");
    assert_eq!(deletions(&server), 0);
    let _ = project.run_with("apply", "yes, with 2 dangers\n").succeeds().says("1 destroyed");
    assert_eq!(deletions(&server), 1);
    // Without dangers, the word is the usual one.
    let _ = project
        .run_with("destroy -target=aws_secretsmanager_secret_version.a", "yes\n")
        .succeeds()
        .says("Only 'yes' will be accepted to confirm.");
}

/// Of secrets that name the key by its ARN nobody knows that they lean on it.
#[test]
fn a_destruction_asks_the_same() {
    let server = Server::new();
    let project = Project::of(&with_old()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    // What leans on the key goes with it, so nothing is lost.
    let line = "destroy -target=aws_kms_key.old";
    let _ = project.run_with(line, "no\n").fails().never_says("DANGER");
    let arn = format!("{:?}", project.run("output -raw old").succeeds().out);
    project.write("main.tf", &text(OLD, &arn));
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project
        .run_with(line, "yes\n")
        .fails()
        .says("Only 'yes, with 2 dangers' will be accepted to confirm.")
        .says("Destroy cancelled.");
    let refused = project.run(&format!("{line} -auto-approve -refuse-dangers")).fails();
    let _ = refused.says("Error: The plan has 2 dangers");
    assert_eq!(deletions(&server), 0);
}

#[test]
fn who_asks_for_no_question_is_told_and_goes_on() {
    let server = Server::new();
    let project = endangered(&server);
    let _ = project.run("plan -out=p").succeeds().says("DANGER: aws_secretsmanager_secret.a");
    let _ = project
        .run("apply p")
        .succeeds()
        .says("Warning: The plan has 2 dangers")
        .says("- aws_kms_key.old: aws_secretsmanager_secret.b: version");
    assert_eq!(deletions(&server), 1);
    let server = Server::new();
    let project = endangered(&server);
    let _ =
        project.run("apply -auto-approve").succeeds().says("DANGER: aws_secretsmanager_secret.a");
    assert_eq!(deletions(&server), 1);
}

#[test]
fn a_pipeline_can_refuse_dangers() {
    let server = Server::new();
    let project = endangered(&server);
    let _ = project.run("plan -out=approved").succeeds();
    for line in [
        "plan -refuse-dangers -out=p",
        "plan -refuse-dangers -detailed-exitcode",
        "apply -auto-approve -refuse-dangers",
        "apply -refuse-dangers approved",
    ] {
        let _ = project
            .run(line)
            .fails()
            .says("Error: The plan has 2 dangers")
            .says("- aws_kms_key.old: aws_secretsmanager_secret.a: version")
            .says("-refuse-dangers is given: nothing was done.");
    }
    assert!(!project.folder().join("p").exists(), "a refused plan is not kept");
    assert_eq!(deletions(&server), 0);
    // No lock is left behind, and what has no dangers goes on.
    project.write("main.tf", &with_old());
    let _ = project.run("plan -refuse-dangers").succeeds();
    let _ = project.run("apply -auto-approve -refuse-dangers").succeeds();
}
