//! Secrets and replicas that went another way outside: a replica that was made independent, a
//! secret that is scheduled for deletion, replicas that the last reading did not show.

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, cloud_text, count, position};

const SECRET: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 7

  replica {
    region = "eu-west-1"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
"#;

fn applied(server: &Server) -> Project {
    let project = Project::of(&format!("{PROVIDERS}{SECRET}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project
}

fn stop(server: &Server) {
    let ireland = server.secrets(IRELAND);
    server.wait(ireland.stop_replication_to_replica().secret_id("app").send()).unwrap();
    let put = ireland.put_secret_value().secret_id("app").secret_string("written in Ireland");
    server.wait(put.send()).unwrap();
}

fn in_ireland(server: &Server) -> Option<String> {
    let ireland = server.secrets(IRELAND);
    let value = server.wait(ireland.get_secret_value().secret_id("app").send()).ok()?;
    value.secret_string().map(str::to_owned)
}

fn in_sync(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn an_independent_replica_is_left_alone_and_told_with_three_choices() {
    let server = Server::new();
    let project = applied(&server);
    stop(&server);
    // Once more, when the state no longer has the replica.
    for _ in 0..2 {
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").succeeds();
        let _ = ran
            .says("Warning: the replica of app in eu-west-1 is a secret of its own now")
            .says("remove the replica block")
            .says("force_overwrite_replica_secret = true")
            .says("aws secretsmanager delete-secret --region eu-west-1 --secret-id app")
            .says("No changes.");
        assert_eq!(count(&server.requests_since(mark), "ReplicateSecretToRegions"), 0);
        assert_eq!(in_ireland(&server).as_deref(), Some("written in Ireland"));
    }
}

#[test]
fn each_of_the_three_choices_leads_somewhere() {
    let without = SECRET.replace("  replica {\n    region = \"eu-west-1\"\n  }\n", "");
    let forced =
        SECRET.replace("  replica {", "  force_overwrite_replica_secret = true\n\n  replica {");
    let server = Server::new();
    let project = applied(&server);
    stop(&server);
    project.write("main.tf", &format!("{PROVIDERS}{without}"));
    let _ = project.run("apply -auto-approve").succeeds().never_says("Warning");
    assert_eq!(in_ireland(&server).as_deref(), Some("written in Ireland"));
    in_sync(&project);

    let server = Server::new();
    let project = applied(&server);
    stop(&server);
    project.write("main.tf", &format!("{PROVIDERS}{forced}"));
    let _ = project.run("plan").succeeds().says("overwrites any secret of the same name");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(in_ireland(&server).as_deref(), Some("value"));
    in_sync(&project);

    let server = Server::new();
    let project = applied(&server);
    stop(&server);
    let ireland = server.secrets(IRELAND);
    let deletion = ireland.delete_secret().secret_id("app").force_delete_without_recovery(true);
    server.wait(deletion.send()).unwrap();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(in_ireland(&server).as_deref(), Some("value"));
    in_sync(&project);
}

/// Removed from the list, and nothing is there: that is drift like any other.
#[test]
fn a_replica_that_was_removed_outside_is_made_again() {
    let server = Server::new();
    let project = applied(&server);
    let secrets = server.secrets(HOME);
    let removal = secrets.remove_regions_from_replication().secret_id("app");
    server.wait(removal.remove_replica_regions(IRELAND).send()).unwrap();
    let gone = || in_ireland(&server).is_none();
    server.until("the removal", |_| gone());
    let _ = project.run("apply -auto-approve").succeeds().never_says("secret of its own");
    assert_eq!(in_ireland(&server).as_deref(), Some("value"));
    in_sync(&project);
}

#[test]
fn a_secret_that_was_scheduled_for_deletion_outside_is_restored() {
    let server = Server::new();
    let project = applied(&server);
    let before = cloud_text(&server);
    let secrets = server.secrets(HOME);
    let removal = secrets.remove_regions_from_replication().secret_id("app");
    server.wait(removal.remove_replica_regions(IRELAND).send()).unwrap();
    server.until("the removal", |_| in_ireland(&server).is_none());
    server.wait(secrets.delete_secret().secret_id("app").send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan
        .says("was scheduled for deletion on")
        .says("it will be restored")
        .says("0 to add, 1 to change, 0 to destroy");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    let restored = position(&records, "RestoreSecret");
    assert!(restored < position(&records, "ReplicateSecretToRegions"));
    assert_eq!((count(&records, "CreateSecret"), count(&records, "PutSecretValue")), (0, 0));
    assert_eq!(cloud_text(&server), before);
    in_sync(&project);
}

/// A new secret does not take the name of one that is still to be deleted; an import takes the
/// secret itself back.
#[test]
fn a_name_that_is_scheduled_for_deletion_can_be_had_back() {
    let server = Server::new();
    let secrets = server.secrets(HOME);
    let made = secrets.create_secret().name("app").secret_string("old value");
    let arn = server.wait(made.send()).unwrap().arn().unwrap().to_owned();
    server.wait(secrets.delete_secret().secret_id("app").send()).unwrap();
    let text = "resource \"aws_secretsmanager_secret\" \"app\" {\n  name = \"app\"\n}\n";
    let project = Project::of(&format!("{PROVIDERS}{text}")).at(&server);
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("the name app is taken by a secret that is scheduled for deletion")
        .says("it is restored then: import {")
        .says("--force-delete-without-recovery");
    let import = format!("import {{\n  to = aws_secretsmanager_secret.app\n  id = \"{arn}\"\n}}\n");
    project.write("main.tf", &format!("{PROVIDERS}{text}{import}"));
    let _ = project.run("plan").succeeds().says("1 to import").says("it will be restored");
    let _ = project.run("apply -auto-approve").succeeds();
    let value = server.wait(secrets.get_secret_value().secret_id("app").send()).unwrap();
    assert_eq!(value.secret_string(), Some("old value"));
    in_sync(&project);
}

#[test]
fn what_is_scheduled_for_deletion_and_not_wanted_is_let_go() {
    let server = Server::new();
    let project = applied(&server);
    let secrets = server.secrets(HOME);
    let removal = secrets.remove_regions_from_replication().secret_id("app");
    server.wait(removal.remove_replica_regions(IRELAND).send()).unwrap();
    server.until("the removal", |_| in_ireland(&server).is_none());
    server.wait(secrets.delete_secret().secret_id("app").send()).unwrap();
    let mark = server.mark();
    let _ = project.run("destroy -auto-approve").succeeds();
    assert_eq!(count(&server.requests_since(mark), "DeleteSecret"), 0);
    assert_eq!(project.run("state list").succeeds().out, "");
}

/// The state knows of one replica, AWS of two: both go before the secret does.
#[test]
fn replicas_are_listed_from_aws_before_a_secret_is_deleted() {
    for line in ["destroy -auto-approve", "destroy -auto-approve -refresh=false"] {
        let server = Server::new();
        let project = applied(&server);
        let region = aws_sdk_secretsmanager::types::ReplicaRegionType::builder();
        let secrets = server.secrets(HOME);
        let replication = secrets.replicate_secret_to_regions().secret_id("app");
        let replication = replication.add_replica_regions(region.region("us-east-1").build());
        server.wait(replication.send()).unwrap();
        let _ = project.run(line).succeeds();
        let virginia = server.secrets("us-east-1");
        let left = server.wait(virginia.describe_secret().secret_id("app").send());
        assert!(left.is_err(), "{line}: {left:?}");
        assert_eq!(project.run("state list").succeeds().out, "", "{line}");
    }
}
