//! Sensitive values: marked wherever they go, known again by their fingerprints, never shown.

use meridian_lang::Value;
use meridian_plan::{Action, Mode, Plan};

use crate::world::*;

const CANARY: &str = "correct-horse-battery";

fn with_secret(secret: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n name = \"a\"\n secret = \"{secret}\"\n}}")
}

#[test]
fn the_state_holds_a_fingerprint_and_not_the_secret() {
    let world = World::of(&with_secret(CANARY));
    let kept = world.objects[0].stored.attribute("secret");
    let text = kept.as_str().expect("a text");
    assert!(text.starts_with("hmac-sha256:"), "{text}");
    assert!(!text.contains(CANARY));
    assert!(is_hidden(&kept));
}

#[test]
fn the_same_secret_is_no_change() {
    let plan = plan_in(World::of(&with_secret(CANARY)), &with_secret(CANARY));
    assert!(!plan.has_changes(), "{:#?}", plan.changes);
    assert!(calls(&plan, "fake_box.a").is_empty());
}

#[test]
fn another_secret_is_a_change() {
    let plan = plan_in(World::of(&with_secret("old")), &with_secret(CANARY));
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(calls(&plan, "fake_box.a"), ["UpdateBox"]);
}

#[test]
fn the_fingerprint_of_another_object_says_nothing() {
    let mut world = World::of(&with_secret(CANARY));
    let text = with_secret(CANARY).replace("\"a\" {", "\"b\" {");
    let other = World::of(&text).objects.remove(0);
    let kept = other.stored.attribute("secret");
    let object = world.object("fake_box.a");
    object.observed = object.observed.take().map(|it| it.with("secret", kept));
    assert_eq!(change(&plan_in(world, &with_secret(CANARY)), "fake_box.a").action, Action::Update);
}

fn assert_hidden(plan: &Plan) {
    let shown = format!("{plan:?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

#[test]
fn a_secret_is_hidden_wherever_it_goes() {
    let text = r#"
        variable "password" {
            type      = string
            sensitive = true
        }
        locals { connection = "user:${var.password}" }
        resource "fake_box" "a" {
            name   = "a"
            label  = local.connection
            secret = "correct-horse-battery"
            tags   = { pass = var.password, plain = "x" }
        }
        output "o" {
            value     = fake_box.a.label
            sensitive = true
        }
    "#;
    let given = format!("password={CANARY}");
    let project = Project::with_variables(text, &[&given]);
    let plan = project.plan(Mode::Normal, World::default()).expect("a plan");
    assert_hidden(&plan);
    assert!(is_hidden(after(&plan, "fake_box.a", "label")));
    assert!(is_hidden(after(&plan, "fake_box.a", "secret")));
    let tags = after(&plan, "fake_box.a", "tags");
    assert!(is_hidden(tags.get("pass").expect("pass")));
    assert!(!is_hidden(tags.get("plain").expect("plain")));
    assert!(is_hidden(&plan.variables["password"]));
    // Its values are there all the same, for the calls.
    assert_eq!(after(&plan, "fake_box.a", "secret").as_str(), Some(CANARY));

    let world = World::default().apply(&project);
    let again = project.plan(Mode::Normal, world).expect("a plan");
    assert!(!again.has_changes(), "{:#?}", again.changes);
    assert_hidden(&again);
}

#[test]
fn a_value_that_becomes_sensitive_is_marked_without_a_call() {
    let text = |sensitive: bool| {
        format!(
            "variable \"v\" {{\n default = \"x\"\n sensitive = {sensitive}\n}}\n\
             resource \"fake_box\" \"a\" {{\n name = \"a\"\n label = var.v\n}}"
        )
    };
    let plan = plan_in(World::of(&text(false)), &text(true));
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert!(calls(&plan, "fake_box.a").is_empty());
    assert!(is_hidden(after(&plan, "fake_box.a", "label")));
}

#[test]
fn what_is_write_only_is_in_no_plan_and_no_state() {
    let text = |version: u32| {
        format!(
            "resource \"fake_box\" \"a\" {{\n name = \"a\"\n secret_wo = \"{CANARY}{version}\"\n \
             wo_version = {version}\n}}"
        )
    };
    let plan = plan_in(World::default(), &text(1));
    assert!(after(&plan, "fake_box.a", "secret_wo").is_null());
    assert_hidden(&plan);
    let world = World::of(&text(1));
    assert!(world.objects[0].stored.attribute("secret_wo").is_null());
    // Its change is seen by the version beside it alone.
    let same_version = text(1).replace(CANARY, "other");
    assert!(!plan_in(world.clone(), &same_version).has_changes());
    assert_eq!(change(&plan_in(world, &text(2)), "fake_box.a").action, Action::Update);
}

#[test]
fn a_sensitive_error_message_is_not_shown() {
    let text = r#"
        variable "v" {
            default   = "correct-horse-battery"
            sensitive = true
        }
        resource "fake_box" "a" {
            name = "a"
            lifecycle {
                precondition {
                    condition     = var.v == ""
                    error_message = "not ${var.v}"
                }
            }
        }
    "#;
    let errors = Project::new(text).plan(Mode::Normal, World::default()).expect_err("it fails");
    assert!(!format!("{errors:?}").contains(CANARY), "{errors:?}");
}

#[test]
fn a_sensitive_for_each_is_refused() {
    let text = r#"
        variable "v" {
            default   = ["a"]
            type      = set(string)
            sensitive = true
        }
        resource "fake_box" "a" {
            for_each = var.v
            name     = each.key
        }
    "#;
    assert_eq!(errors_in(World::default(), text), ["Invalid for_each argument"]);
}

#[test]
fn a_secret_taken_away_is_a_change() {
    let bare = r#"resource "fake_box" "a" { name = "a" }"#;
    let plan = plan_in(World::of(&with_secret(CANARY)), bare);
    assert_eq!(change(&plan, "fake_box.a").action, Action::Update);
    assert_eq!(*after(&plan, "fake_box.a", "secret"), Value::null(meridian_lang::Type::String));
}
