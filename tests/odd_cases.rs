//! Odd cases that no other file has, and that `docs/odd-cases.md` names tests that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use meridian_local_aws::{Fault, FaultAction};

use crate::support::{
    HOME, IRELAND, KEYS, PROVIDERS, Project, Server, changing, cloud_text, count, everything,
};

/// Each test that the page names, as file and function.
fn named(page: &str) -> BTreeSet<(&str, &str)> {
    page.split('`').filter_map(|part| part.split_once(".rs::")).collect()
}

#[test]
fn the_page_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/odd-cases.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| is_case(line)).collect();
    assert_eq!(rows.len(), 40, "twenty cases and twenty wishes");
    for row in rows {
        assert!(!named(row).is_empty(), "no test: {row}");
    }
    for (file, function) in named(&page) {
        let path = root.join(format!("{file}.rs"));
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(source.contains(&format!("fn {function}()")), "{file}.rs has no {function}");
    }
}

/// Whether a line is a row of a table that begins with a number.
fn is_case(line: &str) -> bool {
    let first = line.strip_prefix("| ").and_then(|rest| rest.split(' ').next());
    first.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// A project whose primary has been made; the replica comes next.
fn with_primary(server: &Server) -> Project {
    let (primary, _) = KEYS.split_once("resource \"aws_kms_replica_key\"").expect("a replica");
    let project = Project::of(&format!("{PROVIDERS}{primary}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}"));
    project
}

/// The replica takes longer than anyone waits; meanwhile it becomes Enabled.
#[cfg(unix)]
#[test]
fn an_unfinished_replica_is_gone_on_with() {
    let (server, clock) = Server::standing_still();
    let project = Project::of(&format!("{PROVIDERS}{KEYS}")).at(&server);
    let running = project.start("apply -auto-approve");
    server.until("looks at the replica", |records| {
        let in_ireland = records.iter().filter(|record| record.region == Some(IRELAND));
        in_ireland.filter(|record| record.operation == "DescribeKey").count() >= 3
    });
    running.signal("INT");
    let _ = running.wait().fails().says("aws_kms_replica_key.ireland");
    clock.advance(std::time::Duration::from_secs(600));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    for operation in ["ScheduleKeyDeletion", "ReplicateKey"] {
        assert_eq!(count(&records, operation), 0, "{operation}");
    }
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_refused_look_at_a_new_replica_costs_no_key() {
    let server = Server::new();
    let project = with_primary(&server);
    let looks = Fault::new("kms:DescribeKey", FaultAction::AccessDenied).in_region(IRELAND);
    let rule = server.cloud.inject(looks);
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("aws_kms_replica_key.ireland")
        .says("AccessDeniedException")
        .says("kms:DescribeKey");
    assert!(server.cloud.remove_fault(rule));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    for operation in ["ScheduleKeyDeletion", "ReplicateKey"] {
        assert_eq!(count(&records, operation), 0, "{operation}");
    }
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert!(cloud_text(&server).contains("eu-west-1 key \"replica\" Enabled REPLICA"));
}

#[test]
fn an_alias_that_was_led_elsewhere_is_led_back_in_place() {
    let server = Server::new();
    let alias = r#"
resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}
"#;
    let project = Project::of(&format!("{}{alias}", everything())).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let before = cloud_text(&server);
    let kms = server.kms(HOME);
    let other = server.wait(kms.create_key().send()).unwrap();
    let other = other.key_metadata().unwrap().key_id().to_owned();
    let led = kms.update_alias().alias_name("alias/app").target_key_id(&other).send();
    let _ = server.wait(led).unwrap();
    let _ = project.run("plan").succeeds().says("0 to add, 1 to change, 0 to destroy");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(changing(&server.requests_since(mark)), "UpdateAlias eu-central-1");
    let is_ours = |line: &&str| !line.contains("key \"\"");
    let after = cloud_text(&server);
    let after: Vec<&str> = after.lines().filter(is_ours).collect();
    assert_eq!(after, before.lines().collect::<Vec<_>>());
}

/// hashicorp/aws sends 21 requests for such a key.
#[test]
fn a_new_key_takes_few_requests() {
    let server = Server::new();
    let key = r#"
resource "aws_kms_key" "app" {
  description             = "app"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = { Team = "core" }
}
"#;
    let project = Project::of(&format!("{PROVIDERS}{key}")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests();
    assert!(records.len() <= 12, "{}: {records:#?}", records.len());
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
