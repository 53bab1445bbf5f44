//! What lasts: the tables in an SQLite file, and the master key beside it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Delays;
use crate::table::Table;
use crate::vault::{MASTER_KEY_LENGTH, Vault};
use crate::world::World;

const SCHEMA_VERSION: i64 = 1;

/// Only the owner may read what is kept here.
const PRIVATE: u32 = 0o600;

const SCHEMA: &str = "
    CREATE TABLE object (
        kind TEXT NOT NULL,
        key  TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// Why a directory cannot be opened as a cloud.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another cloud of this one, has the directory open.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The master key has another length than a key has.
    #[error("{} is not a master key", .0.display())]
    BadMasterKey(PathBuf),
    /// The database was written by another version.
    #[error("the database has schema version {0}, this program knows version {SCHEMA_VERSION}")]
    Version(i64),
    /// The database cannot be read or written.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row is not what this program writes.
    #[error("database row: {0}")]
    Row(#[from] serde_json::Error),
}

/// An open database, and the lock that keeps others out of it.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    _lock: File,
}

impl Store {
    /// Opens a directory, which is made if there is none, and reads what it holds.
    pub fn open(directory: &Path, delays: Delays) -> Result<(Self, World), OpenError> {
        fs::create_dir_all(directory).map_err(at(directory))?;
        let lock = lock(directory)?;
        let vault = Vault::new(&master_key(&directory.join("master.key"))?);
        let path = directory.join("aws.db");
        make_private(&path).map_err(at(&path))?;
        let connection = Connection::open(path)?;
        // A killed process loses nothing under NORMAL; only a power failure
        // may take the last transactions, and then whole ones.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        match connection.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => connection.execute_batch(SCHEMA)?,
            SCHEMA_VERSION => {}
            other => return Err(OpenError::Version(other)),
        }
        let world = load(&connection, delays, vault)?;
        Ok((Self { connection, _lock: lock }, world))
    }

    /// Writes what changed, all of it or nothing.
    pub fn save(&mut self, world: &mut World) -> Result<(), OpenError> {
        if !world.has_changes() {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        save_table(&transaction, "key", &world.keys)?;
        save_table(&transaction, "key_set", &world.key_sets)?;
        save_table(&transaction, "alias", &world.aliases)?;
        save_table(&transaction, "secret", &world.secrets)?;
        save_table(&transaction, "session", &world.sessions)?;
        save_table(&transaction, "transition", &world.transitions)?;
        transaction.commit()?;
        world.forget_changes();
        Ok(())
    }
}

impl World {
    fn has_changes(&self) -> bool {
        self.keys.has_changes()
            || self.key_sets.has_changes()
            || self.aliases.has_changes()
            || self.secrets.has_changes()
            || self.sessions.has_changes()
            || self.transitions.has_changes()
    }

    /// Takes the changes as written down.
    pub fn forget_changes(&mut self) {
        self.keys.forget_changes();
        self.key_sets.forget_changes();
        self.aliases.forget_changes();
        self.secrets.forget_changes();
        self.sessions.forget_changes();
        self.transitions.forget_changes();
    }
}

fn load(connection: &Connection, delays: Delays, vault: Vault) -> Result<World, OpenError> {
    let transitions: Table<_, _> = load_table(connection, "transition")?;
    let next_transition =
        transitions.iter().map(|((_, number), _)| number + 1).max().unwrap_or_default();
    Ok(World {
        keys: load_table(connection, "key")?,
        key_sets: load_table(connection, "key_set")?,
        aliases: load_table(connection, "alias")?,
        secrets: load_table(connection, "secret")?,
        sessions: load_table(connection, "session")?,
        transitions,
        next_transition,
        delays,
        vault,
    })
}

fn load_table<K, V>(connection: &Connection, kind: &str) -> Result<Table<K, V>, OpenError>
where
    K: Ord + Clone + DeserializeOwned,
    V: DeserializeOwned,
{
    let mut statement = connection.prepare("SELECT key, body FROM object WHERE kind = ?1")?;
    let mut rows = statement.query([kind])?;
    let mut loaded = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let key = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        let body = serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
        loaded.insert(key, body);
    }
    Ok(Table::loaded(loaded))
}

fn save_table<K, V>(
    transaction: &Transaction<'_>,
    kind: &str,
    table: &Table<K, V>,
) -> Result<(), OpenError>
where
    K: Ord + Clone + Serialize,
    V: Serialize,
{
    for (key, row) in table.changes() {
        let key = serde_json::to_string(key)?;
        if let Some(row) = row {
            let body = serde_json::to_string(row)?;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO object (kind, key, body) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![kind, key, body])?;
        } else {
            transaction
                .prepare_cached("DELETE FROM object WHERE kind = ?1 AND key = ?2")?
                .execute(params![kind, key])?;
        }
    }
    Ok(())
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(PRIVATE)
        .open(&path)
        .map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(directory.to_owned())),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
    }
}

/// Makes an empty file, if there is none, before SQLite would: the files that SQLite puts beside
/// it take over its permissions.
fn make_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(PRIVATE).open(path)?;
    Ok(())
}

/// Reads the master key, or makes one if there is none yet.
fn master_key(path: &Path) -> Result<[u8; MASTER_KEY_LENGTH], OpenError> {
    match File::open(path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(at(path))?;
            bytes.try_into().map_err(|_| OpenError::BadMasterKey(path.to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = Vault::random_key();
            write_key(path, &key).map_err(at(path))?;
            Ok(key)
        }
        Err(error) => Err(at(path)(error)),
    }
}

/// Writes the key under another name first: a half-written key would lock out for good.
fn write_key(path: &Path, key: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("key.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE).open(&draft)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io { path, source }
}
