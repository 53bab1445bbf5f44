//! The same inputs give the same plan.

use meridian_lang::Value;
use meridian_plan::Mode;

use crate::world::*;

const OLD: &str = r#"
    resource "fake_box" "a" {
        count = 12
        name  = "a${count.index}"
    }
    resource "fake_box" "b" {
        for_each = toset(["x", "y", "z"])
        name     = each.key
        parent   = fake_box.a[0].id
    }
    resource "fake_box" "gone" {
        count = 4
        name  = "gone${count.index}"
    }
    output "o" { value = fake_box.b["x"].id }
    output "p" { value = 1 }
"#;

const NEW: &str = r#"
    resource "fake_box" "b" {
        for_each = toset(["w", "x", "y"])
        name     = "${each.key}-new"
        parent   = fake_box.a[1].id
    }
    resource "fake_box" "a" {
        count = 10
        name  = "a${count.index}"
        label = "labelled"
    }
    output "o" { value = fake_box.b["x"].id }
"#;

fn world() -> World {
    let mut world = World::of(OLD)
        .drifted("fake_box.a[3]", "label", Value::string("theirs"))
        .drifted("fake_box.a[2]", "label", Value::string("theirs"))
        .without("fake_box.b[\"x\"]")
        .without("fake_box.a[9]");
    for key in ["11111111", "22222222", "00000000"] {
        let mut left = world.object("fake_box.a[4]").clone();
        left.deposed = Some(key.into());
        world.objects.push(left);
    }
    world
}

#[test]
fn the_order_of_the_state_does_not_matter() {
    for mode in [Mode::Normal, Mode::Destroy] {
        let project = Project::new(NEW);
        let plan = |world: World| format!("{:?}", project.plan(mode, world).expect("a plan"));
        let expected = plan(world());
        let mut turned = world();
        for _ in 0..turned.objects.len() {
            turned.objects.rotate_left(1);
            assert_eq!(plan(turned.clone()), expected);
        }
        turned.objects.reverse();
        assert_eq!(plan(turned), expected);
    }
}

#[test]
fn another_process_would_plan_the_same() {
    // Hash maps are seeded anew for each of these.
    let expected = format!("{:?}", plan_in(world(), NEW));
    for _ in 0..20 {
        assert_eq!(format!("{:?}", plan_in(world(), NEW)), expected);
    }
}
