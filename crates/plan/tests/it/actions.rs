//! What is done about an instance, and why.

use meridian_lang::Value;
use meridian_plan::{Action, Mode, Reason};

use crate::world::*;

const ONE: &str = r#"resource "fake_box" "a" { name = "a" }"#;

#[test]
fn what_is_not_there_is_created_with_what_only_the_cloud_knows_unknown() {
    let plan = plan_in(World::default(), ONE);
    assert_eq!(actions(&plan), [("fake_box.a".to_owned(), Action::Create)]);
    assert_eq!(change(&plan, "fake_box.a").reason, None);
    assert_eq!(calls(&plan, "fake_box.a"), ["CreateBox"]);
    for attribute in ["arn", "id", "policy"] {
        assert!(!after(&plan, "fake_box.a", attribute).is_known(), "{attribute}");
    }
    assert_eq!(*after(&plan, "fake_box.a", "size"), Value::number(1), "the default");
    assert!(after(&plan, "fake_box.a", "label").is_null());
    let counts = plan.counts();
    assert_eq!((counts.add, counts.change, counts.destroy), (1, 0, 0));
}

#[test]
fn what_is_as_wanted_is_left_alone() {
    let plan = plan_in(World::of(ONE), ONE);
    assert_eq!(actions(&plan), [("fake_box.a".to_owned(), Action::NoOp)]);
    assert!(calls(&plan, "fake_box.a").is_empty());
    assert!(!plan.has_changes());
    assert_eq!(after(&plan, "fake_box.a", "policy").as_str(), Some("policy of fake_box.a"));
}

#[test]
fn what_differs_is_changed_in_place() {
    let labelled = r#"resource "fake_box" "a" {
        name  = "a"
        label = "new"
        size  = 2
    }"#;
    let plan = plan_in(World::of(ONE), labelled);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(change(&plan, "fake_box.a").reason, None);
    assert_eq!(calls(&plan, "fake_box.a"), ["LabelBox", "UpdateBox"]);
    assert_eq!(after(&plan, "fake_box.a", "id").as_str(), Some("id of fake_box.a"));
    // And back again: the default stands in for what is no longer written.
    let back = plan_in(World::of(labelled), ONE);
    assert!(after(&back, "fake_box.a", "label").is_null());
}

#[test]
fn what_is_no_longer_written_is_deleted() {
    let plan = plan_in(World::of(ONE), "");
    let change = change(&plan, "fake_box.a");
    assert_eq!((change.action, change.reason), (Action::Delete, Some(Reason::NoResourceConfig)));
    assert!(change.before.is_some() && change.after.is_none());
    assert_eq!(calls(&plan, "fake_box.a"), ["DeleteBox"]);
}

#[test]
fn what_was_deleted_outside_is_created_again_and_told_as_drift() {
    let plan = plan_in(World::of(ONE).without("fake_box.a"), ONE);
    let change = change(&plan, "fake_box.a");
    assert_eq!((change.action, change.reason), (Action::Create, Some(Reason::DeletedOutside)));
    assert_eq!(change.before, None);
    assert_eq!(plan.drift.len(), 1);
    assert_eq!(plan.drift[0].after, None);
}

#[test]
fn destroy_deletes_everything_and_every_output() {
    let text = r#"
        resource "fake_box" "a" { name = "a" }
        resource "fake_box" "b" {
            count  = 2
            name   = "b${count.index}"
            parent = fake_box.a.id
        }
        output "id" { value = fake_box.a.id }
    "#;
    let plan = Project::new(text).plan(Mode::Destroy, World::of(text)).expect("a plan");
    assert_eq!(plan.counts().destroy, 3);
    assert!(plan.changes.iter().all(|it| it.action == Action::Delete && it.reason.is_none()));
    assert_eq!(plan.outputs[0].action, Action::Delete);
    assert_eq!(plan.mode, Mode::Destroy);
}

#[test]
fn an_object_that_is_not_finished_is_finished() {
    let text = r#"resource "fake_box" "a" {
        name  = "a"
        label = "x"
    }"#;
    // An earlier apply stopped between creation and label.
    let stopped =
        World::of(text).drifted("fake_box.a", "label", Value::null(meridian_lang::Type::String));
    let plan = plan_in(stopped, text);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(calls(&plan, "fake_box.a"), ["LabelBox"]);
}

#[test]
fn what_an_earlier_replacement_left_behind_is_deleted() {
    let mut world = World::of(ONE);
    let mut old = world.objects[0].clone();
    old.deposed = Some("0a1b2c3d".into());
    world.objects.push(old);
    let plan = plan_in(world, ONE);
    let left: Vec<_> = plan.changes.iter().filter(|it| it.deposed.is_some()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].action, left[0].reason), (Action::Delete, Some(Reason::LeftOver)));
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
}

#[test]
fn what_the_type_cannot_accept_is_said_at_the_argument() {
    let text = r#"resource "fake_box" "a" {
        name = "a"
        size = 101
    }"#;
    let project = Project::new(text);
    let errors = project.plan(Mode::Normal, World::default()).expect_err("too big");
    let error = errors.iter().next().expect("an error");
    assert_eq!(error.summary, "Box too big");
    assert_eq!(project.config.sources.excerpt(error.span.expect("a place")), "101");
    assert_eq!(error.address.as_deref(), Some("fake_box.a"));
}
