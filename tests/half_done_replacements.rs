//! A replacement whose old object could not be deleted: it is kept, shown everywhere, and goes with
//! the next apply.

use serde_json::Value as Json;

use crate::support::{HOME, PROVIDERS, Project, Server};

fn key(usage: &str) -> String {
    format!(
        "{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n  description = \"app\"\n  \
         deletion_window_in_days = 7\n  {usage}\n  lifecycle {{\n    create_before_destroy = true\n  \
         }}\n}}\n"
    )
}

const OTHER: &str = "key_usage = \"SIGN_VERIFY\"\n  customer_master_key_spec = \"ECC_NIST_P256\"";

/// A project whose old key waits for its deletion, and the key that the state has it under.
fn half_done(server: &Server) -> (Project, String) {
    let project = Project::of(&key("")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key(OTHER));
    server.refuse("ScheduleKeyDeletion", 400, "AccessDeniedException", "not now");
    let _ = project.run("apply -auto-approve").fails().says("not now");
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    let instances = pulled["resources"][0]["instances"].as_array().unwrap().clone();
    assert_eq!(instances.len(), 2, "{pulled}");
    let deposed = instances.iter().find_map(|it| it["deposed"].as_str()).expect("a deposed object");
    (project, deposed.to_owned())
}

#[test]
fn it_is_shown_everywhere_and_goes_with_the_next_apply() {
    let server = Server::new();
    let (project, deposed) = half_done(&server);
    let name = format!("aws_kms_key.app (deposed object {deposed})");
    let _ = project
        .run("plan -out=saved")
        .succeeds()
        .says(&format!(
            "# {name} will be destroyed # (left over from a partially-failed replacement of this \
             instance)"
        ))
        .says("Plan: 0 to add, 0 to change, 1 to destroy.");
    let listed = project.run("state list").succeeds().says(&format!("{name} was replaced"));
    assert_eq!(listed.out, "aws_kms_key.app\n");
    let _ = project.run("state show aws_kms_key.app").succeeds().says(&format!("# {name}:"));
    let _ = project.run("show").succeeds().says(&format!("# {name}:"));
    let _ = project.run("show -format=markdown saved").succeeds().says("old one");
    let json: Json = serde_json::from_str(&project.run("show -json saved").succeeds().out).unwrap();
    let change =
        json["resource_changes"].as_array().unwrap().iter().find(|it| it["deposed"] == *deposed);
    assert_eq!(change.expect("a change")["change"]["actions"], serde_json::json!(["delete"]));
    let json: Json = serde_json::from_str(&project.run("show -json").succeeds().out).unwrap();
    assert!(json.to_string().contains(&format!("\"deposed_key\":\"{deposed}\"")), "{json}");
    let _ = project.run("apply saved").succeeds().says("0 added, 0 changed, 1 destroyed");
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("deposed");
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    assert_eq!(
        keys.keys().len(),
        2,
        "the old key is scheduled for deletion, and there is no third"
    );
}

#[test]
fn the_state_forgets_it_with_its_successor() {
    let server = Server::new();
    let (project, deposed) = half_done(&server);
    let name = format!("aws_kms_key.app (deposed object {deposed})");
    let _ = project
        .run("state rm -dry-run aws_kms_key.app")
        .succeeds()
        .says(&format!("Would remove {name}"));
    let _ = project.run("state rm aws_kms_key.app").succeeds().says(&format!("Removed {name}"));
    assert_eq!(project.run("state list").succeeds().all(), "");
}
