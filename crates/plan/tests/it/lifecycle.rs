//! What a `lifecycle` block asks for.

use meridian_lang::{Type, Value};
use meridian_plan::{Action, Mode, Reason};

use crate::world::*;

fn a(lines: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n{lines}\n}}\n")
}

#[test]
fn what_is_protected_is_not_destroyed() {
    let kept = a("name = \"a\"\n lifecycle { prevent_destroy = true }");
    let renamed = a("name = \"z\"\n lifecycle { prevent_destroy = true }");
    let world = World::of(&kept);
    assert_eq!(errors_in(world.clone(), &renamed), ["Instance cannot be destroyed"]);
    let project = Project::new(&kept);
    let errors = project.plan(Mode::Destroy, world.clone()).expect_err("protected");
    assert!(errors.iter().any(|it| it.detail.contains("fake_box.a")), "{errors:?}");
    assert!(!plan_in(world.clone(), &kept).has_changes());
    // Protection is written in the block: without the block it is gone.
    assert_eq!(plan_in(world.clone(), "").counts().destroy, 1);
    let updated = a("name = \"a\"\n label = \"x\"\n lifecycle { prevent_destroy = true }");
    assert_eq!(plan_in(world, &updated).counts().change, 1);
}

#[test]
fn an_instance_that_is_no_longer_counted_is_protected_too() {
    let counted = |count: u32| {
        a(&format!(
            "count = {count}\n name = \"a${{count.index}}\"\n lifecycle {{ prevent_destroy = true }}"
        ))
    };
    let errors = errors_in(World::of(&counted(2)), &counted(1));
    assert_eq!(errors, ["Instance cannot be destroyed"]);
}

#[test]
fn an_ignored_attribute_stays_as_it_is() {
    let old = a("name = \"a\"\n label = \"old\"\n size = 1");
    let new =
        a("name = \"a\"\n label = \"new\"\n size = 2\n lifecycle { ignore_changes = [label] }");
    let plan = plan_in(World::of(&old), &new);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(after(&plan, "fake_box.a", "label").as_str(), Some("old"));
    assert_eq!(*after(&plan, "fake_box.a", "size"), Value::number(2));
    assert_eq!(calls(&plan, "fake_box.a"), ["UpdateBox"]);
    let created = plan_in(World::default(), &new);
    assert_eq!(
        after(&created, "fake_box.a", "label").as_str(),
        Some("new"),
        "on creation it counts"
    );
}

#[test]
fn an_ignored_attribute_forces_no_replacement() {
    let old = a("name = \"a\"\n flavor = \"1\"");
    let new = a("name = \"a\"\n flavor = \"2\"\n lifecycle { ignore_changes = [flavor] }");
    assert_eq!(change(&plan_in(World::of(&old), &new), "fake_box.a").action, Action::NoOp);
}

#[test]
fn an_ignored_element_of_a_map_stays_as_it_is() {
    let old = a("name = \"a\"\n tags = { mine = \"1\", theirs = \"1\" }");
    let new = a(
        "name = \"a\"\n tags = { mine = \"2\", theirs = \"2\" }\n lifecycle { ignore_changes = [tags[\"theirs\"]] }",
    );
    let plan = plan_in(World::of(&old), &new);
    let tags = after(&plan, "fake_box.a", "tags");
    assert_eq!((tags.get_str("mine"), tags.get_str("theirs")), (Some("2"), Some("1")));
    // One that the cloud has and nobody wrote stays too.
    let unwritten = a(
        "name = \"a\"\n tags = { mine = \"1\" }\n lifecycle { ignore_changes = [tags[\"theirs\"]] }",
    );
    assert!(!plan_in(World::of(&old), &unwritten).has_changes());
    let bare = a("name = \"a\"\n lifecycle { ignore_changes = [tags[\"theirs\"]] }");
    let only_theirs = a("name = \"a\"\n tags = { theirs = \"1\" }");
    assert!(!plan_in(World::of(&only_theirs), &bare).has_changes());
}

#[test]
fn an_ignored_element_that_is_not_there_is_not_added() {
    let old = a("name = \"a\"\n tags = { mine = \"1\" }");
    let new = a(
        "name = \"a\"\n tags = { mine = \"1\", theirs = \"new\" }\n lifecycle { ignore_changes = [tags[\"theirs\"]] }",
    );
    let plan = plan_in(World::of(&old), &new);
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp, "{:#?}", plan.changes);
}

#[test]
fn everything_can_be_ignored() {
    let old = a("name = \"a\"\n label = \"old\"\n replica { region = \"x\" }");
    let new = a("name = \"z\"\n flavor = \"f\"\n size = 7\n lifecycle { ignore_changes = all }");
    let plan = plan_in(World::of(&old), &new);
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp, "{:#?}", plan.changes);
}

fn triggered(trigger: &str, on: &str) -> String {
    format!(
        r#"
        resource "fake_box" "a" {{
            for_each = {{ x = "{on}", y = "1" }}
            name     = "a-${{each.key}}"
            label    = each.value
        }}
        resource "fake_box" "single" {{
            name  = "single"
            label = "{on}"
            limits {{ rate = length("{on}") }}
        }}
        resource "fake_box" "b" {{
            for_each = {{ x = 1, y = 2 }}
            name     = "b-${{each.key}}"
            lifecycle {{ replace_triggered_by = [{trigger}] }}
        }}
    "#
    )
}

fn replaced(trigger: &str) -> Vec<String> {
    let plan = plan_in(World::of(&triggered(trigger, "1")), &triggered(trigger, "22"));
    let changes = plan.changes.iter().filter(|it| it.action == Action::Replace);
    changes
        .inspect(|it| assert_eq!(it.reason, Some(Reason::ReplaceTriggeredBy)))
        .map(|it| it.address.to_string())
        .collect()
}

const BOTH: [&str; 2] = [r#"fake_box.b["x"]"#, r#"fake_box.b["y"]"#];

#[test]
fn a_change_of_another_resource_can_trigger_a_replacement() {
    assert_eq!(replaced("fake_box.single"), BOTH);
    assert_eq!(replaced("fake_box.a"), BOTH, "any instance of it");
    assert_eq!(replaced("fake_box.single.label"), BOTH);
    assert_eq!(replaced("fake_box.single.limits.rate"), BOTH);
    assert_eq!(replaced("fake_box.single.name"), [""; 0], "another attribute changed");
    assert_eq!(replaced("fake_box.single.limits.burst"), [""; 0]);
}

#[test]
fn a_trigger_may_name_one_instance() {
    assert_eq!(replaced(r#"fake_box.a["x"]"#), BOTH);
    assert_eq!(replaced(r#"fake_box.a["y"]"#), [""; 0], "that instance does not change");
    assert_eq!(replaced(r#"fake_box.a["y"].label"#), [""; 0]);
    assert_eq!(replaced("fake_box.a[each.key]"), BOTH[..1], "each by its own");
    assert_eq!(replaced("fake_box.a[each.key].label"), BOTH[..1]);
}

#[test]
fn what_is_created_triggers_nothing() {
    let text = triggered("fake_box.single", "1");
    let mut world = World::of(&text);
    world.objects.retain(|it| it.address.to_string() != "fake_box.single");
    let plan = plan_in(world, &text);
    assert_eq!(change(&plan, "fake_box.single").action, Action::Create);
    assert_eq!(change(&plan, BOTH[0]).action, Action::NoOp);
}

#[test]
fn a_null_label_is_ignored_as_well() {
    let old = a("name = \"a\"");
    let new = a("name = \"a\"\n label = \"new\"\n lifecycle { ignore_changes = [label] }");
    let plan = plan_in(World::of(&old), &new);
    assert_eq!(change(&plan, "fake_box.a").action, Action::NoOp);
    assert_eq!(*after(&plan, "fake_box.a", "label"), Value::null(Type::String));
}

#[test]
fn a_new_object_never_gets_the_fingerprint_of_an_ignored_secret() {
    for ignored in ["[secret]", "all"] {
        let text = |name: &str, secret: &str| {
            a(&format!(
                "name = \"{name}\"\n secret = \"{secret}\"\n lifecycle {{\n ignore_changes = {ignored}\n \
                 replace_triggered_by = [fake_box.other]\n }}"
            )) + &format!(
                "resource \"fake_box\" \"other\" {{\n name = \"o\"\n label = \"{name}\"\n}}"
            )
        };
        let world = World::of(&text("a", "old"));
        assert!(!plan_in(world.clone(), &text("a", "new")).has_changes());
        let plan = plan_in(world, &text("z", "new"));
        assert_eq!(change(&plan, "fake_box.a").action, Action::Replace);
        let sent = change(&plan, "fake_box.a").calls[0].input.get_str("secret").map(str::to_owned);
        assert_eq!(sent.as_deref(), Some("new"), "{ignored}");
    }
}

#[test]
fn a_part_of_any_depth_can_be_ignored() {
    let text = |rate: u32, burst: u32, ignored: &str| {
        a(&format!(
            "name = \"a\"\n limits {{\n rate = {rate}\n burst = {burst}\n }}\n \
             lifecycle {{ ignore_changes = [{ignored}] }}"
        ))
    };
    let plan = plan_in(World::of(&text(1, 1, "")), &text(2, 1, "limits.rate"));
    assert!(!plan.has_changes());
    let plan = plan_in(World::of(&text(1, 1, "")), &text(2, 2, "limits.rate"));
    let limits = after(&plan, "fake_box.a", "limits");
    assert_eq!(limits.get("rate"), Some(&Value::number(1)));
    assert_eq!(limits.get("burst"), Some(&Value::number(2)));
    assert_eq!(errors_in(World::default(), &text(1, 1, "nope")), ["Unsupported attribute"]);
    let plan = plan_in(World::default(), &text(1, 1, "arn"));
    assert_eq!(plan.warnings[0].summary, "Redundant ignore_changes element");
}
