//! The wish to stop: what runs ends, nothing new begins.

use std::time::Duration;

use meridian_lang::Value;

use crate::bench::*;

fn many(count: usize) -> String {
    format!("resource \"fake_box\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

/// Asks to stop as soon as an operation is called.
fn stop_at(bench: &Bench, operation: &'static str, name: &'static str) {
    let (stop, cloud) = (bench.stop.clone(), bench.cloud.clone());
    bench.cloud.before_each_change(move |call| {
        let id = call.input.get_str("id").map(str::to_owned);
        let named = cloud.find(name).and_then(|it| it.get_str("id").map(str::to_owned));
        let is_meant = call.input.get_str("name") == Some(name) || (id.is_some() && id == named);
        if call.operation == operation && is_meant {
            stop.ask();
        }
    });
}

#[tokio::test]
async fn the_call_under_way_ends_and_no_other_begins() {
    let mut bench = Bench::with_permits(1);
    stop_at(&bench, "CreateBox", "a0");
    let applied = bench.apply(&many(3)).await;
    assert!(applied.interrupted && !applied.is_complete());
    assert_eq!(bench.cloud.changes(), ["CreateBox"]);
    assert_eq!(bench.cloud.names(), ["a0"]);
    assert_eq!(bench.addresses(), ["fake_box.a[0]"]);
    assert_eq!(failures(&applied), []);
    let mut rest = skipped(&applied);
    rest.sort();
    assert_eq!(rest, [("fake_box.a[1]".into(), None), ("fake_box.a[2]".into(), None)]);
    assert!(applied.unfinished.is_empty(), "{:?}", applied.unfinished);
    assert_eq!(bench.open_intents(), []);
}

const ROW: &str = r#"
    resource "fake_box" "a" {
        name  = "a"
        label = "l"
    }
    resource "fake_box" "b" {
        name   = "b"
        parent = fake_box.a.id
    }
    resource "fake_box" "c" {
        name   = "c"
        parent = fake_box.b.id
    }
    output "b" { value = fake_box.b.id }
"#;

#[tokio::test]
async fn an_object_that_is_half_made_is_in_the_state_and_goes_on_later() {
    let mut bench = Bench::new();
    stop_at(&bench, "CreateBox", "a");
    let applied = bench.apply(ROW).await;
    assert!(applied.interrupted);
    assert_eq!(bench.cloud.changes(), ["CreateBox"], "its label would be a new call");
    let unfinished: Vec<String> = applied.unfinished.iter().map(ToString::to_string).collect();
    assert_eq!(unfinished, ["fake_box.a"]);
    let rest = skipped(&applied);
    assert_eq!(rest, [("fake_box.b".into(), None), ("fake_box.c".into(), None)]);
    assert!(bench.snapshot().objects[0].unfinished);
    assert!(bench.snapshot().outputs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_at_once() {
    let mut bench = Bench::with_permits(1);
    bench.cloud.pending("a", 1_000_000);
    let (stop, context) = (bench.stop.clone(), bench.context.clone());
    let asked = tokio::spawn(async move {
        // Whoever waits has given its permit back.
        for free in [0, 1] {
            let mut turns = 0..5_000_000;
            while context.permits.available_permits() != free && turns.next().is_some() {
                tokio::task::yield_now().await;
            }
        }
        stop.ask();
        tokio::time::Instant::now()
    });
    let applied = bench.apply(ROW).await;
    let asked = asked.await.expect("asked");
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert!(applied.interrupted);
    assert_eq!(applied.unfinished.len(), 1);
    assert_eq!(skipped(&applied).len(), 2);
    assert_eq!(bench.addresses(), ["fake_box.a"]);
}

#[tokio::test]
async fn outputs_stay_what_they_were() {
    let mut bench = Bench::new();
    bench.converge(ROW).await;
    let changed = ROW
        .replace("\"l\"", "\"m\"")
        .replace("fake_box.b.id }", "fake_box.b.size }")
        .replace("\"b\"\n", "\"b\"\n size = 7\n");
    stop_at(&bench, "LabelBox", "a");
    let plan = bench.plan(meridian_plan::Mode::Normal, &changed).await;
    assert_eq!(plan.counts().change, 2);
    let applied = bench.carry_out(&changed, &plan).await;
    if applied.interrupted {
        assert_eq!(bench.snapshot().outputs["b"].value, Value::string("box-002"));
    }
    assert_eq!(applied.outputs.len(), 1);
}

#[tokio::test]
async fn what_ended_in_time_counts() {
    let mut bench = Bench::new();
    // The last call of all: when it is answered everything is done.
    stop_at(&bench, "CreateBox", "c");
    let applied = bench.apply(ROW).await;
    assert!(applied.is_complete(), "{applied:#?}");
    assert_eq!(applied.counts.add, 3);
    assert_eq!(bench.snapshot().outputs["b"].value, Value::string("box-002"));
}

#[tokio::test]
async fn outputs_of_what_ended_in_time_are_set() {
    let mut bench = Bench::new();
    stop_at(&bench, "CreateBox", "b");
    let applied = bench.apply(ROW).await;
    assert!(applied.interrupted);
    assert_eq!(skipped(&applied), [("fake_box.c".into(), None)]);
    assert_eq!(bench.snapshot().outputs["b"].value, Value::string("box-002"));
}
