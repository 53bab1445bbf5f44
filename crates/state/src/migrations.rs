//! The format of the file and how older files are brought up to it.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::StateError;

/// In order; the number of those that a file has seen is its `user_version`. A migration that
/// was released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/001_initial.sql"),
    include_str!("../migrations/002_history.sql"),
    include_str!("../migrations/003_key.sql"),
    include_str!("../migrations/004_sealed_whole.sql"),
    include_str!("../migrations/005_hides.sql"),
];

/// The format that this program writes.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

/// Marks a SQLite file as ours: "mdst".
const APPLICATION_ID: i64 = 0x6d64_7374;

/// How the format of a file stands to this program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Nothing was ever written to it.
    Empty,
    /// It lacks migrations beyond this version.
    Older(u32),
    /// It is as this program writes it.
    Current,
}

/// Looks at the format of a file without changing it.
///
/// # Errors
/// It is the file of another program, or of a newer version of this one.
pub(crate) fn format(connection: &Connection, path: &Path) -> Result<Format, StateError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let opening = StateError::opening(path);
    let version = pragma("user_version").map_err(&opening)?.try_into().unwrap_or(u32::MAX);
    let application = pragma("application_id").map_err(&opening)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(&opening)?;
    match version {
        0 if application == 0 && tables == 0 => Ok(Format::Empty),
        _ if application != APPLICATION_ID => Err(StateError::NotAState { path: path.to_owned() }),
        found if found > VERSION => {
            Err(StateError::NewerVersion { path: path.to_owned(), found, known: VERSION })
        }
        _ if version < VERSION => Ok(Format::Older(version)),
        _ => Ok(Format::Current),
    }
}

/// Refuses a file that a command that only reads would have to change first.
pub(crate) fn refuse_older(found: u32, path: &Path) -> StateError {
    StateError::OlderVersion { path: path.to_owned(), found, known: VERSION }
}

/// Carries out the migrations that a file has not seen yet, all or none.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been quicker, so the format counts as it is under the write lock.
    let seen = match format(&transaction, path)? {
        Format::Current => return Ok(()),
        Format::Empty => 0,
        Format::Older(version) => version,
    };
    for sql in &MIGRATIONS[seen as usize..] {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Extent;

    const PATH: &str = "state.db";

    fn migrated() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, Path::new(PATH)).unwrap();
        connection
    }

    /// Everything that the migrations lead to, as SQL.
    fn dump(connection: &Connection) -> String {
        let mut statement = connection
            .prepare(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
                 ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, name",
            )
            .unwrap();
        let tables = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut dump = format!(
            "PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {VERSION};\n"
        );
        for sql in tables {
            dump.push_str(&format!("\n{};\n", sql.unwrap()));
        }
        dump
    }

    #[test]
    fn the_golden_schema_is_what_the_migrations_lead_to() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../state/schema.sql");
        let dump = dump(&migrated());
        let golden = fs::read_to_string(&path).unwrap_or_default();
        assert!(golden == dump, "state/schema.sql should be:\n{dump}");
    }

    /// A file of each version that was ever written, with something in each table, keeps all of it.
    #[test]
    fn files_of_every_version_are_brought_up_to_date() {
        for version in 1..MIGRATIONS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            for sql in &MIGRATIONS[..version] {
                connection.execute_batch(sql).unwrap();
            }
            connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
            connection.pragma_update(None, "user_version", version as u32).unwrap();
            connection
                .execute_batch(
                    r#"INSERT INTO meta (id, lineage, serial, key_id, created_at)
                        VALUES (1, 'lineage', 7, 'key', '2026-01-01T00:00:00Z');
                    INSERT INTO value_type VALUES (1, '"string"');
                    INSERT INTO object VALUES ('t.a', '', 't', 'p', 'r', 0, '"x"', 1, '"y"', 1,
                        '[]', 0, 0, '2026-01-01T00:00:00Z');
                    INSERT INTO output VALUES ('o', '"z"', 1, 0);
                    INSERT INTO run VALUES (1, 'run', 'apply', '2026-01-01T00:00:00Z', NULL, NULL);
                    INSERT INTO intent (sequence, id, run_id, address, service, operation, region,
                            provider, request, status, attempts, created_at)
                        VALUES (1, 'intent', 'run', 't.a', 'kms', 'CreateKey', 'r', 'p', '{}',
                            'sent', 1, '2026-01-01T00:00:00Z');
                    INSERT INTO lock VALUES (1, 'id', 'apply', 'ada', 'here', 1, '2026');"#,
                )
                .unwrap();
            let tables = ["meta", "value_type", "object", "output", "run", "intent", "lock"];
            let rows = |connection: &Connection| -> Vec<String> {
                let row = |table: &str| {
                    let sql = format!("SELECT * FROM {table}");
                    let mut statement = connection.prepare(&sql).unwrap();
                    let columns = statement.column_count();
                    let mut rows = statement.query([]).unwrap();
                    let row = rows.next().unwrap().expect("a row");
                    let cells = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
                    cells.collect::<Vec<_>>().join(" ")
                };
                tables.iter().map(|table| row(table)).collect()
            };
            let before = rows(&connection);
            migrate(&mut connection, Path::new(PATH)).unwrap();
            for (row, before) in rows(&connection).iter().zip(before) {
                assert!(row.starts_with(&before), "version {version}: {before} is now {row}");
            }
            assert_eq!(Extent::of(&connection).unwrap(), Extent::Sensitive, "version {version}");
            assert_eq!(dump(&connection), dump(&migrated()), "version {version}");
        }
    }

    #[test]
    fn migrating_again_changes_nothing() {
        let mut connection = migrated();
        let before = dump(&connection);
        migrate(&mut connection, Path::new(PATH)).unwrap();
        assert_eq!(dump(&connection), before);
        assert_eq!(format(&connection, Path::new(PATH)).unwrap(), Format::Current);
    }

    #[test]
    fn a_newer_file_is_refused_with_both_versions() {
        let mut connection = migrated();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let message = migrate(&mut connection, Path::new(PATH)).unwrap_err().to_string();
        assert!(message.contains("version 99"), "{message}");
        assert!(message.contains(&format!("up to {VERSION}")), "{message}");
    }

    #[test]
    fn an_older_file_is_seen_as_such() {
        let connection = migrated();
        connection.pragma_update(None, "user_version", 0).unwrap();
        assert_eq!(format(&connection, Path::new(PATH)).unwrap(), Format::Older(0));
        let message = refuse_older(0, Path::new(PATH)).to_string();
        assert!(message.contains("older format version 0"), "{message}");
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (a)").unwrap();
        let error = migrate(&mut connection, Path::new(PATH)).unwrap_err();
        assert!(matches!(error, StateError::NotAState { .. }), "{error}");
    }
}
