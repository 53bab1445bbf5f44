//! Saved plans: what was shown is what is done, or nothing is.

use crate::support::{PROVIDERS, Project, Server, cloud_text, is_change};

fn key(description: &str) -> String {
    format!(
        r#"{PROVIDERS}
variable "team" {{
  default = "none"
}}

resource "aws_kms_key" "app" {{
  description = "{description}"

  tags = {{
    Team = var.team
  }}
}}
"#
    )
}

#[test]
fn both_spellings_save_the_same_plan() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("plan -out=a").succeeds().says("Saved the plan to: a");
    let _ = project.run("plan --out b").succeeds().says("meridian apply \"b\"");
    let a = project.run("show a").succeeds().out;
    assert_eq!(a, project.run("show b").succeeds().out);
    assert!(a.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{a}");
}

#[test]
fn what_is_shown_is_what_was_planned() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let planned = project.run("plan -out=saved").succeeds().out;
    let shown = project.run("show saved").succeeds().out;
    assert!(planned.contains(shown.trim()), "{planned}\n---\n{shown}");
    let json = project.run("show -json saved").succeeds().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let change = &json["resource_changes"][0];
    assert_eq!(change["address"], "aws_kms_key.app");
    assert_eq!(change["change"]["actions"], serde_json::json!(["create"]));
    assert_eq!(change["change"]["after"]["description"], "one");
}

#[test]
fn a_warning_is_no_part_of_what_a_saved_plan_is_as_json() {
    let server = Server::new();
    let project = Project::of(
        r#"
        module "a" {
          source    = "./a"
          providers = { aws = aws.other }
        }
        provider "aws" {
          alias  = "other"
          region = "eu-west-1"
        }
        "#,
    )
    .at(&server);
    std::fs::create_dir(project.folder().join("a")).unwrap();
    project.write("a/main.tf", "resource \"aws_kms_key\" \"key\" {}\n");
    let _ = project.run("plan -out=saved").succeeds().says("Reference to undefined provider");
    let json = project.run("show -json saved").succeeds().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["resource_changes"][0]["address"], "module.a.aws_kms_key.key");
}

#[test]
fn a_saved_plan_is_carried_out_without_a_question() {
    let server = Server::new();
    let project = Project::of(&key("planned")).at(&server);
    let _ = project.run("plan -out=saved -var team=pay").succeeds();
    // What the folder says meanwhile does not matter.
    project.write("main.tf", &key("changed meanwhile"));
    let _ = project.run("apply saved").succeeds().says("1 added, 0 changed, 0 destroyed");
    assert_eq!(cloud_text(&server), "eu-central-1 key \"planned\" Enabled [Team=pay]\n");
}

#[test]
fn variables_of_a_saved_plan_stay_what_they_are() {
    let text = format!(
        "{}\nvariable \"token\" {{\n  type      = string\n  ephemeral = true\n}}\n\
         variable \"hidden\" {{\n  default   = \"h-1\"\n  sensitive = true\n}}\n",
        key("planned ${var.hidden}")
    );
    let server = Server::new();
    let project = Project::of(&text).at(&server);
    project.write("other.tfvars", "team = \"ops\"\n");
    let plan = || project.run("plan -out=saved -var team=pay -var token=t").succeeds();
    let _ = plan();
    let changed = "Can't change variable when applying a saved plan";
    for (options, told) in [
        ("-var team=ops -var token=t", changed),
        ("-var-file other.tfvars -var token=t", changed),
        ("-var hidden=h-2 -var token=t", changed),
        ("-var nope=1 -var token=t", "Value for undeclared variable"),
        ("", "No value for required variable"),
        ("-target=%%", "Invalid target"),
    ] {
        let failed = project.run(&format!("apply {options} saved")).fails().says(told);
        assert!(!failed.out.contains("h-1") && !failed.err.contains("h-2"), "{options}");
    }
    assert_eq!(cloud_text(&server), "", "nothing was done");
    let _ = project
        .run("apply -var team=pay -var token=other -target=aws_kms_key.other saved")
        .succeeds()
        .says("Options without effect on a saved plan")
        .says("1 added");
}

#[test]
fn a_stale_plan_is_refused() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("plan -out=first").succeeds();
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key("two"));
    let _ = project.run("plan -out=second").succeeds();
    project.write("main.tf", &key("three"));
    let _ = project.run("apply -auto-approve").succeeds();
    let mark = server.mark();
    for plan in ["first", "second"] {
        let line = format!("apply {plan}");
        let _ = project.run(&line).fails().says("Saved plan is stale").says("Plan again");
    }
    assert!(!server.requests_since(mark).iter().any(is_change), "nothing is changed");
}

#[test]
fn a_plan_is_carried_out_once() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("plan -out=saved").succeeds();
    let _ = project.run("apply saved").succeeds();
    let _ = project.run("apply saved").fails().says("Saved plan is stale");
    assert_eq!(cloud_text(&server).lines().count(), 1);
}

#[test]
fn a_saved_plan_may_destroy() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -destroy -out=saved").succeeds().says("1 to destroy");
    let _ = project
        .run("apply saved")
        .succeeds()
        .says("Apply complete! Resources: 0 added, 0 changed, 1 destroyed.");
    assert_eq!(project.run("state list").succeeds().out, "");
}

#[test]
fn a_plan_remembers_which_aws_it_is_about() {
    let project = Project::of(&key("one"));
    let _ = project.run("-local plan -out=saved").succeeds();
    let _ = project.run("apply saved").succeeds();
    assert_eq!(project.run("-local state list").succeeds().out, "aws_kms_key.app\n");
}

#[test]
fn what_is_no_plan_is_refused() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("plan -out=saved").succeeds();
    let path = project.folder().join("saved");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    project.write("text", "not a plan");
    for plan in ["saved", "text"] {
        let line = format!("apply {plan}");
        let _ = project.run(&line).fails().says("The plan file cannot be used");
    }
    assert_eq!(server.mark(), 0);
}
