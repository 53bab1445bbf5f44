//! The argument `region`: one provider configuration for all Regions.

use std::path::Path;

use meridian_local_aws::FaultAction;
use serde_json::Value as Json;

use crate::promotion::{AGES, changes, in_sync, no_key_is_replaced, primary_of, set};
use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, count};

const PROVIDER: &str = "provider \"aws\" {\n  region = \"eu-central-1\"\n}\n";

/// The same configuration with arguments in the place of provider configurations.
fn one_provider(primary: &str, replica: &str, more: &str) -> String {
    let text = set("aws", "aws.ireland", more).replace(PROVIDERS, PROVIDER);
    let (head, tail) = text.split_once("  provider                = aws\n").unwrap();
    let text = format!("{head}  region = {primary:?}\n{tail}");
    text.replace("  provider                = aws.ireland\n", &format!("  region = {replica:?}\n"))
}

fn regions(server: &Server, mark: usize, operation: &str) -> Vec<String> {
    let records = server.requests_since(mark).into_iter();
    let of = records.filter(|it| it.operation == operation);
    let mut regions: Vec<String> = of.filter_map(|it| it.region).map(str::to_owned).collect();
    regions.sort();
    regions.dedup();
    regions
}

fn shown(project: &Project, line: &str) -> Json {
    serde_json::from_str(&project.run(line).succeeds().out).unwrap()
}

fn change<'j>(plan: &'j Json, address: &str) -> &'j Json {
    let changes = plan["resource_changes"].as_array().unwrap();
    &changes.iter().find(|it| it["address"] == address).expect(address)["change"]
}

#[test]
fn the_example_needs_one_provider() {
    let server = Server::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/one-provider");
    let project = Project::copy(&folder).at(&server);
    let _ = project.run("init").succeeds();
    let _ = project.run("validate").succeeds();
    let mark = server.mark();
    let applied = project.run("apply -auto-approve").succeeds();
    let _ = applied.says("Resources: 8 added, 0 changed, 0 destroyed.");
    assert_eq!(regions(&server, mark, "CreateAlias"), [HOME, IRELAND, "us-west-2"]);
    assert_eq!(regions(&server, mark, "CreateKey"), [HOME]);
    in_sync(&project);
    let state = shown(&project, "show -json");
    let resources = state["values"]["root_module"]["resources"].as_array().unwrap();
    let of = |address: &str| {
        let found = resources.iter().find(|it| it["address"] == address);
        found.expect(address)["values"].get("region").cloned()
    };
    assert_eq!(of("aws_kms_key.primary"), None, "what is not given is not shown");
    assert_eq!(of("aws_kms_replica_key.replica[\"us-west-2\"]"), Some("us-west-2".into()));
    let other = "plan -out=p -var replica_regions=[\"eu-west-1\",\"us-east-1\"]";
    let _ = project.run(other).succeeds().says("2 to add, 1 to change, 2 to destroy");
    let _ = project.run("apply p").succeeds();
    assert_eq!(primary_of(&server, "us-east-1", &key_id(&server)), HOME);
    let destroyed = project.run("destroy -auto-approve").succeeds();
    let _ = destroyed.says("Destroy complete! Resources: 8 destroyed.");
}

fn key_id(server: &Server) -> String {
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    keys.keys()[0].key_id().unwrap().to_owned()
}

fn secret(region: &str) -> String {
    format!(
        r#"{PROVIDER}
resource "aws_secretsmanager_secret" "app" {{
  {region}
  name                    = "app"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "app" {{
  {region}
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}}
"#
    )
}

#[test]
fn another_region_is_another_secret() {
    let server = Server::new();
    let project = Project::of(&secret("region = \"eu-west-1\"")).at(&server);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(regions(&server, mark, "CreateSecret"), [IRELAND]);
    assert_eq!(regions(&server, mark, "PutSecretValue"), [IRELAND]);
    in_sync(&project);
    project.write("main.tf", &secret("region = \"us-west-2\""));
    let plan = project.run("plan -out=p").succeeds();
    let _ = plan.says("-> \"us-west-2\" # forces replacement");
    let plan = shown(&project, "show -json p");
    let secret_change = change(&plan, "aws_secretsmanager_secret.app");
    assert_eq!(secret_change["actions"], serde_json::json!(["delete", "create"]));
    assert_eq!(secret_change["replace_paths"], serde_json::json!([["region"]]));
    let mark = server.mark();
    let _ = project.run("apply p").succeeds();
    assert_eq!(regions(&server, mark, "CreateSecret"), ["us-west-2"]);
    assert_eq!(regions(&server, mark, "DeleteSecret"), [IRELAND]);
    in_sync(&project);
    // Without the argument it is the Region of the provider configuration.
    project.write("main.tf", &secret(""));
    let _ = project.run("plan").succeeds().says("2 to add, 0 to change, 2 to destroy");
}

#[test]
fn the_region_of_the_provider_by_another_word_is_no_change() {
    let server = Server::new();
    let project = Project::of(&secret("")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    for region in ["region = \"eu-central-1\"", ""] {
        project.write("main.tf", &secret(region));
        let mark = server.mark();
        in_sync(&project);
        let _ = project.run("apply -auto-approve").succeeds().says("0 added, 0 changed");
        assert!(changes(server.requests_since(mark)).is_empty());
        let state = shown(&project, "show -json");
        let values = &state["values"]["root_module"]["resources"][0]["values"];
        assert_eq!(values.get("region").is_some(), !region.is_empty(), "{values}");
    }
    // From an alias to the argument: the object stays where it is.
    let aliased = secret("provider = aws.ireland").replace(PROVIDER, PROVIDERS);
    let project = Project::of(&aliased).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let one = secret("region = \"eu-west-1\"");
    project.write("main.tf", &one.replace(PROVIDER, PROVIDERS));
    in_sync(&project);
    let _ = project.run("apply -auto-approve").succeeds().says("0 added, 0 changed, 0 destroyed");
    project.write("main.tf", &one);
    in_sync(&project);
}

#[test]
fn exchanged_arguments_are_one_promotion() {
    let server = Server::new();
    let project = Project::of(&one_provider(HOME, IRELAND, "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    in_sync(&project);
    let key = key_id(&server);
    for (primary, replica) in [(IRELAND, HOME), (HOME, IRELAND)] {
        project.write("main.tf", &one_provider(primary, replica, "enable_key_rotation = true"));
        let plan = project.run("plan -out=p").succeeds();
        let _ = plan.says("the primary of").says("0 to add");
        let mark = server.mark();
        let _ = project.run("apply p").succeeds();
        let records = changes(server.requests_since(mark));
        no_key_is_replaced(&records);
        assert_eq!(count(&records, "UpdatePrimaryRegion"), 1, "{records:#?}");
        assert_eq!(primary_of(&server, HOME, &key), primary);
        in_sync(&project);
    }
    // From the arguments to provider configurations, which say the same.
    project.write("main.tf", &set("aws", "aws.ireland", "enable_key_rotation = true"));
    in_sync(&project);
    project.write("main.tf", &one_provider(HOME, HOME, "enable_key_rotation = true"));
    let _ = project.run("plan").fails().says("eu-central-1 already has mrk-");
}

#[test]
fn data_and_ephemerals_are_read_where_they_say() {
    let server = Server::new();
    let text = format!(
        r#"{}
variable "region" {{
  default = "eu-west-1"
}}
data "aws_secretsmanager_secret" "app" {{
  region = var.region
  name   = "app"
  depends_on = [aws_secretsmanager_secret_version.app]
}}
data "aws_region" "there" {{
  region = var.region
}}
ephemeral "aws_secretsmanager_secret_version" "app" {{
  region    = var.region
  secret_id = aws_secretsmanager_secret.app.arn
  depends_on = [aws_secretsmanager_secret_version.app]
}}
resource "aws_secretsmanager_secret" "copy" {{
  name = "copy"
  recovery_window_in_days = 0
}}
resource "aws_secretsmanager_secret_version" "copy" {{
  secret_id                = aws_secretsmanager_secret.copy.id
  secret_string_wo         = ephemeral.aws_secretsmanager_secret_version.app.secret_string
  secret_string_wo_version = 1
}}
output "arn" {{
  value = data.aws_secretsmanager_secret.app.arn
}}
output "described" {{
  value = data.aws_region.there.description
}}
"#,
        secret("region = \"eu-west-1\"")
    );
    let project = Project::of(&text).at(&server);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(regions(&server, mark, "GetSecretValue"), [IRELAND]);
    let arn = project.run("output -raw arn").succeeds().out;
    assert!(arn.contains(":eu-west-1:"), "{arn}");
    assert_eq!(project.run("output -raw described").succeeds().out, "Europe (Ireland)");
    in_sync(&project);
    let elsewhere = project.run("plan -var region=us-west-2").fails();
    let _ = elsewhere.says("couldn't find resource");
    let _ = project.run("plan -var region=eu-west-9").fails().says("Invalid Region Value");
}

#[test]
fn an_id_may_name_its_region() {
    let server = Server::new();
    let made = server.kms(IRELAND).create_key().description("found").send();
    let key = server.wait(made).unwrap().key_metadata.unwrap();
    let made = server.kms(IRELAND).create_key().description("found").send();
    let other = server.wait(made).unwrap().key_metadata.unwrap();
    let text = |more: &str| {
        format!(
            r#"{PROVIDER}
resource "aws_kms_key" "a" {{
  region      = "eu-west-1"
  description = "found"
}}
resource "aws_kms_key" "b" {{
  region      = "eu-west-1"
  description = "found"
}}
{more}
"#
        )
    };
    let project = Project::of(&text("")).at(&server);
    let _ = project.run(&format!("import aws_kms_key.a {}@eu-west-1", key.key_id)).succeeds();
    // The resource says the Region, too.
    let block = |id: &str| format!("import {{\n  to = aws_kms_key.b\n  id = \"{id}\"\n}}\n");
    let mark = server.mark();
    for id in [other.key_id.clone(), format!("{}@eu-west-1", other.key_id), other.arn.unwrap()] {
        project.write("main.tf", &text(&block(&id)));
        let plan = project.run("plan").succeeds();
        let _ = plan.says("1 to import, 0 to add, 2 to change, 0 to destroy");
    }
    let _ = project.run("apply -auto-approve").succeeds().says("1 imported");
    no_key_is_replaced(&changes(server.requests_since(mark)));
    in_sync(&project);
    // Imported where the configuration does not have it, it is to be replaced.
    let away =
        format!("{PROVIDER}\nresource \"aws_kms_key\" \"a\" {{\n  description = \"found\"\n}}\n");
    let project = Project::of(&away).at(&server);
    let _ = project.run(&format!("import aws_kms_key.a {}", key.key_id)).fails();
    let _ = project.run(&format!("import aws_kms_key.a {}@eu-west-1", key.key_id)).succeeds();
    let _ = project.run("plan").succeeds().says("1 to add, 0 to change, 1 to destroy");
}

#[test]
fn what_is_no_region_is_refused_at_its_place() {
    let server = Server::new();
    let cases = [
        ("region = \"eu-west-9\"", "AWS has no Region \"eu-west-9\"."),
        ("region = \"\"", "AWS has no Region \"\"."),
        ("region = \"cn-north-1\"", "is not the provider's configured"),
        ("region = aws_kms_key.k.key_id", "cannot be determined until apply"),
        ("region = sensitive(\"eu-west-1\")", "cannot be sensitive"),
    ];
    for (region, detail) in cases {
        let key = "resource \"aws_kms_key\" \"k\" {\n  deletion_window_in_days = 7\n}\n";
        let project = Project::of(&(secret(region) + key)).at(&server);
        let refused = project.run("plan").fails();
        let _ = refused.says("Invalid Region Value").says(detail).says("main.tf").says(region);
    }
    let project = Project::of(&secret("region = \"eu-west-9\"")).at(&server);
    let _ = project.run("validate").fails().says("Did you mean \"eu-west-1\"?");
}

#[test]
fn an_ignored_region_leaves_the_object_where_it_is() {
    let server = Server::new();
    let text = |region: &str| {
        let lifecycle = "lifecycle {\n    ignore_changes = [region]\n  }";
        secret(&format!("region = {region:?}\n  {lifecycle}"))
    };
    let project = Project::of(&text("eu-west-1")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &text("us-west-2"));
    in_sync(&project);
}

#[test]
fn a_creation_without_an_answer_is_found_in_its_region() {
    let server = Server::new();
    let project = Project::of(&one_provider(HOME, IRELAND, "")).at(&server);
    server.next("ReplicateKey", FaultAction::Delay(AGES));
    let running = project.start("apply -auto-approve");
    server.until_asked("ReplicateKey");
    running.kill();
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert!(count(&server.requests_since(mark), "ReplicateKey") <= 1);
    in_sync(&project);
}

#[test]
fn a_state_of_version_6_is_taken_over() {
    let server = Server::new();
    let text = secret("");
    let text = text.split("resource \"aws_secretsmanager_secret_version\"").next().unwrap();
    let project = Project::of(text).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let exported = project.run("state export-terraform").succeeds().out;
    let mut state: Json = serde_json::from_str(&exported).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        let attributes = &mut resource["instances"][0]["attributes"];
        assert_eq!(attributes.get("region"), None, "version 5 knows no such attribute");
        attributes["region"] = HOME.into();
    }
    let again = Project::of(text).at(&server);
    again.write("six.tfstate", &state.to_string());
    let _ = again.run("state import-terraform six.tfstate").succeeds();
    in_sync(&again);
}
