//! `plan -generate-config-out` where one resource sets what another one shows: a policy, a tag. Each
//! is written once.

use crate::generated_config::{Import, imports, pulled, takes_over};
use crate::support::{PROVIDERS, Project, Server};

/// A policy for a resource of its own, which allows the account everything of a service.
fn policy(service: &str) -> String {
    format!(
        r#"jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "{service}:*"
      Resource  = "*"
      Principal = {{ AWS = "arn:aws:iam::123456789012:root" }}
    }}]
  }})"#
    )
}

#[test]
fn what_one_resource_sets_of_another_is_written_once() {
    let server = Server::new();
    let (of_key, of_secret) = (policy("kms"), policy("secretsmanager"));
    let text = format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "app" {{
  multi_region = true
}}

resource "aws_kms_replica_key" "app" {{
  provider        = aws.ireland
  primary_key_arn = aws_kms_key.app.arn
  policy          = {replica_policy}
}}

resource "aws_kms_key_policy" "app" {{
  key_id = aws_kms_key.app.key_id
  policy = {of_key}
}}

resource "aws_secretsmanager_secret" "app" {{
  name = "app"
  tags = {{ Own = "tag" }}
  lifecycle {{
    ignore_changes = [tags]
  }}
}}

resource "aws_secretsmanager_secret" "bare" {{
  name = "bare"
}}

resource "aws_secretsmanager_secret_policy" "app" {{
  secret_arn = aws_secretsmanager_secret.app.arn
  policy     = {of_secret}
}}

resource "aws_secretsmanager_tag" "app" {{
  secret_id = aws_secretsmanager_secret.app.id
  key       = "Its own"
  value     = "x"
}}

resource "aws_secretsmanager_tag" "bare" {{
  secret_id = aws_secretsmanager_secret.bare.id
  key       = "Team"
  value     = "core"
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}}

resource "aws_secretsmanager_secret_rotation" "app" {{
  secret_id           = aws_secretsmanager_secret_version.app.secret_id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotate_immediately  = false
  rotation_rules {{
    schedule_expression = "rate(10 days)"
    duration            = "2h"
  }}
}}
"#,
        replica_policy =
            policy("kms").replace("Statement = [", "Id = \"replica\"\n    Statement = ["),
    );
    let made = Project::of(&text).at(&server);
    let _ = made.run("apply -auto-approve").succeeds();
    let state = pulled(&made);
    let project = Project::of(&format!("{PROVIDERS}{}", imports(&state))).at(&server);
    let planned = project.run("plan -generate-config-out=generated.tf").succeeds();
    let _ = planned.says("0 to add,").says("0 to destroy.").never_says("Warning");
    let written = std::fs::read_to_string(project.folder().join("generated.tf")).unwrap();
    let block = |header: &str| {
        let (_, rest) = written.split_once(header).unwrap_or_else(|| panic!("{header}: {written}"));
        rest.split("\n}").next().unwrap().to_owned()
    };
    assert!(!block("\"aws_kms_key\" \"app\"").contains("policy"), "{written}");
    // The member of the set in another Region has the same id and a policy of its own.
    assert!(block("\"aws_kms_replica_key\" \"app\"").contains("policy = jsonencode"), "{written}");
    let secret = block("\"aws_secretsmanager_secret\" \"app\"");
    assert!(!secret.contains("policy") && secret.contains("Own = \"tag\""), "{secret}");
    assert!(secret.contains("ignore_changes = [tags[\"Its own\"]]"), "{secret}");
    let bare = block("\"aws_secretsmanager_secret\" \"bare\"");
    assert!(
        !bare.contains("tags =") && bare.contains("ignore_changes = [tags[\"Team\"]]"),
        "{bare}"
    );
    let _ = project.run("validate").succeeds();
    takes_over(&server, &project);

    // A change of either part is a change of that part alone.
    let changed = written.replace("value     = \"core\"", "value     = \"other\"");
    project.write("generated.tf", &changed.replace("\"tag\"", "\"tagged\""));
    let _ = project.run("plan").succeeds().says("0 to add, 2 to change, 0 to destroy");
    let _ = project.run("apply -auto-approve").succeeds().never_says("Warning");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_the_state_sets_of_an_object_is_not_in_its_block() {
    let server = Server::new();
    let secret = |rest: &str| {
        format!(
            "{PROVIDERS}{rest}resource \"aws_secretsmanager_secret_policy\" \"app\" {{\n  \
             secret_arn = aws_secretsmanager_secret.app.arn\n  policy = {}\n}}\n",
            policy("secretsmanager")
        )
    };
    let own = "resource \"aws_secretsmanager_secret\" \"app\" {\n  name = \"app\"\n}\n";
    let project = Project::of(&secret(own)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let state = pulled(&project);
    let imports = Import::all(&state);
    let id = &imports.iter().find(|it| it.to == "aws_secretsmanager_secret.app").unwrap().id;
    let _ = project.run("state rm aws_secretsmanager_secret.app").succeeds();
    let import = format!("import {{\n  to = aws_secretsmanager_secret.app\n  id = \"{id}\"\n}}\n");
    let text = secret(&import).replace("aws_secretsmanager_secret.app.arn", &format!("\"{id}\""));
    project.write("main.tf", &text);
    let _ = project.run("plan -generate-config-out=g.tf").succeeds().says("1 to import, 0 to add");
    let written = std::fs::read_to_string(project.folder().join("g.tf")).unwrap();
    assert!(!written.contains("policy"), "{written}");
    takes_over(&server, &project);
}
