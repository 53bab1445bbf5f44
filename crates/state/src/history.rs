//! Going back: the state as it was before a run.
//!
//! Triggers of the database note what an object or output was before the first change that a run
//! makes to it (`migrations/002_history.sql`), so nothing that changes the state can forget to.

use meridian_graph::InstanceAddress;
use rusqlite::{Connection, OptionalExtension};

use crate::journal::UNCONFIRMED;
use crate::store::bump_serial;
use crate::{StateError, Store};

/// How many runs can be undone. What older ones changed is forgotten when the next one begins.
pub(crate) const KEPT_RUNS: i64 = 100;

/// The columns of an object, in the table and in its history.
const OBJECT: &str = "address, deposed, type, provider, region, schema_version, attributes,
    attributes_type, facts, facts_type, dependencies, create_before_destroy, unfinished, updated_at";

/// How going back changes what the state says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// It was added since, and would be forgotten.
    Forgotten,
    /// It was removed since, and would be there again.
    Returned,
    /// It was changed since.
    Changed,
}

impl Store {
    /// How the objects differ from what they were before a run; none if they do not. A deposed
    /// object has its key.
    ///
    /// # Errors
    /// There is no such run, what it changed is forgotten, or the file cannot be read.
    pub fn reversals(
        &self,
        run: u64,
    ) -> Result<Vec<(InstanceAddress, Option<String>, Reversal)>, StateError> {
        let from = undoable(&self.connection, run)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT before.address, before.deposed, before.type IS NOT NULL AS was,
                 now.address IS NOT NULL AS is_there,
                 (before.type, before.provider, before.region, before.attributes, before.facts,
                  before.unfinished)
                 IS (now.type, now.provider, now.region, now.attributes, now.facts,
                     now.unfinished) AS is_same,
                 min(before.run)
             FROM object_before AS before
             LEFT JOIN object AS now USING (address, deposed)
             WHERE before.run >= ? GROUP BY before.address, before.deposed
             HAVING NOT is_same",
        )?;
        let mut rows = statement.query([from])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let deposed: String = row.get(1)?;
            let reversal = match (row.get(2)?, row.get(3)?) {
                (false, _) => Reversal::Forgotten,
                (true, false) => Reversal::Returned,
                (true, true) => Reversal::Changed,
            };
            let address = InstanceAddress::parse(&text)
                .ok_or_else(|| StateError::malformed(&text, "it is no address"))?;
            found.push((address, Some(deposed).filter(|key| !key.is_empty()), reversal));
        }
        found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        Ok(found)
    }

    /// Makes the state what it was before a run began. The run that does so must have begun; it can
    /// be undone like any other.
    ///
    /// # Errors
    /// There is no such run, what it changed is forgotten, or the file cannot be written.
    pub fn restore_before(&mut self, run: u64) -> Result<(), StateError> {
        self.write(|db, _| {
            let from = undoable(db, run)?;
            let now: i64 = db.query_row("SELECT max(sequence) FROM run", [], |row| row.get(0))?;
            db.execute(
                "DELETE FROM object WHERE (address, deposed) IN
                     (SELECT address, deposed FROM object_before WHERE run >= ? AND run < ?)",
                [from, now],
            )?;
            db.execute(
                &format!(
                    "INSERT INTO object ({OBJECT}) SELECT {OBJECT} FROM
                         (SELECT *, min(run) FROM object_before WHERE run >= ? AND run < ?
                          GROUP BY address, deposed)
                     WHERE type IS NOT NULL"
                ),
                [from, now],
            )?;
            db.execute(
                "DELETE FROM output WHERE name IN
                     (SELECT name FROM output_before WHERE run >= ? AND run < ?)",
                [from, now],
            )?;
            db.execute(
                "INSERT INTO output (name, value, value_type, sensitive)
                     SELECT name, value, value_type, sensitive FROM
                         (SELECT *, min(run) FROM output_before WHERE run >= ? AND run < ?
                          GROUP BY name)
                     WHERE value IS NOT NULL",
                [from, now],
            )?;
            bump_serial(db)
        })
    }

    /// Forgets all but the last runs, with their calls and with what is needed to undo them, and
    /// gives the number of runs that went. Runs with open calls stay, and with calls that alone
    /// tell that something that the cloud shows is sensitive.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn prune(&mut self, kept: u32) -> Result<usize, StateError> {
        let pruned = self.write(|db, _| {
            let old = format!(
                "SELECT id FROM run WHERE sequence <=
                     (SELECT coalesce(max(sequence), 0) FROM run) - ?1
                 AND id NOT IN (SELECT run_id FROM intent WHERE status IN ('pending', 'sent'))
                 AND id NOT IN (SELECT run_id FROM intent WHERE {UNCONFIRMED})"
            );
            db.execute(&format!("DELETE FROM intent WHERE run_id IN ({old})"), [kept])?;
            Ok(db.execute(&format!("DELETE FROM run WHERE id IN ({old})"), [kept])?)
        })?;
        self.compact()?;
        Ok(pruned)
    }

    /// Makes the file smaller: nothing of what was deleted or overwritten stays in it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn compact(&mut self) -> Result<(), StateError> {
        Ok(self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?)
    }
}

/// Forgets what is needed to undo all but the last runs, when another one begins.
pub(crate) fn forget_old(db: &Connection) -> Result<(), StateError> {
    for table in ["object_before", "output_before"] {
        db.execute(
            &format!("DELETE FROM {table} WHERE run <= (SELECT max(sequence) FROM run) - ?"),
            [KEPT_RUNS],
        )?;
    }
    Ok(())
}

/// The number of a run, if it and all later ones can be undone.
fn undoable(db: &Connection, run: u64) -> Result<i64, StateError> {
    let refused = |reason: &str| StateError::NotUndoable { run, reason: reason.to_owned() };
    let number = i64::try_from(run).map_err(|_| refused("there is no such run"))?;
    let known = db
        .query_row("SELECT 1 FROM run WHERE sequence = ?", [number], |_| Ok(()))
        .optional()?
        .is_some();
    let last: Option<i64> = db.query_row("SELECT max(sequence) FROM run", [], |row| row.get(0))?;
    match (known, last) {
        (true, Some(last)) if number > last - KEPT_RUNS => Ok(number),
        (true, _) => Err(refused("only the last hundred runs can be undone")),
        (false, _) => Err(refused("there is no such run")),
    }
}

#[cfg(test)]
mod tests;
