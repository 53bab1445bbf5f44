//! Back to Terraform: `state export-terraform`. `tests/terraform_state.py` asks Terraform itself.

use std::fs;

use serde_json::{Value as Json, json};

use crate::support::handed_back::{CANARY, holds, project, resource};
use crate::support::{KEYS, PROVIDERS, Project, SECRET, Server};

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
