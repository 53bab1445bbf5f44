//! `discover`: configuration and `import` blocks for what no state has, of which nothing is to be
//! planned any more.

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, changing, everything};

/// What people made without any state: a set with aliases in both Regions, secrets, and things that
/// are left out.
const MADE: &str = r#"
resource "aws_kms_key" "primary" {
  description         = "orders"
  multi_region        = true
  enable_key_rotation = true
  tags                = { Team = "core" }
}

resource "aws_kms_replica_key" "ireland" {
  provider        = aws.ireland
  primary_key_arn = aws_kms_key.primary.arn
}

resource "aws_kms_alias" "home" {
  name          = "alias/app/orders"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "ireland" {
  provider      = aws.ireland
  name          = "alias/app/orders"
  target_key_id = aws_kms_replica_key.ireland.key_id
}

resource "aws_kms_key" "single" {
  description = "single"
}

resource "aws_secretsmanager_secret" "app" {
  name        = "app/orders"
  description = "of the orders"
  kms_key_id  = aws_kms_key.primary.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "C4nary"
}

resource "aws_secretsmanager_secret" "rotated" {
  name = "App.Orders"
}

resource "aws_secretsmanager_secret_version" "rotated" {
  secret_id     = aws_secretsmanager_secret.rotated.id
  secret_string = "C4nary"
}

resource "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id           = aws_secretsmanager_secret.rotated.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = 30
  }
  depends_on = [aws_secretsmanager_secret_version.rotated]
}
"#;

fn made(server: &Server) {
    let project = Project::of(&format!("{PROVIDERS}{MADE}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let kms = server.kms(HOME);
    let leaving = server.wait(kms.create_key().send()).unwrap().key_metadata.unwrap().key_id;
    server.wait(kms.schedule_key_deletion().key_id(leaving).send()).unwrap();
}

/// What was written.
pub fn text(project: &Project) -> String {
    std::fs::read_to_string(project.folder().join("d.tf")).unwrap()
}

/// Imports everything without changing anything, and then plans nothing.
pub fn takes_over(server: &Server, project: &Project) {
    let _ = project.run("fmt -check").succeeds();
    let plan = project.run("plan").succeeds().says("0 to add").says("0 to destroy");
    let _ = plan.never_says("C4nary");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("0 added").says("0 destroyed");
    assert_eq!(changing(&server.requests_since(mark)), "");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_no_state_has_is_taken_over_and_needs_no_changes() {
    let server = Server::new();
    made(&server);
    let project = Project::new().at(&server);
    let mark = server.mark();
    let ran = project.run("discover -region=eu-central-1 -out=d.tf").succeeds();
    assert_eq!(ran.out, "", "progress is for standard error");
    let _ =
        ran.says("eu-central-1: keys: 4, aliases: 1, secrets: 2").says("Wrote 8 resources to d.tf");
    assert_eq!(changing(&server.requests_since(mark)), "", "every call only reads");
    let asked = server.requests_since(mark);
    assert!(asked.iter().all(|it| it.operation != "GetSecretValue"), "no value is read");
    let written = text(&project);
    for part in [
        "resource \"aws_kms_key\" \"app_orders\"",
        "resource \"aws_kms_replica_key\" \"app_orders_eu_west_1\"",
        "resource \"aws_kms_alias\" \"app_orders_eu_west_1\"",
        "resource \"aws_secretsmanager_secret\" \"app_orders_2\"",
        "primary_key_arn = aws_kms_key.app_orders.arn",
        "kms_key_id = aws_kms_replica_key.app_orders_eu_west_1.arn",
        "provider = aws.eu_west_1",
        "unless that is cancelled",
        "keys of a single Region: 1; -single-region-keys takes them, too",
        "rotation sets it",
        "keys that AWS manages in eu-central-1: 1",
    ] {
        let squeezed = written.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(part), "{part} is not in:\n{written}");
    }
    assert!(!written.contains("C4nary") && !written.contains("\"single\""), "{written}");
    takes_over(&server, &project);
    // What the state has now is not found again.
    let again = project.run("discover -region=eu-central-1 -region=eu-west-1").succeeds();
    assert!(!again.out.contains("resource \""), "{}", again.out);
    let _ = again.says("it is a replica, and belongs to the block of the secret in eu-central-1");
    let ran = project.run("discover -region=eu-central-1 -out=d.tf").fails();
    let _ = ran.says("Target generated file already exists");
}

#[test]
fn a_set_is_followed_from_any_of_its_regions() {
    let server = Server::new();
    made(&server);
    let project = Project::new().at(&server);
    let _ = project.run("discover -region=eu-west-1 -out=d.tf").succeeds();
    let written = text(&project);
    assert!(written.contains("resource \"aws_kms_key\" \"app_orders\""), "{written}");
    assert!(!written.contains("aws_secretsmanager_secret\""), "{written}");
    takes_over(&server, &project);
}

#[test]
fn keys_of_single_regions_and_provider_blocks_of_the_folder_are_taken_when_asked() {
    let server = Server::new();
    made(&server);
    let project = Project::of(PROVIDERS).at(&server);
    let line = "discover -region=eu-central-1 -region=eu-west-1 -single-region-keys -out=d.tf";
    let _ = project.run(line).succeeds();
    let written = text(&project);
    assert!(!written.contains("provider \"aws\""), "{written}");
    assert!(written.contains("aws.ireland") && written.contains("\"single\""), "{written}");
    takes_over(&server, &project);
}

#[test]
fn the_same_account_gives_the_same_text() {
    let server = Server::new();
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let other = Project::new().at(&server);
    let line = "discover -region=eu-central-1 -region=eu-west-1";
    let (one, two) = (other.run(line).succeeds().out, other.run(line).succeeds().out);
    assert!(one.contains("import {"), "{one}");
    assert_eq!(one, two);
}

#[test]
fn what_cannot_be_looked_into_is_told() {
    let server = Server::new();
    let project = Project::new().at(&server);
    let _ = project.run("discover").fails().says("-region");
    let _ = project.run("discover -region=eu-nowhere-1").fails().says("Invalid AWS Region");
    server.refuse("ListKeys", 400, "AccessDeniedException", "you may not");
    let ran = project.run(&format!("discover -region={IRELAND}")).fails();
    let _ = ran.says("A Region cannot be looked into").says("you may not");
}
