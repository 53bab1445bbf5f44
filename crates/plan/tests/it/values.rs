//! What a planned object is made of: configuration, defaults, what is, and what is not known yet.

use meridian_lang::{Path, Type, Value};
use meridian_plan::Action;

use crate::world::*;

#[test]
fn what_the_cloud_filled_in_stays_until_something_else_is_written() {
    let silent = r#"resource "fake_box" "a" { name = "a" }"#;
    let written = r#"resource "fake_box" "a" {
        name   = "a"
        policy = "mine"
    }"#;
    let plan = plan_in(World::of(silent), written);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(after(&plan, "fake_box.a", "policy").as_str(), Some("mine"));
    let plan = plan_in(World::of(written), silent);
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
    assert_eq!(after(&plan, "fake_box.a", "policy").as_str(), Some("mine"));
}

#[test]
fn another_spelling_of_the_same_is_no_change() {
    let text = |policy: &str| {
        format!("resource \"fake_box\" \"a\" {{\n name = \"a\"\n policy = \"{policy}\"\n}}")
    };
    let world = World::of(&text("allow"));
    let plan = plan_in(world.clone(), &text("  allow "));
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
    assert_eq!(after(&plan, "fake_box.a", "policy").as_str(), Some("allow"));
    let plan = plan_in(world, &text("deny"));
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
}

const CHAIN: &str = r#"
    resource "fake_box" "a" { name = "a" }
    locals {
        direct   = fake_box.a.id
        indirect = "<${local.direct}>"
    }
    resource "fake_box" "b" {
        name   = "b"
        parent = local.indirect
        size   = length(local.direct) > 0 ? 2 : 2
    }
    output "through" { value = local.indirect }
    output "known" { value = fake_box.b.name }
"#;

#[test]
fn what_is_unknown_stays_so_through_locals_resources_and_outputs() {
    let plan = plan_in(World::default(), CHAIN);
    let parent = after(&plan, "fake_box.b", "parent");
    assert!(!parent.is_known());
    assert_eq!(parent.ty(), Type::String);
    let output = |name: &str| {
        let found = plan.outputs.iter().find(|it| &*it.name == name).expect("an output");
        found.after.clone().expect("a value")
    };
    assert!(!output("through").is_known());
    assert_eq!(output("known").as_str(), Some("b"), "what is written is known");
    let dependencies: Vec<String> =
        change(&plan, "fake_box.b").dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(dependencies, ["fake_box.a"], "through locals too");
}

#[test]
fn once_known_it_travels_on() {
    let plan = plan_in(World::of(CHAIN), CHAIN);
    assert!(!plan.has_changes(), "{:#?}", plan.changes);
    let parent = after(&plan, "fake_box.b", "parent");
    assert_eq!(parent.as_str(), Some("<id of fake_box.a>"));
}

#[test]
fn what_leans_on_a_replaced_object_is_not_known() {
    let renamed = CHAIN.replacen("name = \"a\"", "name = \"z\"", 1);
    let plan = plan_in(World::of(CHAIN), &renamed);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Replace);
    assert_eq!(change(&plan, "fake_box.b").action, Action::Update);
    assert!(!after(&plan, "fake_box.b", "parent").is_known());
}

fn replicas(lines: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n name = \"a\"\n {lines}\n}}")
}

#[test]
fn elements_of_a_set_are_matched_by_their_key() {
    let one = replicas("replica { region = \"x\" }");
    let two = replicas("replica { region = \"x\" }\n replica { region = \"y\" }");
    let plan = plan_in(World::of(&one), &two);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    let set = after(&plan, "fake_box.a", "replica");
    let of = |region: &str| {
        set.children().find(|it| it.get_str("region") == Some(region)).expect("element").clone()
    };
    assert_eq!(of("x").get_str("status"), Some("status of fake_box.a"), "it stays as it is");
    assert!(!of("y").get("status").expect("status").is_known(), "it is new");

    let plan = plan_in(World::of(&two), &one);
    assert_eq!(after(&plan, "fake_box.a", "replica").as_elements().map(<[_]>::len), Some(1));
    let turned = replicas("replica { region = \"y\" }\n replica { region = \"x\" }");
    assert_eq!(change(&plan_in(World::of(&two), &turned), "fake_box.a").action, Action::NoOp);
}

#[test]
fn an_element_of_a_set_that_changed_is_a_new_one() {
    let plain = replicas("replica { region = \"x\" }");
    let keyed = replicas("replica {\n region = \"x\"\n key = \"k\"\n }");
    let plan = plan_in(World::of(&plain), &keyed);
    let set = after(&plan, "fake_box.a", "replica");
    let element = set.children().next().expect("element");
    assert_eq!(element.get_str("key"), Some("k"));
    assert!(!element.get("status").expect("status").is_known());
}

#[test]
fn settings_of_the_engine_are_no_attribute_of_the_object() {
    let plain = replicas("");
    let patient = replicas("timeouts { create = \"5m\" }");
    let plan = plan_in(World::of(&plain), &patient);
    assert!(calls(&plan, "fake_box.a").is_empty());
    assert_eq!(plan.drift, []);
}

#[test]
fn arguments_are_converted_and_checked() {
    let converted = replicas("size = \"7\"\n label = 12");
    let plan = plan_in(World::default(), &converted);
    assert_eq!(*after(&plan, "fake_box.a", "size"), Value::number(7));
    assert_eq!(after(&plan, "fake_box.a", "label").as_str(), Some("12"));
    for (lines, expected) in [
        ("size = \"many\"", "Incorrect attribute value type"),
        ("arn = \"mine\"", "Value for unconfigurable attribute"),
        ("colour = \"red\"", "Unsupported argument"),
        ("replicas { region = \"x\" }", "Unsupported block type"),
        ("replica { }", "Missing required argument"),
        ("limits { }\n limits { }", "Duplicate limits block"),
    ] {
        assert_eq!(errors_in(World::default(), &replicas(lines)), [expected], "{lines}");
    }
    let nameless = "resource \"fake_box\" \"a\" { }";
    assert_eq!(errors_in(World::default(), nameless), ["Missing required argument"]);
    let null = "resource \"fake_box\" \"a\" { name = null }";
    assert_eq!(errors_in(World::default(), null), ["Missing required argument"]);
}

#[test]
fn all_errors_are_told_and_not_the_first_alone() {
    let text = r#"
        resource "fake_box" "a" { nome = "a" }
        resource "fake_bux" "b" { name = "b" }
        output "c" { value = fake_box.a.color }
    "#;
    let errors = errors_in(World::default(), text);
    assert_eq!(errors.len(), 4, "{errors:?}");
}

#[test]
fn a_change_of_an_attribute_within_a_block_is_seen() {
    let slow = replicas("limits { rate = 1 }");
    let fast = replicas("limits { rate = 2 }");
    let plan = plan_in(World::of(&slow), &fast);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    let planned = change(&plan, "fake_box.a").after.as_ref().expect("a value");
    let rate = Path::attribute("limits").then(meridian_lang::Step::Attribute("rate".into()));
    assert_eq!(planned.at(&rate), Some(&Value::number(2)));
}

#[test]
fn a_long_chain_of_locals_is_no_deep_recursion() {
    const LONG: usize = 3_000;
    let lines = (1..LONG).map(|at| format!(" l{at} = local.l{}\n", at - 1));
    let text = format!(
        "locals {{\n l0 = fake_box.a.name\n{}}}\n\
         resource \"fake_box\" \"a\" {{ name = \"a\" }}\n\
         resource \"fake_box\" \"b\" {{\n name = \"b\"\n parent = local.l{}\n}}\n",
        lines.collect::<String>(),
        LONG - 1
    );
    let plan = plan_in(World::default(), &text);
    assert_eq!(after(&plan, "fake_box.b", "parent").as_str(), Some("a"));
}
