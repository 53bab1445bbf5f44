//! Outputs of the root module.

use meridian_lang::Value;
use meridian_plan::{Action, OutputChange, Plan};

use crate::world::*;

fn output(plan: &Plan) -> &OutputChange {
    assert_eq!(plan.outputs.len(), 1, "{:#?}", plan.outputs);
    &plan.outputs[0]
}

fn text(value: &str) -> String {
    format!("output \"o\" {{ value = {value} }}")
}

#[test]
fn outputs_are_created_updated_deleted_and_left_alone() {
    let one = World::of(&text("\"1\""));
    let plan = plan_in(World::default(), &text("\"1\""));
    assert_eq!(output(&plan).action, Action::Create);
    assert!(plan.has_changes() && !plan.has_resource_changes());
    assert_eq!(output(&plan_in(one.clone(), &text("\"1\""))).action, Action::NoOp);
    let plan = plan_in(one.clone(), &text("\"2\""));
    assert_eq!(output(&plan).action, Action::Update);
    assert_eq!(output(&plan).before, Some(Value::string("1")));
    assert_eq!(output(&plan).after, Some(Value::string("2")));
    assert_eq!(output(&plan_in(one.clone(), "")).action, Action::Delete);
    let plan = plan_in(one, &text("null"));
    assert_eq!((output(&plan).action, &output(&plan).after), (Action::Update, &None));
    assert_eq!(output(&plan_in(World::default(), &text("null"))).action, Action::NoOp);
}

#[test]
fn a_sensitive_output_must_be_declared() {
    let variable = "variable \"v\" {\n default = \"x\"\n sensitive = true\n}\n";
    let open = format!("{variable}{}", text("[var.v]"));
    assert_eq!(errors_in(World::default(), &open), ["Output refers to sensitive values"]);
    let declared = format!("{variable}output \"o\" {{\n value = [var.v]\n sensitive = true\n}}");
    let plan = plan_in(World::default(), &declared);
    assert!(output(&plan).sensitive && !output(&plan).was_sensitive);
    assert!(is_hidden(output(&plan).after.as_ref().expect("a value")));
    let opened = format!("{variable}{}", text("nonsensitive(var.v)"));
    assert!(!output(&plan_in(World::of(&declared), &opened)).sensitive);
    assert!(output(&plan_in(World::of(&declared), &opened)).was_sensitive);
}

#[test]
fn outputs_are_listed_by_name() {
    let all = ["c", "a", "b"].map(|name| format!("output \"{name}\" {{ value = 1 }}\n")).concat();
    let plan = plan_in(World::of("output \"bb\" { value = 1 }"), &all);
    let names: Vec<&str> = plan.outputs.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["a", "b", "bb", "c"]);
}

#[test]
fn an_output_of_what_is_repeated() {
    let all = r#"
        resource "fake_box" "c" {
            count = 2
            name  = "c${count.index}"
        }
        resource "fake_box" "e" {
            for_each = { x = 1, y = 2 }
            name     = each.key
            size     = each.value
        }
        output "o" {
            value = [fake_box.c[*].name, [for key, it in fake_box.e : "${key}${it.size}"], fake_box.e["y"].name]
        }
    "#;
    let plan = plan_in(World::default(), all);
    let value = output(&plan).after.clone().expect("a value");
    assert_eq!(format!("{value:?}"), r#"[["c0", "c1"], ["x1", "y2"], "y"]"#);
}
