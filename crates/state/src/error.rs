//! What can go wrong with the state, and what to do then.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::{IntentId, IntentStatus, Lock, LockId};

/// Characters of the name of what cannot be read.
const LONGEST_CONTEXT: usize = 200;

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Someone else is writing.
    #[error(
        "The state is locked: {} on {} (process {}) has been running \"{}\" since {}. Wait until it \
         is done. If you are certain that it no longer runs, release the lock with \"meridian \
         force-unlock {}\".",
        .0.holder.who, .0.holder.host, .0.holder.pid, .0.holder.operation,
        crate::timestamp::for_people(.0.holder.started_at), .0.id
    )]
    Locked(Box<Lock>),

    /// The lock that this run took was released or taken by someone else.
    #[error(
        "The lock {id} of this run was released by someone else. No further call is made; run the \
         command again to finish what was begun."
    )]
    LockLost {
        /// The lock that was lost.
        id: LockId,
    },

    /// A lock was to be released that is not there.
    #[error(
        "There is no lock {id} on the state{}.",
        .current.map(|current| format!("; the present lock is {current}")).unwrap_or_default()
    )]
    NoSuchLock {
        /// The lock that was asked for.
        id: LockId,
        /// The lock that is there instead.
        current: Option<LockId>,
    },

    /// A newer meridian wrote the file.
    #[error(
        "The state file {path} is of format version {found}; this meridian knows versions up to \
         {known}. Use the newer meridian that wrote it."
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: u32,
        /// The newest version known here.
        known: u32,
    },

    /// An older meridian wrote the file, and a command that only reads may not bring it up to date.
    #[error(
        "The state file {path} is of the older format version {found}. Run a command that writes, \
         such as \"apply\", to bring it to version {known}."
    )]
    OlderVersion {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: u32,
        /// The newest version known here.
        known: u32,
    },

    /// A run cannot be undone.
    #[error("The state as it was before run {run} cannot be had back: {reason}.")]
    NotUndoable {
        /// Its number.
        run: u64,
        /// Why not.
        reason: String,
    },

    /// The file is no SQLite database, or one of another program.
    #[error("{path} is not a state file of meridian. Name another file, or move this one away.")]
    NotAState {
        /// The file.
        path: PathBuf,
    },

    /// The file is damaged.
    #[error(
        "The state file{} is damaged ({detail}). Put back a backup, or salvage what is left with \
         \"sqlite3 FILE .recover\".",
        named(.path.as_deref())
    )]
    Damaged {
        /// The file, where it is known.
        path: Option<PathBuf>,
        /// What SQLite says about it.
        detail: String,
    },

    /// The file or its folder may not be written.
    #[error(
        "The state file cannot be written: it, its folder or the file system is read-only for this \
         user. Nothing was changed."
    )]
    ReadOnly,

    /// The disk is full.
    #[error(
        "The disk that holds the state file is full. Free some space and run the command again."
    )]
    DiskFull,

    /// Other machines may write to the file without seeing our locks.
    #[error(
        "The state file {path} lies on a file system ({kind}) that does not share locks between \
         machines, so that two could write at once. Name a file on a local disk with -state, or \
         mount it with locks."
    )]
    NoLocks {
        /// The file.
        path: PathBuf,
        /// The file system's name.
        kind: String,
    },

    /// Another process is writing to the file at this moment and does not finish.
    #[error(
        "Another process keeps the state file busy. Close programs that have it open, such as \
         sqlite3, and run the command again."
    )]
    Busy,

    /// A file could not be created, opened or read.
    #[error("{path} cannot be opened: {source}.")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// Values in the state are sealed under another key.
    #[error(
        "The state holds values that are sealed under the key {sealed_under}, but the key in use is \
         {in_use}. Put the original key file back, or set MERIDIAN_STATE_KEY or \
         MERIDIAN_STATE_KMS_KEY as it was; nothing was changed."
    )]
    WrongKey {
        /// Identifies the key that the state was written with.
        sealed_under: String,
        /// Identifies the key that is in use.
        in_use: String,
    },

    /// The state is to be sealed whole, and was made otherwise.
    #[error(
        "MERIDIAN_STATE_SEAL asks for a state that is sealed as a whole, but in this one only \
         sensitive values are sealed. \"meridian state seal -whole\" seals the rest; nothing was \
         changed."
    )]
    NotSealedWhole,

    /// A key is not 32 bytes in base64.
    #[error("{origin} does not hold a key: 32 bytes in base64 were expected.")]
    InvalidKey {
        /// Where the key came from.
        origin: String,
    },

    /// A passphrase is empty or short.
    #[error(
        "A passphrase of less than {} characters can be guessed. Take one that a password manager \
         or \"openssl rand -base64 24\" makes.",
        crate::SHORTEST_PASSPHRASE
    )]
    WeakPassphrase,

    /// The system gives no random bytes.
    #[error("The operating system gives no random bytes, so no key could be made.")]
    NoRandomness,

    /// A value in a file does not read back.
    #[error(
        "{context} cannot be read: {detail}. The file{} was changed by hand or is damaged.",
        named(.path.as_deref())
    )]
    Malformed {
        /// The file, where it is known.
        path: Option<PathBuf>,
        /// Which value.
        context: String,
        /// What is wrong with it.
        detail: String,
    },

    /// The object to be changed is not in the state.
    #[error("The state has no object {address}{}.", crate::objects::deposed_suffix(.deposed.as_deref()))]
    NoSuchObject {
        /// Its address.
        address: String,
        /// Its key, if a deposed one was meant.
        deposed: Option<String>,
    },

    /// A deposed object cannot come back, for there is a current one.
    #[error("{address} already has a current object; its deposed object {deposed} stays deposed.")]
    AddressTaken {
        /// The address.
        address: String,
        /// The deposed object's key.
        deposed: String,
    },

    /// The journal has no such intent.
    #[error("The journal has no intent {id}.")]
    NoSuchIntent {
        /// The intent.
        id: IntentId,
    },

    /// An intent's story is over, or it has not been sent yet.
    #[error("The intent {id} is {status} and cannot become {wanted}.")]
    IntentStatus {
        /// The intent.
        id: IntentId,
        /// What it is.
        status: IntentStatus,
        /// What it was to become.
        wanted: IntentStatus,
    },

    /// Anything else that SQLite reports.
    #[error("The state file could not be read or written.")]
    Sqlite(#[source] rusqlite::Error),
}

impl StateError {
    /// Puts a name to what may be wrong with a file that is being opened.
    pub(crate) fn opening(path: &Path) -> impl Fn(rusqlite::Error) -> StateError {
        |error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StateError::NotAState { path: path.to_owned() },
            Some(ErrorCode::CannotOpen) => {
                StateError::File { path: path.to_owned(), source: io::Error::other(error) }
            }
            _ => StateError::from(error).in_file(path.to_str()),
        }
    }

    /// Says which file it is about, where that is not said yet.
    pub(crate) fn in_file(mut self, file: Option<&str>) -> StateError {
        if let StateError::Damaged { path, .. } | StateError::Malformed { path, .. } = &mut self
            && path.is_none()
        {
            *path = file.filter(|file| !file.is_empty()).map(PathBuf::from);
        }
        self
    }

    pub(crate) fn malformed(context: impl ToString, detail: impl ToString) -> StateError {
        // An address in a damaged file may be of any length.
        let context = context.to_string().chars().take(LONGEST_CONTEXT).collect();
        let detail = detail.to_string();
        StateError::Malformed { path: None, context, detail }
    }
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> StateError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::Busy,
            Some(ErrorCode::DiskFull) => StateError::DiskFull,
            Some(ErrorCode::ReadOnly) => StateError::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StateError::Damaged { path: None, detail: error.to_string() }
            }
            _ => match error {
                // A row that no version of this program writes. What it holds may be a secret.
                rusqlite::Error::FromSqlConversionFailure(column, ..)
                | rusqlite::Error::IntegralValueOutOfRange(column, _)
                | rusqlite::Error::InvalidColumnType(column, ..) => StateError::malformed(
                    "A row",
                    format!("its column {column} is not as it must be"),
                ),
                rusqlite::Error::QueryReturnedNoRows => {
                    StateError::malformed("A table", "a row is missing")
                }
                error => StateError::Sqlite(error),
            },
        }
    }
}

/// The name of a file, as the middle of a sentence.
fn named(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!(" {}", path.display()))
}
