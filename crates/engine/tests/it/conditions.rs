//! Conditions that only an apply can decide: nothing begins behind one that does not hold.

use meridian_plan::Mode;

use crate::bench::*;

const OUTPUT: &str = r#"
    module "m" { source = "./m" }
    resource "fake_box" "after" {
        name   = "after"
        parent = module.m.id
    }
    resource "fake_box" "last" {
        name   = "last"
        parent = fake_box.after.id
    }
    resource "fake_box" "free" { name = "free" }
    output "direct" { value = module.m.id }
    output "indirect" { value = "${fake_box.after.id}" }
    output "free" { value = fake_box.free.id }
--- m/main.tf
    resource "fake_box" "a" { name = "a" }
    output "id" {
        value = fake_box.a.id
        precondition {
            condition     = fake_box.a.id CONDITION
            error_message = "Wrong box."
        }
    }
"#;

const VARIABLE: &str = r#"
    resource "fake_box" "a" { name = "a" }
    module "m" {
        source = "./m"
        id     = fake_box.a.id
    }
    resource "fake_box" "outside" {
        name       = "outside"
        depends_on = [module.m]
    }
--- m/main.tf
    variable "id" {
        type = string
        validation {
            condition     = var.id CONDITION
            error_message = "Wrong box."
        }
    }
    locals { named = "<${var.id}>" }
    resource "fake_box" "behind" {
        name  = "behind"
        label = local.named
    }
    resource "fake_box" "beside" { name = "beside" }
"#;

const ROOT_VARIABLE: &str = r#"
    resource "fake_box" "a" { name = "a" }
    variable "v" {
        default = "v"
        validation {
            condition     = var.v == "v" && fake_box.a.id CONDITION
            error_message = "Wrong box."
        }
    }
    resource "fake_box" "behind" { name = "behind-${var.v}" }
    output "v" { value = var.v }
"#;

const INSTANCES: &str = r#"
    module "m" {
        source   = "./m"
        for_each = { eu = 1, us = 2 }
        name     = each.key
    }
    resource "fake_box" "of_us" {
        name   = "of_us"
        parent = module.m["us"].id
    }
--- m/main.tf
    variable "name" { type = string }
    resource "fake_box" "a" { name = "a-${var.name}" }
    module "inner" {
        source = "./inner"
        name   = var.name
        id     = var.name == "eu" ? "box-000" : fake_box.a.id
    }
    output "id" { value = module.inner.id }
--- m/inner/main.tf
    variable "name" { type = string }
    variable "id" {
        type = string
        validation {
            condition     = var.name != "us" || var.id CONDITION
            error_message = "Wrong box."
        }
    }
    resource "fake_box" "b" {
        name   = "b-${var.name}"
        parent = var.id
    }
    output "id" { value = fake_box.b.id }
"#;

/// A configuration, what is told, the objects and the skipped ones with their causes, the outputs.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a [(&'a str, &'a str)], &'a [&'a str]);

#[tokio::test]
async fn nothing_begins_behind_a_condition_that_does_not_hold() {
    let precondition = "Module output value precondition failed";
    let validation = "Invalid value for variable";
    let cases: [Case<'_>; 4] = [
        (
            OUTPUT,
            precondition,
            &["fake_box.free", "module.m.fake_box.a"],
            &[("fake_box.after", "module.m.output.id"), ("fake_box.last", "module.m.output.id")],
            &["free"],
        ),
        (
            VARIABLE,
            validation,
            &["fake_box.a", "module.m.fake_box.beside"],
            &[
                ("fake_box.outside", "module.m.var.id"),
                ("module.m.fake_box.behind", "module.m.var.id"),
            ],
            &[],
        ),
        (ROOT_VARIABLE, validation, &["fake_box.a"], &[("fake_box.behind", "var.v")], &[]),
        (
            INSTANCES,
            validation,
            &[
                "module.m[\"eu\"].fake_box.a",
                "module.m[\"us\"].fake_box.a",
                "module.m[\"eu\"].module.inner.fake_box.b",
            ],
            &[
                ("fake_box.of_us", "module.m[\"us\"].module.inner.var.id"),
                (
                    "module.m[\"us\"].module.inner.fake_box.b",
                    "module.m[\"us\"].module.inner.var.id",
                ),
            ],
            &[],
        ),
    ];
    for (text, summary, made, left, outputs) in cases {
        let broken = text.replace("CONDITION", "== \"never\"");
        let mut bench = Bench::new();
        let applied = bench.apply(&broken).await;
        assert!(!applied.is_complete());
        let told: Vec<_> = applied.diagnostics.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(told, [summary], "it is told once: {:#?}", applied.diagnostics);
        assert!(applied.failures.is_empty(), "no instance failed by itself");
        assert_eq!(bench.addresses(), made);
        let mut found = skipped(&applied);
        found.sort();
        let left: Vec<_> =
            left.iter().map(|(it, why)| ((*it).to_owned(), Some((*why).to_owned()))).collect();
        assert_eq!(found, left);
        let known: Vec<_> = applied.outputs.keys().map(|it| &**it).collect();
        assert_eq!(known, outputs);
        // The same configuration with a condition that holds goes on from there.
        bench.converge(&text.replace("CONDITION", "!= \"never\"")).await;
    }
}

#[tokio::test]
async fn a_broken_condition_is_passed_on_by_what_needs_no_change() {
    let text = |first: &str, condition: &str, new: &str| {
        format!(
            r#"
            module "m" {{ source = "./m" }}
            resource "fake_box" "same" {{
                name       = "same"
                depends_on = [module.m]
            }}
            {new}
--- m/main.tf
            resource "fake_box" "a" {{ name = "{first}" }}
            output "id" {{
                value = fake_box.a.id
                precondition {{
                    condition     = fake_box.a.id {condition}
                    error_message = "Wrong box."
                }}
            }}
            "#
        )
    };
    let mut bench = Bench::new();
    bench.converge(&text("a", "!= \"never\"", "")).await;
    let new = "resource \"fake_box\" \"new\" {\n name = \"new\"\n parent = fake_box.same.id\n}";
    let applied = bench.apply(&text("b", "== \"never\"", new)).await;
    let because = Some("module.m.output.id".to_owned());
    // The replaced box stays until what refers to it has moved away.
    let left = ["fake_box.new", "module.m.fake_box.a"].map(|it| (it.to_owned(), because.clone()));
    assert_eq!(skipped(&applied), left);
    assert_eq!(bench.cloud.names(), ["a", "same", "b"]);
}

#[tokio::test]
async fn what_waits_for_something_that_failed_is_not_judged() {
    let text = r#"
        module "m" { source = "./m" }
        output "o" {
            value = module.m.id
            precondition {
                condition     = module.m.id == "never"
                error_message = "Wrong box."
            }
        }
        check "c" {
            assert {
                condition     = module.m.id == "never"
                error_message = "Wrong box."
            }
        }
        resource "fake_box" "other" { name = "other" }
        check "other" {
            assert {
                condition     = fake_box.other.id == "never"
                error_message = "Wrong other box."
            }
        }
--- m/main.tf
        resource "fake_box" "a" { name = "a" }
        output "id" { value = fake_box.a.id }
    "#;
    let mut bench = Bench::new();
    let denied = crate::cloud::Fault::Refused(meridian_resource::ErrorClass::Denied);
    bench.cloud.script("CreateBox", "a", &[denied]);
    let applied = bench.apply(text).await;
    let told: Vec<_> = applied.diagnostics.iter().map(|it| it.detail.as_str()).collect();
    assert_eq!(told, ["Wrong other box."]);
    let plan = bench.plan(Mode::Normal, text).await;
    assert_eq!(plan.counts().add, 1);
}
