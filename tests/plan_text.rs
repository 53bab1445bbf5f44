//! What surrounds a plan, and states with modules, as Terraform prints them.

use crate::support::Project;

/// Asserts that the parts follow each other in the text.
#[track_caller]
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        assert!(at.is_some(), "{part:?} does not follow in\n{text}");
        rest = &rest[at.unwrap_or(0) + part.len()..];
    }
}

#[test]
fn warnings_stand_between_the_plan_and_the_advice() {
    let project = Project::of(
        r#"
locals {
  one = 1
}

check "fails" {
  assert {
    condition     = local.one == 2
    error_message = "one is not two"
  }
}

check "later" {
  assert {
    condition     = terraform_data.t.id == "x"
    error_message = "not x"
  }
}

resource "terraform_data" "t" {}
"#,
    );
    let out = project.run("plan").succeeds().out;
    let parts = [
        "\nPlan: 1 to add, 0 to change, 0 to destroy.\n\nWarning: Check block assertion failed\n",
        "\n\none is not two\n\nWarning: Check block assertion known after apply\n",
        "The condition could not be evaluated at this time, a result will be known\n\
         when this plan is applied.\n\n────",
        "\n\nNote: You didn't use the -out option",
    ];
    in_order(&out, &parts);
}

#[test]
fn a_plan_without_changes_needs_no_advice() {
    let project = Project::of("");
    let out = project.run("plan -out=saved").succeeds().out;
    assert!(out.ends_with("so no changes are needed.\n"), "{out}");
}

#[test]
fn errors_of_planning_come_after_a_headline() {
    let project = Project::of(
        "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  count = length(terraform_data.a.id)\n}\n",
    );
    let ran = project.run("plan").fails();
    let parts = [
        "Meridian planned the following actions, but then encountered a problem:\n",
        "# terraform_data.a will be created",
        "Plan: 1 to add, 0 to change, 0 to destroy.\n",
    ];
    in_order(&ran.out, &parts);
    assert!(!ran.out.contains("will perform") && !ran.out.contains("-out option"), "{}", ran.out);
    assert!(ran.err.starts_with("\nError: Invalid count argument\n"), "{}", ran.err);
    let log = project.run("plan -json").fails().out;
    let parts = ["terraform_data.a: Plan to create", "1 to add", "Error: Invalid count argument"];
    in_order(&log, &parts);
    let nothing = "resource \"terraform_data\" \"b\" {\n  count = length(uuid())\n}\n";
    project.write("main.tf", nothing);
    let ran = project.run("plan").fails();
    let headline = "Planning failed. Meridian encountered an error while generating this plan.";
    assert_eq!(ran.out.trim(), headline);
    project.write("main.tf", "resource \"terraform_data\" \"a\" {\n  inputt = 1\n}\n");
    let ran = project.run("plan").fails();
    assert_eq!(ran.out, "", "what is wrong with the files is found before planning");
}

#[test]
fn what_is_imported_is_told_before_the_plan() {
    let project = Project::of(
        "import {\n  to = terraform_data.t\n  id = \"abc\"\n}\nresource \"terraform_data\" \"t\" {}\n",
    );
    let parts = [
        "terraform_data.t: Preparing import... [id=abc]\n",
        "terraform_data.t: Refreshing state... [id=abc]\n\nMeridian will perform",
        "# terraform_data.t will be imported",
    ];
    in_order(&project.run("plan").succeeds().out, &parts);
}

#[test]
fn what_is_read_is_told_before_the_plan() {
    let project = Project::of(
        "data \"aws_caller_identity\" \"me\" {}\noutput \"o\" {\n  value = data.aws_caller_identity.me.account_id\n}\n",
    );
    let parts = [
        "data.aws_caller_identity.me: Reading...\n",
        "data.aws_caller_identity.me: Read complete after ",
        "s [id=",
        "]\n\nChanges to Outputs:",
    ];
    in_order(&project.run("-local plan").succeeds().out, &parts);
}

#[test]
fn what_is_forgotten_is_warned_of() {
    let project = Project::of("resource \"terraform_data\" \"a\" {}\n");
    let _ = project.run("apply -auto-approve").succeeds();
    let removed =
        "removed {\n  from = terraform_data.a\n  lifecycle {\n    destroy = false\n  }\n}\n";
    project.write("main.tf", removed);
    let parts = [
        "Plan: 0 to add, 0 to change, 0 to destroy.\n\n",
        "Warning: Some objects will no longer be managed by Meridian\n\n",
        "but it will not delete them:\n - terraform_data.a\n\nAfter applying this plan",
    ];
    in_order(&project.run("plan").succeeds().out, &parts);
}

#[test]
fn a_state_with_modules_is_listed_and_shown() {
    let project = Project::of(
        "module \"m\" {\n  source   = \"./m\"\n  for_each = toset([\"x\", \"y\"])\n}\nresource \"terraform_data\" \"root\" {}\n",
    );
    std::fs::create_dir(project.folder().join("m")).unwrap();
    project.write("m/main.tf", "resource \"terraform_data\" \"a\" {\n  count = 2\n}\n");
    let _ = project.run("init").succeeds();
    let _ = project.run("apply -auto-approve").succeeds();
    let inner = "module.m[\"x\"].terraform_data.a[0]\nmodule.m[\"x\"].terraform_data.a[1]\n";
    let other = inner.replace('x', "y");
    let list = |line: &str| project.run(line).succeeds().out;
    assert_eq!(list("state list"), format!("terraform_data.root\n{inner}{other}"));
    assert_eq!(list("state list module.m"), format!("{inner}{other}"));
    assert_eq!(list("state list module.m[\"x\"]"), inner);
    assert_eq!(list("state list module.m[\"y\"].terraform_data.a"), other);
    let shown = list("state show module.m[\"x\"].terraform_data.a[1]");
    assert!(shown.starts_with("# module.m[\"x\"].terraform_data.a[1]:\n"), "{shown}");
    let parts = ["}\n\n\n# module.m[\"x\"]", "}\n\n# module.m[\"x\"]", "}\n\n\n# module.m[\"y\"]"];
    in_order(&list("show"), &parts);
}

/// What the block wants that could not be planned is not known: nothing of it is shown to go.
#[test]
fn a_part_of_a_plan_destroys_nothing_that_is_still_declared() {
    let project = Project::of("resource \"terraform_data\" \"a\" {\n  count = 1\n}\n");
    let _ = project.run("apply -auto-approve").succeeds();
    let unknown = "resource \"terraform_data\" \"n\" {}\n\
                   resource \"terraform_data\" \"a\" {\n  count = length(terraform_data.n.id)\n}\n";
    project.write("main.tf", unknown);
    let _ = project
        .run("plan")
        .fails()
        .says("terraform_data.n will be created")
        .never_says("destroyed");
}
