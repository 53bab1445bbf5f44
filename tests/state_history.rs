//! What changed the state, going back, backups while an apply runs, and pruning.

use std::fs;
use std::time::Duration;

use meridian_local_aws::FaultAction;
use serde_json::Value as Json;

use crate::support::{Project, Server, changing, everything};

fn key(description: &str) -> String {
    format!(
        "provider \"aws\" {{\n  region = \"eu-central-1\"\n}}\nresource \"aws_kms_key\" \"app\" {{\n  \
         description             = \"{description}\"\n  deletion_window_in_days = 7\n}}\n"
    )
}

/// The commands of the history, the last one first.
fn commands(project: &Project) -> Vec<(String, String)> {
    let listed = project.run("state history -json").succeeds();
    let history: Json = serde_json::from_str(&listed.out).unwrap();
    let text = |run: &Json, name: &str| run[name].as_str().unwrap().to_owned();
    let runs = history["runs"].as_array().unwrap();
    runs.iter().map(|run| (text(run, "command"), text(run, "outcome"))).collect()
}

#[test]
fn every_change_is_listed_and_nothing_else_is() {
    let server = Server::new();
    let project = Project::of(&key("first")).at(&server);
    let _ = project.run("state history").fails().says("No state file was found");
    let _ = project.run("apply -auto-approve").succeeds();
    // What AWS shows of a new object for the first time is taken in, once.
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds().says("No changes.");
    }
    let _ = project.run("plan").succeeds();
    let _ = project.run("taint aws_kms_key.app").succeeds();
    let _ = project.run("untaint aws_kms_key.app").succeeds();
    let _ = project.run("state mv aws_kms_key.app aws_kms_key.other").succeeds();
    let _ = project.run("state mv -dry-run aws_kms_key.other aws_kms_key.app").succeeds();
    server.refuse("UpdateKeyDescription", 400, "AccessDeniedException", "You may not.");
    project.write("main.tf", &key("second").replace("\"app\"", "\"other\""));
    let _ = project.run("apply -auto-approve").fails();
    let expected = [
        ("apply", "failed"),
        ("state mv", "succeeded"),
        ("untaint", "succeeded"),
        ("taint", "succeeded"),
        ("apply", "succeeded"),
        ("apply", "succeeded"),
    ];
    let expected = expected.map(|(command, outcome)| (command.to_owned(), outcome.to_owned()));
    assert_eq!(commands(&project), expected);
    let listed = project.run("state history").succeeds();
    assert_eq!(listed.out.lines().count(), 7, "{}", listed.out);
    let short = project.run("state history -limit=1").succeeds();
    assert_eq!(short.out.lines().count(), 2, "{}", short.out);
}

#[test]
fn a_state_comes_back_as_it_was_and_the_plan_tells_the_difference() {
    let server = Server::new();
    let project = Project::of(&key("first")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let before = project.run("show -json").succeeds().out;
    let _ = project.run("state rm aws_kms_key.app").succeeds();
    let asked = server.mark();
    let _ = project.run("state restore -dry-run 2").succeeds().says("+ aws_kms_key.app");
    let _ = project.run("state restore 2").fails().says("-auto-approve");
    assert_eq!(project.run("state list").succeeds().out, "");
    let restored = project.run("state restore -auto-approve 2").succeeds();
    let _ = restored.says("is kept in").says("what it was before number 2");
    assert_eq!(changing(&server.requests_since(asked)), "", "the cloud is left alone");
    assert_eq!(project.run("show -json").succeeds().out, before);
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
    // Undone in its turn, the object is forgotten again.
    let _ = project.run("state restore -auto-approve 3").succeeds().says("- aws_kms_key.app");
    assert_eq!(project.run("state list").succeeds().out, "");
    let _ = project.run("state restore -auto-approve 99").fails().says("there is no such run");
}

#[test]
fn a_backup_can_be_made_while_an_apply_runs() {
    let server = Server::new();
    server.next("CreateSecret", FaultAction::Delay(Duration::from_secs(2)));
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateSecret");
    let _ = project.run("state backup copy.db").succeeds().says("copied to copy.db");
    let _ = project.run("state backup copy.db").fails().says("exists already");
    let _ = running.wait().succeeds();
    let copied = project.run("state list -state=copy.db").succeeds();
    assert!(copied.out.contains("aws_kms_key.primary"), "{}", copied.out);
    assert!(!copied.out.contains("aws_secretsmanager_secret.app"), "{}", copied.out);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(project.folder().join("copy.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn old_runs_are_forgotten_and_the_state_is_not() {
    let server = Server::new();
    let project = Project::of(&key("0")).at(&server);
    for description in 0..4 {
        project.write("main.tf", &key(&description.to_string()));
        let _ = project.run("apply -auto-approve").succeeds();
    }
    let _ = project.run("state prune -keep=1").succeeds().says("Forgot 3 runs.");
    assert_eq!(commands(&project).len(), 1);
    let _ = project.run("state restore -auto-approve 3").fails().says("cannot be had back");
    let _ = project.run("state restore -auto-approve 4").succeeds();
    let _ = project.run("plan").succeeds().says("No changes.").never_says("Error");
}
