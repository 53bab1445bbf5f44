//! State files that nobody would write, or that a disk has damaged: whatever they hold, reading
//! them ends, without a panic, and what is said names the file. `PROPTEST_CASES` sets how many
//! are tried.

// Helpers are test code too.
#![cfg(test)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Type, Value};
use meridian_state::{Extent, NewIntent, Sealer, StateError, Store, StoredObject, StoredOutput};
use proptest::prelude::*;
use proptest::sample::Index;
use rusqlite::Connection;

fn sealer() -> Sealer {
    Sealer::from_bytes([7; 32])
}

fn object(address: &str) -> StoredObject {
    let address = InstanceAddress::parse(address).unwrap();
    let tags = Value::map(Type::String, [("Team", Value::string("pay"))]);
    let attributes = Value::object([
        ("id", Value::string("1234")),
        ("days", Value::number(30)),
        ("tags", tags),
        ("token", Value::string("hidden").mark(Marks::SENSITIVE)),
    ]);
    StoredObject {
        deposed: None,
        type_name: address.resource.type_name.to_string(),
        provider: "aws".into(),
        region: "eu-central-1".into(),
        attributes,
        facts: Value::object([("key_state", Value::string("Enabled"))]),
        dependencies: vec![InstanceAddress::parse("aws_kms_key.base[\"a\"]").unwrap()],
        create_before_destroy: true,
        unfinished: false,
        schema_version: 1,
        address,
    }
}

/// Fills a state with something in each table.
fn fill(path: &Path, extent: Extent) {
    let mut store = Store::open(path, sealer().for_extent(extent)).unwrap();
    let run = store.begin_run("apply").unwrap();
    for number in 0..40 {
        store.put_object(&object(&format!("aws_kms_key.k[{number}]"))).unwrap();
    }
    let value = Value::string("hidden").mark(Marks::SENSITIVE);
    let outputs = [("out".into(), StoredOutput { value: value.clone(), sensitive: true })];
    store.set_outputs(&outputs.into()).unwrap();
    let intent = NewIntent {
        run,
        address: InstanceAddress::parse("aws_kms_key.k[0]").unwrap(),
        deposed: None,
        service: "kms".into(),
        operation: "CreateKey".into(),
        region: "eu-west-1".into(),
        provider: "aws".into(),
        request: Value::object([("Description", value)]),
    };
    let id = store.record_intent(&intent).unwrap();
    store.mark_sent(id).unwrap();
}

/// The bytes of states that are closed, one of each extent.
static FILES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [Extent::Sensitive, Extent::Whole].map(|extent| {
        let (_folder, path) = place();
        fill(&path, extent);
        std::fs::read(path).unwrap()
    })
});

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meridian.db");
    (folder, path)
}

/// Reads everything that commands read.
fn read(store: &Store) -> Result<(), StateError> {
    store.snapshot()?;
    store.unresolved()?;
    store.lock_holder()?;
    store.runs(100)?;
    Ok(())
}

fn read_only(path: &Path) -> Result<(), StateError> {
    Store::open_read_only(path, sealer())?.map_or(Ok(()), |store| read(&store))
}

fn check_words(error: &StateError, path: &Path) {
    let names_the_file = error.to_string().contains(path.to_str().unwrap());
    let is_general = matches!(
        error,
        StateError::Sqlite(_) | StateError::Busy | StateError::ReadOnly | StateError::DiskFull
    );
    assert!(names_the_file || is_general, "{error}");
    assert!(error.to_string().len() < 1000, "{error}");
}

#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Scribble(Index, u16, u8),
    Copy(Index, Index, u16),
    Truncate(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), 1_u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        2 => (any::<Index>(), 1_u16..6000, any::<u8>())
            .prop_map(|(at, length, byte)| Damage::Scribble(at, length, byte)),
        2 => (any::<Index>(), any::<Index>(), 1_u16..6000)
            .prop_map(|(from, to, length)| Damage::Copy(from, to, length)),
        1 => any::<Index>().prop_map(Damage::Truncate),
    ]
}

fn damaged(file: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = file.to_owned();
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        let up_to = |start: usize, count: u16| (start + usize::from(count)).min(length);
        match damage {
            Damage::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Damage::Scribble(at, count, byte) => {
                let start = at.index(length);
                bytes[start..up_to(start, *count)].fill(*byte);
            }
            Damage::Copy(from, to, count) => {
                let (from, to) = (from.index(length), to.index(length));
                let part = bytes[from..up_to(from, *count)].to_vec();
                let part = &part[..part.len().min(length - to)];
                bytes[to..to + part.len()].copy_from_slice(part);
            }
            Damage::Truncate(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(96)
    ))]

    #[test]
    fn damaged_bytes(
        is_whole in any::<bool>(),
        damages in proptest::collection::vec(damage(), 1..5),
    ) {
        let (_folder, path) = place();
        let bytes = damaged(&FILES[usize::from(is_whole)], &damages);
        std::fs::write(&path, &bytes).unwrap();
        if let Err(error) = read_only(&path) {
            check_words(&error, &path);
        }
        prop_assert!(std::fs::read(&path).unwrap() == bytes, "reading changed the file");
        let written = Store::open(&path, sealer()).and_then(|mut store| {
            read(&store)?;
            store.put_object(&object("aws_kms_key.another"))?;
            store.seal(if is_whole { Extent::Sensitive } else { Extent::Whole })
        });
        if let Err(error) = written {
            check_words(&error, &path);
        }
    }
}

/// Texts that are no values, or that ask for more than there is.
fn hostile_texts() -> Vec<String> {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let mut texts = vec![
        deep("[", "]"),
        deep("{\"a\":", "}"),
        deep("{\"sensitive\":", "}"),
        deep("{\"type\":\"dynamic\",\"value\":", "}"),
        deep("[\"list\",", "]"),
        format!("{{\"unknown\":{}}}", deep("[\"set\",", "]")),
        "[".repeat(1_000_000),
    ];
    texts.extend(
        [
            "",
            "nothing",
            "null",
            "1e999999999",
            "-1e-999999999",
            "\"1e999999999\"",
            "\"hidden\"",
            "{\"sealed\":5}",
            "{\"sealed\":\"\"}",
            "{\"sealed\":\"AAAA\"}",
            "{\"sealed\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\"}",
            "{\"type\":\"string\"}",
            "{\"type\":[\"object\",{\"a\":1}],\"value\":{}}",
            "{\"unknown\":7}",
            "{\"plain\":{\"plain\":{}}}",
            "\"\\ud800\"",
            "\u{0}",
            "18446744073709551615",
            "[\"tuple\",[]]",
        ]
        .map(str::to_owned),
    );
    texts
}

#[test]
fn hostile_rows() {
    let mut refused = 0;
    for (table, column) in [
        ("object", "attributes"),
        ("object", "facts"),
        ("object", "dependencies"),
        ("object", "address"),
        ("object", "deposed"),
        ("output", "value"),
        ("output", "name"),
        ("value_type", "json"),
        ("intent", "request"),
        ("intent", "address"),
        ("intent", "created_at"),
        ("intent", "status"),
        ("run", "started_at"),
        ("run", "outcome"),
        ("meta", "lineage"),
        ("meta", "sealed"),
        ("intent", "error_message"),
    ] {
        for (file, text) in
            FILES.iter().flat_map(|file| hostile_texts().into_iter().map(move |text| (file, text)))
        {
            let (_folder, path) = place();
            std::fs::write(&path, file).unwrap();
            let db = Connection::open(&path).unwrap();
            db.execute_batch("PRAGMA ignore_check_constraints = 1").unwrap();
            let exists = db.prepare(&format!("SELECT {column} FROM {table}")).is_ok();
            assert!(exists, "{table} has no {column}");
            let key = match table {
                "object" => "address",
                "output" => "name",
                "intent" | "run" => "sequence",
                _ => "id",
            };
            let sql = format!(
                "UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = (SELECT min({key}) FROM {table})"
            );
            db.execute(&sql, [&text]).unwrap();
            drop(db);
            if let Err(error) = read_only(&path) {
                refused += 1;
                check_words(&error, &path);
                let is_value = ["attributes", "facts", "value", "request"].contains(&column);
                assert!(!is_value || !error.to_string().contains("hidden"), "{error}");
            }
        }
    }
    assert!(refused > 180, "only {refused} were refused");
}

/// A reader may take as long as it likes.
#[test]
fn readers_and_a_writer_do_not_wait_for_each_other() {
    let (_folder, path) = place();
    fill(&path, Extent::Sensitive);
    let reader = Connection::open(&path).unwrap();
    reader.busy_timeout(std::time::Duration::ZERO).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count = || -> i64 {
        reader.query_row("SELECT count(*) FROM object", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(), 40);
    let mut store = Store::open(&path, sealer()).unwrap();
    for number in 0..400 {
        store.put_object(&object(&format!("aws_kms_key.more[{number}]"))).unwrap();
    }
    assert_eq!(count(), 40, "the reader goes on seeing what it saw");
    let other = Store::open_read_only(&path, sealer()).unwrap().unwrap();
    assert_eq!(other.snapshot().unwrap().objects.len(), 440);
    drop((store, other));
    assert_eq!(count(), 40);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 440);
    // What the reader kept in the log is taken out of it once nobody needs it.
    drop(reader);
    drop(Store::open(&path, sealer()).unwrap());
    assert!(!path.with_extension("db-wal").exists());
}

/// A large file is looked at where it counts.
#[test]
fn damage_to_the_objects_of_a_large_file_is_seen_when_it_is_opened() {
    let (_folder, path) = place();
    fill(&path, Extent::Sensitive);
    let db = Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE filler (content BLOB); INSERT INTO filler VALUES (zeroblob(12000000));",
    )
    .unwrap();
    let root: u64 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'object'", [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap()
        .unsigned_abs();
    let size: u64 =
        db.query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    assert!(read_only(&path).is_ok());
    let mut bytes = std::fs::read(&path).unwrap();
    let start = usize::try_from((root - 1) * size).unwrap();
    bytes[start + 8..start + 200].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    for error in [
        Store::open(&path, sealer()).unwrap_err(),
        Store::open_read_only(&path, sealer()).map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, StateError::Damaged { .. }), "{error}");
        check_words(&error, &path);
    }
}
