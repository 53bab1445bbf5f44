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
