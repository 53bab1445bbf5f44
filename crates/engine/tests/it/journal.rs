//! What is on disk when: intents before their calls, objects after them.

use std::path::Path;
use std::sync::{Arc, Mutex};

use meridian_state::{Intent, IntentStatus, Sealer, Snapshot, Store};

use crate::bench::*;

/// Reads the state as another process would.
fn look(path: &Path, sealer: &Sealer) -> (Vec<Intent>, Snapshot) {
    let store = Store::open_read_only(path, sealer.clone()).expect("a state");
    let store = store.expect("something was written");
    (store.unresolved().expect("intents"), store.snapshot().expect("a snapshot"))
}

const TWO: &str = r#"
    resource "fake_box" "a" {
        name   = "a"
        label  = "l"
        secret = "canary"
    }
    resource "fake_box" "b" {
        name   = "b"
        parent = fake_box.a.id
    }
"#;

#[tokio::test]
async fn an_intent_is_on_disk_before_its_call_leaves() {
    let mut bench = Bench::on_disk();
    let (path, sealer) = (bench.path(), bench.sealer.clone());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    bench.cloud.before_each_change(move |call| {
        let (open, _) = look(&path, &sealer);
        assert_eq!(open.len(), 1, "{open:#?}");
        let intent = &open[0];
        assert_eq!(intent.status, IntentStatus::Sent);
        assert_eq!((&*intent.operation, &*intent.region), (call.operation, "home"));
        assert_eq!((&*intent.service, &*intent.provider, intent.attempts), ("kms", "fake", 1));
        assert!(!intent.request.to_string().contains("canary"));
        noted.lock().expect("unlocked").push(format!("{} {}", intent.operation, intent.address));
    });
    bench.converge(TWO).await;
    bench.converge("").await;
    let expected = [
        "CreateBox fake_box.a",
        "LabelBox fake_box.a",
        "CreateBox fake_box.b",
        "DeleteBox fake_box.b",
        "DeleteBox fake_box.a",
    ];
    assert_eq!(*seen.lock().expect("unlocked"), expected);
}

#[tokio::test]
async fn the_state_is_written_after_every_call() {
    let mut bench = Bench::on_disk();
    let (path, sealer) = (bench.path(), bench.sealer.clone());
    bench.cloud.before_each_change(move |call| {
        let (_, snapshot) = look(&path, &sealer);
        let objects: Vec<_> = snapshot
            .objects
            .iter()
            .map(|it| (it.attributes.get_str("name").unwrap_or_default(), it.unfinished))
            .collect();
        match (call.operation, call.input.get_str("name"), call.input.get_str("id")) {
            ("CreateBox", Some("a"), _) => assert_eq!(objects, []),
            ("LabelBox", ..) => {
                assert_eq!(objects, [("a", true)], "it exists, but it is not as wanted");
                assert_eq!(snapshot.objects[0].attributes.get_str("id"), Some("box-001"));
            }
            ("CreateBox", Some("b"), _) => assert_eq!(objects, [("a", false)]),
            ("DeleteBox", _, Some("box-002")) => assert_eq!(objects, [("a", false), ("b", false)]),
            ("DeleteBox", ..) => assert_eq!(objects, [("a", false)]),
            other => panic!("{other:?}"),
        }
    });
    bench.converge(TWO).await;
    bench.converge("").await;
    assert!(bench.snapshot().objects.is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_try_has_its_own_intent() {
    use crate::cloud::Fault;
    let mut bench = Bench::new();
    let throttled = Fault::Refused(meridian_resource::ErrorClass::Throttled);
    bench.cloud.script("CreateBox", "a", &[throttled, Fault::LostUndone]);
    bench.converge(TWO).await;
    let run = bench.store().runs(10).expect("runs").last().expect("the first run").id;
    let intents = bench.store().intents_of(run).expect("intents");
    let story: Vec<_> = intents.iter().map(|it| (&*it.operation, it.status)).collect();
    use IntentStatus::*;
    let expected = [
        ("CreateBox", Failed),
        ("CreateBox", Abandoned),
        ("CreateBox", Confirmed),
        ("LabelBox", Confirmed),
        ("CreateBox", Confirmed),
    ];
    assert_eq!(story, expected);
    assert_eq!(intents[0].error_code.as_deref(), Some("ThrottledException"));
}
