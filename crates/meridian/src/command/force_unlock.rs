//! `meridian force-unlock`

use std::process::ExitCode;

use meridian_state::Store;

use crate::arguments::{ForceUnlockArguments, Global};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, paths};

const QUESTION: &str = "Do you really want to force-unlock?\n  \
    Meridian will remove the lock on the state.\n  \
    This will allow local Meridian commands to modify this state, even though it\n  \
    may still be in use. Only 'yes' will be accepted to confirm.\n\n  Enter a value: ";

/// Releases a lock that someone else has taken.
pub fn run(
    global: &Global,
    arguments: &ForceUnlockArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let path = paths::state_file(global);
    if !path.exists() {
        return Err(edit::no_state(global));
    }
    let mut store = Store::open(&path, keys::none()?)?;
    let failed = |why: String| Failure::message("Failed to unlock state", why);
    let Some(lock) = store.lock_holder()? else {
        return Err(failed("The state is not locked.".to_owned()));
    };
    let id = arguments.id.parse().ok().filter(|id| *id == lock.id);
    let Some(id) = id else {
        let given = &arguments.id;
        return Err(failed(format!(
            "There is no lock {given:?} on the state; the present lock is {}.",
            lock.id
        )));
    };
    if !arguments.force {
        let holder = &lock.holder;
        terminal.line(&format!(
            "The lock was taken by {} on {} (process {}) for \"{}\".\n",
            holder.who, holder.host, holder.pid, holder.operation
        ));
        let confirmed = terminal.ask(QUESTION).map_err(|_| {
            failed("There is no terminal to ask for confirmation. Give -force.".to_owned())
        })?;
        if !confirmed {
            terminal.line("force-unlock cancelled.");
            return Ok(ExitCode::FAILURE);
        }
    }
    store.release_lock(id)?;
    terminal.line(
        "Meridian state has been successfully unlocked!\n\nThe state has been unlocked, and \
         Meridian commands should now be able to\nobtain a new lock on the state.",
    );
    Ok(ExitCode::SUCCESS)
}
