//! Grants: made once, replaced without a gap, found again, seen to be gone.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_kms::types::GrantListEntry;
use meridian_local_aws::{FaultAction, Policies};
use serde_json::json;

use crate::support::{HOME, Project, Server, count, position};

/// A key with a grant that has a name and one that has none.
const GRANTS: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}

resource "aws_kms_grant" "named" {
  name              = "app"
  key_id            = aws_kms_key.k.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/app"
  operations        = ["Encrypt", "Decrypt"]

  constraints {
    encryption_context_equals = {
      Department = "Finance"
    }
  }
}

resource "aws_kms_grant" "unnamed" {
  key_id                = aws_kms_key.k.arn
  grantee_principal     = "arn:aws:iam::123456789012:role/ops"
  retiring_principal    = "arn:aws:iam::123456789012:role/boss"
  operations            = ["DescribeKey"]
  retire_on_delete      = true
  grant_creation_tokens = [aws_kms_grant.named.grant_token]
}
"#;

/// The grants of all keys.
fn grants(server: &Server) -> Vec<GrantListEntry> {
    let kms = server.kms(HOME);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    let of_key = |key: &aws_sdk_kms::types::KeyListEntry| {
        let listed = kms.list_grants().key_id(key.key_id().unwrap()).send();
        server.wait(listed).unwrap().grants().to_vec()
    };
    keys.keys().iter().flat_map(of_key).collect()
}

fn applied(server: &Server) -> Project {
    let project = Project::of(GRANTS).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    project
}

#[test]
fn grants_are_made_replaced_and_ended() {
    let server = Server::new();
    let project = applied(&server);
    assert_eq!(grants(&server).len(), 2);
    let mark = server.mark();
    project.write("main.tf", &GRANTS.replace(r#""Encrypt", "#, ""));
    let plan = project.run("plan").succeeds();
    let _ = plan.says("aws_kms_grant.named must be replaced").says("# forces replacement");
    let _ = project.run("apply -auto-approve").succeeds();
    let requests = server.requests_since(mark);
    assert!(position(&requests, "CreateGrant") < position(&requests, "RevokeGrant"), "no gap");
    assert_eq!(grants(&server).len(), 2);
    let _ = project.run("plan -detailed-exitcode").exits(0);
    let mark = server.mark();
    let _ = project.run("destroy -auto-approve").succeeds();
    let requests = server.requests_since(mark);
    assert_eq!((count(&requests, "RevokeGrant"), count(&requests, "RetireGrant")), (1, 1));
    assert!(grants(&server).is_empty());
}

/// By id and by ARN it is one key, and contexts may be written in more than one way.
#[test]
fn another_spelling_of_the_same_changes_nothing() {
    let server = Server::new();
    let project = applied(&server);
    let other = GRANTS.replace("= aws_kms_key.k.key_id", "= aws_kms_key.k.arn").replace(
        "    }\n  }\n",
        "    }\n    encryption_context_subset = {}\n  }\n  constraints {}\n",
    );
    assert_ne!(other, GRANTS);
    project.write("main.tf", &other);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// A named grant that is asked for once more is the same grant, so the old one must go first.
#[test]
fn a_requested_replacement_leaves_a_grant() {
    let server = Server::new();
    let project = applied(&server);
    let before = grants(&server);
    let options = "-replace=aws_kms_grant.named -replace=aws_kms_grant.unnamed";
    let _ = project.run(&format!("apply -auto-approve {options}")).succeeds();
    let after = grants(&server);
    assert_eq!(after.len(), 2);
    assert!(before.iter().all(|old| after.iter().all(|new| new.grant_id() != old.grant_id())));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_grant_that_was_revoked_outside_is_made_again_without_waiting() {
    let server = Server::new();
    let project = applied(&server);
    for grant in grants(&server) {
        let revoked = server.kms(HOME).revoke_grant().key_id(grant.key_id().unwrap());
        server.wait(revoked.grant_id(grant.grant_id().unwrap()).send()).unwrap();
    }
    let mark = server.mark();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("aws_kms_grant.named will be created").says("deleted outside");
    assert_eq!(count(&server.requests_since(mark), "ListGrants"), 2, "one read each");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(grants(&server).len(), 2);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn grants_are_imported_and_nothing_is_planned() {
    let server = Server::new();
    let _ = applied(&server);
    let mut text =
        GRANTS.replace("  grant_creation_tokens = [aws_kms_grant.named.grant_token]\n", "");
    text = text.replace("  retire_on_delete      = true\n", "");
    let key = grants(&server)[0].key_id().unwrap().to_owned();
    let id = key.rsplit('/').next().unwrap();
    for grant in grants(&server) {
        let (name, key) = if grant.name().is_some() { ("named", id) } else { ("unnamed", &*key) };
        let grant = grant.grant_id().unwrap();
        text += &format!("import {{\n  to = aws_kms_grant.{name}\n  id = \"{key}:{grant}\"\n}}\n");
    }
    text += &format!("import {{\n  to = aws_kms_key.k\n  id = \"{id}\"\n}}\n");
    let project = Project::of(&text).at(&server);
    let _ =
        project.run("plan").succeeds().says("Plan: 3 to import, 0 to add,").says("0 to destroy.");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(grants(&server).len(), 2);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("destroy -auto-approve").succeeds();
    assert!(grants(&server).is_empty());
}

/// After whatever happened there are two grants, and whoever needs the token of the named one has
/// it.
#[track_caller]
fn converges(server: &Server, project: &Project) {
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(grants(server).len(), 2);
}

#[test]
fn lost_answers_and_requests_double_nothing() {
    std::thread::scope(|scope| {
        for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
            for times in [1, 2] {
                let action = action.clone();
                scope.spawn(move || {
                    let server = Server::new();
                    server.next_few("CreateGrant", action, times);
                    let project = Project::of(GRANTS).at(&server);
                    converges(&server, &project);
                });
            }
        }
    });
}

/// The answer to the second creation, of the grant without a name, is lost.
#[test]
fn a_grant_without_a_name_is_found_again() {
    let server = Server::new();
    let unnamed = GRANTS.replace("  name              = \"app\"\n", "");
    let unnamed =
        unnamed.replace("  grant_creation_tokens = [aws_kms_grant.named.grant_token]\n", "");
    server.next_few("CreateGrant", FaultAction::DropAfterExecution, 2);
    let project = Project::of(&unnamed).at(&server);
    converges(&server, &project);
    assert_eq!(count(&server.requests(), "CreateGrant"), 2, "none was asked for twice");
}

/// Two grants without a name.
const ALIKE: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}

resource "aws_kms_grant" "alike" {
  count             = 2
  key_id            = aws_kms_key.k.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/ops"
  operations        = ["DescribeKey"]
}

output "grants" {
  value = length(toset(aws_kms_grant.alike[*].grant_id))
}
"#;

/// AWS makes two grants of two same requests without a name: each instance has its own.
#[track_caller]
fn each_has_its_own(server: &Server, parallelism: usize) {
    let project = Project::of(ALIKE).at(server);
    let _ = project.run(&format!("apply -auto-approve -parallelism={parallelism}")).succeeds();
    assert_eq!(project.run("output grants").succeeds().out.trim(), "2");
    assert_eq!(grants(server).len(), 2);
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

#[test]
fn two_grants_that_are_alike_are_two_also_after_lost_answers() {
    for parallelism in [1, 10] {
        for times in [1, 2] {
            let server = Server::new();
            server.next_few("CreateGrant", FaultAction::DropAfterExecution, times);
            each_has_its_own(&server, parallelism);
        }
    }
}

/// The answer to one is lost, and while it is looked for that to the other is still on its way.
#[test]
fn what_an_answer_under_way_tells_of_is_given_to_nobody_else() {
    let server = Server::new();
    server.next("CreateGrant", FaultAction::DropAfterExecution);
    server.next("CreateGrant", FaultAction::Delay(Duration::from_secs(2)));
    each_has_its_own(&server, 10);
}

#[test]
fn a_grant_of_a_killed_run_is_taken_over() {
    let server = Server::new();
    server.next("CreateGrant", FaultAction::Delay(Duration::from_secs(300)));
    let project = Project::of(GRANTS).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateGrant");
    running.kill();
    converges(&server, &project);
}

/// IAM does not know a new role yet.
#[test]
fn a_fresh_principal_is_waited_for() {
    let server = Server::new();
    let (code, message) = ("InvalidArnException".to_owned(), "ARN does not refer".to_owned());
    server.next_few("CreateGrant", FaultAction::Error { status: 400, code, message }, 2);
    let _ = applied(&server);
    assert_eq!(grants(&server).len(), 2);
}

#[test]
fn tokens_are_never_shown_nor_kept_in_clear() {
    let server = Server::new();
    let project = applied(&server);
    let shown = project.run("state show aws_kms_grant.named").succeeds();
    let _ = shown.says("grant_token = (sensitive value)");
    let shown = project.run("show -json").succeeds();
    let state: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let resources = state["values"]["root_module"]["resources"].as_array().unwrap();
    let named = resources.iter().find(|it| it["address"] == "aws_kms_grant.named").unwrap();
    assert_eq!(named["values"]["grant_token"], serde_json::Value::Null);
    assert_eq!(named["sensitive_values"]["grant_token"], true);
}

#[test]
fn what_kms_refuses_is_explained() {
    let server = Server::new();
    let project = Project::of(&GRANTS.replace("\"DescribeKey\"", "\"Sign\"")).at(&server);
    let ran = project.run("apply -auto-approve").fails();
    let _ = ran.says("KMS refuses the grant").says("an encryption key no Sign");
}

fn policy<'a>(actions: impl IntoIterator<Item = &'a str>) -> Policies {
    let actions: Vec<&str> = actions.into_iter().collect();
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    serde_json::from_value(policy).expect("a policy")
}

#[test]
fn the_permissions_that_grants_need_are_enough_and_each_is_needed() {
    let succeeds = |server: &Server| {
        let project = Project::of(GRANTS).at(server);
        let commands = ["apply -auto-approve", "plan -detailed-exitcode", "destroy -auto-approve"];
        commands.into_iter().all(|command| project.run(command).code == Some(0))
    };
    let server = Server::under(policy(["*"]));
    assert!(succeeds(&server));
    let needed: BTreeSet<String> =
        server.cloud.used_permissions().into_iter().map(|it| it.action).collect();
    assert!(succeeds(&Server::under(policy(needed.iter().map(|it| &**it)))), "{needed:?}");
    for action in ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant", "kms:RetireGrant"] {
        let others = needed.iter().map(|it| &**it).filter(|it| *it != action);
        assert!(needed.contains(action) && !succeeds(&Server::under(policy(others))), "{action}");
    }
}
