use std::fs;
use std::path::PathBuf;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Type, Value};

use super::*;
use crate::{Change, NewIntent};

const CANARY: &str = "hunter2-canary";

fn sealer() -> Sealer {
    Sealer::from_bytes([7; 32])
}

fn secret() -> Value {
    Value::string(CANARY).mark(Marks::SENSITIVE)
}

fn object(address: &str, attributes: Value) -> StoredObject {
    let address = InstanceAddress::parse(address).unwrap();
    StoredObject {
        deposed: None,
        type_name: address.resource.type_name.to_string(),
        provider: "aws.west".into(),
        region: "us-west-2".into(),
        attributes,
        facts: Value::object([("key_state", Value::string("Enabled"))]),
        dependencies: vec![InstanceAddress::parse("aws_kms_key.base[\"a\"]").unwrap()],
        create_before_destroy: true,
        unfinished: false,
        schema_version: 1,
        address,
    }
}

fn outputs(value: Value, sensitive: bool) -> BTreeMap<Arc<str>, StoredOutput> {
    [("out".into(), StoredOutput { value, sensitive })].into()
}

/// A folder of its own and the path of a state file in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/state.db");
    (folder, path)
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let (_folder, path) = place();
    let key = object("aws_kms_key.a", Value::object([("token", secret())]));
    let lineage = {
        let mut store = Store::open(&path, sealer()).unwrap();
        store.put_object(&key).unwrap();
        store.set_outputs(&outputs(secret(), true)).unwrap();
        store.snapshot().unwrap().lineage
    };
    let store = Store::open(&path, sealer()).unwrap();
    let expected = Snapshot {
        lineage,
        serial: 2,
        objects: vec![key],
        outputs: outputs(secret(), true),
        unconfirmed: Vec::new(),
    };
    assert_eq!(store.snapshot().unwrap(), expected);
    let mut reader = Store::open_read_only(&path, sealer()).unwrap().unwrap();
    assert_eq!(reader.snapshot().unwrap(), expected);
    let error = reader.put_object(&expected.objects[0]).unwrap_err();
    assert!(matches!(error, StateError::ReadOnly), "{error}");
}

#[test]
#[cfg(unix)]
fn the_file_and_its_folder_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let mut store = Store::open(&path, sealer()).unwrap();
    store.begin_run("apply").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn reading_creates_nothing() {
    let (folder, path) = place();
    assert!(Store::open_read_only(&path, sealer()).unwrap().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    assert!(Store::open_read_only(&empty, sealer()).unwrap().is_none());
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    let (folder, _) = place();
    let path = folder.path().join("notes.txt");
    let text = "not a database at all, but long enough to look at".repeat(30);
    fs::write(&path, &text).unwrap();
    for error in [
        Store::open(&path, sealer()).unwrap_err(),
        Store::open_read_only(&path, sealer()).unwrap_err(),
    ] {
        assert!(matches!(error, StateError::NotAState { .. }), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn no_secret_is_in_any_file() {
    let (_folder, path) = place();
    let mut store = Store::open(&path, sealer()).unwrap();
    let attributes = Value::object([
        ("direct", secret()),
        ("deep", Value::tuple([Value::object([("inner", secret())])])),
        ("set", Value::set(Type::String, [secret()])),
        ("whole", Value::object([(CANARY, Value::bool(true))]).mark(Marks::SENSITIVE)),
        ("fleeting", Value::string(CANARY).mark(Marks::EPHEMERAL)),
    ]);
    let mut key = object("aws_kms_key.a", attributes.clone());
    key.facts = Value::object([("kept", secret())]);
    let intent = NewIntent {
        run: store.begin_run("apply").unwrap(),
        address: key.address.clone(),
        deposed: None,
        service: "kms".into(),
        operation: "CreateKey".into(),
        region: "eu-west-1".into(),
        provider: "aws".into(),
        request: attributes,
    };
    let id = store.record_intent(&intent).unwrap();
    store.mark_sent(id).unwrap();
    store.confirm(id, None, &[Change::Put(&key)]).unwrap();
    store.set_outputs(&outputs(Value::string(CANARY), true)).unwrap();
    assert_eq!(store.snapshot().unwrap().outputs, outputs(secret(), true));

    let look = || {
        let files = fs::read_dir(path.parent().unwrap()).unwrap();
        for file in files.map(|file| file.unwrap().path()) {
            let bytes = fs::read(&file).unwrap();
            let found = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
            assert!(!found, "{}", file.display());
        }
    };
    look();
    drop(store);
    look();
}

#[test]
fn what_did_not_change_is_not_counted() {
    let mut store = Store::in_memory(sealer()).unwrap();
    let mut key = object("aws_kms_key.a", Value::object([("token", secret())]));
    for _ in 0..2 {
        store.put_object(&key).unwrap();
        store.set_outputs(&outputs(secret(), false)).unwrap();
        assert_eq!(store.snapshot().unwrap().serial, 2);
    }
    key.unfinished = true;
    store.put_object(&key).unwrap();
    store.set_outputs(&BTreeMap::new()).unwrap();
    assert_eq!(store.snapshot().unwrap().serial, 4);
    store.remove_object(&key.address, None).unwrap();
    store.remove_object(&key.address, None).unwrap();
    assert_eq!(store.snapshot().unwrap().serial, 5);
}

#[test]
fn a_deposed_object_lives_beside_its_successor_and_can_come_back() {
    let mut store = Store::in_memory(sealer()).unwrap();
    let old = object("aws_kms_key.a", Value::object([("token", secret())]));
    store.put_object(&old).unwrap();
    let key = store.depose(&old.address).unwrap();
    assert_eq!(key.len(), 8);
    assert!(matches!(store.depose(&old.address), Err(StateError::NoSuchObject { .. })));

    let new = object("aws_kms_key.a", Value::object([("token", Value::string("other"))]));
    store.put_object(&new).unwrap();
    let deposed = StoredObject { deposed: Some(key.clone()), ..old.clone() };
    assert_eq!(store.snapshot().unwrap().objects, [new.clone(), deposed]);
    let taken = store.restore(&old.address, &key);
    assert!(matches!(taken, Err(StateError::AddressTaken { .. })));

    store.remove_object(&new.address, None).unwrap();
    store.restore(&old.address, &key).unwrap();
    assert_eq!(store.snapshot().unwrap().objects, vec![old.clone()]);
    store.remove_object(&old.address, None).unwrap();
    let message = store.restore(&old.address, &key).unwrap_err().to_string();
    assert_eq!(message, format!("The state has no object aws_kms_key.a (deposed object {key})."));
}

#[test]
fn with_another_key_secrets_are_unknown_and_not_overwritten() {
    let (_folder, path) = place();
    let sealed = object("aws_kms_key.a", Value::object([("token", secret())]));
    let plain = object("aws_kms_key.b", Value::object([("token", Value::string("open"))]));
    Store::open(&path, sealer())
        .unwrap()
        .change(&[Change::Put(&sealed), Change::Put(&plain)])
        .unwrap();

    let mut store = Store::open(&path, Sealer::from_bytes([8; 32])).unwrap();
    assert!(matches!(store.check_key(), Err(StateError::WrongKey { .. })));
    let read = store.snapshot().unwrap().objects;
    let unknown = Value::unknown(Type::Dynamic).mark(Marks::SENSITIVE);
    assert_eq!(read[0].attributes, Value::object([("token", unknown)]));
    assert_eq!(read[1], plain);
    assert!(matches!(store.put_object(&read[0]), Err(StateError::WrongKey { .. })));

    // Once nothing is sealed any more, the new key is as good as the old one.
    store.remove_object(&sealed.address, None).unwrap();
    store.check_key().unwrap();
    store.put_object(&sealed).unwrap();
    assert_eq!(store.snapshot().unwrap().objects, [sealed, plain]);
}

#[test]
fn a_damaged_file_is_refused() {
    let (_folder, path) = place();
    drop(Store::open(&path, sealer()).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let error = Store::open(&path, sealer()).unwrap_err();
    assert!(matches!(error, StateError::Damaged { .. }), "{error}");
}

/// A small generator of repeatable numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn after_any_changes_the_store_has_what_a_map_would_have() {
    for seed in 0..20 {
        let mut numbers = Numbers(seed);
        let mut store = Store::in_memory(sealer()).unwrap();
        let mut model: BTreeMap<(InstanceAddress, Option<Arc<str>>), StoredObject> =
            BTreeMap::new();
        let mut serial = 0;
        for _ in 0..100 {
            let marks = if numbers.below(2) == 0 { Marks::SENSITIVE } else { Marks::NONE };
            let content = Value::number(numbers.below(3)).mark(marks);
            let one = object(
                &format!("aws_kms_key.k[{}]", numbers.below(4)),
                Value::object([("content", content)]),
            );
            let current = (one.address.clone(), None);
            match numbers.below(4) {
                0 => {
                    store.remove_object(&one.address, None).unwrap();
                    serial += u64::from(model.remove(&current).is_some());
                }
                1 => {
                    let deposed = store.depose(&one.address);
                    assert_eq!(deposed.is_ok(), model.contains_key(&current));
                    if let (Ok(key), Some(old)) = (deposed, model.remove(&current)) {
                        let old = StoredObject { deposed: Some(key.clone()), ..old };
                        model.insert((one.address, Some(key)), old);
                        serial += 1;
                    }
                }
                _ => {
                    store.put_object(&one).unwrap();
                    let before = model.insert(current, one.clone());
                    serial += u64::from(before != Some(one));
                }
            }
        }
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.objects, model.into_values().collect::<Vec<_>>());
        assert_eq!(snapshot.serial, serial);
    }
}

#[test]
fn on_a_shared_file_system_a_rollback_journal_takes_the_place_of_the_log() {
    let (_folder, path) = place();
    let journal = |store: &Store| -> String {
        store.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap()
    };
    let key = object("aws_kms_key.a", Value::object([("token", secret())]));
    let mut store = Store::open(&path, sealer()).unwrap();
    assert_eq!(journal(&store), "wal");
    store.put_object(&key).unwrap();
    drop(store);
    let open = |sharing| {
        let connection = Connection::open(&path).unwrap();
        Store::prepare(connection, &path, sealer(), sharing).unwrap()
    };
    let mut store = open(Sharing::Network);
    assert_eq!(journal(&store), "delete");
    store.put_object(&object("aws_kms_key.b", Value::object([("token", secret())]))).unwrap();
    assert!(!path.with_extension("db-wal").exists() && !path.with_extension("db-shm").exists());
    // The file is not kept to one process.
    let mut second = open(Sharing::Network);
    let holder = crate::Holder {
        operation: "apply".into(),
        who: "ada".into(),
        host: "here".into(),
        pid: std::process::id(),
        started_at: time::OffsetDateTime::UNIX_EPOCH,
    };
    store.acquire_lock(&holder).unwrap();
    assert!(matches!(second.acquire_lock(&holder), Err(StateError::Locked(_))));
    let reader = Store::open_read_only(&path, sealer()).unwrap().unwrap();
    assert_eq!(reader.snapshot().unwrap().objects.len(), 2);
    drop((store, second, reader));
    assert_eq!(journal(&open(Sharing::Local)), "wal");
}
