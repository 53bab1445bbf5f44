//! A plan as a comment on a pull request.

use crate::promotion::{applied, set};
use crate::support::{PROVIDERS, Project, Server, normal};

const LIMIT: usize = 60_000;

fn first() -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "orders" {{
  description             = "orders"
  multi_region            = true
  deletion_window_in_days = 7
}}

resource "aws_kms_replica_key" "orders" {{
  provider        = aws.ireland
  primary_key_arn = aws_kms_key.orders.arn
}}

resource "aws_kms_key" "old" {{
  deletion_window_in_days = 10
}}

resource "aws_kms_alias" "orders" {{
  name          = "alias/orders"
  target_key_id = aws_kms_key.old.id
}}

resource "aws_secretsmanager_secret" "db" {{
  name       = "orders/db"
  kms_key_id = aws_kms_key.old.arn
  tags       = {{ Team = "core", Stage = "test" }}

  replica {{
    region = "us-east-1"
  }}
}}

resource "aws_secretsmanager_secret_version" "db" {{
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = "hunter2"
}}

resource "aws_secretsmanager_secret" "untouched" {{
  name = "untouched"
}}
"#
    )
}

fn second() -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "orders" {{
  description             = "orders | `all` of <them>"
  multi_region            = true
  deletion_window_in_days = 7
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect    = "Allow"
        Principal = {{ AWS = "123456789012" }}
        Action    = "kms:*"
        Resource  = "*"
      }},
      {{
        Effect    = "Allow"
        Principal = {{ AWS = "arn:aws:iam::123456789012:role/reader" }}
        Action    = ["kms:Decrypt", "kms:DescribeKey"]
        Resource  = "*"
        Condition = {{ StringEquals = {{ "kms:ViaService" = "secretsmanager.eu-central-1.amazonaws.com" }} }}
      }},
    ]
  }})
}}

resource "aws_kms_replica_key" "orders" {{
  provider        = aws.ireland
  primary_key_arn = aws_kms_key.orders.arn
}}

resource "aws_kms_alias" "orders" {{
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.id
}}

resource "aws_secretsmanager_secret" "db" {{
  name       = "orders/db"
  kms_key_id = aws_kms_key.orders.arn
  tags       = {{ Team = "shop", Stage = "test" }}

  replica {{
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.orders.arn
  }}
}}

resource "aws_secretsmanager_secret_version" "db" {{
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = "hunter3"
}}

resource "aws_secretsmanager_secret" "untouched" {{
  name = "untouched"
}}

output "arn" {{
  value = aws_secretsmanager_secret.db.arn
}}
"#
    )
}

fn preview(project: &Project, file: &str) -> String {
    let _ = project.run(&format!("plan -out={file}")).succeeds();
    project.run(&format!("show -format=markdown {file}")).succeeds().out
}

#[test]
fn a_reviewer_sees_where_what_and_in_which_order() {
    let server = Server::new();
    let project = Project::of(&first()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &second());
    let text = preview(&project, "one");
    assert!(!text.contains("hunter"), "{text}");
    insta::assert_snapshot!(normal(&text, project.root()));
    assert_eq!(text, preview(&project, "two"), "the same plan is the same comment");
}

/// A promotion changes no key's attributes that a reviewer would look for; it has its own sign.
#[test]
fn a_promotion_stands_in_the_table() {
    let server = Server::new();
    let (project, key) = applied(&server);
    project.write("main.tf", &set("aws.ireland", "aws", "enable_key_rotation = true"));
    let text = preview(&project, "saved").replace(&key, "mrk-1");
    let table = text.split("<details>").next().unwrap();
    insta::assert_snapshot!(table);
    assert!(text.contains("🔀 promote <code>aws_kms_key.primary</code>"), "{text}");
    assert!(text.contains("✏️ change <code>aws_kms_replica_key.other</code>"), "{text}");
    // Whoever promoted outside has no promotion in the plan.
    let _ = project.run("promote aws_kms_key.primary eu-west-1 -auto-approve").succeeds();
    let text = preview(&project, "saved");
    assert!(!text.contains("🔀"), "{text}");
}

#[test]
fn nothing_to_do_is_two_lines() {
    let server = Server::new();
    let project = Project::of(&first()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(
        preview(&project, "saved"),
        "### 🔑 meridian · no changes\n\n\
         `No changes. Your infrastructure matches the configuration.`\n"
    );
}

#[test]
fn hundreds_of_changes_fit_into_a_comment_and_say_what_was_left_out() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
resource "aws_kms_key" "many" {{
  count       = 400
  description = "key number ${{count.index}}, ${{join("", [for i in range(30) : "🔑"])}}"
}}
"#
    );
    let project = Project::of(&text).at(&server);
    let text = preview(&project, "saved");
    assert!(text.encode_utf16().count() <= LIMIT, "{}", text.encode_utf16().count());
    assert!(text.contains("`Plan: 400 to add, 0 to change, 0 to destroy.`"), "{text}");
    assert!(text.contains("Shortened to fit into a comment: "), "{text}");
    assert!(text.contains("`aws_kms_key.many[399]`"), "{text}");
    let blocks = |word: &str| text.matches(word).count();
    assert_eq!(blocks("<details>"), blocks("</details>"), "nothing is cut in the middle");
}

#[test]
fn a_workspace_is_named_and_the_state_is_no_comment() {
    let server = Server::new();
    let project = Project::of(&first()).at(&server);
    let _ = project.run("workspace new stage").succeeds();
    let text = preview(&project, "saved");
    assert!(text.starts_with("### 🔑 meridian · `stage` · ➕ 7 to add\n"), "{text}");
    let _ = project.run("show -format=markdown").fails().says("<PLAN>");
}
