//! Moves that are written and moves that go without saying.

use meridian_plan::{Action, Reason};

use crate::world::*;

const A: &str = "resource \"fake_box\" \"a\" { name = \"a\" }\n";
const B: &str = "resource \"fake_box\" \"b\" { name = \"a\" }\n";
const IN_MODULE: &str = "--- m/main.tf\nresource \"fake_box\" \"b\" { name = \"a\" }\n";

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n from = {from}\n to = {to}\n}}\n")
}

fn module(name: &str, more: &str) -> String {
    format!("module \"{name}\" {{\n source = \"./m\"\n {more}\n}}\n")
}

#[test]
fn an_object_moves_and_nothing_else_happens() {
    let counted = "resource \"fake_box\" \"a\" {\n count = 1\n name = \"a\"\n}\n".to_owned();
    let one = module("m", "");
    for (old, new, expected) in [
        (A.to_owned(), B.to_owned() + &moved("fake_box.a", "fake_box.b"), "fake_box.b"),
        (
            A.to_owned(),
            B.to_owned() + &moved("fake_box.a", "fake_box.x") + &moved("fake_box.x", "fake_box.b"),
            "fake_box.b",
        ),
        (A.to_owned(), counted.clone(), "fake_box.a[0]"),
        (counted.clone(), A.to_owned(), "fake_box.a"),
        (
            A.to_owned(),
            one.clone() + &moved("fake_box.a", "module.m.fake_box.b") + IN_MODULE,
            "module.m.fake_box.b",
        ),
        (
            one.clone() + IN_MODULE,
            A.to_owned() + &moved("module.m.fake_box.b", "fake_box.a"),
            "fake_box.a",
        ),
        (
            one.clone() + IN_MODULE,
            module("n", "for_each = toset([\"k\"])")
                + &moved("module.m", "module.n[\"k\"]")
                + IN_MODULE,
            "module.n[\"k\"].fake_box.b",
        ),
        (
            module("m", "count = 1") + IN_MODULE,
            module("n", "count = 1") + &moved("module.m", "module.n") + IN_MODULE,
            "module.n[0].fake_box.b",
        ),
    ] {
        let plan = plan_in(World::of(&old), &new);
        assert_eq!(actions(&plan), [(expected.to_owned(), Action::NoOp)], "{old}\n{new}");
        assert!(change(&plan, expected).previous_address.is_some(), "{new}");
    }
}

#[test]
fn moves_that_contradict_each_other_are_refused() {
    let keyed = "resource \"fake_box\" \"a\" {\n count = 2\n name = \"a${count.index}\"\n}\n";
    for (text, expected) in [
        (moved("fake_box.a", "fake_box.c") + &moved("fake_box.b", "fake_box.c"), AMBIGUOUS),
        (moved("fake_box.a", "fake_box.b") + &moved("fake_box.a", "fake_box.c"), AMBIGUOUS),
        (keyed.to_owned() + &moved("fake_box.a[1]", "fake_box.b"), STILL_EXISTS),
        (module("m", "count = 2") + &moved("module.m[1]", "module.n") + IN_MODULE, STILL_EXISTS),
    ] {
        assert_eq!(errors_in(World::default(), &text), [expected], "{text}");
    }
}

const AMBIGUOUS: &str = "Ambiguous move statements";
const STILL_EXISTS: &str = "Moved object still exists";

#[test]
fn what_moves_to_where_nothing_is_declared_goes() {
    let plan = plan_in(World::of(A), &moved("fake_box.a", "fake_box.b"));
    let change = change(&plan, "fake_box.b");
    assert_eq!((change.action, change.reason), (Action::Delete, Some(Reason::NoMoveTarget)));
}

#[test]
fn an_address_that_is_taken_stays_as_it_is() {
    let two = format!("{A}resource \"fake_box\" \"b\" {{ name = \"b\" }}\n");
    let new = "resource \"fake_box\" \"b\" { name = \"b\" }\n".to_owned();
    let plan = plan_in(World::of(&two), &(new + &moved("fake_box.a", "fake_box.b")));
    assert_eq!(change(&plan, "fake_box.b").action, Action::NoOp);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Delete);
    assert_eq!(plan.warnings[0].summary, "Unresolved resource instance address changes");
}

#[test]
fn what_is_removed_is_forgotten_or_destroyed() {
    let removed = |from: &str, destroy: bool| {
        format!("removed {{\n from = {from}\n lifecycle {{ destroy = {destroy} }}\n}}\n")
    };
    let inside = module("m", "count = 1") + IN_MODULE;
    for (old, new, address, action) in [
        (A.to_owned(), removed("fake_box.a", false), "fake_box.a", Action::Forget),
        (A.to_owned(), removed("fake_box.a", true), "fake_box.a", Action::Delete),
        (inside, removed("module.m", false), "module.m[0].fake_box.b", Action::Forget),
    ] {
        let plan = plan_in(World::of(&old), &new);
        assert_eq!(actions(&plan), [(address.to_owned(), action)], "{new}");
        let told = plan.warnings.iter().any(|it| it.summary.contains("no longer be managed"));
        assert_eq!(told, action == Action::Forget, "{new}");
    }
}

#[test]
fn a_deposed_object_goes_along_to_the_new_address() {
    let old = module("m", "") + IN_MODULE;
    for (new, expected) in [
        (A.to_owned() + &moved("module.m.fake_box.b", "fake_box.a"), "fake_box.a"),
        (module("n", "") + &moved("module.m", "module.n") + IN_MODULE, "module.n.fake_box.b"),
    ] {
        let mut world = World::of(&old);
        let mut deposed = world.object("module.m.fake_box.b").clone();
        deposed.deposed = Some("0a1b2c3d".into());
        world.objects.push(deposed);
        let plan = plan_in(world, &new);
        let left: Vec<_> = plan.changes.iter().filter(|it| it.deposed.is_some()).collect();
        assert_eq!(left.len(), 1);
        assert_eq!(
            (left[0].address.to_string(), left[0].action),
            (expected.to_owned(), Action::Delete)
        );
        assert_eq!(left[0].reason, Some(Reason::LeftOver));
        assert_eq!(change(&plan, expected).action, Action::NoOp, "the current one stays");
    }
}
