//! Carrying out a plan when nothing goes wrong.

use meridian_engine::{Event, Operation};
use meridian_lang::{Marks, Value};
use meridian_plan::Mode;

use crate::bench::*;

const CHAIN: &str = r#"
    resource "fake_box" "c" {
        name   = "c"
        parent = fake_box.b.id
    }
    resource "fake_box" "b" {
        name   = "b"
        label  = "labelled"
        parent = fake_box.a.id
    }
    resource "fake_box" "a" { name = "a" }
    output "last" { value = "<${fake_box.c.id}>" }
"#;

fn many(count: usize) -> String {
    format!("resource \"fake_box\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

#[tokio::test]
async fn objects_are_created_after_what_they_lean_on() {
    let mut bench = Bench::new();
    let applied = bench.converge(CHAIN).await;
    assert_eq!((applied.counts.add, applied.counts.change, applied.counts.destroy), (3, 0, 0));
    assert_eq!(bench.cloud.changes(), ["CreateBox", "CreateBox", "LabelBox", "CreateBox"]);
    assert_eq!(bench.cloud.names(), ["a", "b", "c"]);
    assert_eq!(bench.cloud.find("c").expect("c").get_str("parent"), Some("box-002"));
    assert_eq!(bench.addresses(), ["fake_box.a", "fake_box.b", "fake_box.c"]);
    let output = &bench.snapshot().outputs["last"];
    assert_eq!(output.value, Value::string("<box-003>"));
    assert_eq!(applied.outputs["last"], *output);
}

#[tokio::test]
async fn what_is_independent_is_created_at_once_within_the_permits() {
    let mut bench = Bench::with_permits(3);
    // Creations go on in threes only: fewer at once, and none would ever end.
    bench.cloud.gate(3);
    bench.converge(&many(9)).await;
    assert_eq!(bench.cloud.names().len(), 9);
    assert_eq!(bench.cloud.most_under_way(), 3, "and never more");
}

#[tokio::test]
async fn a_waiting_object_lets_others_work() {
    let mut bench = Bench::with_permits(1);
    let text = r#"
        resource "fake_box" "slow" { name = "slow" }
        resource "fake_box" "next" { name = "next" }
        resource "fake_box" "last" {
            name   = "last"
            parent = fake_box.slow.id
        }
    "#;
    tokio::time::pause();
    bench.cloud.pending("slow", 5);
    let cloud = bench.cloud.clone();
    bench.cloud.before_each_change(move |call| {
        if call.input.get_str("name") == Some("next") {
            // The slow one is there but not ready, and yet this one has its turn.
            assert_eq!(cloud.names(), ["slow"]);
            assert_eq!(cloud.calls().iter().filter(|it| it.operation == "CreateBox").count(), 1);
        }
    });
    bench.converge(text).await;
    assert_eq!(bench.cloud.names(), ["slow", "next", "last"]);
    assert_eq!(bench.cloud.most_under_way(), 1);
    let waited = bench
        .events()
        .iter()
        .any(|event| matches!(event, Event::Waiting { what, .. } if what == "the box to be ready"));
    assert!(waited);
}

#[tokio::test(start_paused = true)]
async fn what_is_never_ready_is_given_up_and_kept() {
    let mut bench = Bench::new();
    bench.cloud.pending("a", 1_000_000);
    let applied = bench.apply(&many(1).replace("a${count.index}", "a")).await;
    assert_eq!(failures(&applied), [("fake_box.a[0]".into(), "Waited too long".into())]);
    assert!(bench.snapshot().objects[0].unfinished);
    bench.cloud.pending("a", 0);
    bench.converge(&many(1).replace("a${count.index}", "a")).await;
    assert_eq!(bench.cloud.names(), ["a"]);
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_touch() {
    let mut bench = Bench::new();
    bench.converge(CHAIN).await;
    let changed = CHAIN.replace("\"labelled\"", "\"other\"\n tags = { x = \"y\" }");
    let applied = bench.converge(&changed).await;
    assert_eq!((applied.counts.add, applied.counts.change, applied.counts.destroy), (0, 1, 0));
    let b = &bench.snapshot().objects[1];
    assert_eq!(b.attributes.get_str("id"), Some("box-002"));
    assert_eq!(b.attributes.get_str("policy"), Some("default"));
    assert_eq!(b.attributes.get_str("label"), Some("other"));
    assert_eq!(b.attributes.get("tags").and_then(|it| it.get_str("x")), Some("y"));
    assert_eq!(b.dependencies.len(), 1);
    assert_eq!(bench.cloud.find("b").expect("b").get_str("label"), Some("other"));
}

#[tokio::test]
async fn an_ignored_change_does_not_stand_in_the_way_of_others() {
    let mut bench = Bench::new();
    let text = |label: &str, size: u32| {
        format!(
            "resource \"fake_box\" \"a\" {{\n name = \"a\"\n label = \"{label}\"\n size = {size}\n \
             lifecycle {{ ignore_changes = [label] }}\n}}"
        )
    };
    bench.converge(&text("old", 1)).await;
    bench.converge(&text("new", 2)).await;
    let found = bench.cloud.find("a").expect("a");
    assert_eq!(found.get_str("label"), Some("old"));
    assert_eq!(found.get("size"), Some(&Value::number(2)));
}

#[tokio::test]
async fn destroy_goes_the_other_way_and_takes_the_outputs() {
    let mut bench = Bench::new();
    bench.converge(CHAIN).await;
    let plan = bench.plan(Mode::Destroy, CHAIN).await;
    let applied = bench.carry_out(CHAIN, &plan).await;
    assert!(applied.is_complete());
    assert_eq!(applied.counts.destroy, 3);
    let calls = bench.cloud.calls();
    let deleted: Vec<&str> = calls
        .iter()
        .filter(|call| call.operation == "DeleteBox")
        .filter_map(|call| call.input.get_str("id"))
        .collect();
    assert_eq!(deleted, ["box-003", "box-002", "box-001"]);
    assert!(bench.snapshot().objects.is_empty() && bench.snapshot().outputs.is_empty());
}

#[tokio::test]
async fn outputs_come_change_and_go() {
    let mut bench = Bench::new();
    let output = |text: &str| text.to_owned();
    bench.converge(&output("output \"a\" { value = 1 }\noutput \"b\" { value = 2 }")).await;
    bench.converge(&output("output \"b\" { value = 3 }")).await;
    let outputs = bench.snapshot().outputs;
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    assert_eq!(outputs["b"].value, Value::number(3));
    bench.converge(&output("output \"b\" { value = null }")).await;
    assert!(bench.snapshot().outputs.is_empty());
}

#[tokio::test]
async fn a_sensitive_output_is_stored_as_such() {
    let mut bench = Bench::new();
    let text = "variable \"v\" {\n default = \"x\"\n sensitive = true\n}\n\
                output \"o\" {\n value = { v = var.v }\n sensitive = true\n}";
    bench.converge(text).await;
    let output = &bench.snapshot().outputs["o"];
    assert!(output.sensitive && output.value.deep_marks().contains(Marks::SENSITIVE));
}

#[tokio::test]
async fn siblings_of_an_instance_are_seen_whole() {
    let mut bench = Bench::new();
    let text = format!(
        "{}\nresource \"fake_box\" \"all\" {{\n name = \"all\"\n label = join(\",\", fake_box.a[*].id)\n}}",
        many(12)
    );
    bench.converge(&text).await;
    let label = bench.cloud.find("all").expect("all").get_str("label").map(str::to_owned);
    assert_eq!(label.expect("a label").split(',').count(), 12);
}

#[tokio::test]
async fn what_happens_is_told_in_order() {
    let mut bench = Bench::new();
    bench.converge("resource \"fake_box\" \"a\" { name = \"a\" }").await;
    let events = bench.events();
    let position = |wanted: fn(&Event) -> bool| {
        events.iter().position(wanted).unwrap_or_else(|| panic!("in {events:#?}"))
    };
    let started = position(|it| matches!(it, Event::Started { operation: Operation::Create, .. }));
    let calling =
        position(|it| matches!(it, Event::Calling { call, .. } if call == "kms:CreateBox"));
    let finished = position(
        |it| matches!(it, Event::Finished { id: Some(id), operation: Operation::Create, .. } if id == "box-001"),
    );
    assert!(started < calling && calling < finished);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_visible_at_once_is_waited_for() {
    let mut bench = Bench::new();
    bench.cloud.invisible("a", 4);
    bench.converge("resource \"fake_box\" \"a\" {\n name = \"a\"\n label = \"x\"\n}").await;
    assert_eq!(bench.cloud.changes(), ["CreateBox", "LabelBox"]);
}

#[tokio::test]
async fn what_was_read_is_taken_into_the_state_where_nothing_else_is_done() {
    let mut bench = Bench::new();
    bench.converge(CHAIN).await;
    bench.cloud.meddle("a", |it| Some(it.with("policy", Value::string("theirs"))));
    // The reference is replaced by what it gave: nothing changes but the order of things.
    let literal = CHAIN.replace("fake_box.a.id", "\"box-001\"");
    let plan = bench.plan(Mode::Normal, &literal).await;
    assert!(!plan.has_changes());
    assert_eq!(plan.drift.len(), 1);
    bench.carry_out(&literal, &plan).await;
    let objects = bench.snapshot().objects;
    assert_eq!(objects[0].attributes.get_str("policy"), Some("theirs"));
    assert!(objects[1].dependencies.is_empty(), "b no longer leans on a");
    bench.assert_settled(&literal).await;
}

#[tokio::test]
async fn what_is_gone_and_not_wanted_is_forgotten() {
    let mut bench = Bench::new();
    bench.converge(CHAIN).await;
    bench.cloud.meddle("c", |_| None);
    let without = CHAIN.replacen("fake_box.c.id", "fake_box.b.id", 1);
    let (_, rest) = without.split_once("resource \"fake_box\" \"b\"").expect("b");
    let text = format!("resource \"fake_box\" \"b\"{rest}");
    let plan = bench.plan(Mode::Normal, &text).await;
    assert!(!plan.has_resource_changes());
    meridian_engine::forget(bench.store(), &plan.gone).expect("forgotten");
    assert_eq!(bench.addresses(), ["fake_box.a", "fake_box.b"]);
    bench.carry_out(&text, &plan).await;
    bench.assert_settled(&text).await;
}

#[tokio::test]
async fn an_output_that_turns_out_null_goes() {
    let mut bench = Bench::new();
    let text = |value: &str| {
        format!(
            "resource \"fake_box\" \"a\" {{ name = \"a\" }}\noutput \"o\" {{ value = {value} }}"
        )
    };
    bench.converge(&text("1")).await;
    let late = text("fake_box.b.id == \"box-002\" ? null : \"x\"")
        + "\nresource \"fake_box\" \"b\" { name = \"b\" }";
    bench.converge(&late).await;
    assert!(bench.snapshot().outputs.is_empty());
}
