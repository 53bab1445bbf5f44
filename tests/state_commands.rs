//! Changing the state by hand: `state mv`, `rm`, `pull`, `push`, `taint`, `force-unlock`, `refresh`.

use std::fs;
use std::path::PathBuf;

use meridian_state::{Holder, Sealer, Store};
use serde_json::{Value as Json, json};

use crate::support::{HOME, KEYS, PROVIDERS, Project, Server, count, everything};

fn backups(project: &Project) -> Vec<PathBuf> {
    let entries = fs::read_dir(project.folder().join("state")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().ends_with(".backup")).collect()
}

fn applied(server: &Server, text: &str) -> Project {
    let project = Project::of(text).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project
}

#[test]
fn a_secret_that_moves_keeps_its_value_and_its_place_in_the_order() {
    let server = Server::new();
    let project = applied(&server, &everything());
    for (from, to) in [
        ("aws_secretsmanager_secret_version.app", "aws_secretsmanager_secret_version.value"),
        ("aws_secretsmanager_secret.app", "aws_secretsmanager_secret.moved"),
        ("aws_kms_key.primary", "aws_kms_key.first"),
    ] {
        let _ = project
            .run(&format!("state mv -dry-run {from} {to}"))
            .succeeds()
            .says(&format!("Would move \"{from}\" to \"{to}\""));
        let _ = project.run(&format!("state list {from}")).succeeds();
        let said = project.run(&format!("state mv {from} {to}")).succeeds().out;
        assert_eq!(said, format!("Move \"{from}\" to \"{to}\"\nSuccessfully moved 1 object(s).\n"));
        let _ = project.run(&format!("state list {from}")).fails();
    }
    let moved = everything()
        .replace(
            "\"aws_secretsmanager_secret_version\" \"app\"",
            "\"aws_secretsmanager_secret_version\" \"value\"",
        )
        .replace("\"aws_secretsmanager_secret\" \"app\"", "\"aws_secretsmanager_secret\" \"moved\"")
        .replace("aws_secretsmanager_secret.app", "aws_secretsmanager_secret.moved")
        .replace("\"aws_kms_key\" \"primary\"", "\"aws_kms_key\" \"first\"")
        .replace("aws_kms_key.primary", "aws_kms_key.first");
    project.write("main.tf", &moved);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    project.write("main.tf", &moved.replace("\"value\"\n", "\"another\"\n"));
    let _ = project
        .run("plan")
        .succeeds()
        .says("aws_secretsmanager_secret_version.value must be replaced");
    assert_eq!(backups(&project).len(), 3);
    let _ = project.run("destroy -auto-approve").succeeds().says("4 destroyed");
}

#[test]
fn resources_instances_and_modules_move_as_in_terraform() {
    let data =
        |name: &str, more: &str| format!("resource \"terraform_data\" \"{name}\" {{\n{more}}}\n");
    let project = Project::of(&format!(
        "{}{}{}module \"m\" {{\n  source = \"./m\"\n}}\n",
        data("a", "  input = terraform_data.c\n"),
        data("c", "  count = 2\n"),
        data("f", "  for_each = toset([\"x\", \"y\"])\n"),
    ));
    fs::create_dir_all(project.folder().join("m")).unwrap();
    project.write("m/m.tf", &data("in", ""));
    let _ = project.run("-local apply -auto-approve").succeeds();
    let mv = |from: &str, to: &str| project.run(&format!("-local state mv {from} {to}"));
    // What Terraform 1.11.4 says of each.
    for (from, to, summary, detail) in [
        (
            "terraform_data.zz",
            "terraform_data.b",
            "Invalid source address",
            "Cannot move terraform_data.zz: does not match anything in the current state.",
        ),
        (
            "module.zz",
            "module.y",
            "Invalid source address",
            "Cannot move module.zz: does not match anything in the current state.",
        ),
        (
            "terraform_data.a",
            "terraform_data.a",
            "Invalid target address",
            "there is already a resource instance at that address in the current state.",
        ),
        (
            "terraform_data.c",
            "terraform_data.a",
            "Invalid target address",
            "Cannot move to terraform_data.a: there is already a resource",
        ),
        (
            "terraform_data.c[0]",
            "terraform_data.c[1]",
            "Invalid target address",
            "Cannot move to terraform_data.c[1]: there is already a resource instance",
        ),
        (
            "terraform_data.a",
            "null_resource.a",
            "Invalid state move request",
            "Cannot move terraform_data.a to null_resource.a: resource types don't match.",
        ),
        (
            "module.m",
            "terraform_data.q",
            "Invalid target address",
            "the target must also be a module.",
        ),
        (
            "terraform_data.a",
            "module.q",
            "Invalid target address",
            "Cannot move terraform_data.a to module.q: the target must also be a resource instance.",
        ),
        ("x[", "terraform_data.q", "Error parsing instance address", "Index brackets must contain"),
    ] {
        let _ = mv(from, to).fails().says(summary).says(detail);
    }
    for (from, to) in [
        ("terraform_data.a", "terraform_data.b"),
        ("terraform_data.c[0]", "terraform_data.d"),
        ("terraform_data.f", "terraform_data.g"),
        ("terraform_data.g[\"x\"]", "terraform_data.f[\"k\"]"),
        ("module.m", "module.n"),
        ("module.n", "module.o.module.p[\"z\"]"),
        ("terraform_data.b", "module.q.terraform_data.b"),
    ] {
        let _ = mv(from, to).succeeds().says("Successfully moved 1 object(s).");
    }
    let _ = mv("module.o.module.p", "module.r").fails();
    let list = project.run("-local state list").succeeds().out;
    let expected = [
        "terraform_data.c[1]",
        "terraform_data.d",
        "terraform_data.f[\"k\"]",
        "terraform_data.g[\"y\"]",
        "module.q.terraform_data.b",
        "module.o.module.p[\"z\"].terraform_data.in",
    ];
    assert_eq!(list.lines().collect::<Vec<_>>(), expected);
    // What has moved in part is needed at both addresses.
    let pulled: Json =
        serde_json::from_str(&project.run("-local state pull").succeeds().out).unwrap();
    let resources = pulled["resources"].as_array().unwrap();
    let b = resources.iter().find(|it| it["name"] == "b").expect("b");
    let needed = &b["instances"][0]["dependencies"];
    assert_eq!(*needed, json!(["terraform_data.c", "terraform_data.d"]));
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
    assert!(project.folder().join("kept.db").exists() && backups(&project).is_empty());
    let _ = project.run("plan").succeeds().says("Plan: 2 to add, 0 to change, 0 to destroy.");
    assert_eq!(count(&server.requests(), "ScheduleKeyDeletion"), 0);
    let _ = project.run(&format!("import aws_kms_key.primary {id}")).succeeds();
    let replica = format!("import aws_kms_replica_key.ireland {id}");
    let _ = project.run(&replica).succeeds();
    let _ = project.run("plan").succeeds().says("Plan: 0 to add, 2 to change, 0 to destroy.");
}

#[test]
fn a_mark_holds_until_it_is_taken_back_or_done() {
    let server = Server::new();
    let text = format!("{PROVIDERS}{KEYS}resource \"terraform_data\" \"a\" {{}}\n");
    let project = applied(&server, &text);
    let marked = "Resource instance terraform_data.a has been marked as tainted.\n";
    assert_eq!(project.run("taint terraform_data.a").succeeds().out, marked);
    let _ = project.run("state show terraform_data.a").says("# terraform_data.a: (tainted)");
    let _ = project.run("refresh").succeeds();
    let planned = project.run("plan").succeeds();
    let _ = planned
        .says("# terraform_data.a is tainted, so must be replaced")
        .says("Plan: 1 to add, 0 to change, 1 to destroy.");
    let _ = project.run("plan -refresh=false -out=p").succeeds();
    let json: Json = serde_json::from_str(&project.run("show -json p").succeeds().out).unwrap();
    let changes = json["resource_changes"].as_array().unwrap();
    let reasons: Vec<_> = changes.iter().filter_map(|it| it.get("action_reason")).collect();
    assert_eq!(reasons, [&json!("replace_because_tainted")]);
    let taken = "Resource instance terraform_data.a has been successfully untainted.\n";
    assert_eq!(project.run("untaint terraform_data.a").succeeds().out, taken);
    let _ = project.run("plan -detailed-exitcode").exits(0);
    let _ =
        project.run("untaint terraform_data.a").fails().says("Resource instance is not tainted");
    let _ = project.run("taint terraform_data.a").succeeds();
    let _ = project.run("apply -auto-approve").succeeds().says("1 added, 0 changed, 1 destroyed");
    let _ = project.run("plan -detailed-exitcode").exits(0);
    // A key is never marked without a word.
    let _ = project
        .run("taint aws_kms_key.primary")
        .succeeds()
        .says("This object holds what cannot be made again")
        .says("schedules this one for deletion")
        .says("meridian untaint aws_kms_key.primary");
    let _ =
        project.run("plan").succeeds().says("aws_kms_key.primary is tainted, so must be replaced");
    for (line, said) in [
        ("taint terraform_data.zz", "No such resource instance"),
        (
            "untaint terraform_data.zz",
            "There is no resource instance in the state with the address",
        ),
        ("taint module.m", "A resource instance address is required here."),
        ("taint data.a.b", "Resource instance data.a.b cannot be tainted"),
        ("taint x[", "Index brackets must contain"),
        ("taint", "ADDRESS"),
    ] {
        let _ = project.run(line).fails().says(said);
    }
    for line in
        ["taint -allow-missing terraform_data.zz", "untaint -allow-missing terraform_data.zz"]
    {
        let _ = project
            .run(line)
            .succeeds()
            .says("this is not an error because -allow-missing was set");
    }
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
fn a_lock_that_was_left_behind_elsewhere_is_released_by_its_id() {
    let server = Server::new();
    let project = applied(&server, "resource \"terraform_data\" \"a\" {}\n");
    let _ = project
        .run("force-unlock -force x")
        .fails()
        .says("Failed to unlock state")
        .says("not locked");
    let sealer =
        Sealer::from_key_file(&project.root().join("home/.config/meridian/state.key")).unwrap();
    let mut store = Store::open(&project.folder().join("state/meridian.db"), sealer).unwrap();
    let holder = Holder {
        operation: "apply".into(),
        who: "ada".into(),
        host: "elsewhere".into(),
        pid: 1,
        started_at: time::OffsetDateTime::UNIX_EPOCH,
    };
    let id = store.acquire_lock(&holder).unwrap();
    // It is not released: whoever held it is gone.
    std::mem::forget(store);
    for line in [
        "state rm terraform_data.a",
        "taint terraform_data.a",
        "state push -",
        "import terraform_data.a x",
    ] {
        let told = project.run_with(line, r#"{"version": 4}"#).fails();
        let _ = told.says("The state is locked").says(&format!("meridian force-unlock {id}"));
    }
    let _ = project.run("force-unlock 1-2-3").fails().says(&format!("the present lock is {id}"));
    let _ = project
        .run_with(&format!("force-unlock {id}"), "no\n")
        .fails()
        .says("force-unlock cancelled.");
    let _ = project
        .run_with(&format!("force-unlock {id}"), "yes\n")
        .succeeds()
        .says("taken by ada on elsewhere")
        .says("Do you really want to force-unlock?")
        .says("Meridian state has been successfully unlocked!");
    let _ = project.run("taint terraform_data.a").succeeds();
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
