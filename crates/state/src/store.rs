//! The file: opening it, reading it as a whole, and the one way to write to it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use uuid::Uuid;

use crate::extent::{Envelope, Extent};
use crate::file_system::{Sharing, sharing};
use crate::migrations::{self, Format};
use crate::{
    Intent, LockId, ObjectAddress, Sealer, StateError, StoredObject, StoredOutput, journal,
    objects, outputs, private_file, rekey, timestamp,
};

/// How long to wait for another process that writes at this moment.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Files up to this size, in bytes, are checked for damage as a whole when they are opened.
const CHECKED_UP_TO: i64 = 8 * 1024 * 1024;
/// What is checked of larger ones: what every command reads. The rest is history, in which SQLite
/// notices damage when it comes upon it.
const ALWAYS_CHECKED: [&str; 6] = ["meta", "object", "output", "value_type", "lock", "run"];

/// The state as a whole, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Identifies the state for all its life; empty if nothing was ever written.
    pub lineage: String,
    /// Counts its changes.
    pub serial: u64,
    /// The objects by address; the current one of an address before its deposed ones.
    pub objects: Vec<StoredObject>,
    /// The outputs of the last apply.
    pub outputs: BTreeMap<Arc<str>, StoredOutput>,
    /// Calls of which nobody knows whether they were carried out, and that set something sensitive
    /// that other objects show.
    pub unconfirmed: Vec<Intent>,
}

/// An open state file.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) sealer: Sealer,
    /// The lock that this store took, while it holds it.
    pub(crate) held: Option<LockId>,
}

/// A lock that is still held is released: whoever fails half way need not think of it.
impl Drop for Store {
    fn drop(&mut self) {
        if let Some(id) = self.held {
            // A lock that cannot be released is taken over once this process has ended.
            let _ = self.release_lock(id);
        }
    }
}

impl Store {
    /// Opens a state file for reading and writing. The file and its folder are made, for their
    /// owner only, if they do not exist; a file of an older format is brought up to date.
    ///
    /// # Errors
    /// The file cannot be made or opened, is damaged, or is no state file of this version.
    pub fn open(path: &Path, sealer: Sealer) -> Result<Store, StateError> {
        private_file::create_if_missing(path)?;
        let (sharing, kind) = sharing(path);
        if sharing == Sharing::Unlocked {
            return Err(StateError::NoLocks { path: path.to_owned(), kind });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(StateError::opening(path))?;
        Store::prepare(connection, path, sealer, sharing)
            .map_err(|error| error.in_file(path.to_str()))
    }

    /// Opens a state file for reading only; none if it does not exist or nothing was ever
    /// written to it. Neither the file nor its lock is touched.
    ///
    /// # Errors
    /// The file cannot be opened, is damaged, or is no state file of this version.
    pub fn open_read_only(path: &Path, sealer: Sealer) -> Result<Option<Store>, StateError> {
        match path.metadata() {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(private_file::failed(path)(error)),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(StateError::opening(path))?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        match migrations::format(&connection, path)? {
            Format::Empty => Ok(None),
            Format::Older(version) => Err(migrations::refuse_older(version, path)),
            Format::Current => {
                check_for_damage(&connection).map_err(|error| error.in_file(path.to_str()))?;
                Ok(Some(Store { connection, sealer, held: None }))
            }
        }
    }

    /// A state that is gone with the process.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn in_memory(sealer: Sealer) -> Result<Store, StateError> {
        Store::prepare(Connection::open_in_memory()?, Path::new(":memory:"), sealer, Sharing::Local)
    }

    fn prepare(
        mut connection: Connection,
        path: &Path,
        sealer: Sealer,
        sharing: Sharing,
    ) -> Result<Store, StateError> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Whose file it is must be known before anything in it is changed.
        migrations::format(&connection, path)?;
        set_journal(&connection, sharing)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        check_for_damage(&connection)?;
        migrations::migrate(&mut connection, path)?;
        let mut store = Store { connection, sealer, held: None };
        store.write(|db, sealer| {
            db.execute(
                "INSERT INTO meta (id, lineage, serial, key_id, created_at, sealed)
                 VALUES (1, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING",
                (lineage(sealer), sealer.key_id(), timestamp::now(), sealer.extent()),
            )?;
            if db.changes() > 0 {
                return rekey::write_record(db, sealer);
            }
            match (sealer.extent(), Extent::of(db)?) {
                (Extent::Whole, Extent::Sensitive) => Err(StateError::NotSealedWhole),
                _ => Ok(()),
            }
        })?;
        Ok(store)
    }

    /// The sealer of this store.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// All objects and outputs, as of one moment.
    ///
    /// # Errors
    /// The file cannot be read, or something in it does not read back.
    pub fn snapshot(&self) -> Result<Snapshot, StateError> {
        self.read(|_| self.read_all())
    }

    fn read_all(&self) -> Result<Snapshot, StateError> {
        // In a transaction all tables are read as of the same moment. None can be open: those
        // that write have the store to themselves.
        let db = self.connection.unchecked_transaction()?;
        let (lineage, serial) = db.query_row("SELECT lineage, serial FROM meta", [], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        let types = objects::Types::load(&db, Envelope::of(&db, &self.sealer)?)?;
        Ok(Snapshot {
            lineage,
            serial,
            objects: objects::load(&db, &types)?,
            outputs: outputs::load(&db, &types)?,
            unconfirmed: journal::unconfirmed(&db, &self.sealer)?,
        })
    }

    /// The addresses of all objects, in the order of [`Snapshot::objects`]. Needs no key.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn addresses(&self) -> Result<Vec<ObjectAddress>, StateError> {
        self.read(objects::addresses)
    }

    /// Makes sure that the key in use is the one that the state is sealed under. Everything that
    /// writes values does so by itself; a command that is going to can fail early by asking.
    ///
    /// # Errors
    /// [`StateError::WrongKey`]
    pub fn check_key(&self) -> Result<(), StateError> {
        key_in_use(&self.connection, &self.sealer).map(|_| ())
    }

    /// Reads; what is wrong with the file is told with its name.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        read(&self.connection).map_err(|error| error.in_file(self.connection.path()))
    }

    /// Carries out a change in one durable transaction.
    pub(crate) fn write<T>(
        &mut self,
        change: impl FnOnce(&Connection, &Sealer) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let file = self.connection.path().map(str::to_owned);
        let connection = &mut self.connection;
        let write = || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = change(&transaction, &self.sealer)?;
            transaction.commit()?;
            Ok(done)
        };
        write().map_err(|error: StateError| error.in_file(file.as_deref()))
    }
}

/// The lineage of a new state: that which its key was made for, if it was made for one.
fn lineage(sealer: &Sealer) -> String {
    let made_for = sealer.record().and_then(|record| record.lineage());
    made_for.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Counts a change of the state.
pub(crate) fn bump_serial(db: &Connection) -> Result<(), StateError> {
    db.prepare_cached("UPDATE meta SET serial = serial + 1")?.execute([])?;
    Ok(())
}

/// Takes the key in use for the state's own, unless that would strand what is sealed under
/// another: without the old key those values read as unknown, and would be overwritten so.
/// Gives the way into the state's columns.
pub(crate) fn claim_key<'s>(
    db: &Connection,
    sealer: &'s Sealer,
) -> Result<Envelope<'s>, StateError> {
    let envelope = Envelope::of(db, sealer)?;
    if key_of(db, &envelope)? {
        return Ok(envelope);
    }
    rekey::take_key(db, sealer)?;
    Ok(Envelope::new(sealer, envelope.extent))
}

/// Whether the state's key is the one in use; an error if that matters.
pub(crate) fn key_in_use(db: &Connection, sealer: &Sealer) -> Result<bool, StateError> {
    key_of(db, &Envelope::of(db, sealer)?)
}

fn key_of(db: &Connection, envelope: &Envelope<'_>) -> Result<bool, StateError> {
    if envelope.has_key() {
        Ok(true)
    } else if rekey::anything_sealed(db, envelope.extent)? {
        Err(envelope.wrong_key())
    } else {
        Ok(false)
    }
}

/// Chooses how transactions are made safe. The write-ahead log lets readers and a writer work at
/// the same time, but lives in memory that only the processes of one machine share. On a file
/// system that others use too there is a rollback journal in its place: it needs locks only.
fn set_journal(connection: &Connection, sharing: Sharing) -> Result<(), StateError> {
    let set = |name, value| connection.pragma_update_and_check(None, name, value, |_| Ok(()));
    if sharing == Sharing::Local {
        return Ok(set("journal_mode", "WAL")?);
    }
    let present: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if present == "wal" {
        // Alone with the file, SQLite needs no shared memory to take in what is in the log.
        set("locking_mode", "EXCLUSIVE")?;
    }
    set("journal_mode", "DELETE")?;
    set("locking_mode", "NORMAL")?;
    Ok(())
}

/// Refuses a damaged file: all of a small one is looked at, and of a large one what counts most.
fn check_for_damage(connection: &Connection) -> Result<(), StateError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let check = |table: Option<&str>| -> Result<(), StateError> {
        let first = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let detail = match table {
            None => connection.query_row("PRAGMA quick_check(1)", [], first)?,
            Some(table) => {
                connection.query_row(&format!("PRAGMA quick_check({table})"), [], first)?
            }
        };
        if detail == "ok" { Ok(()) } else { Err(StateError::Damaged { path: None, detail }) }
    };
    if pragma("page_count")?.saturating_mul(pragma("page_size")?) <= CHECKED_UP_TO {
        return check(None);
    }
    // A file that is older has fewer tables.
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    for table in ALWAYS_CHECKED {
        if connection.prepare_cached(exists)?.exists([table])? {
            check(Some(table))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
