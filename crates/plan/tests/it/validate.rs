//! What is found wrong without a state, a cloud, or the values of variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::Value;
use meridian_plan::{Values, validate};

use crate::world::*;

/// The summaries of what is wrong while every variable is unknown.
fn found(text: &str) -> Vec<String> {
    let project = Project::new(text);
    let variables: BTreeMap<Arc<str>, Value> = project
        .config
        .root()
        .variables
        .iter()
        .map(|it| (it.name.text.clone(), Value::unknown(it.ty.clone())))
        .collect();
    let values = Values::new(&project.config, &variables, &project.surroundings);
    let found = validate(&project.config, &project.graph, &project.registry, &values);
    found.iter().map(|it| it.summary.clone()).collect()
}

#[test]
fn a_sound_configuration_has_nothing_wrong() {
    let text = r#"
        variable "v" {
            default = { x = "1" }
            type    = map(string)
        }
        provider "fake" { region = "east" }
        locals { name = "n-${var.v["x"]}" }
        resource "fake_box" "a" {
            for_each = var.v
            name     = "${local.name}-${each.key}"
            size     = each.value
        }
        resource "fake_box" "b" {
            count  = length(var.v)
            name   = fake_box.a["x"].id
            parent = one(values(fake_box.a)[*].arn)
        }
        output "o" { value = [for it in fake_box.b : it.id] }
    "#;
    assert_eq!(found(text), [""; 0]);
}

#[test]
fn what_is_wrong_for_any_value_is_told() {
    for (text, expected) in [
        ("resource \"fake_bix\" \"a\" { name = \"a\" }", "Invalid resource type"),
        ("resource \"fake_box\" \"a\" { nam = \"a\" }", "Unsupported argument"),
        ("resource \"fake_box\" \"a\" {\n name = \"a\"\n size = 101\n}", "Box too big"),
        (
            "resource \"fake_box\" \"a\" {\n name = \"a\"\n for_each = [1]\n}",
            "Invalid for_each argument",
        ),
        ("provider \"fake\" { region = [] }", "Incorrect attribute value type"),
        ("locals { a = nowhere(1) }", "Call to unknown function"),
        (
            "resource \"fake_box\" \"a\" { name = \"a\" }\noutput \"o\" { value = fake_box.a.colour }",
            "Unsupported attribute",
        ),
    ] {
        assert!(found(text).iter().any(|it| it == expected), "{text}: {:?}", found(text));
    }
}

/// The summaries of what is wrong with what is written, given the variables' defaults.
fn found_with_defaults(files: &str) -> Vec<String> {
    let project = Project::new(files);
    let variables: BTreeMap<Arc<str>, Value> = project
        .config
        .root()
        .variables
        .iter()
        .filter_map(|it| Some((it.name.text.clone(), it.default.clone()?)))
        .collect();
    let values = Values::new(&project.config, &variables, &project.surroundings).unexpanded();
    let found = validate(&project.config, &project.graph, &project.registry, &values);
    found.iter().map(|it| it.summary.clone()).collect()
}

#[test]
fn nothing_is_said_of_values_that_a_block_without_instances_would_have() {
    let text = r#"
        variable "name" {
            type    = string
            default = null
        }
        variable "names" {
            type    = list(string)
            default = []
        }
        variable "parent" {
            type    = object({ arn = string })
            default = null
        }
        locals { first = var.names[0] }
        resource "fake_box" "a" {
            count  = var.name == null ? 0 : 1
            name   = var.name
            size   = var.names[5]
            parent = var.parent.arn
        }
        resource "fake_box" "b" {
            for_each = toset(var.names)
            name     = "${var.name}-${local.first}"
        }
    "#;
    assert_eq!(found_with_defaults(text), [""; 0]);
    // What no value can make right is said all the same.
    let wrong = text.replace("var.parent.arn", "var.parent.colour");
    assert_eq!(found_with_defaults(&wrong), ["Unsupported attribute"]);
}
