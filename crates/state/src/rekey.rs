//! The key that a state is sealed under: what the file says of it, and going over to another one
//! or to another extent.

mod columns;

use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::extent::{Envelope, Extent};
use crate::migrations::{self, Format};
use crate::store::{BUSY_TIMEOUT, bump_serial, claim_key, key_in_use};
use crate::{KeyRecord, RunId, Sealer, StateError, Store, history, lock, private_file, timestamp};

pub(crate) use columns::anything_sealed;

/// The first format that has a table of the key's record.
const WITH_RECORD: u32 = 3;
/// The first format that can be sealed whole.
const WITH_EXTENT: u32 = 4;

/// The key that a state is sealed under, as its file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedUnder {
    /// The state's lineage.
    pub lineage: String,
    /// Identifies the key.
    pub key_id: String,
    /// How the key is had again; none for a key file's own key.
    pub record: Option<KeyRecord>,
    /// Whether anything is sealed at all.
    pub anything_sealed: bool,
    /// How much is sealed.
    pub extent: Extent,
}

impl SealedUnder {
    /// Reads what a state file says of its key; none if there is no state yet. Needs no key.
    ///
    /// # Errors
    /// The file cannot be opened, is damaged, or is no state file of this version.
    pub fn of(path: &Path) -> Result<Option<SealedUnder>, StateError> {
        match path.metadata() {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(private_file::failed(path)(error)),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(StateError::opening(path))?;
        db.busy_timeout(BUSY_TIMEOUT)?;
        let version = match migrations::format(&db, path)? {
            Format::Empty => return Ok(None),
            Format::Older(version) => version,
            Format::Current => migrations::VERSION,
        };
        let db = db.unchecked_transaction()?;
        let meta = db.query_row("SELECT lineage, key_id FROM meta", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let Some((lineage, key_id)) = meta.optional()? else { return Ok(None) };
        let record = if version >= WITH_RECORD { read_record(&db)? } else { None };
        let extent = if version >= WITH_EXTENT { Extent::of(&db)? } else { Extent::Sensitive };
        // Which values an older format has is of no interest: it has some.
        let anything_sealed = version < WITH_RECORD || anything_sealed(&db, extent)?;
        Ok(Some(SealedUnder { lineage, key_id, record, anything_sealed, extent }))
    }
}

impl Store {
    /// Goes over to another key, in one transaction: everything that is sealed is sealed under
    /// the new one from then on. It is listed as a run, in which no object changes.
    ///
    /// The sealer must have the fingerprints of the former one
    /// ([`Sealer::with_fingerprints_of`]), or every secret would seem to have changed.
    ///
    /// # Errors
    /// The key in use is not that of the state, something does not open, the lock was lost, or the
    /// file cannot be written. Nothing is changed then.
    pub fn rekey(&mut self, new: &Sealer) -> Result<(), StateError> {
        let held = self.held;
        self.write(|db, former| {
            lock::still_held(db, held)?;
            key_in_use(db, former)?;
            let from = Envelope::of(db, former)?;
            let run = begin_run(db, "state rekey")?;
            columns::go_over(db, run, &from, &Envelope::new(new, from.extent))?;
            take_key(db, new)?;
            bump_serial(db)
        })?;
        self.sealer = new.clone();
        Ok(())
    }

    /// Seals the state as a whole, or only sensitive values again, in one transaction, and tells
    /// whether that was to be done. The key stays. It is listed as a run, in which no object
    /// changes; plans that were made before stay as good as they were.
    ///
    /// What was in clear may still be in free pages then: [`Store::compact`] removes them.
    ///
    /// # Errors
    /// The key in use is not that of the state, something does not open, the lock was lost, or the
    /// file cannot be written. Nothing is changed then.
    pub fn seal(&mut self, extent: Extent) -> Result<bool, StateError> {
        let held = self.held;
        // If this ends before the file is rewritten, what is overwritten is gone all the same.
        self.connection.pragma_update(None, "secure_delete", true)?;
        self.write(|db, sealer| {
            lock::still_held(db, held)?;
            let from = claim_key(db, sealer)?;
            if from.extent == extent {
                return Ok(false);
            }
            let run = begin_run(db, "state seal")?;
            columns::go_over(db, run, &from, &Envelope::new(sealer, extent))?;
            db.execute("UPDATE meta SET sealed = ?", [extent])?;
            Ok(true)
        })
    }
}

/// Lists what is done within this transaction as a run, and gives its number.
fn begin_run(db: &Connection, operation: &str) -> Result<i64, StateError> {
    let now = timestamp::now();
    db.execute(
        "INSERT INTO run (id, operation, started_at, finished_at, outcome)
         VALUES (?, ?, ?, ?, 'succeeded')",
        (RunId::fresh(), operation, &now, &now),
    )?;
    let run = db.last_insert_rowid();
    history::forget_old(db)?;
    Ok(run)
}

/// Takes a key for the state's own.
pub(crate) fn take_key(db: &Connection, sealer: &Sealer) -> Result<(), StateError> {
    db.execute("UPDATE meta SET key_id = ?", [sealer.key_id()])?;
    write_record(db, sealer)
}

/// Writes down how the key is had again.
pub(crate) fn write_record(db: &Connection, sealer: &Sealer) -> Result<(), StateError> {
    db.execute("DELETE FROM key_record", [])?;
    if let Some(record) = sealer.record() {
        let text = serde_json::to_string(record).expect("a record is plain JSON");
        db.execute("INSERT INTO key_record (only, record) VALUES (1, ?)", [text])?;
    }
    Ok(())
}

fn read_record(db: &Connection) -> Result<Option<KeyRecord>, StateError> {
    let text: Option<String> =
        db.query_row("SELECT record FROM key_record", [], |row| row.get(0)).optional()?;
    let record = text.as_deref().map(serde_json::from_str).transpose();
    record.map_err(|error| StateError::malformed("The record of the key", error))
}

#[cfg(test)]
mod tests;
