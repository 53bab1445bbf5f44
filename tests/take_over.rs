//! From Terraform's state and back, without Terraform: `tests/terraform_state.py` does the same with
//! it. What is handed back is what Terraform wrote, so it is what can be taken over.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{KEYS, PROVIDERS, Project, SECRET, Server};

/// What is searched for in files.
const CANARY: &str = "C4nary-Q7f!TokenZ9";

fn configuration() -> String {
    format!(
        r#"{PROVIDERS}{KEYS}{SECRET}
variable "password" {{
  default   = "{CANARY}"
  sensitive = true
}}

resource "aws_secretsmanager_secret_version" "second" {{
  secret_id      = aws_secretsmanager_secret.app.id
  secret_string  = jsonencode({{ password = var.password }})
  version_stages = ["second"]
}}

resource "random_password" "generated" {{
  length = 20
}}

resource "terraform_data" "hidden" {{
  input = {{ password = var.password, numbers = [1, 2.5] }}
}}

module "aliases" {{
  source   = "./aliases"
  for_each = toset(["one", "two"])
  name     = each.key
  key      = aws_kms_replica_key.ireland.key_id
  providers = {{ aws = aws.ireland }}
}}

output "key" {{
  value = aws_kms_key.primary.arn
}}

output "generated" {{
  value     = random_password.generated.result
  sensitive = true
}}
"#
    )
}

const ALIASES: &str = r#"
variable "name" {}
variable "key" {}

resource "aws_kms_alias" "this" {
  count         = 2
  name          = "alias/${var.name}-${count.index}"
  target_key_id = var.key
}
"#;

fn project(server: &Server) -> Project {
    let project = Project::of(&configuration()).at(server);
    fs::create_dir_all(project.folder().join("aliases")).unwrap();
    project.write("aliases/main.tf", ALIASES);
    project
}

/// A project whose objects are in a file of Terraform's and in no state of ours.
fn handed_back(server: &Server) -> (Project, Json) {
    let first = project(server);
    let _ = first.run("apply -auto-approve").succeeds();
    let _ = first
        .run("state export-terraform -with-secret-values terraform.tfstate")
        .succeeds()
        .says("Wrote 11 objects and 2 outputs")
        .says("The file holds secrets in clear")
        .never_says(CANARY);
    let text = fs::read_to_string(first.folder().join("terraform.tfstate")).unwrap();
    let second = project(server);
    second.write("terraform.tfstate", &text);
    (second, serde_json::from_str(&text).unwrap())
}

fn holds(path: &Path, text: &str) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

fn resource<'s>(state: &'s mut Json, type_name: &str) -> &'s mut Json {
    let resources = state["resources"].as_array_mut().unwrap();
    resources.iter_mut().find(|it| it["type"] == type_name).expect(type_name)
}

#[test]
fn what_was_taken_over_needs_no_changes() {
    let server = Server::new();
    let (project, state) = handed_back(&server);
    let generated = state["outputs"]["generated"]["value"].as_str().unwrap().to_owned();
    let _ = project
        .run("state import-terraform -dry-run terraform.tfstate")
        .succeeds()
        .says("Would take over 11 objects and 2 outputs");
    assert!(!project.folder().join("state/meridian.db").exists(), "only said");
    let _ = project
        .run("state import-terraform terraform.tfstate")
        .succeeds()
        .says("Took over 11 objects and 2 outputs from terraform.tfstate")
        .says("aws_kms_alias 4")
        .says("2 secret values of the configuration are kept as keyed fingerprints only.")
        .says("terraform.tfstate still has them in clear")
        .never_says(CANARY);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("plan -detailed-exitcode -refresh=false").exits(0);
    for file in fs::read_dir(project.folder().join("state")).unwrap() {
        let path = file.unwrap().path();
        assert!(!holds(&path, CANARY) && !holds(&path, &generated), "{}", path.display());
    }
    // The state goes on where Terraform's was: the same one, and a newer version.
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    assert_eq!(pulled["lineage"], state["lineage"]);
    assert!(pulled["serial"].as_u64() > state["serial"].as_u64());
    let shown = project.run("output -raw generated").succeeds().out;
    assert_eq!(shown, generated);
    // Another value is still seen as one.
    let _ = project
        .run("plan -var password=other")
        .succeeds()
        .says("aws_secretsmanager_secret_version.second must be replaced");
    let _ = project.run("destroy -auto-approve").succeeds().says("11 destroyed");
}

#[test]
fn what_terraform_can_do_without_is_left_out() {
    let server = Server::new();
    let project = Project::of(&format!("{PROVIDERS}{KEYS}{SECRET}")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let told = project.run("state export-terraform handed.tfstate").succeeds();
    let _ = told
        .says("Terraform reads them by itself")
        .says("aws_secretsmanager_secret_version.app.secret_string")
        .never_says("in clear");
    let path = project.folder().join("handed.tfstate");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut state: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!((&state["version"], &state["terraform_version"]), (&json!(4), &json!("1.11.4")));
    let version = resource(&mut state, "aws_secretsmanager_secret_version");
    let instance = &version["instances"][0];
    assert_eq!(instance["attributes"]["secret_string"], Json::Null);
    assert_eq!(
        instance["sensitive_attributes"],
        json!([[{ "type": "get_attr", "value": "secret_string" }]])
    );
    assert_eq!(instance["dependencies"], json!(["aws_secretsmanager_secret.app"]), "{instance}");
    let replica = resource(&mut state, "aws_kms_replica_key");
    let provider = "provider[\"registry.terraform.io/hashicorp/aws\"].ireland";
    assert_eq!(replica["provider"], provider);
    assert!(!holds(&path, "hmac-sha256"), "no fingerprint is taken for a value");
    // Standard output is for states without secrets.
    let _ = project.run("state export-terraform").succeeds().says("\"lineage\"");
    let _ = project.run("state export-terraform -with-secret-values").exits(1);
}

#[test]
fn what_terraform_would_miss_is_refused_without_secrets() {
    let server = Server::new();
    let project = project(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project
        .run("state export-terraform handed.tfstate")
        .fails()
        .says("Terraform cannot do without these values")
        .says("random_password.generated.result")
        .says("terraform_data.hidden.input.password")
        .never_says("aws_secretsmanager_secret_version")
        .never_says(CANARY);
    assert!(!project.folder().join("handed.tfstate").exists());
    // A value that the configuration no longer says is asked of AWS, and is checked.
    let line = "state export-terraform -with-secret-values -var password=other handed.tfstate";
    let _ = project.run(line).succeeds().never_says("Some values are not known");
    assert!(holds(&project.folder().join("handed.tfstate"), CANARY));
}

#[test]
fn a_file_that_is_no_older_version_stays() {
    let server = Server::new();
    let text = format!("{PROVIDERS}{KEYS}");
    let project = Project::of(&text).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    for content in ["mine", r#"{"version": 4, "lineage": "of another", "serial": 99}"#] {
        project.write("handed.tfstate", content);
        let line = "state export-terraform handed.tfstate";
        let _ = project.run(line).fails().says("The file is in the way");
        let read = || fs::read_to_string(project.folder().join("handed.tfstate")).unwrap();
        assert_eq!(read(), content);
        let _ = project.run("state export-terraform -force handed.tfstate").succeeds();
        let kept = fs::read_to_string(project.folder().join("handed.tfstate.backup")).unwrap();
        assert_eq!(kept, content);
    }
    // The same state again is a newer version of it.
    let serial = || -> u64 {
        let text = fs::read_to_string(project.folder().join("handed.tfstate")).unwrap();
        serde_json::from_str::<Json>(&text).unwrap()["serial"].as_u64().unwrap()
    };
    let before = serial();
    let _ = project.run("state export-terraform handed.tfstate").succeeds();
    assert_eq!(serial(), before + 1);
}

#[test]
fn other_types_are_told_all_at_once_and_can_be_left() {
    let server = Server::new();
    let (project, mut state) = handed_back(&server);
    for (type_name, name) in [("aws_iam_role", "a"), ("aws_iam_role", "b"), ("google_kms_key", "c")]
    {
        let owner = type_name.split('_').next().unwrap();
        state["resources"].as_array_mut().unwrap().push(json!({
            "mode": "managed", "type": type_name, "name": name,
            "provider": format!("provider[\"registry.terraform.io/hashicorp/{owner}\"]"),
            "instances": [{ "schema_version": 7, "attributes": { "id": "x", "secret": CANARY } }],
        }));
    }
    project.write("terraform.tfstate", &state.to_string());
    let _ = project
        .run("state import-terraform terraform.tfstate")
        .fails()
        .says("Unsupported resource types")
        .says("resource \"aws_iam_role\" of registry.terraform.io/hashicorp/aws: aws_iam_role.a, aws_iam_role.b")
        .says("google_kms_key.c")
        .says("-skip-unsupported")
        .never_says(CANARY);
    assert!(!project.folder().join("state/meridian.db").exists(), "nothing was changed");
    let _ = project
        .run("state import-terraform -skip-unsupported terraform.tfstate")
        .succeeds()
        .says("Took over 11 objects")
        .says("Objects of other types are left to Terraform")
        .says("google_kms_key.c");
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

#[test]
fn a_state_that_is_not_empty_is_only_added_to() {
    let server = Server::new();
    let (project, state) = handed_back(&server);
    let _ = project.run("state import-terraform terraform.tfstate").succeeds();
    let again = "state import-terraform terraform.tfstate";
    let _ = project.run(again).fails().says("The state is not empty").says("11 objects");
    let merged = "state import-terraform -merge terraform.tfstate";
    let _ = project.run(merged).fails().says("Objects are in both states");
    let mut other = state.clone();
    other["resources"] = json!([{
        "mode": "managed", "type": "terraform_data", "name": "other",
        "provider": "provider[\"terraform.io/builtin/terraform\"]",
        "instances": [{ "schema_version": 0, "attributes": { "id": "1" } }],
    }]);
    other["outputs"] = json!({});
    project.write("other.tfstate", &other.to_string());
    let _ = project.run("state import-terraform -merge other.tfstate").succeeds();
    let _ = project.run("state list terraform_data.other").succeeds();
    let _ = project.run("state list aws_kms_key.primary").succeeds();
    // Standard input is as good as a file.
    let third = Project::of("").at(&server);
    let taken = third.run_with("state import-terraform -", &other.to_string()).succeeds();
    let _ = taken.says("Took over 1 objects");
}

#[test]
fn tainted_and_deposed_objects_stay_what_they_are() {
    let server = Server::new();
    let (project, mut state) = handed_back(&server);
    resource(&mut state, "terraform_data")["instances"][0]["status"] = json!("tainted");
    resource(&mut state, "aws_kms_key")["instances"][0]["status"] = json!("tainted");
    let alias = resource(&mut state, "aws_kms_alias");
    let mut deposed = alias["instances"][0].clone();
    deposed["deposed"] = json!("0a1b2c3d");
    deposed["attributes"]["name"] = json!("alias/gone");
    deposed["attributes"]["id"] = json!("alias/gone");
    alias["instances"].as_array_mut().unwrap().push(deposed);
    project.write("terraform.tfstate", &state.to_string());
    let _ = project
        .run("state import-terraform terraform.tfstate")
        .succeeds()
        .says("Tainted objects are kept")
        .says("- aws_kms_key.primary")
        .never_says("- terraform_data.hidden");
    let _ = project
        .run("plan")
        .succeeds()
        .says("terraform_data.hidden is tainted, so must be replaced")
        .says("Plan: 1 to add, 0 to change, 1 to destroy.");
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    assert!(pulled.to_string().contains("\"deposed\":\"0a1b2c3d\""));
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

#[test]
fn a_region_that_an_object_does_not_tell_is_its_providers() {
    let server = Server::new();
    let (project, mut state) = handed_back(&server);
    let resources = state["resources"].as_array_mut().unwrap();
    for alias in resources.iter_mut().filter(|it| it["type"] == "aws_kms_alias") {
        for instance in alias["instances"].as_array_mut().unwrap() {
            instance["attributes"]["arn"] = Json::Null;
        }
    }
    project.write("terraform.tfstate", &state.to_string());
    let elsewhere = Project::new().at(&server);
    elsewhere.write("terraform.tfstate", &state.to_string());
    let _ = elsewhere
        .run("state import-terraform terraform.tfstate")
        .fails()
        .says("does not tell in which Region it lives")
        .says("aws.ireland");
    let _ = project.run("state import-terraform terraform.tfstate").succeeds();
    let _ = project.run("plan").succeeds().says("No changes.");
}

#[test]
fn files_that_are_none_are_refused() {
    let project = Project::of("");
    for (text, said) in [
        ("{", "could not be parsed as JSON"),
        ("{}", "does not have a \"version\" attribute"),
        (r#"{"version": 3}"#, "uses format version 3"),
    ] {
        project.write("bad.tfstate", text);
        let told = project.run("state import-terraform bad.tfstate").fails();
        let _ = told.says("Error reading source state \"bad.tfstate\"").says(said);
    }
    let _ = project.run("state import-terraform nothing").fails().says("cannot be read");
    let instance = |version: u64, attributes: Json| {
        let state = json!({
            "version": 4, "serial": 1, "lineage": "l", "outputs": {},
            "resources": [{
                "mode": "managed", "type": "random_password", "name": "p",
                "provider": "provider[\"registry.terraform.io/hashicorp/random\"]",
                "instances": [{ "schema_version": version, "attributes": attributes }],
            }],
        });
        project.write("bad.tfstate", &state.to_string());
        project.run("-local state import-terraform bad.tfstate").fails().never_says(CANARY)
    };
    let newer = instance(99, json!({ "result": CANARY }));
    let _ = newer.says("Resource instance managed by newer provider version").says("version 99");
    let older = instance(0, json!({ "result": CANARY }));
    let _ = older.says("managed by older provider version").says("-refresh-only");
    let wrong = instance(3, json!({ "length": CANARY }));
    let _ = wrong.says("Invalid resource instance data in state").says("length");
}

/// Objects as the providers' own releases write them.
#[test]
fn the_small_types_are_taken_over() {
    let configuration = r#"
resource "random_password" "p" { length = 4 }
resource "random_string" "s" { length = 4 }
resource "random_pet" "pet" {}
resource "random_id" "id" { byte_length = 2 }
resource "random_uuid" "u" {}
resource "random_integer" "i" {
  min = 1
  max = 9
}
resource "random_shuffle" "l" { input = ["a", "b"] }
resource "time_static" "t" {}
resource "time_offset" "o" {
  base_rfc3339 = "2026-01-01T00:00:00Z"
  offset_days  = 1
}
resource "time_sleep" "z" { create_duration = "1s" }
resource "null_resource" "n" { triggers = { a = "b" } }
resource "terraform_data" "d" { input = ["a", 1] }
resource "local_file" "f" {
  filename = "made.txt"
  content  = "made"
}
"#;
    let project = Project::of(configuration);
    let _ = project.run("-local apply -auto-approve").succeeds().says("13 added");
    let _ = project
        .run("-local state export-terraform -with-secret-values terraform.tfstate")
        .succeeds()
        .says("Wrote 13 objects");
    let text = fs::read_to_string(project.folder().join("terraform.tfstate")).unwrap();
    let mut state: Json = serde_json::from_str(&text).unwrap();
    // As an older release of hashicorp/random wrote them.
    for (type_name, version) in [("random_password", 2), ("random_string", 1)] {
        let instance = &mut resource(&mut state, type_name)["instances"][0];
        instance["schema_version"] = json!(version);
        instance["attributes"].as_object_mut().unwrap().remove("numeric");
    }
    // As OpenTofu writes them.
    let opentofu = "provider[\"registry.opentofu.org/hashicorp/null\"]";
    resource(&mut state, "null_resource")["provider"] = json!(opentofu);
    fs::remove_dir_all(project.folder().join("state")).unwrap();
    project.write("terraform.tfstate", &state.to_string());
    let _ = project
        .run("-local state import-terraform terraform.tfstate")
        .succeeds()
        .says("Took over 13 objects");
    let _ = project.run("-local plan -detailed-exitcode").exits(0).says("No changes.");
}
