//! Going over to another key.

use std::collections::BTreeMap;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Type, Value};

use super::*;
use crate::{StoredObject, StoredOutput};

fn secret(text: &str) -> Value {
    Value::string(text).mark(Marks::SENSITIVE)
}

fn object(value: &str) -> StoredObject {
    let entries = [("type", secret(value)), ("value", Value::string("plain"))];
    let attributes = Value::object([
        ("id", Value::string("1")),
        ("secret", secret(value)),
        ("list", Value::list(Type::String, [Value::string("a"), secret(value)])),
        // A map that looks like one of the forms of the encoding.
        ("map", Value::map(Type::String, entries)),
        (
            "whole",
            Value::map(Type::String, [("sealed", Value::string("no"))]).mark(Marks::SENSITIVE),
        ),
        ("unknown", Value::unknown(Type::String).mark(Marks::SENSITIVE)),
    ]);
    StoredObject {
        address: InstanceAddress::parse("t.a").unwrap(),
        deposed: None,
        type_name: "t".into(),
        provider: "p".into(),
        region: String::new(),
        attributes,
        facts: Value::object([("fact", secret(value))]),
        dependencies: Vec::new(),
        create_before_destroy: false,
        unfinished: false,
        schema_version: 0,
    }
}

fn outputs(value: &str) -> BTreeMap<std::sync::Arc<str>, StoredOutput> {
    let output = StoredOutput { value: secret(value), sensitive: true };
    BTreeMap::from([("o".into(), output)])
}

/// A state with a history: first one value, then another.
fn fill(store: &mut Store) {
    for value in ["first", "second"] {
        store
            .as_run("apply", |store| {
                store.put_object(&object(value))?;
                store.set_outputs(&outputs(value))
            })
            .unwrap();
    }
}

fn new_key() -> Sealer {
    Sealer::from_bytes([8; 32]).with_fingerprints_of(&Sealer::from_bytes([7; 32]))
}

/// All text of the tables that have values.
fn text(store: &Store) -> String {
    let mut all = String::new();
    let columns = [
        ("object", "attributes"),
        ("object", "facts"),
        ("output", "value"),
        ("object_before", "attributes"),
        ("object_before", "facts"),
        ("output_before", "value"),
    ];
    for (table, column) in columns {
        let sql = format!("SELECT coalesce({column}, '') FROM {table}");
        let mut statement = store.connection.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.for_each(|row| all.push_str(&row.unwrap()));
    }
    all
}

/// The seals in a text.
fn seals(text: &str) -> impl Iterator<Item = &str> {
    text.split("{\"sealed\":\"").skip(1).map(|rest| rest.split('"').next().unwrap())
}

#[test]
fn all_that_is_sealed_goes_over_and_reads_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let former = Sealer::from_bytes([7; 32]);
    let mut store = Store::open(&path, former.clone()).unwrap();
    fill(&mut store);
    let before = store.snapshot().unwrap();
    let runs = store.runs(9).unwrap();
    let count = seals(&text(&store)).count();
    assert!(count >= 12, "{count}");

    store.rekey(&new_key()).unwrap();
    store.compact().unwrap();
    let all = text(&store);
    assert_eq!(seals(&all).count(), count);
    assert!(seals(&all).all(|sealed| new_key().can_open(sealed)));
    let after = store.snapshot().unwrap();
    assert_eq!((&after.objects, &after.outputs), (&before.objects, &before.outputs));
    assert_eq!(after.serial, before.serial + 1, "a plan made before is stale");
    let listed = store.runs(9).unwrap();
    assert_eq!((listed[0].operation.as_str(), listed[0].changed), ("state rekey", 0));
    assert_eq!(listed[1..], runs);
    drop(store);

    let told = SealedUnder::of(&path).unwrap().unwrap();
    assert_eq!(told.key_id, new_key().key_id());
    let record = told.record.unwrap();
    let again = Sealer::from_bytes([8; 32]).as_recorded(&record).unwrap().unwrap();
    let mut store = Store::open(&path, again).unwrap();
    assert_eq!(store.snapshot().unwrap().objects, before.objects);
    // What was before the second apply reads as well.
    store.begin_run("state restore").unwrap();
    store.restore_before(2).unwrap();
    let restored = store.snapshot().unwrap();
    assert_eq!((restored.objects, restored.outputs), (vec![object("first")], outputs("first")));
    drop(store);
    // The old key opens nothing, and its seals are not in the file.
    let stranger = Store::open(&path, former.clone()).unwrap();
    assert!(matches!(stranger.check_key(), Err(StateError::WrongKey { .. })));
}

#[test]
fn what_does_not_open_stops_it_before_anything_is_changed() {
    let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
    fill(&mut store);
    // A seal of another place.
    store
        .connection
        .execute("UPDATE output SET value = (SELECT json_extract(facts, '$.fact') FROM object)", [])
        .unwrap();
    let before = (text(&store), store.runs(9).unwrap());
    assert!(matches!(store.rekey(&new_key()), Err(StateError::Malformed { .. })));
    assert_eq!((text(&store), store.runs(9).unwrap()), before);
    assert_eq!(store.sealer().key_id(), Sealer::from_bytes([7; 32]).key_id());

    let mut stranger = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
    fill(&mut stranger);
    stranger.sealer = Sealer::from_bytes([9; 32]);
    assert!(matches!(stranger.rekey(&new_key()), Err(StateError::WrongKey { .. })));
}

#[test]
fn fingerprints_of_calls_that_are_over_leave_the_journal() {
    let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
    let run = store.begin_run("apply").unwrap();
    let insert = |status: &str| {
        let sql = "INSERT INTO intent (id, run_id, address, service, operation, region, provider,
                       request, status, created_at)
                   VALUES (?1, ?2, 't.a', 's', 'Create', 'r', 'p',
                       '{\"Name\":\"n\",\"meridian:kept\":{\"s\":\"hmac\"}}', ?1, '2026')";
        store.connection.execute(sql, (status, run)).unwrap();
    };
    insert("confirmed");
    insert("sent");
    store.rekey(&new_key()).unwrap();
    let request = |status: &str| -> String {
        let sql = "SELECT request FROM intent WHERE status = ?";
        store.connection.query_row(sql, [status], |row| row.get(0)).unwrap()
    };
    assert_eq!(request("confirmed"), r#"{"Name":"n"}"#);
    assert!(request("sent").contains("hmac"), "what is still to be found out needs it");
}

#[test]
fn a_state_that_seals_nothing_takes_any_key_with_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    assert!(SealedUnder::of(&path).unwrap().is_none());
    drop(Store::open(&path, Sealer::from_bytes([7; 32])).unwrap());
    let told = SealedUnder::of(&path).unwrap().unwrap();
    assert!(!told.anything_sealed && told.record.is_none());
    let mut store = Store::open(&path, new_key()).unwrap();
    store.put_object(&object("first")).unwrap();
    drop(store);
    let told = SealedUnder::of(&path).unwrap().unwrap();
    assert!(told.anything_sealed);
    assert_eq!(told.record.as_ref(), new_key().record());
}
