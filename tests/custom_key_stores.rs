//! `aws_kms_custom_key_store`: both kinds of stores, whose passwords are kept nowhere.

use meridian_local_aws::FaultAction;

use crate::support::{HOME, Project, Server, count};

/// A secret of a proxy: 43 to 64 characters of base64.
pub const SECRET: &str = "C4naryAabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr";
const PASSWORD: &str = "kmsC4nary";

pub fn configuration(name: &str, secret: &str) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-central-1"
}}

resource "aws_kms_custom_key_store" "x" {{
  custom_key_store_name  = "{name}"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"

  xks_proxy_authentication_credential {{
    access_key_id         = "ABCDEFGHIJKLMNOPQRSTUVW"
    raw_secret_access_key = "{secret}"
  }}

  timeouts {{
    create = "10m"
  }}
}}

resource "aws_kms_custom_key_store" "h" {{
  custom_key_store_name    = "{name}-hsm"
  cloud_hsm_cluster_id     = "cluster-abcdefghijk"
  key_store_password       = "{PASSWORD}"
  trust_anchor_certificate = <<-EOT
    -----BEGIN CERTIFICATE-----
    MII=
    -----END CERTIFICATE-----
  EOT
}}
"#
    )
}

fn names(server: &Server) -> Vec<String> {
    let stores = server.wait(server.kms(HOME).describe_custom_key_stores().send()).unwrap();
    let stores = stores.custom_key_stores().iter();
    let mut names: Vec<_> =
        stores.map(|it| it.custom_key_store_name().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn id(server: &Server, name: &str) -> String {
    let request = server.kms(HOME).describe_custom_key_stores().custom_key_store_name(name);
    let stores = server.wait(request.send()).unwrap();
    stores.custom_key_stores()[0].custom_key_store_id().unwrap().to_owned()
}

fn applied(server: &Server) -> Project {
    let project = Project::of(&configuration("a", SECRET)).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(names(server), ["a", "a-hsm"]);
    project
}

/// The provider can read no store in a cluster, and falls over in an update of any.
#[test]
fn both_kinds_are_made_read_changed_and_deleted() {
    let server = Server::new();
    let project = applied(&server);
    let other = SECRET.replace("C4naryA", "C4naryB");
    project.write("main.tf", &configuration("b", &other));
    let plan = project.run("plan").succeeds().says("Plan: 0 to add, 2 to change, 0 to destroy.");
    let plan = plan.never_says("C4nary").says("raw_secret_access_key = (sensitive value)");
    let _ = plan.says("\"a\" -> \"b\"");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().never_says("C4nary");
    assert_eq!(count(&server.requests_since(mark), "UpdateCustomKeyStore"), 2, "one call each");
    assert_eq!(names(&server), ["b", "b-hsm"]);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("show -json").succeeds().never_says("C4nary");
    let database = std::fs::read(project.folder().join("state/meridian.db")).unwrap();
    assert!(!database.windows(6).any(|window| window == b"C4nary"), "kept in clear");
    let _ = project.run("destroy -auto-approve").succeeds();
    assert!(names(&server).is_empty());
}

#[test]
fn a_store_is_imported_with_its_proxy() {
    let server = Server::new();
    let _ = applied(&server);
    let mut text = configuration("a", SECRET);
    for (to, name) in [("x", "a"), ("h", "a-hsm")] {
        let id = id(&server, name);
        text += &format!("import {{\n  to = aws_kms_custom_key_store.{to}\n  id = \"{id}\"\n}}\n");
    }
    let project = Project::of(&text).at(&server);
    let plan = project.run("plan").succeeds().never_says("C4nary");
    let _ = plan.says("Plan: 2 to import, 0 to add, 2 to change, 0 to destroy.");
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_is_changed_or_deleted_outside_is_seen() {
    let server = Server::new();
    let project = applied(&server);
    let kms = server.kms(HOME);
    let renamed = kms.update_custom_key_store().custom_key_store_id(id(&server, "a"));
    server.wait(renamed.new_custom_key_store_name("theirs").send()).unwrap();
    let deleted = kms.delete_custom_key_store().custom_key_store_id(id(&server, "a-hsm"));
    server.wait(deleted.send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("\"theirs\" -> \"a\"").says("aws_kms_custom_key_store.h will be created");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(names(&server), ["a", "a-hsm"]);
}

#[test]
fn a_connected_store_is_not_deleted_and_it_is_said_why() {
    let server = Server::new();
    let project = applied(&server);
    let kms = server.kms(HOME);
    let id = id(&server, "a");
    server.wait(kms.connect_custom_key_store().custom_key_store_id(&id).send()).unwrap();
    let ran = project.run("destroy -auto-approve").fails();
    let _ = ran.says(&format!(
        "aws kms disconnect-custom-key-store --region {HOME} --custom-key-store-id {id}"
    ));
    assert_eq!(names(&server), ["a"], "what could go is gone");
}

#[test]
fn lost_answers_double_nothing() {
    for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
        let server = Server::new();
        server.next_few("CreateCustomKeyStore", action, 2);
        let _ = applied(&server);
    }
}

#[test]
fn wrong_values_are_told_without_secrets() {
    let text = configuration("a", SECRET)
        .replace("\"EXTERNAL_KEY_STORE\"", "\"X\"")
        .replace("\"PUBLIC_ENDPOINT\"", "\"Y\"");
    let ran = Project::of(&text).run("validate").fails();
    let types =
        r#"custom_key_store_type to be one of ["AWS_CLOUDHSM" "EXTERNAL_KEY_STORE"], got X"#;
    let ways =
        r#"xks_proxy_connectivity to be one of ["PUBLIC_ENDPOINT" "VPC_ENDPOINT_SERVICE"], got Y"#;
    let _ = ran.says(&format!("expected {types}")).says(&format!("expected {ways}"));

    let text = configuration("a", SECRET).replace(&format!("\"{PASSWORD}\""), "var.password");
    let text = format!("{text}\nvariable \"password\" {{\n  type = string\n}}\n");
    let ran = Project::of(&text).run("-local plan -var=password=C4nary").fails();
    let _ = ran.never_says("C4nary").says("the value of key_store_password is not valid");
}
