use std::collections::BTreeMap;

use meridian_lang::{Marks, Value};

use super::*;
use crate::{Outcome, Sealer, Snapshot, StoredObject, StoredOutput};

fn object(address: &str, text: &str) -> StoredObject {
    let secret = Value::string(text).mark(Marks::SENSITIVE);
    StoredObject {
        address: InstanceAddress::parse(address).unwrap(),
        deposed: None,
        type_name: "t".into(),
        provider: "p".into(),
        region: String::new(),
        attributes: Value::object([("id", Value::string(text)), ("secret", secret)]),
        facts: Value::object::<&str>([]),
        dependencies: Vec::new(),
        create_before_destroy: false,
        unfinished: false,
        schema_version: 0,
    }
}

fn set_output(store: &mut Store, text: Option<&str>) {
    let value = |text| StoredOutput { value: Value::string(text), sensitive: false };
    let outputs = text.map(|text| ("o".into(), value(text)));
    store.set_outputs(&outputs.into_iter().collect::<BTreeMap<_, _>>()).unwrap();
}

fn content(store: &Store) -> Snapshot {
    let snapshot = store.snapshot().unwrap();
    Snapshot { serial: 0, ..snapshot }
}

/// A store after four runs, and what it held before each of them.
fn after_four_runs() -> (Store, Vec<Snapshot>) {
    let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
    let mut before = Vec::new();
    let steps: [fn(&mut Store); 4] = [
        |store| {
            store.put_object(&object("t.a", "one")).unwrap();
            store.put_object(&object("t.b", "one")).unwrap();
            set_output(store, Some("one"));
        },
        |store| {
            store.put_object(&object("t.a", "half way")).unwrap();
            store.put_object(&object("t.a", "two")).unwrap();
            store.remove_object(&InstanceAddress::parse("t.b").unwrap(), None).unwrap();
            set_output(store, Some("two"));
        },
        |store| {
            store.depose(&InstanceAddress::parse("t.a").unwrap()).unwrap();
            store.put_object(&object("t.a", "three")).unwrap();
            set_output(store, None);
        },
        |store| {
            store.put_object(&object("t.c", "short-lived")).unwrap();
            store.remove_object(&InstanceAddress::parse("t.c").unwrap(), None).unwrap();
            store.put_object(&object("t.b", "four")).unwrap();
            set_output(store, Some("four"));
        },
    ];
    for step in steps {
        before.push(content(&store));
        let run = store.begin_run("apply").unwrap();
        step(&mut store);
        store.finish_run(run, Outcome::Succeeded).unwrap();
    }
    (store, before)
}

#[test]
fn the_state_before_each_run_comes_back_whole() {
    for run in 1..=4_u64 {
        let (mut store, before) = after_four_runs();
        let last = content(&store);
        let serial = store.snapshot().unwrap().serial;
        let undoing = store.begin_run("state restore").unwrap();
        store.restore_before(run).unwrap();
        store.finish_run(undoing, Outcome::Succeeded).unwrap();
        assert_eq!(content(&store), before[run as usize - 1], "before run {run}");
        assert!(store.snapshot().unwrap().serial > serial, "going back is a change");
        // What went back comes forth again in the same way.
        store.begin_run("state restore").unwrap();
        store.restore_before(5).unwrap();
        assert_eq!(content(&store), last, "run {run} redone");
    }
}

#[test]
fn what_would_change_is_told_beforehand() {
    let (store, _) = after_four_runs();
    let told = |run| -> Vec<String> {
        let reversals = store.reversals(run).unwrap().into_iter();
        let line = |(address, deposed, reversal): (InstanceAddress, Option<String>, Reversal)| {
            let deposed = deposed.map_or("", |_| " deposed");
            format!("{address}{deposed} {reversal:?}")
        };
        reversals.map(line).collect()
    };
    assert_eq!(told(4), ["t.b Forgotten"]);
    assert_eq!(told(3), ["t.a Changed", "t.a deposed Forgotten", "t.b Forgotten"]);
    assert_eq!(told(2), ["t.a Changed", "t.a deposed Forgotten", "t.b Changed"]);
    assert_eq!(told(1), ["t.a Forgotten", "t.a deposed Forgotten", "t.b Forgotten"]);
}

#[test]
fn only_runs_that_are_remembered_can_be_undone() {
    let (mut store, _) = after_four_runs();
    let message = store.reversals(5).unwrap_err().to_string();
    assert!(message.contains("run 5") && message.contains("no such run"), "{message}");
    for _ in 0..KEPT_RUNS {
        store.begin_run("apply").unwrap();
    }
    let message = store.restore_before(4).unwrap_err().to_string();
    assert!(message.contains("only the last hundred"), "{message}");
    let left: i64 = store
        .connection
        .query_row("SELECT count(*) FROM object_before", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0, "what cannot be undone is not kept");
}

#[test]
fn pruning_leaves_the_state_and_the_last_runs() {
    let (mut store, before) = after_four_runs();
    let now = content(&store);
    assert_eq!(store.prune(2).unwrap(), 2);
    assert_eq!(content(&store), now);
    assert_eq!(store.runs(10).unwrap().len(), 2);
    assert!(store.reversals(2).is_err());
    store.begin_run("state restore").unwrap();
    store.restore_before(3).unwrap();
    assert_eq!(content(&store), before[2]);
    assert_eq!(store.prune(100).unwrap(), 0);
}

#[test]
fn a_run_with_open_calls_is_not_pruned() {
    let (mut store, _) = after_four_runs();
    let run = store.begin_run("apply").unwrap();
    let address = InstanceAddress::parse("t.z").unwrap();
    let intent = crate::NewIntent {
        run,
        address,
        deposed: None,
        service: "kms".into(),
        operation: "CreateKey".into(),
        region: "eu-west-1".into(),
        provider: "aws".into(),
        request: Value::object::<&str>([]),
    };
    store.record_sent(&intent).unwrap();
    store.begin_run("apply").unwrap();
    assert_eq!(store.prune(0).unwrap(), 5);
    assert_eq!(store.unresolved().unwrap().len(), 1);
}

#[test]
fn no_secret_is_kept_in_clear_to_go_back_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path, Sealer::from_bytes([7; 32])).unwrap();
    for text in ["first", "second"] {
        store.begin_run("apply").unwrap();
        let attributes = Value::string(format!("{text}-canary")).mark(Marks::SENSITIVE);
        let object = StoredObject {
            attributes: Value::object([("secret", attributes)]),
            ..object("t.a", text)
        };
        store.put_object(&object).unwrap();
    }
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"-canary"));
    }
}
