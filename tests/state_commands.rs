//! Changing the state by hand: `state rm`, `pull`, `push`, `list`, `refresh`, in each workspace.

use std::fs;

use serde_json::{Value as Json, json};

use crate::support::{HOME, KEYS, PROVIDERS, Project, Server, count, everything};

fn applied(server: &Server, text: &str) -> Project {
    let project = Project::of(text).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project
}

/// Whether there is no copy of the state beside it.
fn no_backup(project: &Project) -> bool {
    let mut entries = fs::read_dir(project.folder().join("state")).unwrap();
    !entries.any(|entry| entry.unwrap().path().to_string_lossy().ends_with(".backup"))
}

#[test]
fn what_is_forgotten_goes_on_to_exist_and_can_come_back() {
    let server = Server::new();
    let project = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let rm = |line: &str| project.run(&format!("state rm {line}"));
    let nothing = "No matching objects found. To view the available instances";
    let _ = rm("aws_kms_key.zz").fails().says("Invalid target address").says(nothing);
    let _ = rm("-dry-run aws_kms_key.zz").succeeds().says("Would have removed nothing.");
    let _ = rm("-dry-run aws_kms_key.primary").succeeds().says("Would remove aws_kms_key.primary");
    let _ = rm("").fails();
    let removed = rm("-backup=kept.db aws_kms_replica_key.ireland aws_kms_key.primary").succeeds();
    let head = "Removed aws_kms_replica_key.ireland\nRemoved aws_kms_key.primary\n\
                Successfully removed 2 resource instance(s).\n";
    assert!(removed.out.starts_with(head), "{}", removed.out);
    let removed = removed.says("Keys and secrets are no longer managed");
    let command =
        removed.out.lines().find(|line| line.contains("meridian import 'aws_kms_key.primary'"));
    let id = command.expect("the way back").rsplit('\'').nth(1).unwrap().to_owned();
    assert!(project.folder().join("kept.db").exists() && no_backup(&project));
    let _ = project.run("plan").succeeds().says("Plan: 2 to add, 0 to change, 0 to destroy.");
    assert_eq!(count(&server.requests(), "ScheduleKeyDeletion"), 0);
    let _ = project.run(&format!("import aws_kms_key.primary {id}")).succeeds();
    let replica = format!("import aws_kms_replica_key.ireland {id}");
    let _ = project.run(&replica).succeeds();
    let _ = project.run("plan").succeeds().says("Plan: 0 to add, 2 to change, 0 to destroy.");
}

#[test]
fn a_state_is_pulled_edited_and_pushed() {
    let server = Server::new();
    let text = format!(
        "{}output \"o\" {{\n  value     = \"open\"\n  sensitive = true\n}}\n",
        everything()
    );
    let project = applied(&server, &text);
    let pulled = project.run("state pull").succeeds().out;
    assert!(!pulled.contains("\"value\"\n") && !pulled.contains("hmac-sha256"), "{pulled}");
    let push = |state: &Json, options: &str| {
        project.write("pushed.tfstate", &state.to_string());
        project.run(&format!("state push {options} pushed.tfstate"))
    };
    let state: Json = serde_json::from_str(&pulled).unwrap();
    let with = |change: &dyn Fn(&mut Json)| {
        let mut state = state.clone();
        change(&mut state);
        state
    };
    let serial = state["serial"].as_u64().unwrap();
    let _ = push(&state, "").succeeds();
    assert_eq!(project.run("state pull").succeeds().out, pulled, "nothing to write");
    let fewer = |state: &mut Json| {
        state["resources"].as_array_mut().unwrap().retain(|it| it["type"] != "aws_kms_replica_key");
    };
    let _ = push(&with(&fewer), "").fails().says("Failed to write state").says(&format!(
        "cannot overwrite existing state with serial {serial} with a different state that has the same serial"
    ));
    let older = with(&|it| {
        fewer(it);
        it["serial"] = json!(serial - 1);
    });
    let _ = push(&older, "").fails().says(&format!(
        "cannot import state with serial {} over newer state with serial {serial}",
        serial - 1
    ));
    let other = with(&|it| {
        it["lineage"] = json!("another");
        it["serial"] = json!(serial + 1);
    });
    let _ = push(&other, "")
        .fails()
        .says("cannot import state with lineage \"another\" over unrelated");
    let _ = push(&with(&|it| it["version"] = json!(7)), "").fails().says("uses format version 7");
    let _ = project.run("state push nothing").fails().says("nothing");
    let newer = with(&|it| {
        fewer(it);
        it["serial"] = json!(serial + 5);
    });
    let _ = push(&newer, "").succeeds().says("The state as it was is kept in");
    let now: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    assert_eq!((&now["serial"], &now["lineage"]), (&json!(serial + 5), &state["lineage"]));
    let _ = project.run("state list aws_kms_replica_key.ireland").fails();
    let _ = push(&state, "-force").succeeds();
    // Secrets that were left out are still known.
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(project.run("output -raw o").succeeds().out, "open");
}

#[test]
fn objects_are_listed_by_address_and_by_id() {
    let server = Server::new();
    let project = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    let id = pulled["resources"][0]["instances"][0]["attributes"]["id"].as_str().unwrap();
    // A replica has the id of its primary.
    let both = "aws_kms_key.primary\naws_kms_replica_key.ireland\n";
    assert_eq!(project.run(&format!("state list -id={id}")).succeeds().out, both);
    assert_eq!(project.run("state list -id=none").succeeds().out, "");
    for (address, summary, detail) in [
        (
            "aws_kms_key.zz",
            "Unknown resource",
            "The current state contains no resource aws_kms_key.zz.",
        ),
        ("module.zz", "Unknown module", "The current state contains no module at module.zz."),
        ("bad[", "Error parsing instance address", "Index brackets must contain"),
    ] {
        let _ = project.run(&format!("state list {address}")).fails().says(summary).says(detail);
    }
    for (address, said) in [
        ("aws_kms_key.zz", "No instance found for the given address"),
        ("module.m", "Error parsing instance address: module.m"),
    ] {
        let _ = project.run(&format!("state show {address}")).fails().says(said);
    }
    for command in ["state mv a.b a.c", "state rm a.b", "state list", "taint a.b", "force-unlock x"]
    {
        let _ = Project::of("").run(command).fails().says("No state file was found");
    }
    assert_eq!(Project::of("").run("state pull").succeeds().out, "");
}

#[test]
fn providers_have_one_source_address_each() {
    let server = Server::new();
    let project = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let replace = |line: &str| project.run(&format!("state replace-provider -auto-approve {line}"));
    let _ = replace("foo/aws hashicorp/aws").succeeds().says("No matching resources found.");
    let _ = replace("hashicorp/aws foo/aws").fails().says("Invalid \"to\" provider \"foo/aws\"");
    let _ = replace("a//b foo/aws").fails().says("Invalid \"from\" provider \"a//b\"");
    let _ = replace("foo/aws -").fails();
}

#[test]
fn what_was_changed_outside_is_taken_in() {
    let server = Server::new();
    let project = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    let id = pulled["resources"][0]["instances"][0]["attributes"]["id"].as_str().unwrap();
    let change = server.kms(HOME).update_key_description().key_id(id).description("other").send();
    server.wait(change).unwrap();
    let _ = project.run("refresh").succeeds().says("Objects have changed outside of Meridian");
    let _ =
        project.run("state show aws_kms_key.primary").succeeds().says("description = \"other\"");
    let _ = project.run("plan -refresh=false").succeeds().says("\"other\" -> \"primary\"");
    let _ = project.run("apply -refresh-only -auto-approve").succeeds().says("No changes.");
}

#[test]
fn each_workspace_has_a_state_of_its_own_to_work_on() {
    let project = Project::of("resource \"terraform_data\" \"a\" {}\n");
    let _ = project.run("-local apply -auto-approve").succeeds();
    let _ = project.run("workspace new other").succeeds();
    let _ = project.run("-local state rm terraform_data.a").fails().says("No state file was found");
    let _ = project.run("-local apply -auto-approve").succeeds();
    let _ = project.run("-local state mv terraform_data.a terraform_data.b").succeeds();
    assert_eq!(project.run("-local state list").succeeds().out, "terraform_data.b\n");
    let _ = project.run("-local state rm terraform_data.b").succeeds();
    let _ = project.run("workspace select default").succeeds();
    assert_eq!(project.run("-local state list").succeeds().out, "terraform_data.a\n");
    let _ = project.run("workspace delete other").succeeds();
    assert!(!project.run("workspace list").succeeds().out.contains("other"));
}
