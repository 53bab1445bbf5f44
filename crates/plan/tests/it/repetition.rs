//! `count` and `for_each`.

use meridian_plan::{Action, Reason};

use crate::world::*;

fn counted(count: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

fn each(keys: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n for_each = {keys}\n name = \"a-${{each.key}}\"\n}}")
}

/// The address, action and reason of what is not left alone.
fn changed(old: &str, new: &str) -> Vec<(String, Action, Option<Reason>)> {
    let plan = plan_in(World::of(old), new);
    let changes = plan.changes.iter().filter(|it| it.action != Action::NoOp);
    changes.map(|it| (it.address.to_string(), it.action, it.reason)).collect()
}

#[test]
fn instances_follow_the_count() {
    let plan = plan_in(World::default(), &counted("11"));
    let addresses: Vec<String> = plan.changes.iter().map(|it| it.address.to_string()).collect();
    let expected: Vec<String> = (0..11).map(|index| format!("fake_box.a[{index}]")).collect();
    assert_eq!(addresses, expected, "in the order of numbers");
    assert_eq!(after(&plan, "fake_box.a[10]", "name").as_str(), Some("a10"));
    let gone = ("fake_box.a[2]".to_owned(), Action::Delete, Some(Reason::CountIndex));
    assert_eq!(changed(&counted("3"), &counted("2")), [gone]);
    let come = ("fake_box.a[2]".to_owned(), Action::Create, None);
    assert_eq!(changed(&counted("2"), &counted("3")), [come]);
    assert!(plan_in(World::default(), &counted("0")).changes.is_empty());
}

#[test]
fn instances_follow_the_keys() {
    let gone = ("fake_box.a[\"x\"]".to_owned(), Action::Delete, Some(Reason::EachKey));
    assert_eq!(changed(&each("toset([\"x\", \"y\"])"), &each("{ y = 1 }")), [gone]);
}

#[test]
fn another_kind_of_repetition_makes_other_instances() {
    let single = "resource \"fake_box\" \"a\" { name = \"s\" }";
    for (old, new, gone) in [
        (counted("1"), each("{ x = 1 }"), "fake_box.a[0]"),
        (each("{ x = 1 }"), counted("1"), "fake_box.a[\"x\"]"),
        (each("{ x = 1 }"), single.to_owned(), "fake_box.a[\"x\"]"),
        (single.to_owned(), each("{ x = 1 }"), "fake_box.a"),
    ] {
        let changes = changed(&old, &new);
        let expected = (gone.to_owned(), Action::Delete, Some(Reason::WrongRepetition));
        assert!(changes.contains(&expected), "{changes:?}");
        assert_eq!(changes.len(), 2, "{changes:?}");
    }
}

#[test]
fn each_instance_refers_to_its_own_sibling() {
    let text = r#"
        resource "fake_box" "a" {
            for_each = { x = "1", y = "2" }
            name     = "a-${each.key}"
            label    = each.value
        }
        resource "fake_box" "b" {
            for_each = fake_box.a
            name     = "b-${each.key}"
            parent   = each.value.id
            label    = each.value.label
        }
    "#;
    let plan = plan_in(World::of(text), text);
    assert!(!plan.has_changes());
    let parent = after(&plan, "fake_box.b[\"y\"]", "parent");
    assert_eq!(parent.as_str(), Some("id of fake_box.a[\"y\"]"));
    assert_eq!(after(&plan, "fake_box.b[\"x\"]", "label").as_str(), Some("1"));
}

#[test]
fn a_repetition_must_be_known_whole_and_suitable() {
    let first = "resource \"fake_box\" \"f\" { name = \"f\" }\n";
    for (text, expected) in [
        (counted("-1"), "Invalid count argument"),
        (counted("1.5"), "Invalid count argument"),
        (counted("null"), "Invalid count argument"),
        (counted("\"x\""), "Incorrect value type"),
        (counted("[1]"), "Incorrect value type"),
        (counted("1000001"), "Invalid count argument"),
        (counted("1e300"), "Invalid count argument"),
        (counted("length(fake_box.f.id)"), "Invalid count argument"),
        (each("null"), "Invalid for_each argument"),
        (each("[\"x\"]"), "Invalid for_each argument"),
        (each("toset([fake_box.f.id])"), "Invalid for_each argument"),
        (each("toset([1])"), "Invalid for_each set argument"),
        (each("toset([null, \"x\"])"), "Invalid for_each set argument"),
    ] {
        assert_eq!(errors_in(World::default(), &format!("{first}{text}")), [expected], "{text}");
    }
    let fine = format!("{first}{}", each("{ x = fake_box.f.id }"));
    assert_eq!(plan_in(World::default(), &fine).counts().add, 2, "values may be unknown");
}
