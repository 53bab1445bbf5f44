//! What is marked in a state: objects to be replaced, and who may write.

use meridian_state::{Holder, Sealer, Store};
use serde_json::{Value as Json, json};

use crate::support::{KEYS, PROVIDERS, Project, Server};

fn applied(server: &Server, text: &str) -> Project {
    let project = Project::of(text).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project
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
