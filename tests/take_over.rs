//! From Terraform's state: `state import-terraform`. What is handed back is what Terraform wrote, so
//! it is what can be taken over; `tests/terraform_state.py` does the same with Terraform.

use std::fs;

use serde_json::{Value as Json, json};

use crate::support::handed_back::{CANARY, handed_back, holds, resource};
use crate::support::{IRELAND, PROVIDERS, Project, Server};

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
        .says("Secrets of the configuration, of which only keyed fingerprints are kept: 2.")
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
    let _ = taken.says("Took over 1 object and 0 outputs");
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

/// The replicas in Terraform's state were asked for, as those are that are made here.
#[test]
fn the_last_replica_of_a_secret_that_was_taken_over_can_be_removed() {
    let server = Server::new();
    let secret = |replica: &str| {
        format!(
            "{PROVIDERS}\nresource \"aws_secretsmanager_secret\" \"app\" {{\n  name = \"app\"\n  \
             recovery_window_in_days = 0\n{replica}\n}}\n"
        )
    };
    let replicated = secret("  replica {\n    region = \"eu-west-1\"\n  }");
    let project = Project::of(&replicated).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("state export-terraform terraform.tfstate").succeeds();
    fs::remove_dir_all(project.folder().join("state")).unwrap();
    let _ = project.run("state import-terraform terraform.tfstate").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    project.write("main.tf", &secret(""));
    let _ = project.run("plan -detailed-exitcode").exits(2).says("- replica {");
    let _ = project.run("apply -auto-approve").succeeds();
    let list = server.secrets(IRELAND).list_secrets().send();
    assert!(server.wait(list).unwrap().secret_list().is_empty());
}
