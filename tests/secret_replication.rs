//! The replication of secrets: a 200 is not success.

use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{IRELAND, PROVIDERS, Project, Server, cloud_text, count};

const PLAIN: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
}
"#;

const REPLICATED: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0

  replica {
    region = "eu-west-1"
  }
}

output "status" {
  value = one(aws_secretsmanager_secret.app.replica).status
}
"#;

const FORCED: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                           = "app"
  recovery_window_in_days        = 0
  force_overwrite_replica_secret = true

  replica {
    region = "eu-west-1"
  }
}
"#;

fn project(server: &Server, text: &str) -> Project {
    Project::of(&format!("{PROVIDERS}{text}")).at(server)
}

fn now(project: &Project, text: &str) {
    project.write("main.tf", &format!("{PROVIDERS}{text}"));
}

/// A failure that nothing in it explains.
fn failed(message: &str) -> FaultAction {
    FaultAction::FailReplication { message: message.to_owned() }
}

#[test]
fn a_replica_that_is_being_copied_is_waited_for() {
    let (server, clock) = Server::standing_still();
    let project = project(&server, PLAIN);
    let _ = project.run("apply -auto-approve").succeeds();
    now(&project, REPLICATED);
    let mark = server.mark();
    let mut running = project.start("apply -auto-approve");
    server.until("three looks at a replica that stays InProgress", |records| {
        let records = &records[mark..];
        let asked = records.iter().position(|it| it.operation == "ReplicateSecretToRegions");
        asked.is_some_and(|asked| count(&records[asked..], "DescribeSecret") >= 3)
    });
    assert!(running.is_alive(), "the apply ends only when the replica is InSync");
    while running.is_alive() {
        clock.advance(Duration::from_secs(1));
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = running.wait().succeeds();
    let output = project.run("output -raw status").succeeds();
    assert_eq!(output.out, "InSync");
    assert_eq!(count(&server.requests_since(mark), "ReplicateSecretToRegions"), 1);
}

#[test]
fn a_failed_replication_fails_the_apply_and_is_mended_by_the_next() {
    let server = Server::new();
    let project = project(&server, PLAIN);
    let _ = project.run("apply -auto-approve").succeeds();
    now(&project, REPLICATED);
    let message = "Replication failed: the moon was in the way";
    server.next("ReplicateSecretToRegions", failed(message));
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("replication of app to eu-west-1 failed")
        .says(message)
        .says("Apply again to try once more")
        .says("aws_secretsmanager_secret.app");
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out, "aws_secretsmanager_secret.app\n");
    let mark = server.mark();
    let _ = project.run("plan -detailed-exitcode").exits(2);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests_since(mark), "ReplicateSecretToRegions"), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert!(cloud_text(&server).contains("eu-west-1:InSync"));
}

const VALUE: &str = r#"
variable "value" {}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = var.value
}
"#;

#[test]
fn a_value_is_waited_for_in_every_region() {
    let (server, clock) = Server::standing_still();
    let project = project(&server, &format!("{REPLICATED}{VALUE}"));
    let mut running = project.start("apply -auto-approve -var value=one");
    while running.is_alive() {
        clock.advance(Duration::from_millis(500));
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = running.wait().succeeds();
    let mut running = project.start("apply -auto-approve -var value=two");
    server.until("a look at replicas that have not got the value yet", |records| {
        let asked = records.iter().rposition(|it| it.operation == "PutSecretValue");
        asked.is_some_and(|asked| count(&records[asked..], "DescribeSecret") >= 3)
    });
    assert!(running.is_alive(), "the apply ends only when the value is everywhere");
    while running.is_alive() {
        clock.advance(Duration::from_millis(500));
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = running.wait().succeeds();
    let ireland = server.secrets(IRELAND);
    let there = server.wait(ireland.get_secret_value().secret_id("app").send()).unwrap();
    assert_eq!(there.secret_string(), Some("two"));
}

#[test]
fn a_value_that_does_not_arrive_fails_the_apply() {
    let server = Server::new();
    let project = project(&server, &format!("{REPLICATED}{VALUE}"));
    let _ = project.run("apply -auto-approve -var value=one").succeeds();
    let message = "Replication failed: the moon was in the way";
    server.next("PutSecretValue", failed(message));
    let _ = project
        .run("apply -auto-approve -var value=two")
        .fails()
        .says("is not in eu-west-1")
        .says(message)
        .says("aws_secretsmanager_secret_version.app");
    let _ = project.run("apply -auto-approve -var value=two").succeeds();
    let ireland = server.secrets(IRELAND);
    let there = server.wait(ireland.get_secret_value().secret_id("app").send()).unwrap();
    assert_eq!(there.secret_string(), Some("two"));
    let _ = project.run("plan -detailed-exitcode -var value=two").exits(0).says("No changes.");
}

#[test]
fn a_replication_that_fails_at_creation_loses_no_secret() {
    let server = Server::new();
    let project = project(&server, REPLICATED);
    let message = "Replication failed: Access to KMS is not allowed";
    server.next("CreateSecret", failed(message));
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says(message)
        .says("The replica's key must be in eu-west-1");
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out, "aws_secretsmanager_secret.app\n");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "CreateSecret"), 1, "the secret is kept");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_secret_in_the_way_is_overwritten_only_if_asked_for() {
    let server = Server::new();
    let ireland = server.secrets(IRELAND);
    server.wait(ireland.create_secret().name("app").secret_string("precious").send()).unwrap();
    let project = project(&server, REPLICATED);
    let _ = project.run("plan").succeeds().never_says("overwrites");
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("replication of app to eu-west-1 failed")
        .says("set force_overwrite_replica_secret = true");
    let precious = server.wait(ireland.get_secret_value().secret_id("app").send()).unwrap();
    assert_eq!(precious.secret_string(), Some("precious"));
    now(&project, FORCED);
    let plan = project.run("plan").succeeds().says("overwrites").says("eu-west-1");
    insta::assert_snapshot!(plan.plan());
    let _ = project.run("apply -auto-approve").succeeds();
    let cloud = cloud_text(&server);
    assert!(cloud.contains("secret \"app\" \"\" replica of eu-central-1"), "{cloud}");
}

#[test]
fn a_new_secret_that_would_overwrite_says_so() {
    let server = Server::new();
    let project = project(&server, FORCED);
    let _ =
        project.run("plan").succeeds().says("overwrites any secret of the same name in eu-west-1");
}

#[test]
fn a_replication_whose_outcome_is_unknown_is_looked_up() {
    for action in [
        FaultAction::DropAfterExecution,
        FaultAction::Error {
            status: 500,
            code: "InternalServiceError".to_owned(),
            message: "Something broke.".to_owned(),
        },
    ] {
        let server = Server::new();
        let project = project(&server, PLAIN);
        let _ = project.run("apply -auto-approve").succeeds();
        now(&project, REPLICATED);
        server.next("ReplicateSecretToRegions", action.clone());
        let _ = project.run("apply -auto-approve").succeeds();
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
        assert!(cloud_text(&server).contains("eu-west-1:InSync"), "{action:?}");
    }
}
