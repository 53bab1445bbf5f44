//! States that are sealed whole: nothing but addresses, types, providers, Regions, operations and
//! times can be read in them, and everything works as before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{HOME, Project, Ran, Server, changing, count};

#[cfg(unix)]
mod killed;

const SEAL: &str = "MERIDIAN_STATE_SEAL";
const PASSPHRASE: &str = "correct horse battery staple";
/// What the configuration says, in every place that a state keeps.
const SAID: [&str; 8] = [
    "What the orders are signed with",
    "Cost-Centre",
    "payments",
    "prod/database",
    "alias/orders",
    "what-the-secret-is-for",
    "the-members-name",
    "canary-in-a-coal-mine",
];

const TEXT: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

variable "secret" {
  type      = string
  sensitive = true
}

resource "random_password" "made" {
  length = 24
}

resource "aws_kms_key" "orders" {
  description             = "What the orders are signed with"
  deletion_window_in_days = 7
  tags                    = { Cost-Centre = "payments" }
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "prod/database"
  description             = "what-the-secret-is-for"
  kms_key_id              = aws_kms_key.orders.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = var.secret
}

output "key" {
  value = { the-members-name = aws_kms_key.orders.arn }
}

output "made" {
  value     = "${random_password.made.result}${var.secret}"
  sensitive = true
}
"#;

fn project(server: &Server) -> Project {
    let mut project = Project::of(TEXT).at(server);
    project.set("TF_VAR_secret", "canary-in-a-coal-mine");
    project
}

/// A project whose state was made whole by two applies: the second one takes in what AWS shows of
/// new objects for the first time.
fn applied(server: &Server) -> Project {
    let mut project = project(server);
    project.set(SEAL, "whole");
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    project
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What all files hold but the configuration.
fn written(project: &Project) -> Vec<u8> {
    let mut found = Vec::new();
    files(project.root(), &mut found);
    found.retain(|path| !path.ends_with("main.tf"));
    found.iter().flat_map(|path| fs::read(path).unwrap()).collect()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// The parts of the key's ARN that are nobody else's business: the account and the key.
fn parts_of_arn(project: &Project) -> [String; 2] {
    let shown: Json =
        serde_json::from_str(&project.run("output -json key").succeeds().out).unwrap();
    let arn = shown["the-members-name"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = arn.split(':').collect();
    [parts[4].to_owned(), parts[5].trim_start_matches("key/").to_owned()]
}

#[track_caller]
fn is_hidden<'t>(project: &Project, texts: impl IntoIterator<Item = &'t str>) {
    let bytes = written(project);
    for text in texts {
        assert!(!has(&bytes, text), "{text:?} is written down");
    }
    for shown in ["aws_secretsmanager_secret.app", "aws_kms_key", HOME, "CreateSecret"] {
        assert!(has(&bytes, shown), "{shown:?} can be read without the key");
    }
}

#[track_caller]
fn nothing_to_do(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("output -raw made").succeeds().says("canary-in-a-coal-mine");
}

/// Unsets a variable, as far as the program can tell.
fn run_without(project: &Project, name: &str, line: &str) -> Ran {
    let mut command: Command = project.command(line);
    command.env_remove(name);
    project.run_command(line, command)
}

#[test]
fn nothing_but_addresses_and_times_can_be_read_in_it() {
    let server = Server::new();
    let project = applied(&server);
    nothing_to_do(&project);
    let _ = project.run("state backup copy.db").succeeds();
    // A call that AWS refuses leaves a message.
    server.refuse("UpdateKeyDescription", 400, "AccessDeniedException", "Mind prod/database.");
    project.write("main.tf", &TEXT.replace("What the orders", "What all orders"));
    let _ = project.run("apply -auto-approve").fails().says("Mind prod/database.");
    let _ = project.run("state mv aws_kms_alias.orders aws_kms_alias.other").succeeds();
    let arn = parts_of_arn(&project);
    is_hidden(&project, SAID.into_iter().chain(arn.iter().map(String::as_str)));
    assert!(!has(&written(&project), "What all orders"));
    // With the key everything is as ever.
    let shown = project.run("show -json").succeeds().out;
    assert!(SAID[..6].iter().all(|text| shown.contains(text)), "{shown}");
    assert!(shown.contains(&arn[0]) && shown.contains(&arn[1]));
    let _ = project.run("state show aws_kms_key.orders").succeeds().says("payments");
    let _ = project.run("destroy -auto-approve").succeeds();
    is_hidden(&project, SAID.into_iter().chain(arn.iter().map(String::as_str)));
}

#[test]
fn a_state_is_sealed_whole_and_opened_again_and_neither_touches_the_cloud() {
    let server = Server::new();
    let mut project = project(&server);
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    nothing_to_do(&project);
    let shown = project.run("show -json").succeeds().out;
    let arn = parts_of_arn(&project);
    assert!(has(&written(&project), SAID[0]));
    let _ = project.run("plan -out=p").succeeds();
    let asked = server.mark();

    let _ = project.run("state seal").exits(1).says("-whole");
    let _ = project.run("state seal -whole -only-sensitive").exits(1).says("cannot be used with");
    let _ = project.run("state seal -whole").succeeds().says("The state is sealed as a whole.");
    let _ = project.run("state seal -whole").succeeds().says("was sealed as a whole already");
    let hidden = || SAID.into_iter().chain(arn.iter().map(String::as_str));
    is_hidden(&project, hidden());
    assert_eq!(project.run("show -json").succeeds().out, shown);
    nothing_to_do(&project);
    // A plan that was made before is of the same state.
    let _ = project.run("apply p").succeeds();

    // Another key, and the state stays whole.
    let _ = project.run("plan -out=p").succeeds();
    let _ = project.run("state rekey").succeeds();
    let _ = project.run("apply p").fails().says("Saved plan is stale");
    is_hidden(&project, hidden());
    nothing_to_do(&project);
    project.set("MERIDIAN_NEW_STATE_KEY", PASSPHRASE);
    let _ = project.run("state rekey -passphrase").succeeds();
    is_hidden(&project, hidden());
    let _ = project.run("plan").fails().says("is sealed under a passphrase");
    project.set("MERIDIAN_STATE_KEY", PASSPHRASE);
    nothing_to_do(&project);

    project.set(SEAL, "whole");
    let refused = project.run("state seal -only-sensitive").fails();
    let _ = refused.says("The state stays sealed as a whole").says("unset MERIDIAN_STATE_SEAL");
    let opened = run_without(&project, SEAL, "state seal -only-sensitive").succeeds();
    let _ = opened.says("Only sensitive values are sealed in the state from now on.");
    assert!(has(&written(&project), SAID[0]));
    assert!(!has(&written(&project), "canary-in-a-coal-mine"));
    let planned = run_without(&project, SEAL, "plan -detailed-exitcode");
    let _ = planned.exits(0).says("No changes.");
    assert_eq!(run_without(&project, SEAL, "show -json").succeeds().out, shown);
    assert_eq!(changing(&server.requests_since(asked)), "");
    let listed = run_without(&project, SEAL, "state history").succeeds();
    assert_eq!(listed.out.matches("state seal").count(), 2, "{}", listed.out);
}

#[test]
fn what_the_environment_asks_for_is_had_or_nothing_is_done() {
    let server = Server::new();
    let mut project = project(&server);
    for value in ["", "all", "Whole", "whole "] {
        project.set(SEAL, value);
        for line in ["apply -auto-approve", "plan", "state seal -only-sensitive"] {
            let refused = project.run(line).fails();
            let _ = refused.says("its only value is \"whole\"").says("unset it to seal sensitive");
        }
    }
    assert!(!project.has_state());
    assert_eq!(server.mark(), 0);
    let _ = run_without(&project, SEAL, "apply -auto-approve").succeeds();
    let _ = run_without(&project, SEAL, "plan -out=p").succeeds();
    let state = project.folder().join("state/meridian.db");
    let (before, asked) = (fs::read(&state).unwrap(), server.mark());
    project.set(SEAL, "whole");
    for line in ["apply -auto-approve", "plan", "apply p", "destroy -auto-approve", "state rekey"] {
        let _ = project.run(line).fails().says("\"meridian state seal -whole\" seals the rest");
    }
    assert_eq!(fs::read(&state).unwrap(), before);
    assert_eq!(server.mark(), asked);
    let _ = project.run("state seal -whole").succeeds();
    is_hidden(&project, SAID);
    let _ = project.run("apply -auto-approve").succeeds();
    nothing_to_do(&project);
    // A saved plan makes a state as the environment asks for it, too.
    let mut other = self::project(&Server::new());
    other.set(SEAL, "whole");
    let server = Server::new();
    let mut other = other.at(&server);
    other.set("TF_VAR_secret", "canary-in-a-coal-mine");
    let _ = other.run("plan -out=p").succeeds();
    let _ = other.run("apply p").succeeds();
    is_hidden(&other, SAID);
}

#[test]
fn without_its_key_it_is_listed_and_kept_and_nothing_else() {
    let server = Server::new();
    let project = applied(&server);
    let key = project.root().join("home/.config/meridian/state.key");
    let kept = fs::read(&key).unwrap();
    let asked = server.mark();
    // Another key, and none.
    for other in [Some("S2V5IG9mIHNvbWVib2R5IGVsc2UsIDMyIGJ5dGVzLi4="), None] {
        let replace = || match other {
            Some(text) => fs::write(&key, text).unwrap(),
            None => fs::remove_file(&key).unwrap(),
        };
        replace();
        for line in [
            "plan",
            "apply -auto-approve",
            "show",
            "output",
            "state show aws_kms_key.orders",
            "state pull",
            "state rm aws_kms_key.orders",
            "state restore -auto-approve 1",
            "state seal -whole",
            "state rekey",
        ] {
            let refused = project.run(line).fails().says("values that are sealed under the key");
            let _ = refused.says("Put the original key file back").never_says("prod/database");
        }
        let listed = project.run("state list").succeeds();
        assert_eq!(listed.out.lines().count(), 5, "{}", listed.out);
        let _ = project.run("state history").succeeds().says("apply");
        let _ = project.run("graph").succeeds().says("aws_kms_key.orders");
        let copy = if other.is_some() { "first.db" } else { "second.db" };
        let _ = project.run(&format!("state backup {copy}")).succeeds();
        let _ = project.run("state prune -keep=9").succeeds();
    }
    assert_eq!(changing(&server.requests_since(asked)), "");
    fs::write(&key, kept).unwrap();
    nothing_to_do(&project);
    let _ = project.run("-state=first.db plan -detailed-exitcode").exits(0);
}

#[test]
fn a_passphrase_and_a_kms_key_seal_it_whole_as_well() {
    let server = Server::new();
    let created = server.wait(server.kms(HOME).create_key().send()).unwrap();
    let arn = created.key_metadata.unwrap().arn.unwrap();
    for (variable, value) in
        [("MERIDIAN_STATE_KEY", PASSPHRASE), ("MERIDIAN_STATE_KMS_KEY", arn.as_str())]
    {
        let mut project = project(&server);
        project.set(SEAL, "whole");
        project.set(variable, value);
        for _ in 0..2 {
            let _ = project.run("apply -auto-approve").succeeds();
        }
        nothing_to_do(&project);
        let [_, key] = parts_of_arn(&project);
        is_hidden(&project, SAID.into_iter().chain([key.as_str(), PASSPHRASE]));
        assert!(!has(&written(&project), "state.key"));
        // What shows addresses only needs no key, and asks KMS for none.
        let asked = server.mark();
        let _ = run_without(&project, variable, "state list").succeeds().says("aws_kms_key.orders");
        let _ = run_without(&project, variable, "plan").fails().says("set MERIDIAN_STATE_K");
        assert_eq!(count(&server.requests_since(asked), "Decrypt"), 0);
        let _ = project.run("destroy -auto-approve").succeeds();
    }
}

#[test]
fn it_goes_back_to_what_it_was_before_it_was_sealed() {
    let server = Server::new();
    let mut project = project(&server);
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    let before = project.run("show -json").succeeds().out;
    let _ = project.run("state rm aws_kms_key.orders aws_secretsmanager_secret.app").succeeds();
    let _ = project.run("state seal -whole").succeeds();
    project.set(SEAL, "whole");
    let restored = project.run("state restore -auto-approve 3").succeeds();
    let _ = restored.says("+ aws_kms_key.orders").says("+ aws_secretsmanager_secret.app");
    assert_eq!(project.run("show -json").succeeds().out, before);
    nothing_to_do(&project);
    let state = project.folder().join("state/meridian.db");
    assert!(SAID.iter().all(|text| !has(&fs::read(&state).unwrap(), text)));
}
