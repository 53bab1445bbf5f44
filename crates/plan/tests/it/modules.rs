//! Modules: instances, variables, outputs and what leans on what.

use meridian_lang::Value;
use meridian_plan::Mode;

use crate::world::*;

/// The names of the boxes that a configuration makes, by address.
fn names(text: &str) -> Vec<(String, String)> {
    let plan = plan_in(World::default(), text);
    let named = plan.changes.iter().map(|it| {
        let name = it.after.as_ref().and_then(|after| after.get_str("name"));
        (it.address.to_string(), name.unwrap_or("(unknown)").to_owned())
    });
    named.collect()
}

#[test]
fn modules_are_nested_and_repeated() {
    let text = r#"
        module "o" {
            source   = "./o"
            for_each = { a = 1, b = 2 }
            n        = each.value
            prefix   = each.key
        }
        --- o/main.tf
        variable "n" {}
        variable "prefix" {}
        module "i" {
            source = "./i"
            count  = var.n
            name   = "${var.prefix}${count.index}"
        }
        --- o/i/main.tf
        variable "name" {}
        resource "fake_box" "x" { name = var.name }
    "#;
    let expected = [
        ("module.o[\"a\"].module.i[0].fake_box.x", "a0"),
        ("module.o[\"b\"].module.i[0].fake_box.x", "b0"),
        ("module.o[\"b\"].module.i[1].fake_box.x", "b1"),
    ];
    assert_eq!(names(text), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert!(!plan_in(World::of(text), text).has_changes());
}

#[test]
fn two_modules_may_lean_on_each_others_outputs() {
    let text = r#"
        module "a" {
            source = "./m"
            first  = "one"
            second = module.b.first
        }
        module "b" {
            source = "./m"
            first  = module.a.first
            second = "two"
        }
        --- m/main.tf
        variable "first" {}
        variable "second" {}
        resource "fake_box" "first" { name = "first-${var.first}" }
        resource "fake_box" "second" { name = "second-${var.second}" }
        output "first" { value = fake_box.first.name }
    "#;
    let plan = plan_in(World::default(), text);
    let name = after(&plan, "module.a.fake_box.second", "name");
    assert_eq!(name.as_str(), Some("second-first-first-one"));
}

#[test]
fn an_instance_depends_on_its_own_siblings_only() {
    let text = r#"
        module "m" {
            source = "./m"
            count  = 2
            n      = count.index
        }
        --- m/main.tf
        variable "n" {}
        resource "fake_box" "a" { name = "a${var.n}" }
        resource "fake_box" "b" {
            name   = "b${var.n}"
            parent = fake_box.a.id
        }
    "#;
    let plan = plan_in(World::default(), text);
    let needed = &change(&plan, "module.m[1].fake_box.b").dependencies;
    let needed: Vec<String> = needed.iter().map(ToString::to_string).collect();
    assert_eq!(needed, ["module.m[1].fake_box.a"]);
}

#[test]
fn variables_take_their_defaults_and_keep_their_rules() {
    let call = |argument: &str, variable: &str| {
        format!(
            "module \"m\" {{\n source = \"./m\"\n {argument}\n}}\noutput \"o\" {{ value = module.m.o }}\n\
             --- m/main.tf\nvariable \"v\" {{\n default = \"d\"\n {variable}\n}}\noutput \"o\" {{ value = var.v }}"
        )
    };
    for (argument, variable, expected) in [
        ("", "", Some(Value::string("d"))),
        ("v = null", "", None),
        ("v = null", "nullable = false", Some(Value::string("d"))),
        ("v = 1", "type = string", Some(Value::string("1"))),
    ] {
        let plan = plan_in(World::default(), &call(argument, variable));
        assert_eq!(plan.outputs[0].after, expected, "{argument} {variable}");
    }
    let rule = "validation {\n condition = var.v == \"d\"\n error_message = \"no\"\n}";
    let text = call("v = \"x\"", rule);
    let project = Project::new(&text);
    let errors = project.plan(Mode::Normal, World::default()).expect_err("it breaks the rule");
    let error = errors.iter().next().expect("an error");
    assert_eq!(error.summary, "Invalid value for variable");
    // The argument is what is wrong, not the variable.
    assert_eq!(project.config.sources.excerpt(error.span.expect("a place")), "\"x\"");
    let sensitive = call("v = \"x\"", "sensitive = true");
    assert_eq!(errors_in(World::default(), &sensitive), ["Output refers to sensitive values"]);
}

#[test]
fn a_long_chain_of_values_needs_no_deep_recursion() {
    let mut text = String::from("locals {\n l0 = 1\n");
    for index in 1..10_000 {
        text.push_str(&format!("l{index} = local.l{}\n", index - 1));
    }
    text.push_str("}\noutput \"o\" { value = local.l9999 }");
    let plan = plan_in(World::default(), &text);
    assert_eq!(plan.outputs[0].after, Some(Value::number(1)));
}

#[test]
fn nothing_of_a_module_without_instances_is_made() {
    let text = r#"
        module "m" {
            source = "./m"
            count  = 0
        }
        output "one" { value = one(module.m[*].id) }
        output "length" { value = length(module.m) }
        --- m/main.tf
        resource "fake_box" "a" { name = "a" }
        output "id" { value = fake_box.a.id }
    "#;
    let plan = plan_in(World::default(), text);
    assert!(plan.changes.is_empty());
    assert_eq!(plan.outputs[0].after, Some(Value::number(0)));
    assert_eq!(plan.outputs[1].after, None);
}

#[test]
fn providers_are_passed_into_modules() {
    let text = r#"
        provider "fake" { region = "near" }
        provider "fake" {
            alias  = "far"
            region = "far"
        }
        module "plain" { source = "./m" }
        module "moved" {
            source    = "./m"
            providers = { fake = fake.far }
        }
        module "both" {
            source    = "./two"
            providers = {
                fake       = fake
                fake.other = fake.far
            }
        }
        --- m/main.tf
        terraform {
            required_providers {
                fake = { source = "hashicorp/fake" }
            }
        }
        resource "fake_box" "a" { name = "a" }
        --- two/main.tf
        terraform {
            required_providers {
                fake = {
                    source                = "hashicorp/fake"
                    configuration_aliases = [fake.other]
                }
            }
        }
        resource "fake_box" "near" { name = "b" }
        resource "fake_box" "far" {
            provider = fake.other
            name     = "c"
        }
        module "inner" {
            source    = "./inner"
            providers = { fake = fake.other }
        }
        --- two/inner/main.tf
        resource "fake_box" "deep" { name = "d" }
    "#;
    let plan = plan_in(World::default(), text);
    for (address, region) in [
        ("module.plain.fake_box.a", "near"),
        ("module.moved.fake_box.a", "far"),
        ("module.both.fake_box.near", "near"),
        ("module.both.fake_box.far", "far"),
        ("module.both.module.inner.fake_box.deep", "far"),
    ] {
        let change = change(&plan, address);
        assert_eq!(change.region, region, "{address}");
        assert!(change.calls.iter().all(|call| call.region == region), "{address}");
    }
}
