//! The state as a whole: put in the place of another one, or copied aside.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::objects::Change;
use crate::{StateError, Store, StoredObject, StoredOutput, objects, outputs, private_file};

/// Which state it is, and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Identifies a state for all its life.
    pub lineage: String,
    /// Counts its changes.
    pub serial: u64,
}

impl Store {
    /// Which state it is. Needs no key.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn identity(&self) -> Result<Identity, StateError> {
        self.read(|db| {
            let identity = db.query_row("SELECT lineage, serial FROM meta", [], |row| {
                let serial = row.get::<_, i64>(1)?.unsigned_abs();
                Ok(Identity { lineage: row.get(0)?, serial })
            });
            Ok(identity?)
        })
    }

    /// Puts these objects and outputs in the place of all there are, as the state of this identity.
    /// All or nothing.
    ///
    /// # Errors
    /// The file cannot be written, or is sealed under another key.
    pub fn replace_contents(
        &mut self,
        objects: &[StoredObject],
        outputs: &BTreeMap<Arc<str>, StoredOutput>,
        identity: &Identity,
    ) -> Result<(), StateError> {
        self.write(|db, sealer| {
            db.execute("DELETE FROM object", [])?;
            let changes: Vec<Change<'_>> = objects.iter().map(Change::Put).collect();
            objects::apply(db, sealer, &changes)?;
            outputs::replace(db, sealer, outputs)?;
            // SQLite counts to 2^63 only.
            let serial = i64::try_from(identity.serial).unwrap_or(i64::MAX);
            db.execute("UPDATE meta SET lineage = ?, serial = ?", (&identity.lineage, serial))?;
            Ok(())
        })
    }

    /// Copies the state to a file that only its owner can read. What is sealed stays so.
    ///
    /// # Errors
    /// The file cannot be written, or holds something already.
    pub fn back_up(&self, path: &Path) -> Result<(), StateError> {
        private_file::create_if_missing(path)?;
        self.connection.execute("VACUUM INTO ?", [path.to_string_lossy()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use meridian_graph::InstanceAddress;
    use meridian_lang::{Marks, Value};

    use super::*;
    use crate::Sealer;

    fn object(address: &str) -> StoredObject {
        let secret = Value::string("hunter2").mark(Marks::SENSITIVE);
        StoredObject {
            address: InstanceAddress::parse(address).unwrap(),
            deposed: None,
            type_name: "t".into(),
            provider: "p".into(),
            region: String::new(),
            attributes: Value::object([("id", Value::string(address)), ("secret", secret)]),
            facts: Value::object::<&str>([]),
            dependencies: Vec::new(),
            create_before_destroy: false,
            unfinished: false,
            schema_version: 0,
        }
    }

    #[test]
    fn contents_are_replaced_as_a_whole() {
        let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
        store.put_object(&object("t.old")).unwrap();
        let identity = Identity { lineage: "of another".into(), serial: 19 };
        let new = [object("t.a"), object("t.b")];
        let output = StoredOutput { value: Value::bool(true), sensitive: false };
        let outputs = BTreeMap::from([("o".into(), output)]);
        store.replace_contents(&new, &outputs, &identity).unwrap();
        let found = store.snapshot().unwrap();
        assert_eq!((found.lineage, found.serial), (identity.lineage, identity.serial));
        assert_eq!((found.objects, found.outputs), (new.to_vec(), outputs));
    }

    #[test]
    fn a_copy_is_whole_and_private_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::from_bytes([7; 32]);
        let path = folder.path().join("state.db");
        let mut store = Store::open(&path, sealer.clone()).unwrap();
        store.put_object(&object("t.a")).unwrap();
        let copy = folder.path().join("copies/first");
        store.back_up(&copy).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        store.put_object(&object("t.b")).unwrap();
        assert!(store.back_up(&copy).is_err());
        let copied = Store::open(&copy, sealer).unwrap().snapshot().unwrap();
        assert_eq!(copied.objects, [object("t.a")]);
        let bytes = std::fs::read(&copy).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"));
    }
}
