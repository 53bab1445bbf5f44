//! Lost answers, and what a killed run left open.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, ErrorClass, Occurrence, Service};
use meridian_state::{IntentId, NewIntent};

use crate::bench::*;
use crate::cloud::Fault;

/// A box, or a token, which nothing but its mark tells from others of its name.
fn one(kind: &str, label: &str) -> String {
    format!("resource \"{kind}\" \"a\" {{\n name = \"a\"\n label = \"{label}\"\n}}")
}

const KINDS: [&str; 2] = ["fake_box", "fake_token"];

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_creation_makes_no_second_object() {
    for kind in KINDS {
        for faults in
            [&[Fault::LostDone][..], &[Fault::LostUndone], &[Fault::LostUndone, Fault::LostDone]]
        {
            let mut bench = Bench::new();
            bench.cloud.script("CreateBox", "a", faults);
            bench.converge(&one(kind, "l")).await;
            assert_eq!(bench.cloud.names(), ["a"], "{kind} {faults:?}");
            let label = bench.cloud.find("a").expect("a").get_str("label").map(str::to_owned);
            assert_eq!(label.as_deref(), Some("l"), "{kind} {faults:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_change_or_deletion_is_found_out() {
    for fault in [Fault::LostDone, Fault::LostUndone] {
        let mut bench = Bench::new();
        bench.cloud.script("LabelBox", "a", &[fault]);
        bench.cloud.script("DeleteBox", "a", &[fault]);
        bench.converge(&one("fake_box", "l")).await;
        assert_eq!(bench.cloud.find("a").expect("a").get_str("label"), Some("l"));
        bench.converge("").await;
        assert!(bench.cloud.names().is_empty() && bench.addresses().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn when_nobody_can_tell_the_intent_stays_open() {
    let mut bench = Bench::new();
    bench.cloud.script("CreateBox", "a", &[Fault::LostDone]);
    bench.cloud.script("DescribeBox", "a", &[Fault::Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&one("fake_box", "l")).await;
    assert_eq!(applied.failures.len(), 1);
    assert_eq!(bench.open_intents().len(), 1);
    bench.converge(&one("fake_box", "l")).await;
    assert_eq!(bench.cloud.names(), ["a"]);
}

/// The call that creates the box of [`one`].
fn creation(kind: &str) -> Call {
    let found_by = if kind == "fake_token" { Occurrence::Mark } else { Occurrence::Identity };
    let members = [("name", Value::string("a")), ("size", Value::number(1))];
    Call::change(Service::Kms, "CreateBox", "home", members).found_by(found_by)
}

/// Writes an intent down as a run does that is killed then.
pub fn left_open(bench: &mut Bench, address: &str, call: &Call, sent: bool) -> IntentId {
    let store = bench.store();
    let intent = NewIntent {
        run: store.begin_run("apply").expect("a run"),
        address: meridian_graph::InstanceAddress::parse(address).expect("an address"),
        deposed: None,
        service: "kms".into(),
        operation: call.operation.into(),
        region: "home".into(),
        provider: "fake".into(),
        request: call.input.clone(),
    };
    let id = store.record_intent(&intent).expect("an intent");
    if sent {
        store.mark_sent(id).expect("sent");
    }
    id
}

/// Makes the box in the cloud as the call of an intent does.
fn executed(bench: &Bench, call: &Call, intent: IntentId) {
    let mark = [("meridian:intent", Value::string(intent.to_string()))];
    let tags = Value::map(Type::String, mark);
    let is_marked = call.occurrence == Occurrence::Mark;
    let input = if is_marked { call.input.clone().with("Tags", tags) } else { call.input.clone() };
    bench.cloud.plant(&Call { input, ..call.clone() });
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_created_is_adopted() {
    for kind in KINDS {
        let mut bench = Bench::new();
        let call = creation(kind);
        // Others of that name are not ours.
        if kind == "fake_token" {
            bench.cloud.plant(&call);
        }
        let others = bench.cloud.names().len();
        let intent = left_open(&mut bench, &format!("{kind}.a"), &call, true);
        executed(&bench, &call, intent);
        bench.recover(&one(kind, "l")).await.expect("recovery");
        assert_eq!(bench.open_intents(), []);
        let snapshot = bench.snapshot();
        assert_eq!(snapshot.objects.len(), 1, "{kind}");
        assert!(snapshot.objects[0].unfinished);
        let id = format!("box-{:03}", others + 1);
        assert_eq!(snapshot.objects[0].attributes.get_str("id"), Some(&*id), "{kind}");
        bench.converge(&one(kind, "l")).await;
        assert_eq!(bench.cloud.names().len(), others + 1);
        assert_eq!(bench.cloud.changes(), ["LabelBox"], "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_left_or_left_no_trace_is_abandoned() {
    for kind in KINDS {
        for sent in [true, false] {
            let mut bench = Bench::new();
            left_open(&mut bench, &format!("{kind}.a"), &creation(kind), sent);
            bench.recover(&one(kind, "l")).await.expect("recovery");
            assert_eq!(bench.open_intents(), []);
            assert!(bench.addresses().is_empty());
            assert_eq!(bench.cloud.calls().is_empty(), !sent, "what never left is not looked for");
            bench.converge(&one(kind, "l")).await;
            assert_eq!(bench.cloud.names(), ["a"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn changes_and_deletions_are_decided_anew_from_what_is() {
    for operation in ["LabelBox", "DeleteBox"] {
        let mut bench = Bench::new();
        bench.converge(&one("fake_box", "old")).await;
        let id = [("id", Value::string("box-001"))];
        let call = Call::change(Service::Kms, operation, "home", id);
        left_open(&mut bench, "fake_box.a", &call, true);
        bench.cloud.meddle("a", |it| match operation {
            "LabelBox" => Some(it.with("label", Value::string("new"))),
            _ => None,
        });
        bench.converge(&one("fake_box", "new")).await;
        assert_eq!(bench.cloud.names(), ["a"]);
        assert_eq!(bench.cloud.find("a").expect("a").get_str("label"), Some("new"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_was_killed_half_way_is_finished() {
    let mut bench = Bench::new();
    bench.converge(&one("fake_token", "l")).await;
    let call = creation("fake_token");
    let intent = left_open(&mut bench, "fake_token.a", &call, true);
    executed(&bench, &call, intent);
    bench.recover(&one("fake_token", "l")).await.expect("recovery");
    let objects = bench.snapshot().objects;
    let current: Vec<_> = objects.iter().filter(|it| it.deposed.is_none()).collect();
    assert_eq!((objects.len(), current.len()), (2, 1));
    assert_eq!(current[0].attributes.get_str("id"), Some("box-002"), "the new one");
    bench.converge(&one("fake_token", "l")).await;
    assert_eq!(bench.cloud.names(), ["a"]);
    assert_eq!(bench.cloud.find("a").expect("a").get_str("id"), Some("box-002"));
}

#[tokio::test(start_paused = true)]
async fn recovery_that_cannot_ask_gives_nothing_up() {
    let mut bench = Bench::new();
    let call = creation("fake_box");
    let intent = left_open(&mut bench, "fake_box.a", &call, true);
    executed(&bench, &call, intent);
    bench.cloud.script("DescribeBox", "a", &[Fault::Refused(ErrorClass::Denied)]);
    let error = bench.recover(&one("fake_box", "l")).await.expect_err("it cannot ask");
    assert_eq!(error.address.as_deref(), Some("fake_box.a"));
    assert_eq!(bench.open_intents().len(), 1);
    bench.converge(&one("fake_box", "l")).await;
    assert_eq!(bench.cloud.names(), ["a"]);
}
