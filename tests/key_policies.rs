//! `aws_kms_key_policy`: put, compared by meaning, given back, and never owned twice unnoticed.

use meridian_local_aws::FaultAction;

use crate::support::{HOME, Project, Server, count};

fn configuration(sid: &str, more: &str) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-central-1"
}}

resource "aws_kms_key" "k" {{
  deletion_window_in_days = 7
  {more}
}}

resource "aws_kms_key" "l" {{
  deletion_window_in_days = 7
}}

resource "aws_kms_key_policy" "p" {{
  key_id = aws_kms_key.k.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Sid       = "{sid}"
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = {{ AWS = "arn:aws:iam::123456789012:root" }}
    }}]
  }})
}}
"#
    )
}

/// The statement ids of the policies of all keys, sorted.
fn statements(server: &Server) -> Vec<String> {
    let kms = server.kms(HOME);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    let mut found = Vec::new();
    for key in keys.keys() {
        let policy = kms.get_key_policy().key_id(key.key_id().unwrap()).send();
        let policy = server.wait(policy).unwrap().policy().unwrap().to_owned();
        let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
        found.push(policy["Statement"][0]["Sid"].as_str().unwrap().to_owned());
    }
    found.sort();
    found
}

const DEFAULT: &str = "Enable IAM User Permissions";

fn applied(server: &Server) -> Project {
    let project = Project::of(&configuration("first", "")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(statements(server), [DEFAULT, "first"]);
    project
}

#[test]
fn a_policy_is_put_changed_and_given_back() {
    let server = Server::new();
    let project = applied(&server);
    project.write("main.tf", &configuration("second", ""));
    let plan = project.run("plan").succeeds();
    let _ = plan.says("aws_kms_key_policy.p will be updated in-place");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(statements(&server), [DEFAULT, "second"]);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let alone = configuration("second", "");
    let keys = alone.split("resource \"aws_kms_key_policy\"").next().unwrap();
    project.write("main.tf", keys);
    let _ = project.run("plan -out=saved").succeeds();
    let shown = project.run("show -json saved").succeeds();
    let plan: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap();
    let policy = changes.iter().find(|it| it["type"] == "aws_kms_key_policy").unwrap();
    assert_eq!(policy["change"]["actions"], serde_json::json!(["delete"]));
    let calls = &policy["change"]["meridian"]["calls"];
    assert_eq!(calls[0]["operation"], "PutKeyPolicy", "{policy}");
    let _ = project.run("apply saved").succeeds();
    assert_eq!(statements(&server), [DEFAULT, DEFAULT]);
}

/// The provider puts the new policy on the old key.
#[test]
fn another_key_replaces() {
    let server = Server::new();
    let project = applied(&server);
    let moved = configuration("first", "").replace("aws_kms_key.k.id", "aws_kms_key.l.id");
    project.write("main.tf", &moved);
    let _ = project.run("plan").succeeds().says("aws_kms_key_policy.p must be replaced");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(statements(&server), [DEFAULT, "first"]);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let by_arn = moved.replace("aws_kms_key.l.id", "aws_kms_key.l.arn");
    project.write("main.tf", &by_arn);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_policy_that_was_changed_outside_is_put_back() {
    let server = Server::new();
    let project = applied(&server);
    let kms = server.kms(HOME);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    for key in keys.keys() {
        let id = key.key_id().unwrap();
        let policy = server.wait(kms.get_key_policy().key_id(id).send()).unwrap();
        let policy = policy.policy().unwrap().replace("\"first\"", "\"theirs\"");
        server.wait(kms.put_key_policy().key_id(id).policy(policy).send()).unwrap();
    }
    assert_eq!(statements(&server), [DEFAULT, "theirs"]);
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("aws_kms_key_policy.p has changed").says("\"theirs\" -> \"first\"");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(statements(&server), [DEFAULT, "first"]);
}

#[test]
fn two_owners_of_one_policy_are_told() {
    let server = Server::new();
    let project = applied(&server);
    let text = configuration("first", "");
    let policy = text.split("policy = ").nth(1).unwrap().split("})\n}").next().unwrap();
    let own = format!("policy = {policy}}})");
    let told = "aws_kms_key.k sets the policy of the same key, too";
    project.write("main.tf", &configuration("first", &own));
    let _ = project.run("plan").succeeds().never_says(told);
    project.write("main.tf", &configuration("second", &own));
    let plan = project.run("plan").succeeds().says(told);
    let _ = plan.says("aws_kms_key.k.policy and aws_kms_key_policy.p.policy all set the policy");
    let ignoring = "\n  lifecycle {\n    ignore_changes = [policy]\n  }";
    project.write("main.tf", &configuration("second", &format!("{own}{ignoring}")));
    let _ = project.run("plan").succeeds().never_says(told);
}

#[test]
fn it_is_imported_by_the_id_of_its_key() {
    let server = Server::new();
    let _ = applied(&server);
    let kms = server.kms(HOME);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    let mut text = configuration("first", "");
    for key in keys.keys() {
        let id = key.key_id().unwrap();
        let policy = server.wait(kms.get_key_policy().key_id(id).send()).unwrap();
        let is_ours = policy.policy().unwrap().contains("first");
        let name = if is_ours { "k" } else { "l" };
        text += &format!("import {{\n  to = aws_kms_key.{name}\n  id = \"{id}\"\n}}\n");
        if is_ours {
            text += &format!("import {{\n  to = aws_kms_key_policy.p\n  id = \"{id}\"\n}}\n");
        }
    }
    let project = Project::of(&text).at(&server);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("3 imported");
    assert_eq!(count(&server.requests_since(mark), "PutKeyPolicy"), 0);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn lost_answers_change_nothing() {
    for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
        let server = Server::new();
        server.next("PutKeyPolicy", action);
        let _ = applied(&server);
    }
}

#[test]
fn a_policy_that_locks_out_is_explained_and_one_without_content_refused() {
    let server = Server::new();
    let project = applied(&server);
    let locked = configuration("first", "").replace("kms:*", "kms:Decrypt");
    project.write("main.tf", &locked);
    let ran = project.run("apply -auto-approve").fails();
    let _ = ran.says("the key policy would lock you out").says("kms:PutKeyPolicy");
    let bypass = "  bypass_policy_lockout_safety_check = true\n  policy = jsonencode";
    project.write("main.tf", &locked.replace("  policy = jsonencode", bypass));
    let _ = project.run("apply -auto-approve").succeeds();
    project.write(
        "main.tf",
        "resource \"aws_kms_key_policy\" \"p\" {\n  key_id = \"k\"\n  policy = \"\"\n}\n",
    );
    let _ = project.run("validate").fails().says("the key policy is empty");
}
