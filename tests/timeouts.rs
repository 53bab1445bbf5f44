//! How long objects are waited for: `-timeout`, and the `timeouts` block of a key.

use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{KEYS, PROVIDERS, Project, Server, count};

#[test]
fn a_wait_that_is_given_up_is_gone_on_with() {
    let (server, clock) = Server::standing_still();
    let project = Project::of(&format!("{PROVIDERS}{KEYS}")).at(&server);
    let _ = project
        .run("apply -auto-approve -timeout=200ms")
        .fails()
        .says("Waited too long")
        .says("After 200 milliseconds the wait for replica key mrk-")
        .says("Nothing is lost: the object is in the state.")
        .says("apply again: it goes on from where it is; with -timeout=DURATION");
    clock.advance(Duration::from_secs(600));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve -timeout 1h30m").succeeds();
    let records = server.requests_since(mark);
    for operation in ["ScheduleKeyDeletion", "CreateKey", "ReplicateKey"] {
        assert_eq!(count(&records, operation), 0, "{operation}");
    }
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    // A promotion is waited for, too.
    let _ = project
        .run("promote aws_kms_key.primary eu-west-1 -auto-approve -timeout=200ms")
        .fails()
        .says("After 200 milliseconds the wait for");
}

#[test]
fn a_duration_that_makes_no_sense_is_refused() {
    let project = Project::of("");
    for line in ["apply -timeout=soon", "destroy -timeout=5", "promote a b -timeout=-1s"] {
        let _ = project.run(line).fails().says("write a duration such as 30s, 5m or 1m30s");
    }
}

/// Whether a policy may name who is not known is what the provider's `create` bounds.
#[test]
fn the_timeouts_block_of_a_key_bounds_its_creation() {
    let server = Server::new();
    let action = FaultAction::Error {
        status: 400,
        code: "MalformedPolicyDocumentException".to_owned(),
        message: "Policy contains a statement with one or more invalid principals.".to_owned(),
    };
    server.next_few("CreateKey", action, 1_000);
    let key = r#"
resource "aws_kms_key" "app" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:role/nobody" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
  timeouts {
    create = "100ms"
  }
}
"#;
    let project = Project::of(&format!("{PROVIDERS}{key}")).at(&server);
    let _ = project.run("apply -auto-approve").fails().says("MalformedPolicyDocumentException");
    let tries = count(&server.requests(), "CreateKey");
    assert!((2..=4).contains(&tries), "{tries} tries");
}
