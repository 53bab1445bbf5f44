//! No key goes while something is encrypted under it: versions are seen under the new key first,
//! and what stays behind is told as a danger.

use meridian_local_aws::Policies;
use serde_json::json;

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, count, position};

/// A secret under one of two keys, with a replica under one of two keys.
fn text(key: &str, replica_key: &str, keys: &[&str], more: &str) -> String {
    let provider_of = |name: &str| if name.starts_with("r_") { "aws.ireland" } else { "aws" };
    let keys: String = keys
        .iter()
        .map(|name| {
            let provider = provider_of(name);
            format!(
                "resource \"aws_kms_key\" \"{name}\" {{\n  provider = {provider}\n  description = \
                 \"{name}\"\n  deletion_window_in_days = 7\n}}\n"
            )
        })
        .collect();
    format!(
        r#"{PROVIDERS}{keys}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  kms_key_id              = aws_kms_key.{key}.arn
  recovery_window_in_days = 0

  replica {{
    region     = "eu-west-1"
    kms_key_id = aws_kms_key.{replica_key}.arn
  }}
  {more}
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}}
"#
    )
}

const ALL: [&str; 4] = ["old", "new", "r_old", "r_new"];

fn applied(server: &Server) -> Project {
    let project = Project::of(&text("old", "r_old", &ALL, "")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project
}

fn in_sync(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn the_versions_are_seen_under_the_new_key_before_the_old_one_goes() {
    let server = Server::new();
    let project = applied(&server);
    project.write("main.tf", &text("new", "r_new", &["new", "r_new"], ""));
    let _ = project.run("plan").succeeds().never_says("DANGER");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    for region in [HOME, IRELAND] {
        let in_region = |operation: &str| {
            let at = records
                .iter()
                .rposition(|it| it.operation == operation && it.region == Some(region));
            at.unwrap_or_else(|| panic!("no {operation} in {region}"))
        };
        let rekeyed = in_region("UpdateSecret");
        let seen = records[rekeyed..]
            .iter()
            .position(|it| it.operation == "ListSecretVersionIds" && it.region == Some(region));
        let seen = rekeyed + seen.expect("the versions are listed");
        assert!(seen < position(&records, "ScheduleKeyDeletion"), "{region}: {records:#?}");
    }
    assert_eq!(count(&records, "ScheduleKeyDeletion"), 2);
    in_sync(&project);
}

/// Without `kms:Encrypt` the call succeeds, and the versions stay where they are.
#[test]
fn a_key_stays_if_versions_stay_under_it() {
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*" },
    ] });
    let policies: Policies = serde_json::from_value(policy).unwrap();
    let server = Server::under(policies);
    let plain = |key: &str, keys: &[&str]| {
        let all = text(key, "r_old", keys, "");
        let (before, rest) = all.split_once("  replica {").unwrap();
        let (_, after) = rest.split_once("  }\n").unwrap();
        format!("{before}{after}")
    };
    let project = Project::of(&plain("old", &["old", "new"])).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &plain("new", &["new"]));
    let mark = server.mark();
    let ran = project.run("apply -auto-approve").fails();
    let _ = ran
        .says("app is not wholly under its new key")
        .says("(AWSCURRENT) in eu-central-1")
        .says("kms:Encrypt");
    let records = server.requests_since(mark);
    assert_eq!(count(&records, "ScheduleKeyDeletion"), 0, "{records:#?}");
    // The next apply asks once more, and lets the key go only after the versions have left it.
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    let asked = position(&records, "UpdateSecret");
    let seen = records[asked..].iter().position(|it| it.operation == "ListSecretVersionIds");
    let seen = asked + seen.expect("the versions are listed");
    assert!(seen < position(&records, "ScheduleKeyDeletion"), "{records:#?}");
    in_sync(&project);
}

/// The order does not hang on references.
#[test]
fn a_key_that_was_named_by_its_arn_waits_too() {
    let server = Server::new();
    let project = applied(&server);
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    let kms = server.kms(HOME);
    let old = keys.keys().iter().find_map(|key| {
        let described = server.wait(kms.describe_key().key_id(key.key_id()?).send()).unwrap();
        let metadata = described.key_metadata()?;
        (metadata.description() == Some("old")).then(|| metadata.arn().unwrap().to_owned())
    });
    let old = format!("{:?}", old.expect("the old key"));
    let named = text("old", "r_old", &ALL, "").replace("aws_kms_key.old.arn", &old);
    project.write("main.tf", &named);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &text("new", "r_old", &["new", "r_old", "r_new"], ""));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    assert!(position(&records, "UpdateSecret") < position(&records, "ScheduleKeyDeletion"));
}

fn label(server: &Server) {
    let secrets = server.secrets(HOME);
    let put = secrets.put_secret_value().secret_id("app").secret_string("blue value");
    server.wait(put.version_stages("blue").send()).unwrap();
}

#[test]
fn a_version_that_does_not_go_along_is_told_as_a_danger() {
    let server = Server::new();
    let project = applied(&server);
    label(&server);
    project.write("main.tf", &text("new", "r_new", &["new", "r_new", "r_old"], ""));
    let plan = project.run("plan").succeeds();
    let _ = plan
        .says("DANGER: aws_secretsmanager_secret.app: version")
        .says("(blue) in eu-central-1 stays under it when the secret leaves and is lost with it")
        .says("Warning: DANGER: aws_secretsmanager_secret.app: version");
    // Also when the secret has left long since.
    project.write("main.tf", &text("new", "r_new", &ALL, ""));
    let _ = project.run("apply -auto-approve").succeeds().never_says("DANGER");
    project.write("main.tf", &text("new", "r_new", &["new", "r_new", "r_old"], ""));
    let plan = project.run("plan -out=p").succeeds();
    let _ = plan.says("DANGER: aws_secretsmanager_secret.app: version").says("(blue)");
    let _ = project.run("apply p").succeeds();
}

#[test]
fn a_secret_that_stays_under_a_key_that_goes_is_a_danger() {
    let server = Server::new();
    let project = applied(&server);
    let ignoring = "lifecycle {\n    ignore_changes = [kms_key_id]\n  }";
    project.write("main.tf", &text("new", "r_old", &["new", "r_old", "r_new"], ignoring));
    let plan = project.run("plan").succeeds();
    let _ = plan
        .says("DANGER: aws_secretsmanager_secret.app: version")
        .says("(AWSCURRENT) in eu-central-1 is encrypted under it and is lost with it");
}

#[test]
fn nothing_is_listed_while_no_key_goes() {
    let server = Server::new();
    let project = applied(&server);
    let mark = server.mark();
    in_sync(&project);
    let listed = count(&server.requests_since(mark), "ListSecretVersionIds");
    assert_eq!(listed, 1, "only the version itself is read");
}

/// Also when the plan is only about the key.
#[test]
fn a_secret_that_is_left_alone_is_a_danger_all_the_same() {
    let server = Server::new();
    let project = applied(&server);
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    let arns: Vec<_> = keys.keys().iter().filter_map(|key| key.key_arn()).collect();
    let kms = server.kms(HOME);
    let is_old = |arn: &&&str| {
        let described = server.wait(kms.describe_key().key_id(**arn).send()).unwrap();
        described.key_metadata().unwrap().description() == Some("old")
    };
    let old = format!("{:?}", arns.iter().find(is_old).expect("the old key"));
    let named = text("old", "r_old", &ALL, "").replace("aws_kms_key.old.arn", &old);
    project.write("main.tf", &named);
    let _ = project.run("apply -auto-approve").succeeds();
    let plan = project.run("plan -destroy -target=aws_kms_key.old").succeeds();
    let _ = plan.says("DANGER: aws_secretsmanager_secret.app: version").says("(AWSCURRENT)");
    let _ = project.run("plan -destroy").succeeds().never_says("DANGER");
}
