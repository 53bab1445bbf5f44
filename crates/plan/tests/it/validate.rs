//! What is found wrong without a state, a cloud, or the values of variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::Value;
use meridian_plan::{Options, Values, validate};

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
    let found =
        validate(&project.config, &project.graph, &project.registry, &values, &Options::default());
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

#[test]
fn types_that_are_not_built_in_are_told_at_once() {
    let text = r#"
        terraform {
            required_providers {
                fake = { source = "example.com/test/fake" }
            }
        }
        resource "fake_bix" "near" { name = "a" }
        resource "other_thing" "a" {}
        resource "other_thing" "b" { count = 2 }
        data "other_look" "c" {}
        resource "fake_box" "d" {
            name  = "d"
            label = module.m.id
        }
        module "m" { source = "./m" }
        --- m/main.tf
        resource "fake_entirely_new" "e" {}
        resource "fake_bix" "f" {}
        output "id" { value = fake_entirely_new.e.id }
    "#;
    let project = Project::new(text);
    let told = |options: Options| -> Vec<(String, String)> {
        let graph = Some(&project.graph);
        let found =
            meridian_plan::foreign_types(&project.config, graph, &project.registry, &options);
        let shown = |it: &meridian_lang::Diagnostic| {
            let help = it.help.clone().unwrap_or_default();
            (it.summary.clone(), format!("{}\n{help}", it.detail))
        };
        found.iter().map(shown).collect()
    };
    let target = |text: &str| vec![meridian_graph::Target::parse(text).expect(text)];
    let all = told(Options::default());
    let summaries: Vec<&str> = all.iter().map(|(summary, _)| summary.as_str()).collect();
    assert_eq!(summaries, ["Invalid resource type", "Unsupported resource types"]);
    assert!(all[0].1.contains("did you mean \"fake_box\"?"), "{}", all[0].1);
    for part in
        ["other_thing.a, other_thing.b", "data.other_look.c", "module.m.fake_entirely_new.e"]
    {
        assert!(all[1].1.contains(part), "{part}: {}", all[1].1);
    }
    let part = told(Options { targets: target("fake_box.d"), ..Options::default() });
    assert_eq!(part.len(), 1);
    assert!(part[0].1.contains("module.m.fake_entirely_new.e"), "{}", part[0].1);
    assert!(!part[0].1.contains("other_"), "what is not worked on is not told: {}", part[0].1);
    let rest = told(Options { targets: target("fake_bix.near"), ..Options::default() });
    assert_eq!(rest.len(), 1, "{rest:?}");
    let excluded = told(Options { excludes: target("module.m"), ..Options::default() });
    assert!(!excluded[1].1.contains("module.m"), "{}", excluded[1].1);
}

#[test]
fn an_argument_that_should_no_longer_be_given_leads_to_a_warning() {
    let text = |value: &str| {
        format!("data \"fake_echo\" \"a\" {{\n text = \"t\"\n old_text = {value}\n}}")
    };
    for (value, expected) in [("\"x\"", &["Argument is deprecated"][..]), ("null", &[])] {
        assert_eq!(found(&text(value)), expected, "{value}");
        assert!(!plan_in(World::default(), &text(value)).has_changes(), "it is no error");
    }
}

#[test]
fn variables_of_called_modules_are_validated_as_far_as_their_calls_tell() {
    let text = |argument: &str| {
        format!(
            "variable \"v\" {{ default = 0 }}\nmodule \"m\" {{\n source = \"./m\"\n count = 2\n \
             x = {argument}\n}}\n--- m/main.tf\nvariable \"x\" {{\n type = number\n validation {{\n \
             condition = var.x > 5\n error_message = \"small\"\n }}\n}}\n"
        )
    };
    const WRONG: &[&str] = &["Invalid value for variable"];
    for (argument, expected) in
        [("7", &[][..]), ("1", WRONG), ("1 + 1", WRONG), ("var.v", &[]), ("count.index", &[])]
    {
        assert_eq!(found_with_defaults(&text(argument)), expected, "{argument}");
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
    let found =
        validate(&project.config, &project.graph, &project.registry, &values, &Options::default());
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
