//! Kills and interruptions in the middle of an apply.

use std::time::{Duration, Instant};

use meridian_local_aws::FaultAction;

use crate::support::{HOME, Project, Server, cloud_text, count, everything, ignores_hang_up};

const ONCE: &str = r#"eu-central-1 key "primary" Enabled PRIMARY
eu-central-1 secret "app" "" = "value" under key "primary" eu-west-1:InSync
eu-west-1 key "replica" Enabled REPLICA
eu-west-1 secret "app" "" replica of eu-central-1 = "value" under key "replica"
"#;

/// Longer than any test.
const AGES: Duration = Duration::from_secs(300);

/// After whatever happened, one more apply finishes everything, once.
#[track_caller]
fn converges(server: &Server, project: &Project) {
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(server), ONCE);
    let secrets = server.secrets(HOME);
    let versions = server.wait(secrets.list_secret_version_ids().secret_id("app").send()).unwrap();
    assert_eq!(versions.versions().len(), 1, "one value, one version");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out.lines().count(), 4, "{}", listed.out);
}

fn killed_while(operation: &str, action: FaultAction) {
    let server = Server::new();
    server.next(operation, action);
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked(operation);
    running.kill();
    converges(&server, &project);
}

#[test]
fn killed_after_a_key_was_created() {
    killed_while("CreateKey", FaultAction::Delay(AGES));
}

#[test]
fn killed_after_a_replica_was_created() {
    killed_while("ReplicateKey", FaultAction::Delay(AGES));
}

#[test]
fn killed_after_a_secret_was_created() {
    killed_while("CreateSecret", FaultAction::Delay(AGES));
}

#[test]
fn killed_after_a_value_was_put() {
    killed_while("PutSecretValue", FaultAction::Delay(AGES));
}

#[test]
fn killed_before_anything_was_created() {
    std::thread::scope(|scope| {
        for operation in ["ReplicateKey", "CreateSecret", "PutSecretValue"] {
            scope.spawn(move || killed_while(operation, FaultAction::DropBeforeExecution));
        }
    });
}

#[test]
fn a_killed_run_is_told_by_the_apply_that_follows() {
    let server = Server::new();
    server.next("CreateKey", FaultAction::Delay(AGES));
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    running.kill();
    let _ = project
        .run("apply -auto-approve")
        .succeeds()
        .says("aws_kms_key.primary: Recovered: an interrupted run had created");
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}

/// A plan that was saved after a kill does not know what the killed run had created.
#[test]
fn a_plan_saved_after_a_kill_doubles_nothing() {
    let server = Server::new();
    server.next("CreateKey", FaultAction::Delay(AGES));
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    running.kill();
    let _ = project.run("plan -out=plan.tfplan").succeeds();
    let _ = project.run("apply plan.tfplan").fails().says("Saved plan is stale");
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
    converges(&server, &project);
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}

#[test]
fn a_kill_during_destroy_is_finished_by_the_next() {
    for operation in ["DeleteSecret", "ScheduleKeyDeletion", "RemoveRegionsFromReplication"] {
        let server = Server::new();
        let project = Project::of(&everything()).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        server.next(operation, FaultAction::Delay(AGES));
        let running = project.start("destroy -auto-approve");
        server.until_asked(operation);
        running.kill();
        let _ = project.run("destroy -auto-approve").succeeds();
        let listed = project.run("state list").succeeds();
        assert_eq!(listed.out, "", "{operation}");
        let cloud = cloud_text(&server);
        assert!(!cloud.contains("Enabled") && !cloud.contains("secret"), "{operation}: {cloud}");
    }
}

#[cfg(unix)]
fn stopped_by(signal: &str) {
    let server = Server::new();
    server.next("CreateKey", FaultAction::Delay(Duration::from_secs(1)));
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    running.signal(signal);
    let ran = running.wait().fails();
    let _ = ran
        .says("Stopping")
        .says("aws_kms_replica_key.ireland: Skipped, because the run was interrupted")
        .says("aws_secretsmanager_secret.app: Skipped, because the run was interrupted");
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out, "aws_kms_key.primary\n", "the running call was let finish");
    assert_eq!(count(&server.requests(), "ReplicateKey"), 0, "nothing new began");
    converges(&server, &project);
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}

#[cfg(unix)]
#[test]
fn an_interruption_lets_running_calls_finish() {
    stopped_by("INT");
}

#[cfg(unix)]
#[test]
fn a_termination_lets_running_calls_finish() {
    stopped_by("TERM");
}

#[cfg(unix)]
#[test]
fn a_closed_terminal_lets_running_calls_finish() {
    if ignores_hang_up() {
        println!("skipped: these tests run as under nohup, and so would the program");
        return;
    }
    stopped_by("HUP");
}

#[cfg(unix)]
#[test]
fn a_second_interruption_ends_at_once() {
    let server = Server::new();
    server.next("CreateKey", FaultAction::Delay(AGES));
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    running.signal("INT");
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    running.signal("INT");
    let _ = running
        .wait()
        .fails()
        .says(
            "Whether these calls were carried out is not known: aws_kms_key.primary: \
               kms:CreateKey in eu-central-1",
        )
        .says("the next apply finds out");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    converges(&server, &project);
    assert_eq!(count(&server.requests(), "CreateKey"), 1);
}
