//! The console, as scripts use it.

use crate::support::{PROVIDERS, Project, Server};

const VALUES: &str = r#"
variable "x" {
  default = 1
}
variable "required" {}
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
locals {
  both = { open = var.x, closed = var.secret }
}
"#;

#[track_caller]
fn said(project: &Project, line: &str, input: &str) -> String {
    project.run_with(line, input).succeeds().out
}

/// What Terraform 1.11.4 makes of the same input.
#[test]
fn the_value_of_the_last_line_is_printed() {
    let project = Project::of(VALUES);
    assert_eq!(said(&project, "console", "var.x\nvar.x + 2\n"), "3\n");
    assert_eq!(said(&project, "console", "var.x + 2"), "3\n");
    assert_eq!(said(&project, "console", ""), "\n");
    assert_eq!(said(&project, "console", "1\nexit\n2\n"), "");
    assert_eq!(said(&project, "console", "1 # a comment\n"), "1\n");
    assert_eq!(said(&project, "console", "var.required\n"), "(known after apply)\n");
    assert_eq!(said(&project, "console -var required=q", "var.required\n"), "\"q\"\n");
    assert_eq!(said(&project, "console", "terraform.workspace\n"), "\"default\"\n");
    assert_eq!(said(&project, "console", "path.module\n"), "\".\"\n");
    assert_eq!(
        said(&project, "console", "type({ a = [1] })\n"),
        "object({\n    a: tuple([\n        number,\n    ]),\n})\n"
    );
    let _ = project.run_with("console", "help\n").succeeds().says("Type an expression");
}

#[test]
fn the_first_error_ends_it() {
    let project = Project::of(VALUES);
    for (input, summary) in [
        ("1\nfoo()\n2\n", "Call to unknown function"),
        ("1\nvar.nope\n", "Reference to undeclared input variable"),
        ("local.nope\n", "Reference to undeclared local value"),
        ("aws_kms_key.nope\n", "Reference to undeclared resource"),
        ("module.x\n", "Reference to undeclared module"),
        ("self\n", "Invalid \"self\" reference"),
        ("each.key\n", "Reference to \"each\" in context without for_each"),
        ("x\n", "Invalid reference"),
        ("1 +\n", "Missing expression"),
        ("1 2\n", "Extra characters after expression"),
        ("[type(1)]\n", "Invalid use of type function"),
        ("type()\n", "Not enough function arguments"),
    ] {
        let ran = project.run_with("console", input).fails();
        assert_eq!(ran.out, "", "{input}");
        assert_eq!(ran.err.matches("Error:").count(), 1, "{}", ran.err);
        let _ = ran.says(summary);
    }
}

#[test]
fn an_open_bracket_goes_on_in_the_next_line() {
    let project = Project::new();
    assert_eq!(said(&project, "console", "length([1,\n  2,\n])\n"), "2\n");
    assert_eq!(said(&project, "console", "<<E\na\nE\n"), "<<EOT\na\n\nEOT\n");
}

#[test]
fn what_is_secret_is_not_shown() {
    let project = Project::of(VALUES);
    for input in ["var.secret\n", "local.both\n", "upper(var.secret)\n", "[var.secret]\n"] {
        let ran = project.run_with("console", input).succeeds();
        let _ = ran.says("(sensitive value)").never_says("hunter2").never_says("HUNTER2");
    }
    assert_eq!(said(&project, "console", "nonsensitive(var.secret)\n"), "\"hunter2\"\n");
}

#[test]
fn values_of_the_state_can_be_looked_at() {
    let server = Server::new();
    let project = Project::of(&format!(
        "{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n  for_each    = toset([\"a\"])\n  \
         description = \"key ${{each.key}}\"\n}}\n"
    ))
    .at(&server);
    let expression = "aws_kms_key.app[\"a\"].description\n";
    assert_eq!(said(&project, "console", expression), "(known after apply)\n");
    assert_eq!(said(&project, "console -plan", expression), "\"key a\"\n");
    let _ = project.run("apply -auto-approve").succeeds();
    let asked = server.mark();
    assert_eq!(said(&project, "console", expression), "\"key a\"\n");
    assert_eq!(server.mark(), asked, "the cloud is not asked");
}
