//! The primary of a set moves to another Region: as one promotion, never as a replacement.

use std::time::Duration;

use meridian_local_aws::{FaultAction, RequestRecord};

use crate::support::{
    HOME, IRELAND, PROVIDERS, Project, Server, cloud_text, count, is_change, position,
};

/// Longer than any test.
pub const AGES: Duration = Duration::from_secs(300);

/// A set of two keys and all that hangs on them. `primary` is the provider of the primary.
pub fn set(primary: &str, replica: &str, more: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "primary" {{
  provider                = {primary}
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
  {more}
}}

resource "aws_kms_replica_key" "other" {{
  provider                = {replica}
  description             = "replica"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 9
}}

resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 0

  replica {{
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.other.arn
  }}
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}}

resource "aws_kms_alias" "home" {{
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}}

output "primary" {{
  value = aws_kms_key.primary.arn
}}
"#
    )
}

pub fn applied(server: &Server) -> (Project, String) {
    applied_of(server, &set("aws", "aws.ireland", ""))
}

/// A project with this configuration, applied, and the id of its key.
pub fn applied_of(server: &Server, text: &str) -> (Project, String) {
    let project = Project::of(text).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    (project, keys.keys()[0].key_id().unwrap().to_owned())
}

pub fn primary_of(server: &Server, region: &str, key: &str) -> String {
    let described = server.wait(server.kms(region).describe_key().key_id(key).send()).unwrap();
    let set = described.key_metadata().unwrap().multi_region_configuration().unwrap();
    set.primary_key().unwrap().region().unwrap().to_owned()
}

pub fn changes(records: Vec<RequestRecord>) -> Vec<RequestRecord> {
    records.into_iter().filter(is_change).collect()
}

pub fn in_sync(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// No key was made and none goes.
pub fn no_key_is_replaced(records: &[RequestRecord]) {
    for operation in ["CreateKey", "ReplicateKey", "ScheduleKeyDeletion", "DeleteSecret"] {
        assert_eq!(count(records, operation), 0, "{operation}: {records:#?}");
    }
}

#[test]
fn exchanged_regions_are_one_promotion() {
    let server = Server::new();
    let (project, key) = applied(&server);
    project.write("main.tf", &set("aws.ireland", "aws", "enable_key_rotation = true"));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!(plan.plan().replace(&key, "mrk-KEY"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    no_key_is_replaced(&records);
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 1);
    let promoted = position(&records, "UpdatePrimaryRegion");
    assert_eq!(records[promoted].region, Some(HOME));
    let rotated = position(&records, "EnableKeyRotation");
    assert_eq!(records[rotated].region, Some(IRELAND), "rotation follows the new primary");
    assert!(promoted < rotated);
    assert_eq!(primary_of(&server, HOME, &key), IRELAND);
    let output = project.run("output -raw primary").succeeds();
    assert!(output.out.contains(":eu-west-1:"), "{}", output.out);
    in_sync(&project);
    let cloud = cloud_text(&server);
    assert!(cloud.contains("eu-west-1 key \"primary\" Enabled PRIMARY rotation=365"), "{cloud}");
    assert!(cloud.contains("eu-central-1 key \"replica\" Enabled REPLICA"), "{cloud}");
    // And back again.
    project.write("main.tf", &set("aws", "aws.ireland", "enable_key_rotation = true"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    no_key_is_replaced(&server.requests_since(mark));
    assert_eq!(primary_of(&server, IRELAND, &key), HOME);
    in_sync(&project);
}

#[test]
fn the_plan_as_json_shows_updates_and_their_calls() {
    let server = Server::new();
    let (project, _) = applied(&server);
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    let _ = project.run("plan -out=p").succeeds();
    let shown = project.run("show -json p").succeeds();
    let plan: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let change = |address: &str| {
        let changes = plan["resource_changes"].as_array().unwrap();
        changes.iter().find(|it| it["address"] == address).unwrap()["change"].clone()
    };
    let primary = change("aws_kms_key.primary");
    assert_eq!(primary["actions"], serde_json::json!(["update"]));
    assert_eq!(primary["meridian"]["calls"][0]["operation"], "UpdatePrimaryRegion");
    assert_eq!(primary["meridian"]["calls"][0]["region"], HOME);
    assert_eq!(primary["meridian"]["region"], IRELAND);
    assert_eq!(primary["meridian"]["former_region"], HOME);
    let replica = change("aws_kms_replica_key.other");
    assert_eq!(replica["actions"], serde_json::json!(["update"]));
    for address in ["aws_secretsmanager_secret.app", "aws_kms_alias.home"] {
        assert_eq!(change(address)["actions"], serde_json::json!(["no-op"]), "{address}");
    }
    let _ = project.run("apply p").succeeds();
    in_sync(&project);
}

#[test]
fn both_regions_are_waited_for() {
    let (server, clock) = Server::standing_still();
    let project = Project::of(&set("aws", "aws.ireland", "")).at(&server);
    let finish = |mut running: crate::support::Running| {
        while running.is_alive() {
            clock.advance(Duration::from_secs(1));
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = running.wait().succeeds();
    };
    finish(project.start("apply -auto-approve"));
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    let mark = server.mark();
    let mut running = project.start("apply -auto-approve");
    server.until("looks at keys that stay Updating", |records| {
        let asked = records[mark..].iter().position(|it| it.operation == "UpdatePrimaryRegion");
        asked.is_some_and(|asked| count(&records[mark + asked..], "DescribeKey") >= 4)
    });
    assert!(running.is_alive(), "the apply ends only when both keys are Enabled");
    let changing = changes(server.requests_since(mark));
    assert_eq!(count(&changing, "UpdatePrimaryRegion"), 1, "{changing:#?}");
    finish(running);
    in_sync(&project);
}

#[test]
fn a_run_that_is_killed_in_the_middle_is_gone_on_with() {
    for action in [FaultAction::Delay(AGES), FaultAction::DropBeforeExecution] {
        let server = Server::new();
        let (project, key) = applied(&server);
        project.write("main.tf", &set("aws.ireland", "aws", ""));
        server.next("UpdatePrimaryRegion", action.clone());
        let mark = server.mark();
        let running = project.start("apply -auto-approve");
        server.until_asked("UpdatePrimaryRegion");
        running.kill();
        let _ = project.run("apply -auto-approve").succeeds();
        no_key_is_replaced(&server.requests_since(mark));
        assert_eq!(primary_of(&server, HOME, &key), IRELAND, "{action:?}");
        in_sync(&project);
    }
}

/// Whatever becomes of the call, the next apply goes on with it.
#[test]
fn a_promotion_that_is_cut_off_is_gone_on_with() {
    for (action, ends_well) in [
        (FaultAction::DropAfterExecution, true),
        (FaultAction::DropBeforeExecution, true),
        (FaultAction::DuplicateDelivery, true),
        (FaultAction::AccessDenied, false),
    ] {
        let server = Server::new();
        let (project, key) = applied(&server);
        project.write("main.tf", &set("aws.ireland", "aws", ""));
        server.next("UpdatePrimaryRegion", action.clone());
        let mark = server.mark();
        let ran = project.run("apply -auto-approve");
        let _ = if ends_well { ran.succeeds() } else { ran.fails().says("UpdatePrimaryRegion") };
        let _ = project.run("apply -auto-approve").succeeds();
        no_key_is_replaced(&server.requests_since(mark));
        assert_eq!(primary_of(&server, HOME, &key), IRELAND, "{action:?}");
        in_sync(&project);
    }
}

#[test]
fn a_refused_promotion_can_be_taken_back() {
    let server = Server::new();
    let (project, key) = applied(&server);
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    server.next("UpdatePrimaryRegion", FaultAction::AccessDenied);
    let _ = project.run("apply -auto-approve").fails();
    project.write("main.tf", &set("aws", "aws.ireland", ""));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 0, "{records:#?}");
    no_key_is_replaced(&records);
    assert_eq!(primary_of(&server, HOME, &key), HOME);
    in_sync(&project);
}

#[test]
fn both_keys_must_be_enabled() {
    let server = Server::new();
    let (project, key) = applied(&server);
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    server.wait(server.kms(HOME).disable_key().key_id(&key).send()).unwrap();
    let _ = project.run("apply -auto-approve").fails().says("Both keys must be Enabled");
    server.wait(server.kms(HOME).enable_key().key_id(&key).send()).unwrap();
    server.wait(server.kms(IRELAND).disable_key().key_id(&key).send()).unwrap();
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    let enabled = position(&records, "EnableKey");
    assert!(enabled < position(&records, "UpdatePrimaryRegion"), "it is enabled first");
    in_sync(&project);
}

/// Only one of the two says another Region: neither a promotion nor a wish for a new key.
#[test]
fn a_key_never_becomes_another_member_of_its_set_by_a_changed_alias() {
    let server = Server::new();
    let (project, key) = applied(&server);
    for (primary, replica, to) in [("aws.ireland", "aws.ireland", IRELAND), ("aws", "aws", HOME)] {
        project.write("main.tf", &set(primary, replica, ""));
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").fails();
        let _ = ran.says(&format!("{to} already has {key}")).says("nothing is replaced");
        assert!(changes(server.requests_since(mark)).is_empty(), "{primary} {replica}");
    }
    // A target that leaves the partner out does not turn the exchange into a replacement.
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve -target=aws_kms_key.primary").fails();
    assert!(changes(server.requests_since(mark)).is_empty());
    // Without the blocks the keys go from where they are, whatever the aliases say now.
    let swapped = PROVIDERS.replace("eu-west-1", "us-east-1");
    project.write("main.tf", &swapped);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    let gone: Vec<_> = records.iter().filter(|it| it.operation == "ScheduleKeyDeletion").collect();
    assert_eq!(gone.len(), 2);
    assert!(gone.iter().all(|it| [Some(HOME), Some(IRELAND)].contains(&it.region)), "{gone:#?}");
}

#[test]
fn three_regions_can_change_places_at_once() {
    let server = Server::new();
    let text = |a: &str, b: &str, c: &str| {
        let third = r#"
            provider "aws" {
              alias  = "virginia"
              region = "us-east-1"
            }
        "#;
        let replica = |name: &str, provider: &str| {
            format!(
                "resource \"aws_kms_replica_key\" \"{name}\" {{\n  provider = {provider}\n  \
                 primary_key_arn = aws_kms_key.primary.arn\n  description = \"{name}\"\n}}\n"
            )
        };
        format!(
            "{PROVIDERS}{third}resource \"aws_kms_key\" \"primary\" {{\n  provider = {a}\n  \
             multi_region = true\n  description = \"primary\"\n}}\n{}{}",
            replica("one", b),
            replica("two", c)
        )
    };
    let project = Project::of(&text("aws", "aws.ireland", "aws.virginia")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &text("aws.ireland", "aws.virginia", "aws"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    no_key_is_replaced(&records);
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 1);
    in_sync(&project);
    // Two change places and the third stays as it is.
    project.write("main.tf", &text("aws.virginia", "aws.ireland", "aws"));
    let told = project.run("apply -auto-approve").succeeds();
    let _ = told.says("0 to add, 2 to change, 0 to destroy");
    in_sync(&project);
    let cloud = cloud_text(&server);
    assert!(cloud.contains("us-east-1 key \"primary\" Enabled PRIMARY"), "{cloud}");
}
