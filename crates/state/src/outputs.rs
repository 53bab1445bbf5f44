//! Output values of the last apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Marks, Value};
use rusqlite::Connection;

use crate::encoding::encode_parts;
use crate::objects::{Types, type_id};
use crate::store::{bump_serial, claim_key};
use crate::{Sealer, StateError, Store};

/// An output as the state keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOutput {
    /// Its value. That of a sensitive output is marked as such when it is read.
    pub value: Value,
    /// Whether the configuration declares it sensitive; its value is sealed as a whole then.
    pub sensitive: bool,
}

impl Store {
    /// Makes these all the outputs there are. What is already so is not a change.
    ///
    /// # Errors
    /// The file cannot be written, or is sealed under another key.
    pub fn set_outputs(
        &mut self,
        outputs: &BTreeMap<Arc<str>, StoredOutput>,
    ) -> Result<(), StateError> {
        self.write(|db, sealer| replace(db, sealer, outputs))
    }
}

/// Makes these all the outputs there are, within a transaction.
pub(crate) fn replace(
    db: &Connection,
    sealer: &Sealer,
    outputs: &BTreeMap<Arc<str>, StoredOutput>,
) -> Result<(), StateError> {
    let mut changed = false;
    for name in names(db)? {
        if !outputs.contains_key(name.as_str()) {
            db.execute("DELETE FROM output WHERE name = ?", [name])?;
            changed = true;
        }
    }
    for (name, output) in outputs {
        changed |= put(db, sealer, name, output)?;
    }
    if changed { bump_serial(db) } else { Ok(()) }
}

fn names(db: &Connection) -> Result<Vec<String>, StateError> {
    let mut statement = db.prepare_cached("SELECT name FROM output")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Writes an output unless it is there just so, and tells whether it was not.
fn put(
    db: &Connection,
    sealer: &Sealer,
    name: &str,
    output: &StoredOutput,
) -> Result<bool, StateError> {
    let envelope = claim_key(db, sealer)?;
    let mark = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    let context = context(name);
    let (ty, value) = encode_parts(&output.value.clone().mark(mark), sealer, &context);
    let value = envelope.close(&context, value.to_string())?;
    let changed = db
        .prepare_cached(
            "INSERT INTO output (name, value, value_type, sensitive) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET value = ?2, value_type = ?3, sensitive = ?4
             WHERE (value, value_type, sensitive) IS NOT (?2, ?3, ?4)",
        )?
        .execute((name, value, type_id(db, &envelope, &ty)?, output.sensitive))?;
    Ok(changed > 0)
}

/// All outputs by name.
pub(crate) fn load(
    db: &Connection,
    types: &Types<'_>,
) -> Result<BTreeMap<Arc<str>, StoredOutput>, StateError> {
    let mut statement =
        db.prepare_cached("SELECT name, value, value_type, sensitive FROM output")?;
    let mut rows = statement.query([])?;
    let mut outputs = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name: Arc<str> = row.get(0)?;
        let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let value = types.value(text, row.get(2)?, &context(&name))?;
        outputs.insert(name, StoredOutput { value, sensitive: row.get(3)? });
    }
    Ok(outputs)
}

/// What seals in an output are bound to; also how errors name it.
pub(crate) fn context(name: &str) -> String {
    format!("The output {name}")
}
