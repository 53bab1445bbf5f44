//! The situations in which calls go wrong: a configuration, what was there before it, and what it
//! makes when nothing goes wrong.

use std::collections::BTreeSet;

use meridian_local_aws::FaultAction;
use tempfile::TempDir;

use super::operations::Operation;
use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, is_change, seed, settled_text};
use crate::{custom_key_stores, data_sources, imported_material, promotion};

/// Where the independent branch is, which no fault concerns.
pub const ASIDE: &str = "us-east-1";

/// A step of a scenario, as it is written down.
struct Step {
    name: &'static str,
    /// What was applied before, one after the other.
    before: Vec<String>,
    /// What others have done since.
    meanwhile: fn(&Server),
    /// A call whose answer is lost anyway.
    lost: Option<&'static str>,
    /// What is applied; nothing for a destroy.
    wanted: Option<String>,
}

/// A step that is ready to be made again and again.
pub struct Stage {
    pub name: &'static str,
    cloud: TempDir,
    project: Project,
    lost: Option<&'static str>,
    pub command: &'static str,
    /// What there is afterwards.
    pub after: String,
    /// The calls that it makes, in their order.
    calls: Vec<Operation>,
    /// Whether something is changed aside.
    pub changes_aside: bool,
}

impl Stage {
    fn of(step: Step) -> Stage {
        let server = Server::new();
        let project = Project::new().at(&server);
        for text in &step.before {
            project.write("main.tf", text);
            let _ = project.run("apply -auto-approve").succeeds();
        }
        (step.meanwhile)(&server);
        let command = match &step.wanted {
            Some(text) => {
                project.write("main.tf", text);
                "apply -auto-approve"
            }
            None => "destroy -auto-approve",
        };
        let cloud = TempDir::new().expect("a folder");
        server.cloud.snapshot(&cloud.path().join("cloud")).expect("a snapshot");
        let twin = project.duplicate();
        lose(&server, step.lost);
        let mark = server.mark();
        let _ = project.run(command).succeeds();
        let records = server.requests_since(mark);
        let aside = |region: Option<&str>| region == Some(ASIDE);
        let changes_aside = records.iter().any(|it| is_change(it) && aside(it.region));
        let calls = records.iter().filter(|it| !aside(it.region)).filter_map(Operation::of);
        Stage {
            name: step.name,
            cloud,
            project: twin,
            lost: step.lost,
            command,
            after: all_there_is(&server),
            calls: calls.collect(),
            changes_aside,
        }
    }

    /// Each operation once, where it is called first.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        let mut seen = BTreeSet::new();
        self.calls.iter().filter(move |it| seen.insert(it.name())).cloned()
    }

    /// A cloud and a project in which the step is to be made.
    pub fn set_up(&self) -> (Server, Project) {
        let server = Server::new();
        server.cloud.restore(&self.cloud.path().join("cloud")).expect("the snapshot");
        lose(&server, self.lost);
        (server, self.project.duplicate())
    }
}

fn lose(server: &Server, operation: Option<&str>) {
    if let Some(operation) = operation {
        server.next(operation, FaultAction::DropAfterExecution);
    }
}

/// Keys, aliases, secrets, grants and key stores.
pub fn all_there_is(server: &Server) -> String {
    let kms = server.kms(HOME);
    let mut text = settled_text(server);
    let keys = server.wait(kms.list_keys().send()).expect("keys");
    let mut grants = Vec::new();
    for key in keys.keys() {
        let listed = server.wait(kms.list_grants().key_id(key.key_id().expect("an id")).send());
        for grant in listed.map(|it| it.grants.unwrap_or_default()).unwrap_or_default() {
            grants.push(format!("grant {:?} {:?}\n", grant.name(), grant.operations()));
        }
    }
    grants.sort();
    text.push_str(&grants.concat());
    let stores = server.wait(kms.describe_custom_key_stores().send()).expect("key stores");
    let mut stores: Vec<String> = stores
        .custom_key_stores()
        .iter()
        .map(|it| format!("store {}\n", it.custom_key_store_name().unwrap_or_default()))
        .collect();
    stores.sort();
    text.push_str(&stores.concat());
    text
}

/// An independent secret in a Region of its own.
fn aside(description: &str) -> String {
    format!(
        r#"
provider "aws" {{
  alias  = "aside"
  region = "{ASIDE}"
}}

resource "aws_secretsmanager_secret" "aside" {{
  provider                = aws.aside
  name                    = "aside"
  description             = "{description}"
  recovery_window_in_days = 0
}}
"#
    )
}

/// Keys with everything that hangs on keys. `other` are arguments of a key of one Region, `more`
/// those of the primary.
fn keys(description: &str, more: &str, other: &str, target: &str, grant: &str) -> String {
    format!(
        r#"{PROVIDERS}{}
resource "aws_kms_key" "primary" {{
  description             = "{description}"
  multi_region            = true
  deletion_window_in_days = 7
  {more}
}}

resource "aws_kms_replica_key" "ireland" {{
  provider                = aws.ireland
  description             = "replica"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}}

resource "aws_kms_key" "other" {{
  description             = "other"
  deletion_window_in_days = 7
  {other}
}}

resource "aws_kms_key_policy" "other" {{
  key_id = aws_kms_key.other.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Sid       = "{target}"
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = {{ AWS = "arn:aws:iam::123456789012:root" }}
    }}]
  }})
}}

resource "aws_kms_alias" "app" {{
  name          = "alias/app"
  target_key_id = aws_kms_key.{target}.key_id
}}

resource "aws_kms_grant" "named" {{
  name              = "app"
  key_id            = aws_kms_key.primary.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/app"
  operations        = [{grant}"Decrypt"]
}}

resource "aws_kms_grant" "retired" {{
  key_id             = aws_kms_key.primary.key_id
  grantee_principal  = "arn:aws:iam::123456789012:role/ops"
  retiring_principal = "arn:aws:iam::123456789012:role/boss"
  operations         = ["DescribeKey"]
  retire_on_delete   = true
}}
"#,
        aside(description)
    )
}

fn keys_at_first() -> String {
    keys("primary", "", "tags = { a = \"1\", b = \"2\" }", "primary", "\"Encrypt\", ")
}

fn keys_changed() -> String {
    let other = "is_enabled = false\n  tags = { a = \"changed\" }";
    keys("changed", "enable_key_rotation = true", other, "other", "")
}

fn keys_back() -> String {
    keys("primary", "", "tags = { a = \"changed\" }", "other", "")
}

/// A secret and its value, with a replica in a Region and more resources.
fn secret(description: &str, replica: &str, value: &str, stage: &str, more: &str) -> String {
    format!(
        r#"{PROVIDERS}{}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  description             = "{description}"
  recovery_window_in_days = 0

  replica {{
    region = "{replica}"
  }}

  lifecycle {{
    ignore_changes = [tags]
  }}
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id      = aws_secretsmanager_secret.app.id
  secret_string  = "{value}"
  version_stages = ["AWSCURRENT", "{stage}"]
}}
{more}"#,
        aside(description)
    )
}

const PARTS: &str = r#"
resource "aws_secretsmanager_secret_policy" "app" {
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
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
  key       = "Team"
  value     = "core"
}
"#;

/// A key and a secret that can be scheduled for deletion.
const WANTED_BACK: &str = r#"
resource "aws_kms_key" "back" {
  description = "back"
}

resource "aws_secretsmanager_secret" "back" {
  name = "back"
}
"#;

fn schedule_both(server: &Server) {
    let (kms, secrets) = (server.kms(HOME), server.secrets(HOME));
    let keys = server.wait(kms.list_keys().send()).expect("keys");
    let key = keys.keys()[0].key_id().expect("an id").to_owned();
    server.wait(kms.schedule_key_deletion().key_id(key).send()).expect("a deletion");
    server.wait(secrets.delete_secret().secret_id("back").send()).expect("another");
}

fn nothing(_: &Server) {}

/// Runs every step once without faults.
pub fn prepared() -> Vec<Stage> {
    let secrets = || secret("first", IRELAND, "one", "blue", PARTS);
    let store = custom_key_stores::configuration;
    let stores = |name| format!("{}{}", store(name, custom_key_stores::SECRET), aside(name));
    let back = || format!("{PROVIDERS}{WANTED_BACK}");
    let step = |name, before: &[String], wanted| Step {
        name,
        before: before.to_vec(),
        meanwhile: nothing,
        lost: None,
        wanted,
    };
    let reading = format!(
        "{}{}",
        PROVIDERS.replacen(
            "region = \"eu-central-1\"",
            "region = \"eu-central-1\"\n  allowed_account_ids = [\"123456789012\"]",
            1
        ),
        data_sources::ALL
    );
    let exchanged = promotion::set("aws.ireland", "aws", "enable_key_rotation = true");
    let steps = vec![
        step("new keys", &[], Some(keys_at_first())),
        step("changed keys", &[keys_at_first()], Some(keys_changed())),
        step("keys changed back", &[keys_changed()], Some(keys_back())),
        step("keys destroyed", &[keys_at_first()], None),
        step("new secrets", &[], Some(secrets())),
        step(
            "changed secrets",
            &[secrets()],
            Some(secret("second", "us-west-2", "two", "green", "")),
        ),
        step(
            "moved stage",
            &[secret("first", IRELAND, "one", "blue", "")],
            Some(secret("second", IRELAND, "one", "green", "")),
        ),
        step("secrets destroyed", &[secrets()], None),
        step("promotion", &[promotion::set("aws", "aws.ireland", "")], Some(exchanged)),
        step("new material", &[], Some(imported_material::keys("", ""))),
        step("new key stores", &[], Some(stores("a"))),
        step("changed key stores", &[stores("a")], Some(stores("b"))),
        step("key stores destroyed", &[stores("a")], None),
        Step { meanwhile: schedule_both, ..step("taken back", &[back()], Some(back())) },
        Step { lost: Some("kms:CreateKey"), ..step("lost key", &[], Some(back())) },
        Step { meanwhile: |server| seed(server, "value"), ..step("reading", &[], Some(reading)) },
    ];
    steps.into_iter().map(Stage::of).collect()
}
