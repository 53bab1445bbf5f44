//! What the matrix applies: a configuration of every kind of object, and what becomes of it.

use crate::support::PROVIDERS;

/// One run: from where, to which configuration, and by which command.
pub struct Step {
    pub name: &'static str,
    /// The step whose end this one begins with; none for nothing at all.
    pub from: Option<usize>,
    pub text: String,
    pub command: &'static str,
}

const MATERIAL: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";
const OTHER_MATERIAL: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// All steps, each after the one that it begins with.
pub fn steps() -> Vec<Step> {
    let all =
        format!("{}{}{}{}", keys("aws", "aws.ireland"), key_parts(), secrets(), secret_parts());
    let text = |text: String| format!("{PROVIDERS}{text}");
    let promoted = format!("{}{}{}", keys("aws.ireland", "aws"), key_parts(), secrets());
    // A key that leads from now on keeps its description.
    let descriptions = [
        ("= \"main\"\n", "= \"former\"\n"),
        ("\"main replica\"", "\"main\""),
        ("\"former\"", "\"main replica\""),
    ];
    let by_command = with(&format!("{promoted}{}", secret_parts()), &descriptions);
    let step = |name, from, text, command| Step { name, from, text, command };
    vec![
        step("create", None, text(all.clone()), "apply"),
        step("update", Some(0), text(updated(&all)), "apply"),
        step("replace", Some(0), text(replaced(&all)), "apply"),
        // The parts of a secret go while it stays as it is.
        step("promote", Some(0), text(promoted), "apply"),
        step("command", Some(0), text(by_command), "promote aws_kms_key.main eu-west-1"),
        step("remove", Some(0), text(removed()), "apply"),
        step("destroy", Some(0), text(all), "destroy"),
    ]
}

fn keys(primary: &str, replica: &str) -> String {
    format!(
        r#"
resource "aws_kms_key" "main" {{
  provider                = {primary}
  description             = "main"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = {{ Team = "core" }}
}}

resource "aws_kms_replica_key" "main" {{
  provider                = {replica}
  description             = "main replica"
  primary_key_arn         = aws_kms_key.main.arn
  deletion_window_in_days = 7
  tags                    = {{ Team = "core" }}
}}

resource "aws_kms_key" "data" {{
  description             = "data"
  deletion_window_in_days = 7
  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "aws_kms_external_key" "imported" {{
  description             = "imported"
  multi_region            = true
  key_material_base64     = "{MATERIAL}"
  deletion_window_in_days = 7
}}

resource "aws_kms_replica_external_key" "imported" {{
  provider                = aws.ireland
  description             = "imported replica"
  primary_key_arn         = aws_kms_external_key.imported.arn
  key_material_base64     = "{MATERIAL}"
  deletion_window_in_days = 7
}}
"#
    )
}

fn key_parts() -> &'static str {
    r#"
resource "aws_kms_key_policy" "data" {
  key_id = aws_kms_key.data.key_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "All"
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_kms_alias" "data" {
  name          = "alias/data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_kms_alias" "imported" {
  provider      = aws.ireland
  name_prefix   = "alias/imported-"
  target_key_id = aws_kms_replica_external_key.imported.key_id
}

resource "aws_kms_grant" "named" {
  name              = "app"
  key_id            = aws_kms_key.data.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/app"
  operations        = ["Encrypt", "Decrypt"]
}

resource "aws_kms_grant" "unnamed" {
  key_id             = aws_kms_key.data.key_id
  grantee_principal  = "arn:aws:iam::123456789012:role/ops"
  retiring_principal = "arn:aws:iam::123456789012:role/boss"
  operations         = ["DescribeKey"]
}

resource "aws_kms_ciphertext" "data" {
  key_id    = aws_kms_key.data.key_id
  plaintext = "hello"
}

resource "aws_kms_custom_key_store" "outside" {
  custom_key_store_name  = "outside"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"

  xks_proxy_authentication_credential {
    access_key_id         = "ABCDEFGHIJKLMNOPQRSTUVW"
    raw_secret_access_key = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu"
  }
}
"#
}

fn secrets() -> &'static str {
    r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 0

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.main.arn
  }

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}

resource "aws_secretsmanager_secret" "plain" {
  name_prefix             = "plain-"
  description             = "plain"
  recovery_window_in_days = 7
  kms_key_id              = aws_kms_key.data.arn
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "plain" {
  secret_id     = aws_secretsmanager_secret.plain.id
  secret_string = "another"
}
"#
}

fn secret_parts() -> &'static str {
    r#"
resource "aws_secretsmanager_secret_policy" "app" {
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Read"
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_secretsmanager_secret_rotation" "app" {
  secret_id           = aws_secretsmanager_secret.app.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = 30
  }

  depends_on = [aws_secretsmanager_secret_version.app]
}

resource "aws_secretsmanager_tag" "app" {
  secret_id = aws_secretsmanager_secret.app.id
  key       = "Owner"
  value     = "core"
}
"#
}

/// The text with each of these replaced; each must be there.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// Everything that can be changed in place, and a grant that cannot.
fn updated(all: &str) -> String {
    with(
        all,
        &[
            ("\"main\"\n  multi_region            = true", "\"leader\"\n  multi_region = true"),
            (
                "enable_key_rotation     = true",
                "enable_key_rotation = true\n  rotation_period_in_days = 200",
            ),
            ("\"main replica\"", "\"follower\""),
            ("{ Team = \"core\" }", "{ Team = \"pay\", Cost = \"7\" }"),
            ("\"imported replica\"", "\"imported replica\"\n  enabled = false"),
            ("\"All\"", "\"Everything\""),
            (
                "= \"alias/data\"\n  target_key_id = aws_kms_key.data.key_id",
                "= \"alias/data\"\n  target_key_id = aws_kms_key.main.key_id",
            ),
            ("[\"Encrypt\", \"Decrypt\"]", "[\"Encrypt\"]"),
            ("\"hello\"", "\"goodbye\""),
            ("\"outside\"\n  custom_key_store_type", "\"far\"\n  custom_key_store_type"),
            ("\"value\"", "\"new value\""),
            (
                "description             = \"plain\"",
                "description = \"plainer\"\n  replica {\n    region = \"eu-west-1\"\n  }",
            ),
            ("\"Read\"", "\"ReadOnly\""),
            ("automatically_after_days = 30", "automatically_after_days = 10"),
            ("value     = \"core\"", "value     = \"pay\""),
        ],
    )
}

/// Keys and secrets with everything on them made anew, before the old ones go and after.
fn replaced(all: &str) -> String {
    with(
        all,
        &[
            (
                "description             = \"data\"",
                "description = \"data 2\"\n  multi_region = true",
            ),
            (MATERIAL, OTHER_MATERIAL),
            ("= \"app\"\n  kms_key_id", "= \"app2\"\n  kms_key_id"),
            ("\"plain-\"", "\"plainer-\""),
        ],
    )
}

/// Keys and secrets without their replicas, a key without anything on it.
fn removed() -> String {
    let keys = keys("aws", "aws.ireland");
    let (main, _) = keys.split_once("resource \"aws_kms_replica_key\"").expect("a replica");
    let secrets = with(
        secrets(),
        &[
            (
                "  replica {\n    region     = \"eu-west-1\"\n    kms_key_id = aws_kms_replica_key.main.arn\n  }\n",
                "",
            ),
            ("aws_kms_key.data.arn", "aws_kms_key.main.arn"),
        ],
    );
    format!("{main}{secrets}{}", secret_parts())
}
