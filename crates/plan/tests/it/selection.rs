//! Parts of a configuration: `-target`, `-exclude`, `-replace`, `-refresh-only`.

use meridian_graph::{InstanceAddress, Target};
use meridian_plan::*;

use crate::world::*;

const TEXT: &str = r#"
    resource "fake_box" "base" { name = "base" }
    resource "fake_box" "a" {
        count  = 2
        name   = "a${count.index}"
        parent = fake_box.base.id
    }
    resource "fake_box" "other" { name = "other" }
    module "m" { source = "./m" }
    --- m/main.tf
    resource "fake_box" "x" { name = "x" }
"#;

fn targets(texts: &[&str]) -> Vec<Target> {
    texts.iter().map(|text| Target::parse(text).expect("an address")).collect()
}

/// The addresses of what is changed.
fn changed(mode: Mode, options: Options, world: World) -> Vec<String> {
    let plan = Project::new(TEXT).plan_with(mode, options, world).expect("a plan");
    let changes = plan.changes.iter().filter(|it| it.action != Action::NoOp);
    changes.map(|it| it.address.to_string()).collect()
}

#[test]
fn what_is_targeted_comes_with_what_it_needs() {
    let of = |texts: &[&str]| {
        let options = Options { targets: targets(texts), ..Options::default() };
        changed(Mode::Normal, options, World::default())
    };
    assert_eq!(of(&["fake_box.a[1]"]), ["fake_box.a[1]", "fake_box.base"]);
    assert_eq!(of(&["module.m"]), ["module.m.fake_box.x"]);
    assert_eq!(of(&["fake_box.other", "fake_box.base"]), ["fake_box.base", "fake_box.other"]);
}

#[test]
fn what_is_excluded_keeps_back_what_needs_it() {
    let of = |texts: &[&str]| {
        let options = Options { excludes: targets(texts), ..Options::default() };
        changed(Mode::Normal, options, World::default())
    };
    assert_eq!(of(&["fake_box.base"]), ["fake_box.other", "module.m.fake_box.x"]);
    let others = ["fake_box.a[1]", "fake_box.base", "fake_box.other"];
    assert_eq!(of(&["fake_box.a[0]", "module.m"]), others);
}

#[test]
fn what_is_destroyed_goes_with_what_needs_it() {
    let options = Options { targets: targets(&["fake_box.base"]), ..Options::default() };
    let gone = ["fake_box.a[0]", "fake_box.a[1]", "fake_box.base"];
    assert_eq!(changed(Mode::Destroy, options, World::of(TEXT)), gone);
    let options = Options { excludes: targets(&["fake_box.a"]), ..Options::default() };
    let gone = ["fake_box.other", "module.m.fake_box.x"];
    assert_eq!(changed(Mode::Destroy, options, World::of(TEXT)), gone);
}

#[test]
fn what_is_named_is_replaced() {
    let replace = vec![InstanceAddress::parse("fake_box.a[0]").expect("an address")];
    let options = Options { replace, ..Options::default() };
    let plan = Project::new(TEXT).plan_with(Mode::Normal, options, World::of(TEXT));
    let plan = plan.expect("a plan");
    let change = change(&plan, "fake_box.a[0]");
    assert_eq!((change.action, change.reason), (Action::Replace, Some(Reason::Requested)));
    assert_eq!(plan.counts().add, 1);
}

#[test]
fn only_what_was_read_is_taken_over() {
    let world = World::of(TEXT).without("fake_box.other");
    let plan = Project::new(TEXT).plan(Mode::RefreshOnly, world).expect("a plan");
    assert!(plan.changes.iter().all(|it| it.action == Action::NoOp));
    assert_eq!(plan.gone[0].address.to_string(), "fake_box.other");
}
