//! `ReplicateKey` as it really behaves: a replica that is not ready yet, one that is there
//! already, and each refusal.

use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{
    HOME, IRELAND, KEYS, PROVIDERS, Project, Server, cloud_text, count, everything, position,
};

const PRIMARY: &str = r#"
resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}
"#;

/// A project whose primary key has been made, and the key's id. The replica is in the
/// configuration and comes next.
fn with_primary(server: &Server) -> (Project, String) {
    let project = Project::of(&format!("{PROVIDERS}{PRIMARY}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}"));
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    (project, keys.keys()[0].key_id().unwrap().to_owned())
}

fn in_ireland(server: &Server) -> usize {
    server.wait(server.kms(IRELAND).list_keys().send()).unwrap().keys().len()
}

#[test]
fn nothing_uses_a_replica_key_before_it_is_enabled() {
    let (server, clock) = Server::standing_still();
    let alias = r#"
        resource "aws_kms_alias" "ireland" {
          provider      = aws.ireland
          name          = "alias/app"
          target_key_id = aws_kms_replica_key.ireland.key_id
        }
    "#;
    let project = Project::of(&format!("{}{alias}", everything())).at(&server);
    let mut running = project.start("apply -auto-approve");
    let looked = |records: &[meridian_local_aws::RequestRecord]| {
        let in_ireland = records.iter().filter(|record| record.region == Some(IRELAND));
        in_ireland.filter(|record| record.operation == "DescribeKey").count() >= 3
    };
    server.until("three looks at a replica key that stays Creating", looked);
    for operation in ["CreateSecret", "CreateAlias"] {
        let records = server.requests();
        assert_eq!(count(&records, operation), 0, "{operation} before the replica is Enabled");
    }
    while running.is_alive() {
        clock.advance(Duration::from_secs(1));
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = running.wait().succeeds();
    let records = server.requests();
    let enabled = position(&records, "ReplicateKey");
    assert!(enabled < position(&records, "CreateSecret"));
    assert!(enabled < position(&records, "CreateAlias"));
    assert_eq!(count(&records, "ReplicateKey"), 1);
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_the_wait_for_a_stuck_replica() {
    let server = Server::new();
    server.next("ReplicateKey", FaultAction::StuckCreating);
    let project = Project::of(&everything()).at(&server);
    let running = project.start("apply -auto-approve");
    server.until("a look at the stuck replica", |records| {
        let in_ireland = records.iter().filter(|record| record.region == Some(IRELAND));
        in_ireland.filter(|record| record.operation == "DescribeKey").count() >= 2
    });
    running.signal("INT");
    let _ = running
        .wait()
        .fails()
        .says("aws_kms_replica_key.ireland")
        .says("aws_secretsmanager_secret.app: Skipped");
    assert_eq!(count(&server.requests(), "CreateSecret"), 0);
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out, "aws_kms_key.primary\naws_kms_replica_key.ireland\n");
}

/// Refusals that trying again cannot mend: code, message, and what the user is told.
const FINAL: [(&str, &str, &str); 8] = [
    ("DisabledException", "arn:aws:kms:key is disabled.", "is disabled"),
    ("KMSInvalidStateException", "arn:aws:kms:key is pending deletion.", "cancel-key-deletion"),
    ("LimitExceededException", "Too many keys.", "a quota of KMS in eu-west-1 is full"),
    ("MalformedPolicyDocumentException", "Bad policy.", "KMS refuses the key policy"),
    ("TagException", "Too many tags", "KMS refuses the tags"),
    ("NotFoundException", "Invalid arn eu-west-1", "is not the ARN of a key"),
    ("InvalidArnException", "Bad ARN.", "an ARN in the replica's policy or primary_key_arn"),
    ("UnsupportedOperationException", "Not a primary.", "is not a multi-Region primary key"),
];

#[test]
fn a_refusal_for_good_is_told_after_one_attempt() {
    let server = Server::new();
    let (project, _) = with_primary(&server);
    for (code, message, told) in FINAL {
        server.refuse("ReplicateKey", 400, code, message);
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").fails();
        let records = server.requests_since(mark);
        assert_eq!(count(&records, "ReplicateKey"), 1, "{code} is not tried again");
        let request = records.iter().find(|record| record.operation == "ReplicateKey").unwrap();
        let _ = ran
            .says(told)
            .says(code)
            .says(message)
            .says("aws_kms_replica_key.ireland")
            .says("ReplicateKey")
            .says(HOME)
            .says(&request.request_id);
        assert_eq!(in_ireland(&server), 0, "{code}");
    }
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(in_ireland(&server), 1);
}

/// Refusals that pass: code and message.
const PASSING: [(&str, &str); 4] = [
    ("ThrottlingException", "Rate exceeded"),
    ("NotFoundException", "Key 'arn:aws:kms:key' does not exist"),
    ("KMSInvalidStateException", "arn:aws:kms:key is creating."),
    ("KMSInvalidStateException", "arn:aws:kms:key is updating."),
];

#[test]
fn a_refusal_that_passes_is_outwaited() {
    let server = Server::new();
    let (project, _) = with_primary(&server);
    for (code, message) in PASSING {
        server.refuse("ReplicateKey", 400, code, message);
    }
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let sent = count(&server.requests_since(mark), "ReplicateKey");
    assert_eq!(sent, PASSING.len() + 1, "each refusal is followed by another attempt");
    assert_eq!(in_ireland(&server), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_fails_stops_only_what_depends_on_it() {
    let server = Server::new();
    let other = r#"
        resource "aws_secretsmanager_secret" "other" {
          name = "other"
        }
    "#;
    let project = Project::of(&format!("{}{other}", everything())).at(&server);
    server.refuse("ReplicateKey", 400, "LimitExceededException", "Too many keys.");
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("aws_secretsmanager_secret.other: Creation complete")
        .says("aws_secretsmanager_secret.app: Skipped, because aws_kms_replica_key.ireland failed");
    let cloud = cloud_text(&server);
    assert!(cloud.contains("secret \"other\"") && !cloud.contains("secret \"app\""), "{cloud}");
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
