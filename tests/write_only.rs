//! Values that are used by an apply and kept nowhere.

use std::fs;
use std::path::Path;

use crate::support::{HOME, PROVIDERS, Project, Server, changing, count, position};

const CANARY: &str = "C4naryW0q7Fok";

const SECRET: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
}
"#;

fn configuration(arguments: &str) -> String {
    format!(
        r#"{PROVIDERS}{SECRET}
variable "password" {{
  type      = string
  ephemeral = true
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id = aws_secretsmanager_secret.app.id
  {arguments}
}}
"#
    )
}

fn write_only(version: &str) -> String {
    let arguments =
        format!("secret_string_wo = var.password\n  secret_string_wo_version = {version}");
    configuration(&arguments)
}

fn value(server: &Server, label: &str) -> String {
    let asked = server.secrets(HOME).get_secret_value().secret_id("app").version_stage(label);
    server.wait(asked.send()).unwrap().secret_string().unwrap_or_default().to_owned()
}

fn holds_canary(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        let is_here =
            |bytes: Vec<u8>| bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        if path.is_dir() { holds_canary(&path) } else { is_here(fs::read(&path).unwrap()) }
    })
}

#[test]
fn a_write_only_value_is_kept_nowhere_and_its_version_puts_it_anew() {
    let server = Server::new();
    let mut project = Project::of(&write_only("1")).at(&server);
    let _ = project.run("validate").succeeds();
    project.set("TF_VAR_password", CANARY);
    for line in ["plan", "plan -out=tfplan", "show -json tfplan", "apply tfplan"] {
        let _ = project.run(line).succeeds().never_says(CANARY);
    }
    assert_eq!(value(&server, "AWSCURRENT"), CANARY);
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says(CANARY);
    assert!(!holds_canary(project.root()), "the value is in a file");

    // Another value alone is not seen; its version is what counts.
    let next = format!("{CANARY}2");
    project.set("TF_VAR_password", &next);
    let _ = project.run("plan -detailed-exitcode").exits(0);
    project.write("main.tf", &write_only("2"));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("secret_string_wo_version = 1 -> 2 # forces replacement").says("+/-");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().never_says(CANARY);
    assert_eq!(changing(&server.requests_since(mark)), format!("PutSecretValue {HOME}"));
    assert_eq!(
        (value(&server, "AWSCURRENT"), value(&server, "AWSPREVIOUS")),
        (next, CANARY.into())
    );
    let shown = project.run("show -json").succeeds().never_says(CANARY);
    let _ = shown.says("\"has_secret_string_wo\":true").says("\"secret_string_wo\":null");
    let _ = project.run("destroy -auto-approve").succeeds().never_says(CANARY);
    assert!(!holds_canary(project.root()), "the value is in a file");
    let asked = server.requests();
    let reads = asked.iter().filter(|it| it.operation == "GetSecretValue").count();
    assert_eq!(reads, 3, "only by this test");
}

/// As with Terraform: a plan file cannot tell what is kept nowhere.
#[test]
fn the_apply_of_a_saved_plan_must_be_told_the_value_again() {
    let server = Server::new();
    let project = Project::of(&write_only("1")).at(&server);
    project.write("secret.auto.tfvars", &format!("password = {CANARY:?}"));
    let _ = project.run("plan -out=tfplan").succeeds();
    std::fs::remove_file(project.folder().join("secret.auto.tfvars")).unwrap();
    let _ = project
        .run("apply tfplan")
        .fails()
        .says("No value for required variable")
        .says("also be set during the apply phase")
        .says("TF_VAR_password");
    assert_eq!(server.mark(), 0, "nothing was asked for");
    project.write("secret.auto.tfvars", &format!("password = {CANARY:?}"));
    let _ = project.run("apply tfplan").succeeds().never_says(CANARY);
    assert_eq!(value(&server, "AWSCURRENT"), CANARY);
}

/// Terraform's provider loses the last digits of such a number, and plans for ever.
#[test]
fn a_big_version_keeps_its_digits() {
    let server = Server::new();
    let mut project = Project::of(&write_only("9007199254740993")).at(&server);
    project.set("TF_VAR_password", CANARY);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("show -json").succeeds().says("9007199254740993");
    project.write("main.tf", &write_only("9007199254740992"));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("9007199254740993 -> 9007199254740992");
}

#[test]
fn a_value_becomes_write_only_without_a_new_version() {
    let server = Server::new();
    let plain = format!("secret_string = {CANARY:?}");
    let mut project = Project::of(&configuration(&plain)).at(&server);
    project.set("TF_VAR_password", CANARY);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &write_only("1"));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("0 to add, 1 to change, 0 to destroy").never_says(CANARY);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().never_says(CANARY);
    assert_eq!(changing(&server.requests_since(mark)), "");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert!(!holds_canary(&project.folder()), "the value is in a file");
    let versions = server.secrets(HOME).list_secret_version_ids().secret_id("app");
    assert_eq!(server.wait(versions.send()).unwrap().versions().len(), 1);
}

#[test]
fn a_write_only_value_that_is_not_the_same_is_put() {
    let server = Server::new();
    let mut project = Project::of(&configuration("secret_string = \"plain\"")).at(&server);
    project.set("TF_VAR_password", CANARY);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &write_only("1"));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("1 to add, 0 to change, 1 to destroy");
    let _ = project.run("apply -auto-approve").succeeds().never_says(CANARY);
    assert_eq!(
        (value(&server, "AWSCURRENT"), value(&server, "AWSPREVIOUS")),
        (CANARY.to_owned(), "plain".to_owned())
    );
    let records = server.requests();
    assert_eq!(count(&records, "PutSecretValue"), 2);
    assert!(position(&records, "PutSecretValue") < records.len());
}

#[test]
fn an_empty_value_is_told_before_anything_is_put() {
    let server = Server::new();
    let mut project = Project::of(&write_only("1")).at(&server);
    project.set("TF_VAR_password", "");
    let _ = project.run("apply -auto-approve").fails().says("the secret version has no value");
    assert_eq!(count(&server.requests(), "PutSecretValue"), 0);
}

#[test]
fn wrong_arguments_are_told_in_the_providers_words() {
    let conflict = "Conflicting configuration arguments";
    let all = "all of `secret_string_wo,secret_string_wo_version` must be specified";
    for (arguments, said) in [
        (
            "secret_string = \"a\"\n secret_binary = \"YQ==\"",
            vec![
                conflict,
                "\"secret_binary\": conflicts with secret_string",
                "\"secret_string\": conflicts with secret_binary",
            ],
        ),
        ("secret_string_wo = \"a\"", vec!["Missing required argument", all]),
        ("secret_string_wo_version = 1", vec!["Missing required argument", all]),
        (
            "secret_string_wo = \"a\"\n secret_string_wo_version = 1.5",
            vec!["Attribute must be a whole number, got 1.5"],
        ),
        ("secret_string = var.password", vec!["Invalid use of ephemeral value"]),
        (
            "secret_string = \"a\"\n has_secret_string_wo = true",
            vec!["Value for unconfigurable attribute"],
        ),
    ] {
        let project = Project::of(&configuration(arguments));
        let ran = project.run("validate").fails();
        let _ = said.into_iter().fold(ran, |ran, said| ran.says(said));
    }
}
