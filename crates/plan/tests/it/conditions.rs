//! Preconditions, postconditions and validations.

use meridian_plan::{CheckKind, CheckStatus, Mode, Options, check_variables};

use crate::world::*;

fn guarded(kind: &str, condition: &str) -> String {
    format!(
        r#"
        variable "two" {{ default = 2 }}
        locals {{
            nothing = null
            perhaps = "perhaps"
        }}
        resource "fake_box" "first" {{ name = "first" }}
        resource "fake_box" "a" {{
            name  = "a"
            label = "x"
            lifecycle {{
                {kind} {{
                    condition     = {condition}
                    error_message = "It must not be."
                }}
            }}
        }}
    "#
    )
}

#[test]
fn a_precondition_that_does_not_hold_stops_the_plan() {
    let text = guarded("precondition", "1 > var.two");
    let project = Project::new(&text);
    let errors = project.plan(Mode::Normal, World::default()).expect_err("it does not hold");
    let error = errors.iter().next().expect("an error");
    assert_eq!(error.summary, "Resource precondition failed");
    assert_eq!(error.detail, "It must not be.");
    assert_eq!(error.address.as_deref(), Some("fake_box.a"));
    assert_eq!(project.config.sources.excerpt(error.span.expect("a place")), "1 > var.two");
}

#[test]
fn a_condition_that_holds_or_cannot_be_told_yet_stops_nothing() {
    for kind in ["precondition", "postcondition"] {
        for condition in ["1 < var.two", "fake_box.first.id == \"x\""] {
            assert_eq!(plan_in(World::default(), &guarded(kind, condition)).counts().add, 2);
        }
    }
}

#[test]
fn a_postcondition_is_told_as_soon_as_it_is_known_to_fail() {
    let text = guarded("postcondition", "self.label == \"y\"");
    assert_eq!(errors_in(World::default(), &text), ["Resource postcondition failed"]);
    let unguarded = guarded("postcondition", "self.label == \"x\"");
    assert_eq!(errors_in(World::of(&unguarded), &text), ["Resource postcondition failed"]);
}

#[test]
fn a_condition_must_be_true_or_false() {
    for condition in ["local.nothing", "local.perhaps"] {
        let errors = errors_in(World::default(), &guarded("precondition", condition));
        assert_eq!(errors, ["Invalid condition result"], "{condition}");
    }
}

#[test]
fn conditions_see_their_own_instance() {
    let text = r#"resource "fake_box" "a" {
        for_each = { good = 1, bad = 2 }
        name     = each.key
        lifecycle {
            precondition {
                condition     = each.value < 2
                error_message = "${each.key} is too much."
            }
        }
    }"#;
    let errors = Project::new(text).plan(Mode::Normal, World::default()).expect_err("one fails");
    let told: Vec<_> = errors.iter().map(|it| (it.address.clone(), it.detail.clone())).collect();
    assert_eq!(told, [(Some("fake_box.a[\"bad\"]".into()), "bad is too much.".into())]);
}

#[test]
fn an_output_has_preconditions_too() {
    let text = r#"
    variable "one" { default = 1 }
    output "o" {
        value = 1
        precondition {
            condition     = var.one > 1
            error_message = "Never."
        }
    }"#;
    assert_eq!(errors_in(World::default(), text), ["Module output value precondition failed"]);
}

#[test]
fn variables_are_validated() {
    let text = r#"variable "size" {
        default = 3
        validation {
            condition     = var.size < 3
            error_message = "At most 2, not ${var.size}."
        }
    }"#;
    let wrong = Project::new(text);
    let errors = check_variables(&wrong.config, &wrong.values());
    let error = errors.iter().next().expect("an error");
    assert!(error.detail.contains("At most 2, not 3."), "{error:?}");
    let right = Project::with_variables(text, &["size=2"]);
    assert!(check_variables(&right.config, &right.values()).is_empty());
    let plan = right.plan(Mode::Normal, World::default()).expect("it is right");
    assert_eq!(plan.checks.len(), 1);
    assert_eq!(plan.checks[0].address.as_deref(), Some("var.size"));
    assert_eq!(plan.checks[0].status, CheckStatus::Pass);
}

#[test]
fn a_rule_that_leans_on_a_resource_is_checked_with_it() {
    let text = |label: &str| {
        format!(
            "resource \"fake_box\" \"a\" {{\n name = \"a\"\n label = \"{label}\"\n}}\nvariable \"v\" {{\n \
             default = \"x\"\n validation {{\n condition = var.v == fake_box.a.label\n \
             error_message = \"no\"\n }}\n}}"
        )
    };
    assert_eq!(plan_in(World::default(), &text("x")).counts().add, 1);
    assert_eq!(errors_in(World::default(), &text("y")), ["Invalid value for variable"]);
}

#[test]
fn an_assertion_that_cannot_be_decided_is_told() {
    let text = "resource \"fake_box\" \"a\" { name = \"a\" }\ncheck \"c\" {\n assert {\n \
                condition = fake_box.a.id == \"x\"\n error_message = \"no\"\n }\n}";
    let told = |world| plan_in(world, text).warnings[0].summary.clone();
    assert_eq!(told(World::default()), "Check block assertion known after apply");
    assert_eq!(told(World::of(text)), "Check block assertion failed");
}

/// Conditions on everything, around a box whose label is given.
fn guarded_everywhere(label: &str, x: &str) -> String {
    format!(
        r#"
        resource "fake_box" "a" {{
            name  = "a"
            label = "{label}"
            lifecycle {{
                precondition {{
                    condition     = var.v != "no"
                    error_message = "no"
                }}
            }}
        }}
        resource "fake_box" "none" {{
            count = 0
            name  = "none"
            lifecycle {{
                postcondition {{
                    condition     = self.name != "no"
                    error_message = "no"
                }}
            }}
        }}
        variable "v" {{ default = "v" }}
        output "label" {{
            value = fake_box.a.label
            precondition {{
                condition     = fake_box.a.label != "no"
                error_message = "no"
            }}
        }}
        output "id" {{ value = "${{fake_box.a.label}}-${{fake_box.a.id}}" }}
        check "c" {{
            assert {{
                condition     = fake_box.a.label != "no"
                error_message = "no"
            }}
        }}
        module "m" {{
            source = "./m"
            x      = "{x}"
        }}
        --- m/main.tf
        variable "x" {{
            type = string
            validation {{
                condition     = var.x == "x"
                error_message = "no"
            }}
        }}
        "#
    )
}

#[test]
fn every_block_with_conditions_is_listed() {
    let text = guarded_everywhere("l", "x");
    let listed = |mode, options| {
        let plan = Project::new(&text).plan_with(mode, options, World::of(&text)).expect("a plan");
        let mut found: Vec<(CheckKind, String, CheckStatus, bool)> = plan
            .checks
            .iter()
            .map(|it| (it.kind, it.block.clone(), it.status, it.address.is_some()))
            .collect();
        found.sort();
        found
    };
    let rows = |of: fn(&str) -> (CheckStatus, bool)| {
        let blocks = [
            (CheckKind::Resource, "fake_box.a"),
            (CheckKind::Resource, "fake_box.none"),
            (CheckKind::Output, "output.label"),
            (CheckKind::Check, "check.c"),
            (CheckKind::Variable, "module.m.var.x"),
        ];
        blocks.map(|(kind, block)| (kind, block.to_owned(), of(block).0, of(block).1)).to_vec()
    };
    let all = rows(|block| (CheckStatus::Pass, block != "fake_box.none"));
    assert_eq!(listed(Mode::Normal, Options::default()), all);
    // To destroy, nothing is decided.
    let none = rows(|block| (CheckStatus::Unknown, block == "output.label"));
    assert_eq!(listed(Mode::Destroy, Options::default()), none);
    let target = meridian_graph::Target::parse("fake_box.none").expect("a target");
    let options = Options { targets: vec![target], ..Options::default() };
    let part = rows(|block| match block {
        "fake_box.none" => (CheckStatus::Pass, false),
        _ => (CheckStatus::Unknown, false),
    });
    assert_eq!(listed(Mode::Normal, options), part);
}

#[test]
fn what_is_destroyed_is_evaluated_once_more() {
    let old = guarded_everywhere("old", "x");
    let new = guarded_everywhere("new", "x");
    let outputs = |text: &str, without_refresh| {
        let options = Options { without_refresh, ..Options::default() };
        let plan = Project::new(text)
            .plan_with(Mode::Destroy, options, World::of(&old))
            .expect("nothing stands in the way");
        let before = |name: &str| {
            let output = plan.outputs.iter().find(|it| &*it.name == name).expect(name);
            output.before.as_ref().and_then(|it| it.as_str().map(str::to_owned)).expect("a text")
        };
        (before("label"), before("id"))
    };
    let id = |label: &str| format!("{label}-{}", outputs(&old, true).1.trim_start_matches("old-"));
    assert_eq!(outputs(&new, false), ("new".into(), id("new")));
    assert_eq!(outputs(&new, true), ("old".into(), id("old")), "without a refresh");
    // A condition of an output or a resource does not keep anything from being destroyed, the
    // value of a module's variable does.
    assert_eq!(outputs(&guarded_everywhere("no", "x"), false).0, "no");
    let wrong = Project::new(&guarded_everywhere("old", "y"));
    for without_refresh in [false, true] {
        let options = Options { without_refresh, ..Options::default() };
        let errors = wrong.plan_with(Mode::Destroy, options, World::of(&old)).expect_err("y");
        let told: Vec<&str> = errors.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(told, ["Invalid value for variable"]);
    }
}
