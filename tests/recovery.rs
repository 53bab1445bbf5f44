//! Calls that a killed run left open: shown by a plan, settled by `recover`.

use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{HOME, Project, Server, changing, count, everything};

/// Longer than any test.
const AGES: Duration = Duration::from_secs(300);

/// An apply of a project that was killed during an operation.
fn killed_during(operation: &str, action: FaultAction, text: &str) -> (Server, Project) {
    let server = Server::new();
    server.next(operation, action);
    let project = Project::of(text).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked(operation);
    running.kill();
    (server, project)
}

#[test]
fn a_plan_shows_what_is_open_and_touches_nothing() {
    let (server, project) = killed_during("CreateKey", FaultAction::Delay(AGES), &everything());
    let before = std::fs::read(project.folder().join("state/meridian.db")).unwrap();
    let mark = server.mark();
    let planned = project.run("plan").succeeds().says("An interrupted run left calls open");
    let _ = planned.says("aws_kms_key.primary: kms:CreateKey in eu-central-1, sent 20");
    let logged = project.run("plan -json").succeeds();
    assert!(logged.out.contains("An interrupted run left calls open"), "{}", logged.out);
    assert_eq!(changing(&server.requests_since(mark)), "");
    assert_eq!(std::fs::read(project.folder().join("state/meridian.db")).unwrap(), before);
}

#[test]
fn what_was_created_is_taken_into_the_state_without_an_apply() {
    let (server, project) = killed_during("CreateKey", FaultAction::Delay(AGES), &everything());
    let mark = server.mark();
    let recovered = project.run("recover").succeeds().says("Recovery complete! 1 call settled.");
    let _ = recovered.says("kms:CreateKey").says("had created arn:aws:kms:eu-central-1:");
    assert_eq!(changing(&server.requests_since(mark)), "", "AWS is only read");
    let _ = project.run("state list").succeeds().says("aws_kms_key.primary");
    let _ = project.run("plan").succeeds().never_says("left calls open");
    let _ = project.run("recover").succeeds().says("nothing to recover");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}

#[test]
fn what_never_arrived_is_given_up() {
    let (server, project) =
        killed_during("CreateSecret", FaultAction::DropBeforeExecution, &everything());
    let _ = project.run("recover").succeeds().says("secretsmanager:CreateSecret").says("nothing");
    let secrets = server.wait(server.secrets(HOME).list_secrets().send()).unwrap();
    assert!(secrets.secret_list().is_empty());
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
}

#[test]
fn without_a_state_there_is_nothing_to_recover() {
    let project = Project::of(&everything()).at(&Server::new());
    let _ = project.run("recover").succeeds().says("nothing to recover");
    assert!(!project.has_state());
}

/// A key whose provider block is gone is not given up for want of a way to look.
#[test]
fn nothing_is_given_up_because_its_provider_is_gone() {
    let text = "provider \"aws\" {\n  alias  = \"ireland\"\n  region = \"eu-west-1\"\n}\n\
                resource \"aws_kms_key\" \"app\" {\n  provider = aws.ireland\n}\n";
    let (server, project) = killed_during("CreateKey", FaultAction::Delay(AGES), text);
    project.write("main.tf", "");
    for line in ["recover", "apply -auto-approve"] {
        let ran = project.run(line).fails().says("Provider configuration not present");
        let _ = ran.says("aws_kms_key.app").says("aws.ireland");
    }
    project.write("main.tf", text);
    let _ = project.run("recover").succeeds().says("had created");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}
