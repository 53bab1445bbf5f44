//! Changes that cannot be made in place.

use meridian_plan::{Action, Plan, Reason};

use crate::world::*;

fn a(lines: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n{lines}\n}}\n")
}

fn paths(plan: &Plan, address: &str) -> Vec<String> {
    change(plan, address).replace_paths.iter().map(ToString::to_string).collect()
}

#[test]
fn the_paths_that_force_a_replacement_are_told() {
    let old = a("name = \"a\"\n size = 5\n limits { burst = 1 }");
    for (new, expected) in [
        (a("name = \"z\"\n size = 5\n limits { burst = 1 }"), "name"),
        (a("name = \"a\"\n size = 5\n flavor = \"f\"\n limits { burst = 1 }"), "flavor"),
        (a("name = \"a\"\n size = 5\n limits { burst = 2 }"), "limits.burst"),
        (a("name = \"a\"\n size = 4\n limits { burst = 1 }"), "size"),
    ] {
        let plan = plan_in(World::of(&old), &new);
        let change = change(&plan, "fake_box.a");
        assert_eq!((change.action, change.reason), (Action::Replace, Some(Reason::CannotUpdate)));
        assert_eq!(paths(&plan, "fake_box.a"), [expected]);
        assert!(change.before.is_some());
        assert!(!after(&plan, "fake_box.a", "id").is_known(), "the new object has a new identity");
    }
    let grown = a("name = \"a\"\n size = 6\n limits { burst = 1 }");
    assert_eq!(change(&plan_in(World::of(&old), &grown), "fake_box.a").action, Action::Update);
}

#[test]
fn nothing_written_in_another_way_forces_nothing() {
    let world = World::of(&a("name = \"a\""));
    let world = world.drifted("fake_box.a", "flavor", meridian_lang::Value::string(""));
    let plan = plan_in(world, &a("name = \"a\""));
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
}

#[test]
fn the_type_knows_the_order_unless_the_configuration_asks() {
    let old = a("name = \"a\"");
    let renamed = plan_in(World::of(&old), &a("name = \"z\""));
    assert!(change(&renamed, "fake_box.a").create_first, "both names can be there at once");
    assert_eq!(calls(&renamed, "fake_box.a"), ["CreateBox", "DeleteBox"]);
    let flavored = plan_in(World::of(&old), &a("name = \"a\"\n flavor = \"f\""));
    assert!(!change(&flavored, "fake_box.a").create_first, "one name cannot");
    assert!(!change(&flavored, "fake_box.a").configured_create_first);
    let asked = a("name = \"a\"\n flavor = \"f\"\n lifecycle { create_before_destroy = true }");
    let asked = plan_in(World::of(&old), &asked);
    assert!(change(&asked, "fake_box.a").create_first);
    assert!(change(&asked, "fake_box.a").configured_create_first);
}

#[test]
fn a_replacement_counts_twice() {
    let plan = plan_in(World::of(&a("name = \"a\"")), &a("name = \"z\""));
    let counts = plan.counts();
    assert_eq!((counts.add, counts.change, counts.destroy), (1, 0, 1));
}

/// Three boxes in a row; `flavor` of the first forces its replacement.
fn row(flavor: &str, names: &str) -> String {
    format!(
        r#"
        resource "fake_box" "a" {{
            name   = "a"
            flavor = "{flavor}"
        }}
        resource "fake_box" "b" {{
            name   = "b{names}"
            parent = fake_box.a.id
        }}
        resource "fake_box" "c" {{
            name   = "c{names}"
            parent = fake_box.b.id
        }}
        resource "fake_box" "apart" {{ name = "apart{names}" }}
    "#
    )
}

#[test]
fn what_leans_on_an_object_that_goes_first_must_go_before_it() {
    let plan = plan_in(World::of(&row("1", "")), &row("2", "-new"));
    for (address, create_first) in [
        ("fake_box.a", false),
        ("fake_box.b", false),
        ("fake_box.c", false),
        ("fake_box.apart", true),
    ] {
        assert_eq!(change(&plan, address).action, Action::Replace, "{address}");
        assert_eq!(change(&plan, address).create_first, create_first, "{address}");
    }
}

#[test]
fn create_before_destroy_yields_to_a_dependency_that_goes_first() {
    let careful = |flavor: &str, name: &str| {
        format!(
            r#"
            resource "fake_box" "a" {{
                name   = "a"
                flavor = "{flavor}"
            }}
            resource "fake_box" "b" {{
                name   = "{name}"
                parent = fake_box.a.id
                lifecycle {{ create_before_destroy = true }}
            }}
        "#
        )
    };
    let plan = plan_in(World::of(&careful("1", "b")), &careful("2", "b2"));
    assert!(!change(&plan, "fake_box.b").create_first);
}

#[test]
fn an_update_does_not_spread_the_order() {
    let plan = plan_in(World::of(&row("1", "")), &row("2", ""));
    assert_eq!(change(&plan, "fake_box.b").action, Action::Update);
    assert_eq!(change(&plan, "fake_box.c").action, Action::NoOp);
}
