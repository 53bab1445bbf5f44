//! Provider configurations: where an object lives, and what follows when that changes.

use meridian_plan::{Action, Mode, Reason};

use crate::world::*;

fn in_region(region: &str) -> String {
    format!(
        "provider \"fake\" {{ region = \"{region}\" }}\nresource \"fake_box\" \"a\" {{ name = \"a\" }}"
    )
}

#[test]
fn calls_go_to_the_region_of_the_provider() {
    let text = r#"
        provider "fake" {
            alias  = "far"
            region = "far"
        }
        resource "fake_box" "near" { name = "n" }
        resource "fake_box" "far" {
            provider = fake.far
            name     = "f"
        }
    "#;
    let plan = plan_in(World::default(), text);
    for (address, region, provider) in
        [("fake_box.near", "home", "fake"), ("fake_box.far", "far", "fake.far")]
    {
        let change = change(&plan, address);
        assert_eq!(change.region, region);
        assert_eq!(change.provider.to_string(), provider);
        assert!(change.calls.iter().all(|call| call.region == region));
    }
}

#[test]
fn another_region_means_a_new_object_there_and_no_more_the_old_one_here() {
    let plan = plan_in(World::of(&in_region("east")), &in_region("west"));
    let change = change(&plan, "fake_box.a");
    assert_eq!((change.action, change.reason), (Action::Replace, Some(Reason::CannotUpdate)));
    let calls: Vec<_> =
        change.calls.iter().map(|call| (call.operation, call.region.as_str())).collect();
    assert_eq!(calls, [("CreateBox", "west"), ("DeleteBox", "east")]);
}

#[test]
fn what_goes_is_deleted_where_it_lives() {
    let world = World::of(&in_region("east"));
    let moved = in_region("west").replace("\"fake_box\" \"a\"", "\"fake_box\" \"other\"");
    let plan = plan_in(world.clone(), &moved);
    let gone = change(&plan, "fake_box.a");
    assert_eq!((gone.action, gone.region.as_str()), (Action::Delete, "east"));
    assert_eq!(gone.calls[0].region, "east");
    let destroyed = Project::new(&in_region("west")).plan(Mode::Destroy, world).expect("a plan");
    assert_eq!(change(&destroyed, "fake_box.a").calls[0].region, "east");
}

#[test]
fn a_provider_may_not_wait_for_an_apply() {
    let text = r#"
        resource "fake_box" "a" { name = "a" }
        provider "fake" {
            alias  = "late"
            region = fake_box.a.id
        }
        resource "fake_box" "b" {
            provider = fake.late
            name     = "b"
        }
    "#;
    let project = Project::new(text);
    let configured =
        meridian_plan::configure(&project.config, &project.registry, &project.values(), []);
    let configured = configured.expect("nothing is wrong with what is known");
    let errors = configured.complete().expect_err("unknown");
    assert!(errors.iter().any(|it| it.summary == "Invalid provider configuration"), "{errors:?}");
}

#[test]
fn a_provider_that_only_the_state_remembers_is_missed() {
    let project = Project::new("");
    let key = meridian_resource::ProviderKey::parse("fake.gone");
    let configured =
        meridian_plan::configure(&project.config, &project.registry, &project.values(), [key]);
    let errors = configured.expect_err("missing");
    assert!(errors.iter().any(|it| it.detail.contains("fake.gone")), "{errors:?}");
}
