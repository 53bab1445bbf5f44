//! What lasts: the tables in an SQLite file, and the master keys beside it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction, params};

use crate::clock::Delays;
use crate::table::Stored;
use crate::vault::{MASTER_KEY_LENGTH, MasterKey, Vault};
use crate::world::World;

const SCHEMA_VERSION: i64 = 2;
const DATABASE: &str = "aws.db";
const MASTER_KEYS: &str = "master.key";

/// The kind of the rows that tell about the cloud itself.
pub(crate) const META: &str = "meta";

/// Only the owner may read what is kept here.
const PRIVATE: u32 = 0o600;

const SCHEMA: &str = "
    CREATE TABLE object (
        kind TEXT NOT NULL,
        key  TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID;
    PRAGMA user_version = 2;
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
    #[error(
        "the directory was written by another version of this program (schema version {0}, this \
         one has {SCHEMA_VERSION}): start with an empty directory"
    )]
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
    directory: PathBuf,
    connection: Connection,
    _lock: File,
}

impl Store {
    /// Opens a directory, which is made if there is none, and reads what it holds.
    pub fn open(directory: &Path, delays: Delays) -> Result<(Self, World), OpenError> {
        fs::create_dir_all(directory).map_err(at(directory))?;
        let lock = lock(directory)?;
        let vault = vault(&directory.join(MASTER_KEYS))?;
        let path = directory.join(DATABASE);
        make_private(&path).map_err(at(&path))?;
        let connection = Connection::open(path)?;
        // A killed process loses nothing under NORMAL; only a power failure
        // may take the last transactions, and then whole ones.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        match version(&connection)? {
            0 => connection.execute_batch(SCHEMA)?,
            SCHEMA_VERSION => {}
            other => return Err(OpenError::Version(other)),
        }
        let world = load(&connection, World::empty(delays, vault))?;
        Ok((Self { directory: directory.to_owned(), connection, _lock: lock }, world))
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

    /// Puts another world in place of what is written down. Its keys are added
    /// first, so that a process which is killed in between can read either.
    pub fn replace(&mut self, keys: &[MasterKey], rows: &Rows) -> Result<(), OpenError> {
        let path = self.directory.join(MASTER_KEYS);
        write_keys(&path, keys).map_err(at(&path))?;
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM object", [])?;
        insert(&transaction, rows)?;
        transaction.commit()?;
        Ok(())
    }
}

/// Rows as they are written down: their tables, keys and bodies.
pub(crate) type Rows = Vec<(String, String, String)>;

/// Writes a whole world into an empty directory, which can be opened then.
pub(crate) fn write_copy(directory: &Path, world: &World) -> Result<(), OpenError> {
    let path = directory.join(MASTER_KEYS);
    write_keys(&path, &world.vault.master_keys()).map_err(at(&path))?;
    let path = directory.join(DATABASE);
    make_private(&path).map_err(at(&path))?;
    let mut connection = Connection::open(path)?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    insert(&transaction, &world.rows()?)?;
    transaction.commit()?;
    Ok(())
}

/// Reads a world from a directory in which nothing is changed.
pub(crate) fn read_copy(directory: &Path) -> Result<(Vec<MasterKey>, Rows), OpenError> {
    let keys = read_keys(&directory.join(MASTER_KEYS))?;
    let path = directory.join(DATABASE);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    match version(&connection)? {
        SCHEMA_VERSION => {}
        other => return Err(OpenError::Version(other)),
    }
    let mut statement = connection.prepare("SELECT kind, key, body FROM object")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows = rows.collect::<rusqlite::Result<_>>()?;
    Ok((keys, rows))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn insert(transaction: &Transaction<'_>, rows: &Rows) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare("INSERT INTO object (kind, key, body) VALUES (?1, ?2, ?3)")?;
    for (kind, key, body) in rows {
        statement.execute([kind, key, body])?;
    }
    Ok(())
}

fn load(connection: &Connection, mut world: World) -> Result<World, OpenError> {
    for (kind, table) in world.tables_mut() {
        load_table(connection, kind, table)?;
    }
    load_table(connection, META, &mut world.meta)?;
    world.number_transitions();
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

/// The vault of the master keys in a file, which is made if there is none yet.
fn vault(path: &Path) -> Result<Vault, OpenError> {
    match read_keys(path) {
        Err(OpenError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let key = Vault::random_key();
            write_keys(path, &[key]).map_err(at(path))?;
            Ok(Vault::new(&key))
        }
        keys => {
            let keys = keys?;
            let mut vault = Vault::new(&keys[0]);
            vault.trust(&keys);
            Ok(vault)
        }
    }
}

/// The master keys in a file, at least one.
fn read_keys(path: &Path) -> Result<Vec<MasterKey>, OpenError> {
    let bytes = fs::read(path).map_err(at(path))?;
    let (keys, rest) = bytes.as_chunks::<MASTER_KEY_LENGTH>();
    if keys.is_empty() || !rest.is_empty() {
        return Err(OpenError::BadMasterKey(path.to_owned()));
    }
    Ok(keys.to_vec())
}

/// Writes the keys under another name first: a half-written key would lock out for good.
fn write_keys(path: &Path, keys: &[MasterKey]) -> io::Result<()> {
    let draft = path.with_extension("key.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE).open(&draft)?;
    file.write_all(keys.as_flattened())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Says which file an error is about.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io { path, source }
}
