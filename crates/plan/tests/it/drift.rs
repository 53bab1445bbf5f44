//! What changed outside, and what only looks so.

use meridian_lang::{Type, Value};
use meridian_plan::{Action, Mode, Plan};

use crate::world::*;

const TEXT: &str = r#"resource "fake_box" "a" {
    name  = "a"
    label = "x"
}"#;

#[test]
fn a_change_from_outside_is_told_and_taken_back() {
    let world = World::of(TEXT).drifted("fake_box.a", "label", Value::string("theirs"));
    let plan = plan_in(world, TEXT);
    assert_eq!(plan.drift.len(), 1);
    let drift = &plan.drift[0];
    assert_eq!(drift.address.to_string(), "fake_box.a");
    assert_eq!(drift.before.get_str("label"), Some("x"));
    assert_eq!(drift.after.as_ref().and_then(|it| it.get_str("label")), Some("theirs"));
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(after(&plan, "fake_box.a", "label").as_str(), Some("x"));
}

#[test]
fn what_changes_by_itself_is_no_drift() {
    let world = World::of(TEXT).drifted("fake_box.a", "seen", Value::string("just now"));
    let plan = plan_in(world, TEXT);
    assert_eq!(plan.drift, []);
    assert_eq!(programs_read(&plan), ["fake_box.a"]);
    assert!(!plan.has_changes());
}

/// The addresses of all that programs read of drift.
fn programs_read(plan: &Plan) -> Vec<String> {
    plan.whole_drift().iter().map(|it| it.address.to_string()).collect()
}

#[test]
fn what_is_nothing_to_people_makes_no_plan_to_refresh_worth_an_apply() {
    let none = Value::map::<&str>(Type::String, []);
    let world = World::of(TEXT).drifted("fake_box.a", "tags", none);
    let project = Project::new(TEXT);
    let plan = project.plan(Mode::RefreshOnly, world.clone()).expect("a plan");
    assert_eq!(programs_read(&plan), ["fake_box.a"]);
    assert!(!plan.has_changes());
    let plan = project.plan(Mode::Destroy, world).expect("a plan");
    assert_eq!(programs_read(&plan), Vec::<String>::new(), "of what goes nothing is told");
}

#[test]
fn programs_read_where_what_drifted_was() {
    let moved = format!(
        "{}\nmoved {{\n  from = fake_box.a\n  to   = fake_box.b\n}}",
        TEXT.replace("\"a\" {", "\"b\" {")
    );
    let theirs = |name| World::of(TEXT).drifted("fake_box.a", name, Value::string("theirs"));
    let cases = [
        (theirs("label"), Mode::Normal, 1, 0),
        (theirs("seen"), Mode::Normal, 0, 1),
        (World::of(TEXT), Mode::Normal, 0, 0),
        // Here, Terraform lists what only moves as well.
        (World::of(TEXT), Mode::RefreshOnly, 0, 1),
    ];
    for (index, (world, mode, told, quiet)) in cases.into_iter().enumerate() {
        let plan = Project::new(&moved).plan(mode, world).expect("a plan");
        assert_eq!((plan.drift.len(), plan.quiet_drift.len()), (told, quiet), "{index}");
        for drift in plan.whole_drift() {
            let previous = drift.previous_address.as_ref().map(ToString::to_string);
            assert_eq!(drift.address.to_string(), "fake_box.b");
            assert_eq!(previous.as_deref(), Some("fake_box.a"));
        }
    }
}

#[test]
fn another_spelling_of_nothing_is_neither_drift_nor_change() {
    let noise = [
        ("tags", Value::map::<&str>(Type::String, [])),
        ("parent", Value::string("")),
        ("wo_version", Value::number(0)),
    ];
    for (attribute, value) in noise {
        let world = World::of(TEXT).drifted("fake_box.a", attribute, value);
        let plan = plan_in(world, TEXT);
        assert_eq!(plan.drift, [], "{attribute}");
        assert_eq!(programs_read(&plan), ["fake_box.a"], "{attribute}");
        assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp, "{attribute}");
    }
}

#[test]
fn blocks_drift_too() {
    let text = "resource \"fake_box\" \"a\" {\n name = \"a\"\n replica { region = \"x\" }\n}";
    let world = World::of(text);
    let Type::Set(element) = world.objects[0].stored.attribute("replica").ty() else {
        panic!("a set of replicas");
    };
    let none = Value::set((*element).clone(), []);
    let plan = plan_in(world.drifted("fake_box.a", "replica", none), text);
    assert_eq!(plan.drift.len(), 1);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
}

#[test]
fn drift_that_nobody_minds_leads_to_no_action() {
    let silent = r#"resource "fake_box" "a" { name = "a" }"#;
    let world = World::of(silent).drifted("fake_box.a", "policy", Value::string("theirs"));
    let plan = plan_in(world, silent);
    assert_eq!(plan.drift.len(), 1);
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
    assert_eq!(after(&plan, "fake_box.a", "policy").as_str(), Some("theirs"));
}

#[test]
fn drift_is_listed_by_address() {
    let text = r#"resource "fake_box" "a" {
        count = 12
        name  = "a${count.index}"
    }"#;
    let world = (0..12).fold(World::of(text), |world, index| {
        world.drifted(&format!("fake_box.a[{index}]"), "label", Value::string("theirs"))
    });
    let plan = plan_in(world, text);
    let listed: Vec<String> = plan.drift.iter().map(|it| it.address.to_string()).collect();
    let expected: Vec<String> = (0..12).map(|index| format!("fake_box.a[{index}]")).collect();
    assert_eq!(listed, expected);
}
