//! The state opened for a change by hand: locked, settled, and copied aside first.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use meridian_lang::Diagnostic;
use meridian_state::{Sealer, Store};

use crate::arguments::{BackupArguments, Global, LockArguments};
use crate::failure::Failure;
use crate::stage::Writable;
use crate::{hints, paths};

/// What stands for no backup.
const NONE: &str = "-";

/// The state, which a command is about to change.
pub fn open(
    global: &Global,
    locking: &LockArguments,
    sealer: &Sealer,
    operation: &str,
) -> Result<Writable, Failure> {
    if !paths::state_file(global).exists() {
        return Err(no_state(global));
    }
    create(global, locking, sealer, operation)
}

/// The same, of a state that need not be there yet.
pub fn create(
    global: &Global,
    locking: &LockArguments,
    sealer: &Sealer,
    operation: &str,
) -> Result<Writable, Failure> {
    let global = Global { lock_timeout: locking.lock_timeout, ..global.clone() };
    let state = Writable::open(&global, sealer, operation)?;
    if !state.store.has_unresolved()? {
        return Ok(state);
    }
    state.close()?;
    Err(Failure::message(
        "An earlier run was interrupted",
        "Calls of it are still open: nobody knows yet what became of them, and the state must not \
         be changed by hand before that is known. \"meridian recover\" finds it out.",
    ))
}

/// What is said when there is nothing to work on.
pub fn no_state(global: &Global) -> Failure {
    let error = Diagnostic::error(
        "No state file was found",
        format!(
            "There is no state at {}: nothing has been applied here yet.",
            paths::state_file(global).display()
        ),
    );
    match hints::other_state(global) {
        Some(hint) => error.help(hint).into(),
        None => error.into(),
    }
}

/// Copies the state aside, and gives the place of the copy.
pub fn back_up(
    store: &Store,
    global: &Global,
    backup: &BackupArguments,
) -> Result<Option<PathBuf>, Failure> {
    let path = match &backup.backup {
        Some(path) if path.as_os_str() == NONE => return Ok(None),
        Some(path) => path.clone(),
        None => free_name(global),
    };
    store.back_up(&path)?;
    Ok(Some(path))
}

/// Beside the state, a name with the time in seconds, as Terraform gives its backups.
pub fn free_name(global: &Global) -> PathBuf {
    let state = paths::state_file(global);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let named = |at: u64| PathBuf::from(format!("{}.{at}.backup", state.display()));
    let mut names = (now..).map(named);
    names.find(|path| !path.exists()).unwrap_or_else(|| named(now))
}
