//! Data sources that ask AWS: what they read, when, and what becomes of secrets among it.

use std::fs;

use crate::state_and_secrets::{CANARY, files, nothing_on_disk, says_nothing};
use crate::support::{PROVIDERS, Project, Server, count, secret_value, seed};

/// Every data source of KMS and Secrets Manager, and what must hold of what they read.
pub(crate) const ALL: &str = r#"
data "aws_kms_key" "app" {
  key_id = "alias/app"
}

data "aws_kms_alias" "app" {
  name = "alias/app"
}

data "aws_kms_public_key" "sign" {
  key_id = "alias/sign"
}

data "aws_kms_custom_key_store" "outside" {
  custom_key_store_name = "outside"
}

data "aws_kms_ciphertext" "app" {
  key_id    = data.aws_kms_key.app.id
  plaintext = "one text"
  context   = { of = "test" }
}

data "aws_kms_secrets" "app" {
  secret {
    name    = "one"
    payload = data.aws_kms_ciphertext.app.ciphertext_blob
    context = { of = "test" }
  }
}

data "aws_secretsmanager_secret" "app" {
  name = "app/db"
}

data "aws_secretsmanager_secrets" "app" {
  filter {
    name   = "name"
    values = ["app/"]
  }
}

data "aws_secretsmanager_secret_version" "app" {
  secret_id = data.aws_secretsmanager_secret.app.arn
}

data "aws_secretsmanager_secret_versions" "app" {
  secret_id = "app/db"
}

data "aws_secretsmanager_secret_rotation" "app" {
  secret_id = "app/db"
}

data "aws_secretsmanager_random_password" "app" {
  password_length = 20
}

output "holds" {
  sensitive = true
  value = {
    alias     = data.aws_kms_alias.app.target_key_arn == data.aws_kms_key.app.arn
    public    = startswith(data.aws_kms_public_key.sign.public_key_pem, "-----BEGIN PUBLIC KEY-----\n")
    store     = startswith(data.aws_kms_custom_key_store.outside.id, "cks-")
    key       = data.aws_kms_key.app.description == "seeded"
    decrypted = data.aws_kms_secrets.app.plaintext["one"] == "one text"
    list      = one(data.aws_secretsmanager_secrets.app.arns) == data.aws_secretsmanager_secret.app.arn
    value     = data.aws_secretsmanager_secret_version.app.secret_string == "value"
    under     = endswith(data.aws_kms_key.app.arn, data.aws_secretsmanager_secret.app.kms_key_id)
    version   = one(data.aws_secretsmanager_secret_versions.app.versions).version_id == data.aws_secretsmanager_secret_version.app.version_id
    rotation  = !data.aws_secretsmanager_secret_rotation.app.rotation_enabled
    password  = length(data.aws_secretsmanager_random_password.app.random_password) == 20
  }
}
"#;

#[test]
fn all_of_them_read_what_is_there() {
    let server = Server::new();
    seed(&server, "value");
    let project = Project::of(&format!("{PROVIDERS}{ALL}")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let output = project.run("output -json holds").succeeds();
    assert!(!output.out.contains("false"), "{}", output.out);
    assert_eq!(output.out.matches("true").count(), 11, "{}", output.out);
}

/// What is read of secrets, by data sources that are read for the plan.
fn reading() -> String {
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

data "aws_secretsmanager_secret_version" "db" {{
  secret_id = "app/db"
}}

data "aws_kms_secrets" "db" {{
  secret {{
    name    = "db"
    payload = data.aws_kms_ciphertext.db.ciphertext_blob
  }}
}}

data "aws_secretsmanager_random_password" "new" {{}}

resource "aws_secretsmanager_secret" "copy" {{
  for_each                = toset(["value", "plaintext", "password"])
  name                    = "copy/${{each.key}}"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "copy" {{
  for_each  = aws_secretsmanager_secret.copy
  secret_id = each.value.id
  secret_string = {{
    value     = data.aws_secretsmanager_secret_version.db.secret_string
    plaintext = data.aws_kms_secrets.db.plaintext["db"]
    password  = data.aws_secretsmanager_random_password.new.random_password
  }}[each.key]
}}

output "password" {{
  value     = data.aws_secretsmanager_random_password.new.random_password
  sensitive = true
}}
"#
    )
}

#[test]
fn secrets_that_were_read_are_in_no_file_and_no_output() {
    let server = Server::new();
    let text = format!("a\"b\\{CANARY}\né");
    seed(&server, &text);
    let mut project = Project::of(&reading()).at(&server);
    project.set("TF_VAR_text", &text);
    for line in [
        "plan",
        "plan -out=saved",
        "show saved",
        "show -json saved",
        "apply saved",
        "plan",
        "apply -auto-approve",
        "show",
        "show -json",
        "state list",
        "console",
    ] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
    for copy in ["copy/value", "copy/plaintext"] {
        assert!(secret_value(&server, copy).contains(CANARY), "{copy}");
    }
    let destroyed = project.run("destroy -auto-approve").succeeds();
    says_nothing(&destroyed);
    nothing_on_disk(&project);
}

/// Its id is the password itself, and is told nowhere either.
#[test]
fn a_random_password_is_drawn_for_each_plan_and_stays_that_of_the_plan() {
    let server = Server::new();
    seed(&server, "value");
    let project = Project::of(&reading()).at(&server);
    let planned = project.run("plan -out=saved").succeeds();
    assert_eq!(count(&server.requests(), "GetRandomPassword"), 1);
    let applied = project.run("apply saved").succeeds();
    assert_eq!(count(&server.requests(), "GetRandomPassword"), 1, "the plan has it");
    let password = project.run("output -raw password").succeeds().out;
    assert_eq!(secret_value(&server, "copy/password"), password);
    for ran in [planned, applied, project.run("show saved"), project.run("show -json saved")] {
        assert!(!ran.all().contains(&password), "meridian {}", ran.line);
    }
    for path in files(project.root()) {
        let bytes = fs::read(&path).expect("a file");
        let found = bytes.windows(password.len()).any(|part| part == password.as_bytes());
        assert!(!found, "the password is in {}", path.display());
    }
    let _ = project.run("plan -detailed-exitcode").exits(2);
    assert_eq!(count(&server.requests(), "GetRandomPassword"), 2);
}

#[test]
fn what_is_not_known_yet_is_read_during_apply() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "new" {{
  description             = "new"
  deletion_window_in_days = 7
}}

resource "aws_kms_alias" "new" {{
  name          = "alias/new"
  target_key_id = aws_kms_key.new.id
}}

data "aws_kms_key" "unknown" {{
  key_id = aws_kms_key.new.arn
}}

data "aws_kms_alias" "behind" {{
  name       = "alias/new"
  depends_on = [aws_kms_alias.new]
}}

data "aws_secretsmanager_random_password" "behind" {{
  depends_on = [aws_kms_key.new]
}}

output "found" {{
  value = [data.aws_kms_key.unknown.description, data.aws_kms_alias.behind.target_key_id == aws_kms_key.new.id]
}}

output "password" {{
  value     = data.aws_secretsmanager_random_password.behind.random_password
  sensitive = true
}}
"#
    );
    let project = Project::of(&text).at(&server);
    let _ = project
        .run("plan")
        .succeeds()
        .says("data.aws_kms_key.unknown will be read during apply # (config refers to values not yet known)")
        .says("data.aws_kms_alias.behind will be read during apply # (depends on a resource or a module with changes pending)");
    assert_eq!(count(&server.requests(), "DescribeKey"), 0);
    let applied = project.run("apply -auto-approve").succeeds();
    let found = project.run("output -json found").succeeds().out;
    assert_eq!(found.split_whitespace().collect::<String>(), "[\"new\",true]");
    let password = project.run("output -raw password").succeeds().out;
    assert!(!password.is_empty() && !applied.all().contains(&password), "the id is not told");
}

#[test]
fn what_is_not_there_is_told_in_the_words_of_the_provider() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
data "aws_kms_key" "none" {{
  key_id = "alias/none"
}}

data "aws_kms_alias" "none" {{
  name = "alias/none"
}}

data "aws_kms_custom_key_store" "none" {{
  custom_key_store_name = "none"
}}

data "aws_secretsmanager_secret" "none" {{
  name = "none"
}}

data "aws_secretsmanager_secret_version" "none" {{
  secret_id = "none"
}}
"#
    );
    let project = Project::of(&text).at(&server);
    let _ = project
        .run("plan")
        .fails()
        .says("reading KMS Key (alias/none): couldn't find resource")
        .says("kms:DescribeKey in eu-central-1 found nothing")
        .says("reading KMS Alias (alias/none): empty result")
        .says("reading KMS Custom Key Store (none): couldn't find resource")
        .says("reading Secrets Manager Secret (none): couldn't find resource")
        .says("reading Secrets Manager Secret Version (none|AWSCURRENT): couldn't find resource")
        .says("with data.aws_secretsmanager_secret_version.none");
}

#[test]
fn wrong_arguments_are_told_by_validate() {
    let text = format!(
        r#"{PROVIDERS}
data "aws_kms_key" "wrong" {{
  key_id = "no key"
}}

data "aws_kms_alias" "wrong" {{
  name = "app"
}}

data "aws_kms_secrets" "none" {{}}

data "aws_kms_secrets" "wrong" {{
  secret {{
    name    = "db"
    payload = "no base64"
  }}
}}

data "aws_secretsmanager_secret" "neither" {{}}

ephemeral "aws_kms_secrets" "none" {{}}
"#
    );
    let _ = Project::of(&text)
        .run("validate")
        .fails()
        .says("invalid value for key_id (must be a KMS Key ID)")
        .says("\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]")
        .says("At least 1 \"secret\" blocks are required.")
        .says("invalid base64 value for secret (db): illegal base64 data at input byte 2")
        .says("\"arn\": one of `arn,name` must be specified")
        .says("Block secret must have a configuration value");
}

/// A secret that was taken apart is as secret as before; what was encrypted is not.
#[test]
fn what_follows_from_a_sensitive_argument_is_not_shown() {
    let server = Server::new();
    seed(&server, "value");
    let project = Project::of(&format!(
        r#"{PROVIDERS}
variable "arn" {{
  sensitive = true
  default   = "arn:aws:kms:eu-west-1:777777777777:key/hidden"
}}

data "aws_arn" "hidden" {{
  arn = var.arn
}}

data "aws_iam_policy_document" "hidden" {{
  statement {{
    actions   = ["kms:Decrypt"]
    resources = [var.arn]
  }}
}}

data "aws_kms_ciphertext" "open" {{
  key_id    = "alias/app"
  plaintext = var.arn
}}

resource "terraform_data" "later" {{
  input = var.arn
}}

data "aws_arn" "later" {{
  arn = terraform_data.later.output
}}

output "account" {{
  value     = data.aws_arn.hidden.account
  sensitive = true
}}

output "document" {{
  value     = data.aws_iam_policy_document.hidden.json
  sensitive = true
}}

output "marks" {{
  value = [
    issensitive(data.aws_arn.hidden.account),
    issensitive(data.aws_arn.later.account),
    issensitive(data.aws_iam_policy_document.hidden.json),
    issensitive(data.aws_kms_ciphertext.open.ciphertext_blob),
    issensitive(data.aws_kms_ciphertext.open.id),
  ]
}}
"#
    ))
    .at(&server);
    for line in ["plan", "apply -auto-approve", "show", "plan", "show -json"] {
        let ran = project.run(line).succeeds();
        assert!(!ran.all().contains("777777777777"), "{}", ran.all());
    }
    let marks = project.run("output -json marks").succeeds();
    assert_eq!(marks.out.split_whitespace().collect::<String>(), "[true,true,true,false,false]");
    let open = "output \"open\" {\n  value = data.aws_arn.hidden.account\n}\n";
    project.write("open.tf", open);
    let _ = project.run("plan").fails().says("Output refers to sensitive values");
}
