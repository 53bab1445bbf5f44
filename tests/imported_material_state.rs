//! Keys of imported material and the state: what it takes over, and that it never holds material.

use std::time::Duration;

use aws_sdk_kms::types::OriginType;
use meridian_local_aws::FaultAction;

use crate::imported_material::{MATERIAL, keys};
use crate::state_and_secrets::{CANARY, nothing_on_disk, says_nothing};
use crate::support::{HOME, PROVIDERS, Project, Server, cloud_text, count};

/// The keys, of material that holds the canary twice: as bytes it can be found in base64 too.
fn canary_keys() -> String {
    let given = format!("\"{MATERIAL}\"");
    let variable = format!(
        "variable \"material\" {{\n  sensitive = true\n  default   = \"{CANARY}{CANARY}\"\n}}\n"
    );
    format!("{variable}{}", keys("", "").replace(&given, "base64encode(var.material)"))
}

#[test]
fn material_stays_in_memory() {
    let server = Server::new();
    let project = Project::of(&canary_keys()).at(&server);
    for line in [
        "validate",
        "plan",
        "plan -out=saved",
        "show saved",
        "show -json saved",
        "apply saved",
        "plan",
        "show",
        "show -json",
        "state show aws_kms_external_key.primary",
        "graph",
    ] {
        says_nothing(&project.run(line).succeeds());
        if line != "validate" {
            nothing_on_disk(&project);
        }
    }
    let call = server.kms(HOME).list_keys();
    let id = server.wait(call.send()).unwrap().keys()[0].key_id().unwrap().to_owned();
    let call = server.kms(HOME).delete_imported_key_material().key_id(id);
    server.wait(call.send()).unwrap();
    for line in ["plan -out=again", "show -json again", "apply again", "destroy -auto-approve"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
}

#[test]
fn a_kill_leaves_no_material_behind_and_is_finished_by_the_next_apply() {
    for operation in ["CreateKey", "GetParametersForImport", "ImportKeyMaterial", "ReplicateKey"] {
        let server = Server::new();
        server.next(operation, FaultAction::Delay(Duration::from_secs(300)));
        let project = Project::of(&canary_keys()).at(&server);
        let running = project.start("apply -auto-approve");
        server.until_asked(operation);
        running.kill();
        nothing_on_disk(&project);
        says_nothing(&project.run("apply -auto-approve").succeeds());
        nothing_on_disk(&project);
        assert_eq!(count(&server.requests(), "CreateKey"), 1, "{operation}");
        let cloud = cloud_text(&server);
        assert_eq!(cloud.matches("Enabled").count(), 2, "{operation}: {cloud}");
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    }
}

#[test]
fn an_error_about_material_does_not_tell_it() {
    let server = Server::new();
    let project = Project::of(&canary_keys()).at(&server);
    let message = format!("The material {CANARY}{CANARY} is refused.");
    server.refuse("ImportKeyMaterial", 400, "ValidationException", &message.replace(CANARY, "x"));
    says_nothing(&project.run("apply -auto-approve").fails());
    nothing_on_disk(&project);
    let short = canary_keys().replace(&format!("{CANARY}{CANARY}"), CANARY);
    project.write("main.tf", &short.replace("var.material", "substr(var.material, 1, 15)"));
    let refused = project.run("plan").fails();
    says_nothing(&refused.says("the value of key_material_base64 is not valid"));
}

/// A key that was made elsewhere, with its material.
fn made_elsewhere(server: &Server) -> String {
    let project = Project::of(&keys("", "")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let call = server.kms(HOME).list_keys();
    server.wait(call.send()).unwrap().keys()[0].key_id().unwrap().to_owned()
}

#[test]
fn keys_are_imported_into_the_state_without_being_replaced() {
    for is_by_arn in [false, true] {
        let server = Server::new();
        let id = made_elsewhere(&server);
        let name = |region: &str| match is_by_arn {
            true => format!("arn:aws:kms:{region}:123456789012:key/{id}"),
            false => id.clone(),
        };
        let imports = format!(
            "import {{\n  to = aws_kms_external_key.primary\n  id = \"{}\"\n}}\n\
             import {{\n  to = aws_kms_replica_external_key.ireland\n  id = \"{}\"\n}}\n",
            name("eu-central-1"),
            name("eu-west-1"),
        );
        let project = Project::of(&format!("{imports}{}", keys("", ""))).at(&server);
        let plan = project.run("plan").succeeds();
        let _ = plan.says("Plan: 2 to import, 0 to add, 2 to change, 0 to destroy.");
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        // That the material is the very same is for KMS to say.
        assert_eq!(count(&server.requests_since(mark), "ImportKeyMaterial"), 2);
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    }
}

#[test]
fn a_key_with_other_material_is_not_taken_over_with_this() {
    let server = Server::new();
    let id = made_elsewhere(&server);
    let other = keys("", "").replace(MATERIAL, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let (primary, _) = other.split_at(other.find("resource \"aws_kms_replica").unwrap());
    let import = format!("import {{\n  to = aws_kms_external_key.primary\n  id = \"{id}\"\n}}\n");
    let project = Project::of(&format!("{import}{primary}")).at(&server);
    let _ = project.run("apply -auto-approve").fails().says("takes other material than this");
    assert!(cloud_text(&server).contains("eu-central-1 key \"primary\" Enabled PRIMARY"));
}

#[test]
fn only_keys_of_imported_material_are_taken_over() {
    let server = Server::new();
    let kms = server.kms(HOME);
    let own = server.wait(kms.create_key().send()).unwrap().key_metadata.unwrap().key_id;
    let external = kms.create_key().origin(OriginType::External);
    let external = server.wait(external.send()).unwrap().key_metadata.unwrap().key_id;
    let import = |id: &str, body: &str| {
        let to = "aws_kms_external_key.app";
        Project::of(&format!(
            "{PROVIDERS}\nimport {{\n  to = {to}\n  id = \"{id}\"\n}}\n\
             resource \"aws_kms_external_key\" \"app\" {{\n{body}}}\n"
        ))
        .at(&server)
    };
    let message = format!("KMS External Key ({own}) has invalid Origin: AWS_KMS");
    let _ = import(&own, "").run("plan").fails().says(&message);
    let project = import(&external, "  deletion_window_in_days = 7\n");
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
