//! States that are sealed whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Type, Value};

use super::*;
use crate::{
    IntentId, NewIntent, Outcome, Reversal, RunId, SealedUnder, Snapshot, Store, StoredObject,
    StoredOutput,
};

mod going_over;

/// What must not be readable: values, names in values, names in types, requests, messages.
const HIDDEN: [&str; 9] = [
    "a description",
    "payments",
    "cost-centre",
    "arn:aws:kms",
    "111122223333",
    "nameoffield",
    "an outcome",
    "asked for",
    "not authorized",
];
/// What may be.
const SHOWN: [&str; 5] =
    ["aws_kms_key.a", "aws_kms_key", "eu-central-1", "CreateKey", "AccessDenied"];

fn key() -> Sealer {
    Sealer::from_bytes([7; 32])
}

fn another_key() -> Sealer {
    Sealer::from_bytes([8; 32]).with_fingerprints_of(&key())
}

fn object(name: &str, text: &str) -> StoredObject {
    let tags = Value::map(Type::String, [("cost-centre", Value::string("payments"))]);
    let attributes = Value::object([
        ("id", Value::string(name)),
        ("arn", Value::string("arn:aws:kms:eu-central-1:111122223333:key/1")),
        ("description", Value::string(format!("a description {text}"))),
        ("tags", tags),
        ("secret", Value::string("hunter2").mark(Marks::SENSITIVE)),
        // A map that looks like one of the forms of the encoding.
        ("map", Value::map(Type::String, [("sealed", Value::string("AAAA"))])),
    ]);
    StoredObject {
        address: InstanceAddress::parse(&format!("aws_kms_key.{name}")).unwrap(),
        deposed: None,
        type_name: "aws_kms_key".into(),
        provider: "aws".into(),
        region: "eu-central-1".into(),
        attributes,
        facts: Value::object([("nameoffield", Value::string("payments"))]),
        dependencies: Vec::new(),
        create_before_destroy: false,
        unfinished: false,
        schema_version: 0,
    }
}

fn outputs(text: &str) -> BTreeMap<std::sync::Arc<str>, StoredOutput> {
    let value = |text: &str| Value::object([("nameoffield", Value::string(text))]);
    let output = |sensitive| StoredOutput { value: value(text), sensitive };
    let marked = |output: StoredOutput| StoredOutput {
        value: output.value.mark(Marks::SENSITIVE),
        ..output
    };
    BTreeMap::from([("o".into(), output(false)), ("s".into(), marked(output(true)))])
}

fn intent(run: RunId) -> NewIntent {
    let kept = Value::object([("secret_string", Value::string("hmac"))]);
    NewIntent {
        run,
        address: InstanceAddress::parse("aws_kms_key.a").unwrap(),
        deposed: None,
        service: "kms".into(),
        operation: "CreateKey".into(),
        region: "eu-central-1".into(),
        provider: "aws".into(),
        request: Value::object([
            ("Description", Value::string("asked for")),
            ("meridian:kept", kept),
        ]),
    }
}

/// Two runs with calls that failed, and a call that is open.
fn fill(store: &mut Store) -> IntentId {
    for text in ["first", "second"] {
        let run = store.begin_run("apply").unwrap();
        let failed = store.record_sent(&intent(run)).unwrap();
        store.fail(failed, "AccessDenied", "You are not authorized", Some("request-1")).unwrap();
        store.put_object(&object("a", text)).unwrap();
        store.put_object(&object(text, text)).unwrap();
        store.set_outputs(&outputs(&format!("an outcome {text}"))).unwrap();
        store.finish_run(run, Outcome::Succeeded).unwrap();
    }
    let run = store.begin_run("apply").unwrap();
    store.record_sent(&intent(run)).unwrap()
}

/// What the state says, its serial aside.
fn content(store: &Store) -> Snapshot {
    Snapshot { serial: 0, ..store.snapshot().unwrap() }
}

/// Everything that is in tables whose rows sealing must not change otherwise.
fn dump(store: &Store) -> Vec<String> {
    let tables = ["object", "output", "object_before", "output_before", "value_type", "intent"];
    let rows = tables.iter().flat_map(|table| {
        let mut statement = store.connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells = (0..columns).map(|at| match row.get_ref(at).unwrap() {
                ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                other => format!("{other:?}"),
            });
            Ok(format!("{table} {}", cells.collect::<Vec<_>>().join(" ")))
        });
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    });
    rows.collect()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[track_caller]
fn shows_no_content(folder: &Path) {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<u8> = files.flat_map(|path| fs::read(path).unwrap()).collect();
    let found: Vec<_> = HIDDEN.iter().filter(|text| has(&bytes, text)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(!has(&bytes, "hunter2"));
    assert!(SHOWN.iter().all(|text| has(&bytes, text)));
}

#[test]
fn a_state_that_is_made_so_never_has_content_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path, key().for_extent(Extent::Whole)).unwrap();
    let open = fill(&mut store);
    store.back_up(&folder.path().join("copy.db")).unwrap();
    shows_no_content(folder.path());
    let found = store.snapshot().unwrap();
    assert_eq!(
        found.objects,
        [object("a", "second"), object("first", "first"), object("second", "second")]
    );
    assert_eq!(found.outputs, outputs("an outcome second"));
    // What is there already is not written again.
    store.put_object(&object("a", "second")).unwrap();
    store.set_outputs(&outputs("an outcome second")).unwrap();
    assert_eq!(store.snapshot().unwrap(), found);
    let calls = store.unresolved().unwrap();
    assert_eq!(calls.iter().map(|call| call.id).collect::<Vec<_>>(), [open]);
    assert_eq!(calls[0].request["meridian:kept"]["secret_string"], "hmac");
    let run = store.runs(9).unwrap()[2].id;
    let failed = store.intents_of(run).unwrap();
    assert_eq!(failed[0].error_message.as_deref(), Some("You are not authorized"));
    assert_eq!(failed[0].error_code.as_deref(), Some("AccessDenied"));
    drop(store);
    shows_no_content(folder.path());
    // The choice is the state's: the next command need not ask for it.
    assert_eq!(SealedUnder::of(&path).unwrap().unwrap().extent, Extent::Whole);
    let mut store = Store::open(&path, key()).unwrap();
    store.put_object(&object("a", "third")).unwrap();
    drop(store);
    shows_no_content(folder.path());
}

#[test]
fn without_the_key_addresses_and_the_history_can_be_read_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path, key().for_extent(Extent::Whole)).unwrap();
    let open = fill(&mut store);
    drop(store);
    let mut store = Store::open(&path, Sealer::ephemeral().unwrap()).unwrap();
    let addresses: Vec<_> = store.addresses().unwrap();
    let addresses: Vec<_> = addresses.iter().map(|(address, _)| address.to_string()).collect();
    assert_eq!(addresses, ["aws_kms_key.a", "aws_kms_key.first", "aws_kms_key.second"]);
    assert!(store.has_unresolved().unwrap());
    assert_eq!(store.runs(9).unwrap().len(), 3);
    assert_eq!(store.reversals(2).unwrap().len(), 2);
    let before = dump(&store);
    let run = store.runs(1).unwrap()[0].id;
    let refused = [
        store.snapshot().map(|_| ()),
        store.unresolved().map(|_| ()),
        store.check_key(),
        store.put_object(&object("a", "third")),
        store.set_outputs(&outputs("an outcome third")),
        store.record_intent(&intent(run)).map(|_| ()),
        store.fail(open, "Denied", "not authorized", None),
        store.rekey(&another_key()),
        store.seal(Extent::Sensitive).map(|_| ()),
    ];
    for (at, refused) in refused.into_iter().enumerate() {
        assert!(matches!(refused, Err(StateError::WrongKey { .. })), "{at}: {refused:?}");
    }
    assert_eq!(dump(&store), before);
    assert_eq!(store.prune(1).unwrap(), 2);
}

#[test]
fn a_call_alone_keeps_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    drop(Store::open(&path, key().for_extent(Extent::Whole)).unwrap());
    assert!(!SealedUnder::of(&path).unwrap().unwrap().anything_sealed);
    let mut store = Store::open(&path, another_key()).unwrap();
    store.check_key().unwrap();
    let run = store.begin_run("apply").unwrap();
    store.record_intent(&intent(run)).unwrap();
    drop(store);
    let told = SealedUnder::of(&path).unwrap().unwrap();
    assert_eq!((told.key_id, told.anything_sealed), (another_key().key_id(), true));
    let mut store = Store::open(&path, key()).unwrap();
    assert!(matches!(store.put_object(&object("a", "x")), Err(StateError::WrongKey { .. })));
}

#[test]
fn a_state_of_which_less_is_sealed_than_wished_for_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path, key()).unwrap();
    fill(&mut store);
    let before = dump(&store);
    drop(store);
    let refused = Store::open(&path, key().for_extent(Extent::Whole)).unwrap_err();
    assert!(matches!(refused, StateError::NotSealedWhole), "{refused}");
    assert!(refused.to_string().contains("\"meridian state seal -whole\""));
    assert_eq!(dump(&Store::open(&path, key()).unwrap()), before);
}

/// What someone does who can write to the file, and has not the key.
#[test]
fn what_was_moved_or_is_in_clear_is_refused() {
    let tamperings = [
        "UPDATE object SET attributes = '{\"id\":\"x\"}' WHERE address = 'aws_kms_key.a'",
        "UPDATE object SET facts = (SELECT facts FROM object WHERE address = 'aws_kms_key.first')
             WHERE address = 'aws_kms_key.a'",
        "UPDATE object SET attributes = facts",
        "UPDATE value_type SET json = '\"string\"' WHERE id = 1",
        "UPDATE output SET value = '{\"sealed\":\"AAAA\"}'",
        "UPDATE output SET value = '{\"sealed\":\"'",
        "UPDATE output SET value = ''",
        "UPDATE meta SET sealed = 'sensitive'",
    ];
    for tampering in tamperings {
        let mut store = Store::in_memory(key().for_extent(Extent::Whole)).unwrap();
        fill(&mut store);
        store.connection.execute(tampering, []).unwrap();
        let refused = store.snapshot().unwrap_err();
        assert!(matches!(refused, StateError::Malformed { .. }), "{tampering}: {refused}");
        let before = dump(&store);
        assert!(store.rekey(&another_key()).is_err(), "{tampering}");
        assert_eq!(dump(&store), before);
    }
    let calls = [
        "UPDATE intent SET request = '{}' WHERE status = 'sent'",
        "UPDATE intent SET request = (SELECT request FROM intent WHERE status = 'failed')",
    ];
    for tampering in calls {
        let mut store = Store::in_memory(key().for_extent(Extent::Whole)).unwrap();
        fill(&mut store);
        store.connection.execute(tampering, []).unwrap();
        let refused = store.unresolved().unwrap_err();
        assert!(matches!(refused, StateError::Malformed { .. }), "{tampering}: {refused}");
    }
}
