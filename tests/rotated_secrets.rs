//! Values that someone else puts into a secret: seen by the next plan, told, and never silently
//! overwritten.

use serde_json::Value as Json;

use crate::support::{HOME, PROVIDERS, Project, Server, changing, count};

fn configuration(value: &str, more: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "{value}"
  {more}
}}
"#
    )
}

/// A secret whose value was put by an apply, and then by a stranger.
fn rotated(server: &Server) -> Project {
    let project = Project::of(&configuration("bootstrap", "")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    put(server, "theirs");
    project
}

fn put(server: &Server, value: &str) {
    let secrets = server.secrets(HOME);
    server.wait(secrets.put_secret_value().secret_id("app").secret_string(value).send()).unwrap();
}

fn value(server: &Server, label: &str) -> String {
    let secrets = server.secrets(HOME);
    let asked = secrets.get_secret_value().secret_id("app").version_stage(label);
    server.wait(asked.send()).unwrap().secret_string().unwrap_or_default().to_owned()
}

/// Puts so many values that AWS drops the first ones.
fn drop_the_first(server: &Server, clock: &meridian_local_aws::ManualClock) {
    clock.advance(std::time::Duration::from_secs(60));
    for number in 0..99 {
        put(server, &format!("rotation {number}"));
    }
    clock.advance_days(2);
    put(server, "theirs");
}

fn notices(project: &Project, address: &str) -> Vec<String> {
    let _ = project.run("plan -out=tfplan").succeeds();
    let shown = project.run("show -json tfplan").succeeds();
    let plan: Json = serde_json::from_str(&shown.out).expect("the plan as JSON");
    let changes = plan["resource_changes"].as_array().expect("changes");
    let change = changes.iter().find(|it| it["address"] == address).expect(address);
    let notices = change["change"]["meridian"]["notices"].as_array().cloned().unwrap_or_default();
    let told = notices.iter().map(|it| it["summary"].as_str().expect("a summary").to_owned());
    told.collect()
}

const ADDRESS: &str = "aws_secretsmanager_secret_version.app";

#[test]
fn a_rotation_is_told_until_an_apply_has_taken_note_and_is_left_alone() {
    let server = Server::new();
    let project = rotated(&server);
    let plan = project.run("plan -detailed-exitcode").exits(0);
    let _ = plan
        .says("Warning: the secret's value was put outside")
        .says(&format!("-replace={ADDRESS}"))
        .never_says("theirs")
        .never_says("bootstrap");
    assert_eq!(notices(&project, ADDRESS), ["the secret's value was put outside"]);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(changing(&server.requests_since(mark)), "");
    assert_eq!(value(&server, "AWSCURRENT"), "theirs");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("put outside");
    assert_eq!(count(&server.requests_since(mark), "GetSecretValue"), 1, "only by this test");
}

#[test]
fn a_new_value_after_a_rotation_overwrites_it_visibly_only() {
    let server = Server::new();
    let project = rotated(&server);
    // Also when it was told before.
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &configuration("mine", ""));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("# (overwrites the current value, version").says("which was put outside)");
    assert_eq!(notices(&project, ADDRESS).len(), 1);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value(&server, "AWSCURRENT"), "mine");
    assert_eq!(value(&server, "AWSPREVIOUS"), "theirs");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("outside");
}

#[test]
fn a_label_that_the_configuration_asserts_is_taken_back_visibly() {
    let server = Server::new();
    let stages = "version_stages = [\"AWSCURRENT\"]";
    let project = Project::of(&configuration("bootstrap", stages)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    put(&server, "theirs");
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("# (takes AWSCURRENT from version").says("updated in-place");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value(&server, "AWSCURRENT"), "bootstrap");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("outside");
}

/// Terraform drops the resource, creates it again, and so puts the first value over the rotated
/// one.
#[test]
fn a_version_that_aws_has_dropped_is_not_put_again() {
    for stages in ["", "version_stages = [\"AWSCURRENT\"]"] {
        let (server, clock) = Server::standing_still();
        let project = Project::of(&configuration("bootstrap", stages)).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        drop_the_first(&server, &clock);
        let plan = project.run("plan -detailed-exitcode").exits(0);
        let _ = plan.says("AWS has dropped this version since").says("kept in the state");
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(changing(&server.requests_since(mark)), "");
        assert_eq!(value(&server, "AWSCURRENT"), "theirs");
        let _ = project.run("state list").succeeds().says(ADDRESS);
        let _ = project.run("plan -detailed-exitcode").exits(0).never_says("dropped");
        project.write("main.tf", &configuration("mine", stages));
        let plan = project.run("plan -detailed-exitcode").exits(2);
        let _ = plan.says("overwrites the current value, version");
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(value(&server, "AWSCURRENT"), "mine");
        let _ = project.run("destroy -auto-approve").succeeds();
        let _ = project.run("state list").succeeds().never_says("aws_secretsmanager");
    }
}

#[test]
fn the_value_of_the_configuration_can_be_put_back_on_request() {
    let server = Server::new();
    let project = rotated(&server);
    let line = format!("apply -auto-approve -replace={ADDRESS}");
    let _ = project.run(&line).succeeds().says("overwrites the current value");
    assert_eq!(value(&server, "AWSCURRENT"), "bootstrap");
}

#[test]
fn a_version_that_is_managed_here_too_is_no_stranger() {
    let server = Server::new();
    let project = Project::of(&configuration("one", "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let second = r#"
resource "aws_secretsmanager_secret_version" "two" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "two"
}
"#;
    project.write("main.tf", &format!("{}{second}", configuration("one", "")));
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value(&server, "AWSCURRENT"), "two");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("outside");
}

/// No call takes AWSCURRENT off a version: Terraform plans for ever to do so.
#[test]
fn labels_that_are_not_listed_lead_to_no_endless_plan() {
    let server = Server::new();
    let project = Project::of(&configuration("one", "version_stages = []")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0);
    project.write("main.tf", &configuration("one", "version_stages = [\"blue\"]"));
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value(&server, "blue"), "one");
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

#[test]
fn a_secret_that_was_made_anew_gets_its_value_again() {
    let server = Server::new();
    let by_name = configuration("bootstrap", "")
        .replace("aws_secretsmanager_secret.app.id", "aws_secretsmanager_secret.app.name");
    let project = Project::of(&by_name).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let secrets = server.secrets(HOME);
    let gone = secrets.delete_secret().secret_id("app").force_delete_without_recovery(true);
    server.wait(gone.send()).unwrap();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(value(&server, "AWSCURRENT"), "bootstrap");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("outside");
}
