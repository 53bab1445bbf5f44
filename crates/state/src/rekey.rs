//! The key that a state is sealed under: what the file says of it, and going over to another one.

use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::encoding::reseal;
use crate::migrations::{self, Format};
use crate::store::{BUSY_TIMEOUT, bump_serial, key_in_use};
use crate::{
    KeyRecord, RunId, Sealer, StateError, Store, history, lock, objects, outputs, private_file,
    timestamp,
};

/// The first format that has a table of the key's record.
const WITH_RECORD: u32 = 3;

/// A table, the column that says whose values they are, the column of the values, and what their
/// seals are bound to.
type Sealed = (&'static str, &'static str, &'static str, fn(&str) -> String);

/// Where values that may be sealed are.
const SEALED: [Sealed; 6] = [
    ("object", "address", "attributes", objects::attributes_context),
    ("object", "address", "facts", objects::facts_context),
    ("output", "name", "value", outputs::context),
    ("object_before", "address", "attributes", objects::attributes_context),
    ("object_before", "address", "facts", objects::facts_context),
    ("output_before", "name", "value", outputs::context),
];

/// The fingerprints that the journal has of a creation, for as long as nobody knows what became of
/// it.
const KEPT_BY_JOURNAL: &str = "$.\"meridian:kept\"";

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
        let has_record = match migrations::format(&db, path)? {
            Format::Empty => return Ok(None),
            Format::Older(version) => version >= WITH_RECORD,
            Format::Current => true,
        };
        let db = db.unchecked_transaction()?;
        let meta = db.query_row("SELECT lineage, key_id FROM meta", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let Some((lineage, key_id)) = meta.optional()? else { return Ok(None) };
        let record = if has_record { read_record(&db)? } else { None };
        // Which values an older format has is of no interest: it has some.
        let anything_sealed = !has_record || anything_sealed(&db)?;
        Ok(Some(SealedUnder { lineage, key_id, record, anything_sealed }))
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
            let now = timestamp::now();
            db.execute(
                "INSERT INTO run (id, operation, started_at, finished_at, outcome)
                 VALUES (?, 'state rekey', ?, ?, 'succeeded')",
                (RunId::fresh(), &now, &now),
            )?;
            let run = db.last_insert_rowid();
            history::forget_old(db)?;
            for (table, place, column, context) in SEALED {
                let values = sealed_values(db, table, place, column)?;
                let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2");
                let mut update = db.prepare(&format!("{sql} AND {place} = ?3"))?;
                for (address, text) in values {
                    let resealed = reseal(&text, former, new, &context(&address))?;
                    update.execute((resealed, text, address))?;
                }
            }
            // The triggers took it for a change of objects.
            for table in ["object_before", "output_before"] {
                db.execute(&format!("DELETE FROM {table} WHERE run = ?"), [run])?;
            }
            db.execute(
                "UPDATE intent SET request = json_remove(request, ?1)
                 WHERE status NOT IN ('pending', 'sent')
                     AND json_extract(request, ?1) IS NOT NULL",
                [KEPT_BY_JOURNAL],
            )?;
            take_key(db, new)?;
            bump_serial(db)
        })?;
        self.sealer = new.clone();
        Ok(())
    }
}

/// The values of a column that have sealed parts, each once, with what they are bound to.
fn sealed_values(
    db: &Connection,
    table: &str,
    place: &str,
    column: &str,
) -> Result<Vec<(String, String)>, StateError> {
    let mut statement = db.prepare(&format!(
        r#"SELECT DISTINCT {place}, {column} FROM {table} WHERE {column} LIKE '%{{"sealed":%'"#
    ))?;
    let values = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(values.collect::<Result<_, _>>()?)
}

/// Whether anything in the state is sealed, also in what is needed to go back.
pub(crate) fn anything_sealed(db: &Connection) -> Result<bool, StateError> {
    for (table, _, column, _) in SEALED {
        let sql = format!(r#"SELECT 1 FROM {table} WHERE {column} LIKE '%{{"sealed":%' LIMIT 1"#);
        if db.prepare(&sql)?.exists([])? {
            return Ok(true);
        }
    }
    Ok(false)
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
