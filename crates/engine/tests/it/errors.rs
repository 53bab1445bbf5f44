//! What fails, what that stops, and what is tried again.

use meridian_lang::Value;
use meridian_plan::Mode;
use meridian_resource::{Call, ErrorClass, Occurrence, Service};

use crate::bench::*;
use crate::cloud::Fault::{self, Refused};

const TREE: &str = r#"
    resource "fake_box" "a" { name = "a" }
    resource "fake_box" "b" {
        name   = "b"
        parent = fake_box.a.id
    }
    resource "fake_box" "c" {
        name   = "c"
        parent = fake_box.b.id
    }
    resource "fake_box" "d" {
        name   = "d"
        parent = fake_box.c.id
    }
    resource "fake_box" "x" { name = "x" }
    output "a" { value = fake_box.a.id }
    output "c" { value = fake_box.c.id }
"#;

fn tries(bench: &Bench, operation: &str) -> usize {
    bench.cloud.changes().iter().filter(|it| *it == operation).count()
}

const ONE: &str = "resource \"fake_box\" \"a\" {\n name = \"a\"\n label = \"l\"\n}";

#[tokio::test]
async fn a_failure_stops_what_leans_on_it_and_nothing_else() {
    let mut bench = Bench::new();
    bench.cloud.script("CreateBox", "b", &[Refused(ErrorClass::Denied)]);
    let applied = bench.apply(TREE).await;
    assert!(!applied.is_complete() && !applied.interrupted);
    assert_eq!(failures(&applied), [("fake_box.b".into(), "kms CreateBox failed in home".into())]);
    let told = &applied.failures[0].1;
    for part in ["DeniedException", "as scripted", "r-1"] {
        assert!(told.detail.contains(part), "{told:?}");
    }
    assert_eq!(told.address.as_deref(), Some("fake_box.b"));
    assert!(told.span.is_some(), "it points to the block");
    let mut because = skipped(&applied);
    because.sort();
    let b = Some("fake_box.b".to_owned());
    assert_eq!(because, [("fake_box.c".into(), b.clone()), ("fake_box.d".into(), b)]);
    assert_eq!(bench.addresses(), ["fake_box.a", "fake_box.x"]);
    assert_eq!(applied.counts.add, 2);
    assert_eq!(tries(&bench, "CreateBox"), 3, "what is denied is not tried again");
    assert_eq!(bench.snapshot().outputs.keys().map(|it| &**it).collect::<Vec<_>>(), ["a"]);
    bench.converge(TREE).await;
    assert_eq!(bench.cloud.names().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_can_pass_is_tried_again() {
    for class in [ErrorClass::Throttled, ErrorClass::Unavailable] {
        let mut bench = Bench::new();
        bench.cloud.script("CreateBox", "a", &[Refused(class); 3]);
        bench.cloud.script("LabelBox", "a", &[Refused(class); 2]);
        bench.converge(ONE).await;
        assert_eq!((tries(&bench, "CreateBox"), tries(&bench, "LabelBox")), (4, 3));
        assert_eq!(bench.cloud.names(), ["a"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_given_up() {
    for class in [ErrorClass::Throttled, ErrorClass::Unavailable, ErrorClass::OutcomeUnknown] {
        let mut bench = Bench::new();
        bench.cloud.script("CreateBox", "a", &[Refused(class); 5_000]);
        let applied = bench.apply(ONE).await;
        assert_eq!(applied.failures.len(), 1);
        assert!(tries(&bench, "CreateBox") > 5);
        assert!(bench.addresses().is_empty());
        assert_eq!(bench.open_intents(), [], "{class:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_errors_are_final() {
    use ErrorClass::*;
    for class in [Denied, LimitExceeded, InvalidState, Disabled, MalformedPolicy, Invalid, Other] {
        let mut bench = Bench::new();
        bench.cloud.script("CreateBox", "a", &[Refused(class)]);
        let applied = bench.apply(ONE).await;
        assert_eq!(applied.failures.len(), 1, "{class:?}");
        assert_eq!(tries(&bench, "CreateBox"), 1, "{class:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_just_created_may_not_be_found_at_first() {
    let mut bench = Bench::new();
    bench.cloud.script("LabelBox", "a", &[Refused(ErrorClass::NotFound); 3]);
    bench.converge(ONE).await;
    assert_eq!(tries(&bench, "LabelBox"), 4);
}

#[tokio::test]
async fn what_is_gone_need_not_be_deleted() {
    let mut bench = Bench::new();
    bench.converge(ONE).await;
    let plan = bench.plan(Mode::Normal, "").await;
    bench.cloud.meddle("a", |_| None);
    let applied = bench.carry_out("", &plan).await;
    assert!(applied.is_complete(), "{applied:#?}");
    assert!(bench.addresses().is_empty());
}

#[tokio::test]
async fn what_someone_else_made_is_not_taken_over() {
    let mut bench = Bench::new();
    let theirs = [("name", Value::string("a")), ("label", Value::string("theirs"))];
    let call = Call::change(Service::Kms, "CreateBox", "home", theirs);
    bench.cloud.plant(&call.found_by(Occurrence::Identity));
    let applied = bench.apply(ONE).await;
    assert_eq!(applied.failures.len(), 1);
    assert!(bench.addresses().is_empty());
    assert_eq!(bench.cloud.find("a").expect("theirs").get_str("label"), Some("theirs"));
}

#[tokio::test]
async fn an_object_that_is_made_half_stays_known() {
    let mut bench = Bench::new();
    bench.cloud.script("LabelBox", "a", &[Refused(ErrorClass::Denied)]);
    let applied = bench.apply(ONE).await;
    assert_eq!(applied.failures.len(), 1);
    let snapshot = bench.snapshot();
    assert!(snapshot.objects[0].unfinished);
    assert!(snapshot.objects[0].attributes.get("label").is_some_and(Value::is_null));
    bench.converge(ONE).await;
    assert_eq!(bench.cloud.changes(), ["CreateBox", "LabelBox", "LabelBox"]);
}

#[tokio::test]
async fn a_failed_update_leaves_state_and_outputs_as_they_are() {
    let mut bench = Bench::new();
    let text = |size: u32| {
        format!(
            "resource \"fake_box\" \"a\" {{\n name = \"a\"\n size = {size}\n}}\n\
             output \"size\" {{ value = fake_box.a.size }}"
        )
    };
    bench.converge(&text(1)).await;
    let before = bench.snapshot();
    bench.cloud.script("UpdateBox", "a", &[Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&text(2)).await;
    assert_eq!(failures(&applied).len(), 1);
    assert_eq!(bench.snapshot().objects, before.objects);
    assert_eq!(bench.snapshot().outputs, before.outputs);
}

#[tokio::test]
async fn a_failed_replacement_is_not_called_skipped() {
    let mut bench = Bench::new();
    bench.converge(ONE).await;
    let renamed = ONE.replace("\"a\"\n", "\"z\"\n");
    bench.cloud.script("CreateBox", "z", &[Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&renamed).await;
    assert_eq!(failures(&applied).len(), 1);
    assert_eq!(skipped(&applied), [], "its own deletion is no other piece of work");
    assert_eq!(bench.cloud.names(), ["a"], "the old one stays");
    assert_eq!(bench.addresses(), ["fake_box.a"]);
    bench.converge(&renamed).await;
    assert_eq!(bench.cloud.names(), ["z"]);
}

fn guarded(kind: &str, condition: &str) -> String {
    format!(
        r#"
        resource "fake_box" "first" {{ name = "first" }}
        resource "fake_box" "a" {{
            name = "a"
            lifecycle {{
                {kind} {{
                    condition     = {condition}
                    error_message = "Not so."
                }}
            }}
        }}
        resource "fake_box" "after" {{
            name   = "after"
            parent = fake_box.a.id
        }}
    "#
    )
}

#[tokio::test]
async fn a_precondition_that_was_not_known_is_decided_before_the_object_is_made() {
    let mut bench = Bench::new();
    let applied = bench.apply(&guarded("precondition", "fake_box.first.id == \"other\"")).await;
    let failed = ("fake_box.a".into(), "Resource precondition failed".into());
    assert_eq!(failures(&applied), [failed]);
    assert_eq!(bench.cloud.names(), ["first"]);
    let mut bench = Bench::new();
    bench.converge(&guarded("precondition", "fake_box.first.id == \"box-001\"")).await;
}

#[tokio::test]
async fn a_postcondition_is_decided_when_the_object_is_there() {
    let mut bench = Bench::new();
    let applied = bench.apply(&guarded("postcondition", "self.policy != \"default\"")).await;
    let failed = ("fake_box.a".into(), "Resource postcondition failed".into());
    assert_eq!(failures(&applied), [failed]);
    assert_eq!(skipped(&applied).len(), 1);
    assert_eq!(bench.addresses(), ["fake_box.a", "fake_box.first"], "what is there is kept");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_answer_of_a_read_ends_the_work_on_that_object_only() {
    let mut bench = Bench::new();
    bench.cloud.script("DescribeBox", "a", &[Refused(ErrorClass::Denied)]);
    let applied = bench.apply(TREE).await;
    assert_eq!(failures(&applied).len(), 1);
    assert!(
        bench
            .snapshot()
            .objects
            .iter()
            .any(|it| it.address.to_string() == "fake_box.a" && it.unfinished)
    );
    bench.converge(TREE).await;
}

#[tokio::test(start_paused = true)]
async fn faults_of_all_kinds_on_the_way_leave_the_same_world() {
    let faults: [&[Fault]; 4] = [
        &[Refused(ErrorClass::Throttled), Fault::LostUndone],
        &[Fault::LostDone],
        &[Refused(ErrorClass::Unavailable), Refused(ErrorClass::Throttled), Fault::LostDone],
        &[Fault::LostUndone, Fault::LostUndone, Fault::LostDone],
    ];
    let mut bench = Bench::new();
    for (name, faults) in ["a", "b", "c", "d"].into_iter().zip(faults) {
        bench.cloud.script("CreateBox", name, faults);
    }
    bench.converge(TREE).await;
    let mut names = bench.cloud.names();
    names.sort();
    assert_eq!(names, ["a", "b", "c", "d", "x"]);
}

/// The network is away after a call has left: what became of it is looked for when it is back.
#[tokio::test(start_paused = true)]
async fn looking_for_a_lost_call_outlasts_the_network() {
    for class in [ErrorClass::Unavailable, ErrorClass::OutcomeUnknown] {
        let mut bench = Bench::new();
        bench.cloud.script("CreateBox", "a", &[Fault::LostDone]);
        bench.cloud.script("DescribeBox", "a", &[Refused(class); 8]);
        bench.converge(ONE).await;
        assert_eq!((bench.cloud.names(), tries(&bench, "CreateBox")), (vec!["a".to_owned()], 1));
    }
}

/// Nothing has left yet: whoever has no network is told at once.
#[tokio::test(start_paused = true)]
async fn a_refresh_without_a_network_is_not_tried_again() {
    let mut bench = Bench::new();
    bench.converge(ONE).await;
    bench.begin_another_run();
    let before = bench.cloud.calls().len();
    bench.cloud.script("DescribeBox", "a", &[Refused(ErrorClass::Unavailable); 2]);
    assert!(bench.refresh(ONE).await.is_err());
    assert_eq!(bench.cloud.calls().len() - before, 1);
}

#[tokio::test]
async fn what_comes_out_otherwise_than_planned_is_not_carried_out() {
    let mut bench = Bench::new();
    let plan = bench.plan(Mode::Normal, ONE).await;
    let other = ONE.replace("\"l\"", "\"other\"");
    let applied = bench.carry_out(&other, &plan).await;
    assert_eq!(failures(&applied), [("fake_box.a".into(), "The plan no longer holds".into())]);
    assert!(bench.cloud.calls().is_empty());
}
