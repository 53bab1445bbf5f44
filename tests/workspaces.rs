//! Workspaces: several states for one configuration.

use std::fs;

use crate::support::{PROVIDERS, Project, Server};

fn one_key() -> String {
    format!(
        "{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n  description = terraform.workspace\n}}\n"
    )
}

#[test]
fn workspaces_are_made_listed_and_selected() {
    let project = Project::of("");
    let list = |project: &Project| project.run("workspace list").succeeds().out;
    assert_eq!(list(&project), "* default\n\n");
    assert_eq!(project.run("workspace show").succeeds().out, "default\n");
    assert!(!project.has_state(), "looking makes nothing");
    let made = project.run("workspace new staging").succeeds().out;
    let expected = "Created and switched to workspace \"staging\"!\n\n\
        You're now on a new, empty workspace. Workspaces isolate their state,\n\
        so if you run \"meridian plan\" Meridian will not see any existing state\n\
        for this configuration.\n";
    assert_eq!(made, expected);
    assert_eq!(list(&project), "  default\n* staging\n\n");
    let _ = project.run("workspace new staging").fails().says("\"staging\" already exists");
    let _ = project.run("workspace new default").fails().says("\"default\" already exists");
    let selected = project.run("workspace select default").succeeds().out;
    assert_eq!(selected, "Switched to workspace \"default\".\n");
    assert_eq!(project.run("workspace select default").succeeds().out, "");
    let _ = project
        .run("workspace select nope")
        .fails()
        .says("Workspace \"nope\" doesn't exist.")
        .says("You can create this workspace with the \"new\" subcommand");
    let _ = project.run("workspace select -or-create eu").succeeds().says("Created and switched");
    assert_eq!(list(&project), "  default\n* eu\n  staging\n\n");
    for name in ["a/b", "ü", "..", "a%20b"] {
        let _ = project.run(&format!("workspace new {name}")).fails().says("is not allowed");
    }
    let _ = project.run("workspace delete eu").fails().says("is your active workspace");
    let _ = project.run("workspace delete nope").fails().says("doesn't exist");
    let deleted = project.run("workspace delete staging").succeeds().out;
    assert_eq!(deleted, "Deleted workspace \"staging\"!\n");
    let _ = project.run("workspace select default").succeeds();
    assert_eq!(list(&project), "* default\n  eu\n\n");
}

#[test]
fn each_workspace_has_a_state_of_its_own() {
    let server = Server::new();
    let project = Project::of(&one_key()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("workspace new staging").succeeds();
    let _ = project.run("plan").succeeds().says("+ description = \"staging\"").says("1 to add");
    let _ = project.run("apply -auto-approve").succeeds().says("1 added");
    assert!(project.folder().join("state/workspaces/staging/meridian.db").is_file());
    let _ = project.run("plan -detailed-exitcode").exits(0);
    let _ = project.run("workspace select default").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0);
    let _ = project
        .run("workspace delete staging")
        .fails()
        .says("Workspace is not empty")
        .says("- aws_kms_key.app");
    let _ = project.run("workspace delete -force staging").succeeds().says("was non-empty");
    assert!(!project.folder().join("state/workspaces/staging").exists());
    let _ = project.run("state list").succeeds().says("aws_kms_key.app");
}

#[test]
fn the_environment_overrides_what_is_selected() {
    let mut project = Project::of("output \"w\" {\n  value = terraform.workspace\n}\n");
    let _ = project.run("workspace new a").succeeds();
    project.set("TF_WORKSPACE", "other");
    assert_eq!(project.run("workspace show").succeeds().out, "other\n");
    let _ = project.run("-local plan").succeeds().says("+ w = \"other\"");
    let _ = project.run("workspace list").succeeds().says("is being overridden");
    let _ = project.run("workspace select a").fails().says("TF_WORKSPACE environment variable");
    let _ = project.run("workspace new b").fails().says("TF_WORKSPACE environment variable");
    let _ = project.run("workspace new other").succeeds();
    project.set("TF_WORKSPACE", "a/b");
    let _ =
        project.run("-local plan").fails().says("Invalid workspace name set using TF_WORKSPACE");
}

/// What Terraform has selected counts until something is selected here, and stays as it is.
#[test]
fn what_terraform_has_selected_is_followed() {
    let mut project = Project::of("");
    let environment = project.folder().join(".terraform/environment");
    fs::create_dir(project.folder().join(".terraform")).expect("a folder");
    fs::write(&environment, "staging").expect("a file");
    assert_eq!(project.run("workspace show").succeeds().out, "staging\n");
    let _ = project.run("workspace select default").succeeds();
    assert_eq!(project.run("workspace show").succeeds().out, "default\n");
    assert_eq!(fs::read_to_string(&environment).expect("the file"), "staging");
    fs::remove_file(project.folder().join("state/workspace")).expect("what was selected");
    project.set("TF_DATA_DIR", "elsewhere");
    assert_eq!(project.run("workspace show").succeeds().out, "default\n");
}

#[test]
fn a_workspace_can_begin_with_a_copy() {
    let server = Server::new();
    let project = Project::of(&one_key()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("workspace new -state=nowhere.db copy").fails().says("nowhere.db");
    let _ = project.run("workspace new -state=state/meridian.db copy").succeeds();
    let _ = project.run("state list").succeeds().says("aws_kms_key.app");
}

#[test]
fn the_embedded_aws_has_states_of_its_own() {
    let project = Project::of(&one_key());
    let _ = project.run("workspace new w").succeeds();
    let _ = project.run("-local apply -auto-approve").succeeds().says("1 added");
    assert!(project.folder().join("state/local/workspaces/w/meridian.db").is_file());
    assert!(!project.folder().join("state/workspaces/w/meridian.db").exists());
    let _ = project.run("workspace select default").succeeds();
    let _ = project.run("workspace delete w").fails().says("aws_kms_key.app");
    let _ = project.run("workspace delete -force w").succeeds();
    assert!(!project.folder().join("state/local/workspaces/w").exists());
}
