//! Provider blocks that lean on data sources, ephemeral resources and resources: what they lean on
//! is read before anything else.

use std::fs;

use crate::state_and_secrets::{CANARY, nothing_on_disk, says_nothing};
use crate::support::{HOME, Project, Server, count};

/// A role of the caller's own account is assumed in one Region, and who that is becomes a tag in
/// another.
const CHAIN: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

data "aws_caller_identity" "here" {}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.here.account_id}:role/deploy"
  }
}

data "aws_caller_identity" "ireland" {
  provider = aws.ireland
}

provider "aws" {
  alias  = "oregon"
  region = "us-west-2"
  default_tags {
    tags = { By = data.aws_caller_identity.ireland.arn }
  }
}

resource "aws_kms_key" "primary" {
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "oregon" {
  provider                = aws.oregon
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

output "tags" {
  value = aws_kms_replica_key.oregon.tags_all
}
"#;

#[test]
fn a_chain_of_data_sources_leads_from_one_provider_to_the_next() {
    let server = Server::new();
    let project = Project::of(CHAIN).at(&server);
    let planned = project.run("plan -out=saved").succeeds().says("3 to add");
    let by = "arn:aws:sts::123456789012:assumed-role/deploy/meridian";
    let _ = planned.says(&format!("\"By\" = \"{by}\""));
    let asked = server.mark();
    let _ = project.run("show saved").succeeds().says(by);
    let _ = project.run("show -json saved").succeeds().says(by);
    assert_eq!(server.requests_since(asked).len(), 0, "a saved plan is shown without AWS");
    let _ = project.run("apply saved").succeeds().says("3 added").says(by);
    let asked = server.mark();
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
    let requests = server.requests_since(asked);
    assert_eq!(count(&requests, "GetCallerIdentity"), 2, "each data source is read once");
    let _ = project.run("destroy -auto-approve").succeeds().says("3 destroyed");
}

#[test]
fn what_cannot_be_read_is_told_once_and_with_its_place() {
    let server = Server::new();
    let project = Project::of(CHAIN).at(&server);
    server.refuse("GetCallerIdentity", 403, "AccessDenied", "You may not ask.");
    let ran = project.run("plan").fails();
    let complaint = ran.complaint();
    for wanted in ["data.aws_caller_identity.here", "You may not ask.", "GetCallerIdentity"] {
        assert!(complaint.contains(wanted), "{complaint}");
    }
    assert_eq!(complaint.matches("Error:").count(), 1, "{complaint}");
}

/// In the embedded AWS an access key that is a number belongs to the account of that number.
const CREDENTIALS: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

ephemeral "aws_secretsmanager_secret_version" "deploy" {
  secret_id = "deploy"
}

locals {
  deploy = jsondecode(ephemeral.aws_secretsmanager_secret_version.deploy.secret_string)
}

provider "aws" {
  alias      = "other"
  region     = "eu-west-1"
  access_key = local.deploy.key
  secret_key = local.deploy.secret
}

resource "aws_kms_key" "app" {
  provider                = aws.other
  deletion_window_in_days = 7
}

output "arn" {
  value = aws_kms_key.app.arn
}
"#;

#[test]
fn credentials_come_from_a_secret_and_are_kept_nowhere() {
    let server = Server::new();
    let text = format!("{{\"key\":\"111122223333\",\"secret\":\"{CANARY}\"}}");
    let create = server.secrets(HOME).create_secret().name("deploy").secret_string(text);
    server.wait(create.send()).unwrap();
    let project = Project::of(CREDENTIALS).at(&server);
    for line in ["plan", "plan -out=saved", "show saved", "show -json saved", "apply saved"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
    let arn = project.run("output -raw arn").succeeds().out;
    assert!(arn.starts_with("arn:aws:kms:eu-west-1:111122223333:key/"), "{arn}");
    for line in ["plan -detailed-exitcode", "destroy -auto-approve"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
}

/// Where a provider works is what a resource says once it is there.
fn placed(region: &str) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-central-1"
}}

resource "terraform_data" "place" {{
  input = "{region}"
}}

provider "aws" {{
  alias  = "there"
  region = terraform_data.place.output
}}

resource "aws_kms_key" "there" {{
  provider                = aws.there
  deletion_window_in_days = 7
}}

output "arn" {{
  value = aws_kms_key.there.arn
}}
"#
    )
}

#[test]
fn what_only_an_apply_will_tell_is_refused_with_the_way() {
    let server = Server::new();
    let project = Project::of(&placed("us-west-2")).at(&server);
    let ran = project.run("plan").fails().says("Invalid provider configuration");
    let _ = ran.says("provider aws.there").says("-target");
    let first = "apply -auto-approve -target=terraform_data.place";
    let _ = project.run(first).succeeds().says("1 added");
    let _ = project.run("apply -auto-approve").succeeds().says("1 added");
    let arn = project.run("output -raw arn").succeeds().out;
    assert!(arn.starts_with("arn:aws:kms:us-west-2:"), "{arn}");
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
    let _ = project.run("destroy -auto-approve").succeeds().says("2 destroyed");
}

#[test]
fn what_nothing_uses_need_not_be_known() {
    let server = Server::new();
    let unused = placed("us-west-2").replace("provider                = aws.there", "");
    let project = Project::of(&unused).at(&server);
    let _ = project.run("apply -auto-approve").succeeds().says("2 added");
}

#[test]
fn a_saved_plan_holds_only_where_its_providers_still_lead() {
    let server = Server::new();
    let text = CHAIN.replacen("region = \"eu-central-1\"", "", 1);
    let mut project = Project::of(&text).at(&server);
    project.set("AWS_REGION", "eu-central-1");
    let _ = project.run("plan -out=saved").succeeds().says("3 to add");
    project.set("AWS_REGION", "eu-north-1");
    let _ = project.run("show saved").succeeds().says("3 to add");
    let _ = project.run("apply saved").fails().says("The saved plan no longer holds");
    project.set("AWS_REGION", "eu-central-1");
    let _ = project.run("apply saved").succeeds().says("3 added");
}

#[test]
fn an_object_is_imported_by_way_of_such_a_provider() {
    let server = Server::new();
    let project = Project::of(CHAIN).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let id = project.run("state show aws_kms_replica_key.ireland").succeeds().out;
    let id = id.lines().find_map(|line| line.trim().strip_prefix("id ")).unwrap().to_owned();
    let id = id.split('"').nth(1).unwrap().to_owned();
    let _ = project.run("state rm aws_kms_replica_key.ireland").succeeds();
    let import = format!("import aws_kms_replica_key.ireland {id}");
    let _ = project.run(&import).succeeds().says("Import successful!");
    // What AWS does not tell of a key is put into the state.
    let _ = project.run("apply -auto-approve").succeeds().says("0 added, 1 changed, 0 destroyed");
    let _ = project.run("plan -detailed-exitcode").succeeds().says("No changes.");
    fs::remove_file(project.folder().join("state/meridian.db")).unwrap();
    let discovered = project.run("discover -region=eu-central-1").succeeds();
    let _ = discovered.says("aws_kms_key");
}
