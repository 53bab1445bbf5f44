//! The history: which commands changed something, or tried to.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use time::OffsetDateTime;

use crate::{RunId, StateError, Store, history, timestamp};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Succeeded,
    /// Something could not be done.
    Failed,
    /// Someone stopped it.
    Interrupted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
            Outcome::Interrupted => "interrupted",
        })
    }
}

impl FromSql for Outcome {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Outcome> {
        match value.as_str()? {
            "succeeded" => Ok(Outcome::Succeeded),
            "failed" => Ok(Outcome::Failed),
            "interrupted" => Ok(Outcome::Interrupted),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

/// One run of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its identity.
    pub id: RunId,
    /// Its number: later runs have higher ones.
    pub number: u64,
    /// How many objects it changed, as far as that can still be undone.
    pub changed: u64,
    /// The command, such as `apply`.
    pub operation: String,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it ended; none if it was killed or is still running.
    pub finished_at: Option<OffsetDateTime>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

impl Store {
    /// Writes down that a run begins.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_run(&mut self, operation: &str) -> Result<RunId, StateError> {
        let id = RunId::fresh();
        self.write(|db, _| {
            db.execute(
                "INSERT INTO run (id, operation, started_at) VALUES (?, ?, ?)",
                (id, operation, timestamp::now()),
            )?;
            history::forget_old(db)?;
            Ok(id)
        })
    }

    /// Writes down how a run ended.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish_run(&mut self, id: RunId, outcome: Outcome) -> Result<(), StateError> {
        self.write(|db, _| {
            db.execute(
                "UPDATE run SET finished_at = ?, outcome = ? WHERE id = ?",
                (timestamp::now(), outcome.to_string(), id),
            )?;
            Ok(())
        })
    }

    /// Carries out a change as a run of its own, so that it can be undone. If nothing comes of it,
    /// there is no such run.
    ///
    /// # Errors
    /// Those of the change, or the file cannot be written.
    pub fn as_run<T, E: From<StateError>>(
        &mut self,
        operation: &str,
        change: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Result<T, E> {
        let run = self.begin_run(operation)?;
        let done = change(self);
        let outcome = if done.is_ok() { Outcome::Succeeded } else { Outcome::Failed };
        self.finish_run(run, outcome)?;
        self.drop_run_without_effect(run)?;
        done
    }

    /// Forgets a run that made no call and changed nothing.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn drop_run_without_effect(&mut self, id: RunId) -> Result<(), StateError> {
        self.write(|db, _| {
            db.execute(
                "DELETE FROM run WHERE id = ?
                     AND NOT EXISTS (SELECT 1 FROM intent WHERE run_id = run.id)
                     AND NOT EXISTS (SELECT 1 FROM object_before WHERE run = run.sequence)
                     AND NOT EXISTS (SELECT 1 FROM output_before WHERE run = run.sequence)",
                [id],
            )?;
            Ok(())
        })
    }

    /// The latest runs, the last one first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn runs(&self, limit: u32) -> Result<Vec<Run>, StateError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT *, (SELECT count(*) FROM object_before WHERE run = sequence) AS changed
                 FROM run ORDER BY sequence DESC LIMIT ?",
            )?;
            let runs = statement.query_map([limit], |row| {
                Ok(Run {
                    id: row.get("id")?,
                    number: row.get::<_, i64>("sequence")?.unsigned_abs(),
                    changed: row.get::<_, i64>("changed")?.unsigned_abs(),
                    operation: row.get("operation")?,
                    started_at: timestamp::column(row, "started_at")?,
                    finished_at: timestamp::optional_column(row, "finished_at")?,
                    outcome: row.get("outcome")?,
                })
            })?;
            Ok(runs.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sealer;

    #[test]
    fn a_run_without_effect_leaves_no_trace() {
        let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
        let nothing = store.as_run("state rm", |_| Ok::<_, StateError>(7)).unwrap();
        assert_eq!((nothing, store.runs(10).unwrap().len()), (7, 0));
        let value = meridian_lang::Value::string("x");
        let outputs = [("o".into(), crate::StoredOutput { value, sensitive: false })].into();
        store.as_run("apply", |store| store.set_outputs(&outputs)).unwrap();
        assert_eq!(store.runs(10).unwrap()[0].outcome, Some(Outcome::Succeeded));
    }

    #[test]
    fn runs_are_listed_from_the_last_one_on() {
        let mut store = Store::in_memory(Sealer::from_bytes([7; 32])).unwrap();
        let first = store.begin_run("apply").unwrap();
        store.finish_run(first, Outcome::Failed).unwrap();
        let second = store.begin_run("destroy").unwrap();
        let runs = store.runs(10).unwrap();
        assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
        assert_eq!((runs[0].outcome, runs[0].finished_at), (None, None));
        assert_eq!(runs[1].outcome, Some(Outcome::Failed));
        assert!(runs[1].finished_at >= Some(runs[1].started_at));
        assert_eq!(store.runs(1).unwrap().len(), 1);
    }
}
