//! `plan -generate-config-out`: configuration for what is taken over, of which nothing is to be
//! planned any more.

use serde_json::Value as Json;

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, changing};

/// The objects that are taken over.
pub const OBJECTS: &str = r#"
resource "aws_kms_key" "primary" {
  description             = "a $${x} \"q\"\nline"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = { "a b" = "c", Team = "core" }
}

resource "aws_kms_key" "other" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  is_enabled               = false
}

resource "aws_kms_replica_key" "ireland" {
  provider        = aws.ireland
  description     = "replica"
  primary_key_arn = aws_kms_key.primary.arn
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "made" {
  name_prefix   = "alias/made-"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_external_key" "app" {
  multi_region        = true
  key_material_base64 = "QzRuYXJ5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU="
}

resource "aws_kms_external_key" "waiting" {
  description = "without material"
}

resource "aws_kms_replica_external_key" "ireland" {
  provider            = aws.ireland
  primary_key_arn     = aws_kms_external_key.app.arn
  key_material_base64 = "QzRuYXJ5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU="
}

resource "aws_kms_grant" "app" {
  name              = "app"
  key_id            = aws_kms_key.primary.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/app"
  operations        = ["Encrypt", "Decrypt"]
  constraints {
    encryption_context_subset = { app = "orders" }
  }
}

resource "aws_kms_key" "shared" {
}

resource "aws_kms_key_policy" "shared" {
  key_id = aws_kms_key.shared.key_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Condition = { StringLike = { "aws:PrincipalTag/a" = "$${aws:username}" } }
    }, {
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_kms_custom_key_store" "proxy" {
  custom_key_store_name  = "proxy"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"
  xks_proxy_authentication_credential {
    access_key_id         = "ABCDEFGHIJKLMNOPQRSTUVW"
    raw_secret_access_key = "C4naryAabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"
  }
}

resource "aws_kms_custom_key_store" "hsm" {
  custom_key_store_name    = "hsm"
  cloud_hsm_cluster_id     = "cluster-abcdefghijk"
  key_store_password       = "kmsC4nary"
  trust_anchor_certificate = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"
}

resource "aws_secretsmanager_secret" "app" {
  name       = "app"
  kms_key_id = aws_kms_key.primary.arn
  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "C4nary"
}

resource "aws_secretsmanager_secret" "made" {
  name_prefix = "made-"
}

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

resource "aws_secretsmanager_tag" "made" {
  secret_id = aws_secretsmanager_secret.made.id
  key       = "Team"
  value     = "core"
}

resource "random_uuid" "id" {
}

resource "random_password" "word" {
  length = 20
}

resource "time_static" "then" {
}
"#;

/// Types whose objects cannot be imported.
const NOT_IMPORTABLE: [&str; 1] = ["aws_kms_ciphertext"];

/// What is imported: the address, the id, and the Region of what has one.
pub struct Import {
    pub to: String,
    pub id: String,
    pub region: Option<&'static str>,
}

impl Import {
    /// Every object of a state.
    pub fn all(state: &Json) -> Vec<Import> {
        let resources = state["resources"].as_array().unwrap().iter();
        let imports = resources.map(|resource| {
            let word = |name: &str| resource[name].as_str().unwrap().to_owned();
            let attributes = &resource["instances"][0]["attributes"];
            let id = match &*word("type") {
                "random_password" => "correct-horse",
                _ => attributes["id"].as_str().unwrap(),
            };
            let region = match word("provider") {
                provider if provider.contains("ireland") => Some(IRELAND),
                provider if provider.contains("/aws") => Some(HOME),
                _ => None,
            };
            Import { to: format!("{}.{}", word("type"), word("name")), id: id.to_owned(), region }
        });
        imports.collect()
    }

    /// The id as it is given where the provider is in another Region.
    pub fn id_at_region(&self) -> String {
        match self.region {
            Some(region) => format!("{}@{region}", self.id),
            None => self.id.clone(),
        }
    }
}

/// `import` blocks that name a provider configuration for each Region.
pub fn imports(state: &Json) -> String {
    let blocks = Import::all(state).into_iter().map(|Import { to, id, region }| {
        let provider = match region {
            Some(IRELAND) => "  provider = aws.ireland\n",
            _ => "",
        };
        format!("import {{\n  to = {to}\n  id = \"{id}\"\n{provider}}}\n")
    });
    blocks.collect()
}

/// The state of a project.
pub fn pulled(project: &Project) -> Json {
    serde_json::from_str(&project.run("state pull").succeeds().out).unwrap()
}

#[test]
fn one_of_each_type_is_described_and_needs_no_changes() {
    let server = Server::new();
    let project = Project::of(&format!("{PROVIDERS}{OBJECTS}")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let state = pulled(&project);
    let of_type =
        |name: &str| state["resources"].as_array().unwrap().iter().any(|it| it["type"] == name);
    let schemas = meridian_aws::AwsProvider::new(None);
    for kind in meridian_resource::Provider::resource_types(&schemas) {
        let is_there = of_type(kind.name()) || NOT_IMPORTABLE.contains(&kind.name());
        assert!(is_there, "{} is not tried", kind.name());
    }
    for address in project.run("state list").succeeds().out.lines() {
        let _ = project.run(&format!("state rm {address}")).succeeds();
    }
    project.write("main.tf", &format!("{PROVIDERS}{}", imports(&state)));
    let _ = project
        .run("plan -generate-config-out=generated.tf")
        .succeeds()
        .says("# aws_kms_alias.app will be imported # (config will be generated)")
        .says("0 to add,")
        .says("0 to destroy.")
        .says("Meridian has generated configuration and written it to generated.tf.")
        .never_says("C4nary");
    let text = std::fs::read_to_string(project.folder().join("generated.tf")).unwrap();
    assert!(!text.contains("C4nary"), "{text}");
    assert!(text.starts_with("# __generated__ by Meridian\n# Please review these resources"));
    assert!(text.contains("# __generated__ by Meridian from \"alias/app\"\n"), "{text}");
    assert!(text.contains("secret_string  = null # sensitive"), "{text}");
    let _ = project.run("fmt -check generated.tf").succeeds();
    let _ = project.run("validate").succeeds();
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("0 added").says("0 destroyed");
    let changes = changing(&server.requests_since(mark));
    assert!(changes.is_empty(), "{changes:#?}");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("plan -generate-config-out=other.tf").succeeds().says("No changes.");
    assert!(!project.folder().join("other.tf").exists(), "there is nothing to describe");
}

/// A key that no state has.
pub fn key(server: &Server) -> String {
    let call = server.kms(HOME).create_key();
    server.wait(call.send()).unwrap().key_metadata.unwrap().key_id
}

#[test]
fn a_saved_plan_has_what_was_generated() {
    let server = Server::new();
    let id = key(&server);
    let import = format!("import {{\n  to = aws_kms_key.a\n  id = \"{id}\"\n}}\n");
    let project = Project::of(&format!("{PROVIDERS}{import}")).at(&server);
    let _ = project.run("plan -generate-config-out=g.tf -out=p").succeeds().says("1 to import");
    let _ = project.run("show p").succeeds().says("imported from");
    let _ = project.run("apply p").succeeds().says("1 imported");
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

/// Applies what only imports, and plans that nothing is left.
#[track_caller]
pub fn takes_over(server: &Server, project: &Project) {
    let mark = server.mark();
    let applied = project.run("apply -auto-approve").succeeds();
    let _ = applied.says("0 added").says("0 destroyed").never_says("Warning");
    assert_eq!(changing(&server.requests_since(mark)), "");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// What Terraform 1.11.4 says of the same: the block in `change.generated_config`, without a line
/// break at its end, and not in `configuration`; in the log, too.
#[test]
fn the_json_has_what_was_generated() {
    const ADDRESS: &str = "aws_kms_key.a";
    let server = Server::new();
    let id = key(&server);
    let import = format!("import {{\n  to = {ADDRESS}\n  id = \"{id}\"\n}}\n");
    let project = Project::of(&format!("{PROVIDERS}{import}")).at(&server);
    let log = project.run("plan -json -generate-config-out=g.tf -out=p").succeeds().out;
    let text = std::fs::read_to_string(project.folder().join("g.tf")).unwrap();
    let (_, block) = text.split_once(&format!("from \"{id}\"\n")).unwrap();
    let mut lines = log.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let line = lines.find(|line| line["type"] == "planned_change").unwrap();
    assert_eq!(line["change"]["generated_config"], block.trim_end());
    assert_eq!(line["change"]["importing"]["id"], *id);
    let shown: Json = serde_json::from_str(&project.run("show -json p").succeeds().out).unwrap();
    let change = &shown["resource_changes"][0]["change"];
    assert_eq!(change["generated_config"], block.trim_end());
    assert_eq!(change["importing"]["id"], *id);
    assert_eq!(shown["planned_values"]["root_module"]["resources"][0]["address"], ADDRESS);
    assert_eq!(shown["configuration"]["root_module"], serde_json::json!({}));
    // Once the block is in the configuration it is not generated any more.
    let _ = project.run("plan -out=p").succeeds().never_says("config will be generated");
    let shown: Json = serde_json::from_str(&project.run("show -json p").succeeds().out).unwrap();
    assert_eq!(shown["resource_changes"][0]["change"]["generated_config"], Json::Null);
    assert_eq!(shown["configuration"]["root_module"]["resources"][0]["address"], ADDRESS);
}

#[test]
fn what_cannot_be_generated_is_refused_as_terraform_does() {
    const MISSING: &str = "Configuration for import target does not exist";
    let server = Server::new();
    let id = key(&server);
    let import = |to: &str, more: &str| {
        format!("{PROVIDERS}import {{\n  to = {to}\n  id = \"{id}\"\n{more}}}\n")
    };
    let not_compatible = "The given import block is not compatible with config generation.";
    for (to, more, detail) in [
        ("aws_kms_key.a[0]", "", not_compatible),
        ("aws_kms_key.a[each.key]", "for_each = toset([\"x\"])\n", not_compatible),
        ("module.m.aws_kms_key.a", "", "All target instances must have an associated"),
    ] {
        let project = Project::of(&import(to, more)).at(&server);
        let ran = project.run("plan -generate-config-out=g.tf").fails();
        let _ = ran.says(MISSING).says(detail);
        assert!(!project.folder().join("g.tf").exists(), "{to}");
    }
    let project = Project::of(&import("aws_kms_key.a", "")).at(&server);
    let plain = project.run("plan").fails().says(MISSING);
    let _ = plain.says("meridian plan -generate-config-out=generated.tf");
    project.write("g.tf", "");
    let ran = project.run("plan -generate-config-out=g.tf").fails();
    let _ = ran.says("Target generated file already exists");
    for mode in ["-destroy", "-refresh-only"] {
        let ran = project.run(&format!("plan {mode} -generate-config-out=h.tf")).fails();
        let _ = ran.says("Invalid generate-config-out flag");
    }
    project.write("main.tf", &import("aws_iam_role.a", ""));
    let ran = project.run("plan -generate-config-out=h.tf").fails();
    let _ = ran.says("Resource type is not built in").says("aws_kms_replica_key");
    let gone = import("aws_kms_key.a", "").replace(&id, "1234abcd-12ab-34cd-56ef-1234567890ab");
    project.write("main.tf", &gone);
    let ran = project.run("plan -generate-config-out=h.tf").fails();
    let _ = ran.says("Cannot import non-existent remote object");
    assert!(!project.folder().join("h.tf").exists());
}
