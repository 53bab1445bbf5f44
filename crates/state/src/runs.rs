//! The history: which commands changed something, or tried to.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use time::OffsetDateTime;

use crate::{RunId, StateError, Store, timestamp};

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

    /// The latest runs, the last one first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn runs(&self, limit: u32) -> Result<Vec<Run>, StateError> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM run ORDER BY sequence DESC LIMIT ?")?;
        let runs = statement.query_map([limit], |row| {
            Ok(Run {
                id: row.get("id")?,
                operation: row.get("operation")?,
                started_at: timestamp::column(row, "started_at")?,
                finished_at: timestamp::optional_column(row, "finished_at")?,
                outcome: row.get("outcome")?,
            })
        })?;
        Ok(runs.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sealer;

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
