//! What lasts: the tables in an SQLite file, and the master key beside it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params};

use crate::clock::Delays;
use crate::table::Stored;
use crate::vault::{MASTER_KEY_LENGTH, Vault};
use crate::world::World;

const SCHEMA_VERSION: i64 = 1;

/// The kind of the rows that tell about the cloud itself.
const META: &str = "meta";

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
        let world = load(&connection, World::empty(delays, vault))?;
        Ok((Self { connection, _lock: lock }, world))
    }

    /// Writes what changed, all of it or nothing.
    pub fn save(&mut self, world: &mut World) -> Result<(), OpenError> {
        if !world.has_changes() {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        for (kind, table) in world.tables() {
            save_table(&transaction, kind, table)?;
        }
        save_table(&transaction, META, &world.meta)?;
        transaction.commit()?;
        world.forget_changes();
        Ok(())
    }
}

fn load(connection: &Connection, mut world: World) -> Result<World, OpenError> {
    for (kind, table) in world.tables_mut() {
        load_table(connection, kind, table)?;
    }
    load_table(connection, META, &mut world.meta)?;
    let numbers = world.transitions.iter().map(|((_, number), _)| number + 1);
    world.next_transition = numbers.max().unwrap_or_default();
    Ok(world)
}

fn load_table(
    connection: &Connection,
    kind: &str,
    table: &mut dyn Stored,
) -> Result<(), OpenError> {
    let mut statement = connection.prepare("SELECT key, body FROM object WHERE kind = ?1")?;
    let mut rows = statement.query([kind])?;
    while let Some(row) = rows.next()? {
        let key = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        table.load(key, body)?;
    }
    Ok(())
}

fn save_table(
    transaction: &Transaction<'_>,
    kind: &str,
    table: &dyn Stored,
) -> Result<(), OpenError> {
    for change in table.written_changes() {
        let (key, body) = change?;
        if let Some(body) = body {
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
