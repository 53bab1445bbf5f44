//! `aws_kms_custom_key_store`: both kinds of stores, whose passwords are kept nowhere.

use meridian_local_aws::FaultAction;

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, changing, count, position};

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

/// A store in a Region, by `region` or by the provider, and what is in it.
fn store_in(place: &str, content: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_custom_key_store" "x" {{
  {place}
  custom_key_store_name  = "a"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"

  xks_proxy_authentication_credential {{
    access_key_id         = "ABCDEFGHIJKLMNOPQRSTUVW"
    raw_secret_access_key = "{SECRET}"
  }}
}}
{content}"#
    )
}

/// A key in the store, with an alias.
fn key_in(place: &str) -> String {
    format!(
        r#"
resource "aws_kms_key" "in" {{
  {place}
  custom_key_store_id     = aws_kms_custom_key_store.x.id
  xks_key_id              = "outside"
  deletion_window_in_days = 7
}}

resource "aws_kms_alias" "in" {{
  {place}
  name          = "alias/in"
  target_key_id = aws_kms_key.in.key_id
}}
"#
    )
}

fn connect(server: &Server, region: &str) -> String {
    let kms = server.kms(region);
    let stores = server.wait(kms.describe_custom_key_stores().send()).unwrap();
    let id = stores.custom_key_stores()[0].custom_key_store_id().unwrap().to_owned();
    server.wait(kms.connect_custom_key_store().custom_key_store_id(&id).send()).unwrap();
    id
}

fn key_states(server: &Server, region: &str) -> Vec<String> {
    let kms = server.kms(region);
    let keys = server.wait(kms.list_keys().send()).unwrap();
    let described = keys.keys().iter().map(|key| {
        let described = server.wait(kms.describe_key().key_id(key.key_id().unwrap()).send());
        described.unwrap().key_metadata.unwrap().key_state.unwrap().as_str().to_owned()
    });
    described.collect()
}

/// A key cannot leave its store, so a store in another Region is a new store with new keys. Both
/// can exist, so nothing goes before what takes its place is there.
#[test]
fn a_store_that_moves_to_another_region_loses_no_key() {
    for (here, there) in [
        ("", "provider = aws.ireland"),
        ("", "region = \"eu-west-1\""),
        ("region = \"eu-central-1\"", "region = \"eu-west-1\""),
    ] {
        let server = Server::new();
        let project = Project::of(&store_in(here, "")).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        let old = connect(&server, HOME);
        project.write("main.tf", &store_in(here, &key_in(here)));
        let _ = project.run("apply -auto-approve").succeeds();
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");

        // Also where the key is left where it is, which AWS will refuse.
        project.write("main.tf", &store_in(there, &key_in(here)));
        let plan =
            project.run("plan").succeeds().says("aws_kms_custom_key_store.x must be replaced");
        let _ = plan.says("aws_kms_key.in must be replaced").says("# forces replacement");

        project.write("main.tf", &store_in(there, &key_in(there)));
        let plan = project.run("plan").succeeds();
        let _ = plan
            .says("aws_kms_custom_key_store.x must be replaced")
            .says("aws_kms_key.in must be replaced")
            .says("# (there are keys in this custom key store, so AWS does not delete it yet)")
            .says(&format!("{old} in {HOME} holds aws_kms_key.in."))
            .says("3 to add, 0 to change, 3 to destroy");

        // The new store is not connected: the new key waits, and so does everything that was.
        let ran = project.run("apply -auto-approve").fails();
        let _ = ran.says("CustomKeyStoreInvalidStateException");
        assert_eq!(key_states(&server, HOME), ["Enabled"], "{there}");
        assert_eq!(names(&server), ["a"]);
        let _ = connect(&server, IRELAND);
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").fails();
        let records = server.requests_since(mark);
        assert!(position(&records, "CreateKey") < position(&records, "ScheduleKeyDeletion"));
        assert_eq!(key_states(&server, IRELAND), ["Enabled"]);
        assert_eq!(key_states(&server, HOME), ["PendingDeletion"]);
        assert_eq!(names(&server), ["a"], "its key is not deleted yet");
        let _ = ran.says(&format!("aws kms disconnect-custom-key-store --region {HOME}"));
        let kms = server.kms(HOME);
        server.wait(kms.disconnect_custom_key_store().custom_key_store_id(&old).send()).unwrap();
        let ran = project.run("apply -auto-approve").fails();
        let _ = ran.says(&format!("custom key store {old} still has keys"));

        // When the waiting period is over, the old store goes.
        server.cloud.advance(std::time::Duration::from_secs(8 * 86_400)).unwrap();
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(
            changing(&server.requests_since(mark)).matches("DeleteCustomKeyStore").count(),
            1
        );
        assert!(names(&server).is_empty());
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    }
}

/// In its own Region the old store would have to go first, and cannot.
#[test]
fn a_store_that_is_replaced_where_it_is_with_keys_in_it_is_a_danger() {
    let server = Server::new();
    let project = Project::of(&store_in("", "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = connect(&server, HOME);
    project.write("main.tf", &store_in("", &key_in("")));
    let _ = project.run("apply -auto-approve").succeeds();
    let plan = project.run("plan -replace=aws_kms_custom_key_store.x").succeeds();
    let _ = plan
        .says("DANGER: there are keys in this custom key store, so AWS does not delete it yet")
        .says("aws_kms_key.in must be replaced")
        .says("Leave this block as it is. Add a block for the new store");
}
