//! Ephemeral resources: opened by an apply, used by what keeps nothing, and kept by nothing.

use crate::state_and_secrets::{CANARY, nothing_on_disk, says_nothing};
use crate::support::{PROVIDERS, Project, Server, count, secret_value, seed};

/// The operations by which secrets are read.
const READS: [&str; 3] = ["GetSecretValue", "Decrypt", "GetRandomPassword"];

/// Write-only arguments from each type of ephemeral resource.
fn copying() -> String {
    format!(
        r#"{PROVIDERS}
variable "text" {{
  type      = string
  sensitive = true
  default   = "value"
}}

data "aws_kms_ciphertext" "db" {{
  key_id    = "alias/app"
  plaintext = var.text
}}

ephemeral "aws_secretsmanager_secret_version" "db" {{
  secret_id = "app/db"
}}

ephemeral "aws_kms_secrets" "db" {{
  secret {{
    name    = "db"
    payload = data.aws_kms_ciphertext.db.ciphertext_blob
  }}
}}

ephemeral "aws_secretsmanager_random_password" "new" {{
  password_length = 24
}}

ephemeral "random_password" "new" {{
  length = 28
}}

locals {{
  values = {{
    value     = ephemeral.aws_secretsmanager_secret_version.db.secret_string
    plaintext = ephemeral.aws_kms_secrets.db.plaintext["db"]
    password  = ephemeral.aws_secretsmanager_random_password.new.random_password
    own       = ephemeral.random_password.new.result
  }}
}}

resource "aws_secretsmanager_secret" "copy" {{
  for_each                = toset(["value", "plaintext", "password", "own"])
  name                    = "copy/${{each.key}}"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "copy" {{
  for_each                 = aws_secretsmanager_secret.copy
  secret_id                = each.value.id
  secret_string_wo         = local.values[each.key]
  secret_string_wo_version = 1
}}
"#
    )
}

#[test]
fn they_are_opened_by_an_apply_only_and_written_nowhere() {
    let server = Server::new();
    let text = format!("a\"b\\{CANARY}\né");
    seed(&server, &text);
    let mut project = Project::of(&copying()).at(&server);
    project.set("TF_VAR_text", &text);
    for line in ["plan", "plan -out=saved", "show saved", "show -json saved"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
    let opened = |server: &Server| READS.map(|operation| count(&server.requests(), operation));
    assert_eq!(opened(&server), [0, 0, 0], "planning reads no secret");
    let applied = project.run("apply saved").succeeds();
    says_nothing(&applied);
    nothing_on_disk(&project);
    assert_eq!(opened(&server), [1, 1, 1]);
    for copy in ["copy/value", "copy/plaintext"] {
        assert!(secret_value(&server, copy).contains(CANARY), "{copy}");
    }
    for (copy, length) in [("copy/password", 24), ("copy/own", 28)] {
        let password = secret_value(&server, copy);
        assert_eq!(password.len(), length, "{copy}");
        assert!(!applied.all().contains(&password), "{copy}");
    }
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
    for line in ["show -json", "destroy -auto-approve"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
}

#[test]
fn an_error_names_the_call_and_the_address() {
    let server = Server::new();
    seed(&server, "value");
    let project = Project::of(&copying()).at(&server);
    server.refuse("Decrypt", 400, "AccessDeniedException", "You may not.");
    server.refuse("GetSecretValue", 400, "ResourceNotFoundException", "There is none.");
    server.refuse("GetRandomPassword", 400, "AccessDeniedException", "You may not.");
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("with ephemeral.aws_kms_secrets.db")
        .says("decrypting KMS Secret (db): AccessDeniedException")
        .says("kms:Decrypt in eu-central-1 failed: AccessDeniedException: You may not.")
        .says("the call needs kms:Decrypt on *")
        .says("with ephemeral.aws_secretsmanager_secret_version.db")
        .says("reading Secrets Manager Secret Version (app/db|AWSCURRENT): couldn't find resource")
        .says("secretsmanager:GetSecretValue in eu-central-1 found nothing")
        .says("with ephemeral.aws_secretsmanager_random_password.new")
        .says("secretsmanager GetRandomPassword failed in eu-central-1")
        .says("the call needs secretsmanager:GetRandomPassword on * in eu-central-1");
    let _ = project.run("apply -auto-approve").succeeds();
}

#[test]
fn what_lasts_takes_none_of_it() {
    let text = format!(
        r#"{PROVIDERS}
ephemeral "aws_secretsmanager_secret_version" "db" {{
  secret_id = "app/db"
}}

resource "aws_secretsmanager_secret_version" "copy" {{
  secret_id     = "copy"
  secret_string = ephemeral.aws_secretsmanager_secret_version.db.secret_string
}}
"#
    );
    let server = Server::new();
    let project = Project::of(&text).at(&server);
    let _ = project.run("plan").fails().says("Invalid use of ephemeral value");
    assert_eq!(count(&server.requests(), "GetSecretValue"), 0);
}
