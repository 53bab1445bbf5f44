//! A configuration with everything that moves from Terraform and back.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::{KEYS, PROVIDERS, Project, SECRET, Server};

/// What is searched for in files.
pub const CANARY: &str = "C4nary-Q7f!TokenZ9";

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
  # The first version of a secret is the current one, whatever it is called.
  depends_on = [aws_secretsmanager_secret_version.app]
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

/// The configuration, not applied yet.
pub fn project(server: &Server) -> Project {
    let project = Project::of(&configuration()).at(server);
    fs::create_dir_all(project.folder().join("aliases")).unwrap();
    project.write("aliases/main.tf", ALIASES);
    project
}

/// A project whose objects are in a file of Terraform's and in no state of ours.
pub fn handed_back(server: &Server) -> (Project, Json) {
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

/// Whether a file holds a text.
pub fn holds(path: &Path, text: &str) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// The first resource of a type in a state of Terraform.
pub fn resource<'s>(state: &'s mut Json, type_name: &str) -> &'s mut Json {
    let resources = state["resources"].as_array_mut().unwrap();
    resources.iter_mut().find(|it| it["type"] == type_name).expect(type_name)
}
