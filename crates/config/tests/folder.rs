//! What is read from a folder: configuration files and values of variables.

use std::fs;

use meridian_config::{VariableOption, Variables, load, variables, variables_asking};
use meridian_lang::{Type, Value};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn values(
    files: &[(&str, &str)],
    environment: &[(&str, &str)],
    command_line: &[VariableOption],
) -> Variables {
    let folder = folder(files);
    let mut loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let environment: Vec<_> =
        environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    variables(&mut loaded.config, &environment, command_line)
}

fn option(assignment: &str) -> VariableOption {
    VariableOption::Value(assignment.to_owned())
}

fn summaries(variables: &Variables) -> Vec<&str> {
    variables.diagnostics.iter().map(|problem| &*problem.summary).collect()
}

#[test]
fn files_are_read_in_order_and_those_of_editors_left_alone() {
    let folder = folder(&[
        ("b.tf", "locals {\n  b = 1\n}\n"),
        ("a.tf", "\u{feff}locals {\n  a = 1\n}\n"),
        ("c.tf~", "nonsense"),
        (".#d.tf", "nonsense"),
        ("notes.txt", "nonsense"),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty());
    let names: Vec<_> = loaded.config.sources.files().map(|(name, _)| name).collect();
    assert_eq!(names, ["a.tf", "b.tf"]);
}

#[test]
fn a_folder_without_configuration_is_an_error() {
    let folder = folder(&[("notes.txt", "")]);
    let loaded = load(folder.path());
    let summaries: Vec<_> = loaded.diagnostics.iter().map(|problem| &*problem.summary).collect();
    assert_eq!(summaries, ["No configuration files"]);
}

#[test]
fn later_sources_of_values_win() {
    let files = [
        (
            "main.tf",
            r#"variable "a" {}
variable "b" {}
variable "c" {}
variable "d" {}
variable "e" {}
variable "f" {
  default = "default"
}
"#,
        ),
        ("terraform.tfvars", "b = \"tfvars\"\nc = \"tfvars\"\nd = \"tfvars\"\ne = \"tfvars\"\n"),
        ("y.auto.tfvars", "c = \"y\"\nd = \"y\"\ne = \"y\"\n"),
        ("z.auto.tfvars.json", "{\"d\": \"z\", \"e\": \"z\"}"),
    ];
    let environment =
        [("TF_VAR_a", "environment"), ("TF_VAR_e", "environment"), ("TF_VAR_no", "x")];
    let found = values(&files, &environment, &[option("e=first"), option("e=last")]);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    let texts: Vec<_> = found.values.values().filter_map(Value::as_str).collect();
    assert_eq!(texts, ["environment", "tfvars", "y", "z", "last", "default"]);
}

#[test]
fn texts_are_taken_as_they_stand_unless_the_type_needs_an_expression() {
    let files = [(
        "main.tf",
        r#"variable "text" {}
variable "number" {
  type = number
}
variable "list" {
  type = list(string)
}
variable "any" {
  type = any
}
"#,
    )];
    let command_line =
        [option("text=null"), option("number=07"), option("list=[1, true]"), option("any={a=1}")];
    let found = values(&files, &[], &command_line);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    assert_eq!(found.values["text"], Value::string("null"));
    assert_eq!(found.values["number"], Value::number(7));
    let strings = ["1", "true"].map(Value::string);
    assert_eq!(found.values["list"], Value::list(Type::String, strings));
    assert_eq!(found.values["any"], Value::object([("a", Value::number(1))]));
}

#[test]
fn null_means_the_default_where_it_is_not_allowed() {
    let files = [
        (
            "main.tf",
            r#"variable "a" {
  default = 1
  nullable = false
}
variable "b" {
  default = 1
}
variable "c" {
  nullable = false
}
"#,
        ),
        ("terraform.tfvars", "a = null\nb = null\nc = null\n"),
    ];
    let found = values(&files, &[], &[]);
    assert_eq!(found.values["a"], Value::number(1));
    assert!(found.values["b"].is_null());
    assert_eq!(summaries(&found), ["Required variable not set"]);
}

#[test]
fn sensitive_variables_have_marked_values() {
    let text = "variable \"a\" {\n  sensitive = true\n}\n";
    let found = values(&[("main.tf", text)], &[("TF_VAR_a", "hunter2")], &[]);
    assert!(found.values["a"].is_sensitive());
}

#[test]
fn values_that_do_not_fit_are_reported() {
    let text = "variable \"a\" {\n  type = bool\n}\n";
    let cases: [(&[VariableOption], &[&str]); 5] = [
        (&[], &["No value for required variable"]),
        (&[option("a=TRUE")], &["Invalid value for input variable"]),
        (&[option("a=true"), option("z=1")], &["Value for undeclared variable"]),
        (&[option("a")], &["Invalid -var option"]),
        (&[VariableOption::File("nowhere.tfvars".into())], &["Failed to read variables file"]),
    ];
    for (command_line, expected) in cases {
        assert_eq!(summaries(&values(&[("main.tf", text)], &[], command_line)), expected);
    }
}

#[test]
fn undeclared_names_in_files_are_warnings_of_which_two_are_shown() {
    let files = [("main.tf", "locals {}\n"), ("terraform.tfvars", "a = 1\nb = 1\nc = 1\nd = 1\n")];
    let found = values(&files, &[], &[]);
    assert!(!found.diagnostics.has_errors());
    assert_eq!(
        summaries(&found),
        [
            "Value for undeclared variable",
            "Value for undeclared variable",
            "Values for undeclared variables",
        ]
    );
}

#[test]
fn what_has_no_value_is_asked_for_in_the_order_of_the_names() {
    let text = "variable \"b\" {\n  type = list(number)\n}\nvariable \"a\" {}\nvariable \"c\" {\n  \
                default = 1\n}\nvariable \"d\" {}\nvariable \"e\" {}\n";
    let folder = folder(&[("main.tf", text)]);
    let mut config = load(folder.path()).config;
    let environment = [("TF_VAR_d".to_owned(), "given".to_owned())];
    let mut asked = Vec::new();
    let found = variables_asking(&mut config, &environment, &[], &mut |variable| {
        asked.push(variable.name.text.to_string());
        match asked.len() {
            1 => Some("null".to_owned()),
            2 => Some("[1, 2]".to_owned()),
            _ => None,
        }
    });
    assert_eq!(asked, ["a", "b", "e"]);
    assert_eq!(found.values["a"], Value::string("null"));
    assert_eq!(found.values["b"], Value::list(Type::Number, [Value::number(1), Value::number(2)]));
    assert_eq!(summaries(&found), ["No value for required variable"]);
}
