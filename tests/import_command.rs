//! `meridian import`: one object, at once.

use serde_json::Value as Json;

use crate::support::{HOME, PROVIDERS, Project, Server, changing};

/// A key that no one manages.
fn key(server: &Server, description: &str) -> String {
    let made = server.kms(HOME).create_key().description(description).send();
    let made = server.wait(made).unwrap();
    made.key_metadata.unwrap().key_id
}

fn secret(server: &Server, name: &str, value: &str) -> (String, String) {
    let made = server.secrets(HOME).create_secret().name(name).secret_string(value).send();
    let made = server.wait(made).unwrap();
    (made.arn.unwrap(), made.version_id.unwrap())
}

#[test]
fn a_key_is_taken_over_as_it_is() {
    let server = Server::new();
    let id = key(&server, "found");
    let project = Project::of(&format!(
        "{PROVIDERS}resource \"aws_kms_key\" \"a\" {{\n  description = \"wanted\"\n}}\n"
    ))
    .at(&server);
    let mark = server.mark();
    let said = project.run(&format!("import aws_kms_key.a {id}")).succeeds().out;
    let expected = format!(
        "aws_kms_key.a: Importing from ID \"{id}\"...\naws_kms_key.a: Import prepared!\n  \
         Prepared aws_kms_key for import\naws_kms_key.a: Refreshing state... [id={id}]\n\n\
         Import successful!\n\nThe resources that were imported are shown above. These resources \
         are now in\nyour Meridian state and will henceforth be managed by Meridian.\n\n"
    );
    assert_eq!(said, expected);
    assert_eq!(changing(&server.requests_since(mark)), "");
    let _ = project.run("state show aws_kms_key.a").succeeds().says("description = \"found\"");
    let _ = project
        .run("plan")
        .succeeds()
        .says("\"found\" -> \"wanted\"")
        .says("0 to add, 1 to change");
    let _ = project
        .run(&format!("import aws_kms_key.a {id}"))
        .fails()
        .says("Resource already managed by Meridian")
        .says("you must first remove the existing object from the state");
}

#[test]
fn instances_of_blocks_in_modules_are_taken_over() {
    let server = Server::new();
    let (one, two) = (key(&server, "one"), key(&server, "two"));
    let project = Project::of(&format!(
        r#"{PROVIDERS}
variable "names" {{
  type = set(string)
}}
resource "aws_kms_key" "named" {{
  for_each    = var.names
  description = each.key
}}
module "m" {{
  source   = "./m"
  for_each = var.names
}}
output "id" {{
  value = module.m["one"].id
}}
"#
    ))
    .at(&server);
    std::fs::create_dir_all(project.folder().join("m")).unwrap();
    let inner = "resource \"aws_kms_key\" \"in\" {\n  count = 1\n  description = \"two\"\n}\n\
                 output \"id\" {\n  value = aws_kms_key.in[0].id\n}\n";
    project.write("m/m.tf", inner);
    let names = "-var names=[\"one\"]";
    let _ = project.run(&format!("import aws_kms_key.named[\"one\"] {one}")).fails().says("names");
    let _ = project.run(&format!("import {names} aws_kms_key.named[\"one\"] {one}")).succeeds();
    let _ = project
        .run(&format!("import {names} module.m[\"one\"].aws_kms_key.in[0] {two}"))
        .succeeds();
    let _ = project
        .run(&format!("plan {names}"))
        .succeeds()
        .says("Plan: 0 to add, 2 to change, 0 to destroy.");
    for (address, summary) in [
        ("aws_kms_key.named[\"zz\"]", "Configuration for import target does not exist"),
        ("aws_kms_key.named", "Configuration for import target does not exist"),
        ("module.m[\"one\"].aws_kms_key.in[7]", "Configuration for import target does not exist"),
        (
            "aws_kms_key.zz",
            "resource address \"aws_kms_key.zz\" does not exist in the configuration.",
        ),
        (
            "module.m[\"one\"].aws_kms_key.zz",
            "please create its configuration in module.m[\"one\"]",
        ),
        ("module.zz.aws_kms_key.a", "Import to non-existent module"),
        ("module.m", "A resource instance address is required here."),
        ("data.a.b", "Importing into a data resource is not allowed."),
        ("x[", "Index brackets must contain"),
    ] {
        let _ = project.run(&format!("import {names} {address} {one}")).fails().says(summary);
    }
    let gone = "import -var names=[\"one\",\"two\"] aws_kms_key.named[\"two\"] 1234abcd-12ab-34cd-56ef-1234567890ab";
    let _ = project.run(gone).fails().says("Cannot import non-existent remote object");
    let list = project.run("state list").succeeds().out;
    assert_eq!(list, "aws_kms_key.named[\"one\"]\nmodule.m[\"one\"].aws_kms_key.in[0]\n");
}

#[test]
fn a_value_that_is_taken_over_is_never_shown() {
    let server = Server::new();
    let (arn, version) = secret(&server, "app", "C4nary-Q7f!TokenZ9");
    let project = Project::of(&format!(
        r#"{PROVIDERS}
resource "aws_secretsmanager_secret" "app" {{
  name = "app"
}}
resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "C4nary-Q7f!TokenZ9"
}}
"#
    ))
    .at(&server);
    let import = |address: &str, id: &str| project.run(&format!("import {address} {id}"));
    let _ = import("aws_secretsmanager_secret.app", &arn).succeeds();
    let id = format!("{arn}|{version}");
    let said = import("aws_secretsmanager_secret_version.app", &id).succeeds();
    let _ = said.never_says("C4nary");
    let _ = project
        .run("plan")
        .succeeds()
        .says("0 to add")
        .says("0 to destroy")
        .never_says("secret_version.app must");
    let pulled: Json = serde_json::from_str(&project.run("state pull").succeeds().out).unwrap();
    assert!(!pulled.to_string().contains("C4nary"));
    for file in std::fs::read_dir(project.folder().join("state")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"C4nary"));
    }
}
