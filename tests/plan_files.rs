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

/// Changes an object outside, between a plan and its apply.
fn describe(server: &Server, description: &str) {
    let kms = server.kms(crate::support::HOME);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    let id = keys.keys()[0].key_id().unwrap();
    let call = kms.update_key_description().key_id(id).description(description);
    server.wait(call.send()).unwrap();
}

#[test]
fn a_plan_that_the_cloud_has_left_behind_is_refused() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key("two"));
    let _ = project.run("plan -out=saved").succeeds();
    describe(&server, "changed outside");
    let mark = server.mark();
    let _ = project
        .run("apply saved")
        .fails()
        .says("Saved plan is stale")
        .says("aws_kms_key.app description: \"one\" -> \"changed outside\"")
        .says("Nothing was changed. Plan again.");
    assert!(!server.requests_since(mark).iter().any(is_change), "nothing is changed");
    // Once the object is as it was, the plan holds again.
    describe(&server, "one");
    let _ =
        project.run("apply saved").succeeds().says("0 added, 1 changed").never_says("Refreshing");
}

#[test]
fn a_change_that_leads_to_the_same_plan_does_not_matter() {
    let server = Server::new();
    let text = format!(
        "{}\nresource \"aws_kms_alias\" \"app\" {{\n  name          = \"alias/app\"\n  \
         target_key_id = aws_kms_key.app.id\n}}\n",
        key("one")
            .replace("  tags", "  lifecycle {\n    ignore_changes = [description]\n  }\n\n  tags")
    );
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &text);
    let _ = project.run("plan -out=saved").succeeds().says("1 to add, 0 to change");
    describe(&server, "changed outside");
    let _ = project.run("apply saved").succeeds().says("1 added, 0 changed, 0 destroyed");
}

#[test]
fn a_plan_that_read_nothing_asks_for_no_check() {
    let server = Server::new();
    let project = Project::of(&key("one")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key("two"));
    let _ = project.run("plan -refresh=false -out=saved").succeeds();
    describe(&server, "changed outside");
    let _ = project.run("apply saved").succeeds().says("0 added, 1 changed");
    assert_eq!(cloud_text(&server), "eu-central-1 key \"two\" Enabled [Team=none]\n");
}

#[test]
fn a_sensitive_value_that_changed_is_not_shown() {
    let server = Server::new();
    let hidden = |text: &str| {
        key(&format!("${{var.hidden}}{text}"))
            + "variable \"hidden\" {\n  default   = \"h-1\"\n  sensitive = true\n}\n"
    };
    let project = Project::of(&hidden("")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &hidden(" more"));
    let _ = project.run("plan -out=saved").succeeds();
    describe(&server, "h-2");
    let refused = project.run("apply saved").fails().says("Saved plan is stale");
    let refused = refused.says("description: (sensitive value) -> (sensitive value)");
    assert!(!refused.all().contains("h-1") && !refused.all().contains("h-2"));
}
