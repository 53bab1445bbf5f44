//! `meridian state prune`

use std::process::ExitCode;

use crate::arguments::{Global, PruneArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys};

/// Forgets old runs.
pub fn run(
    global: &Global,
    arguments: &PruneArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let sealer = keys::none()?;
    let mut state = edit::open(global, &arguments.locking, &sealer, "state prune")?;
    let pruned = state.store.prune(arguments.keep)?;
    state.close()?;
    terminal.line(&format!("Forgot {pruned} runs."));
    Ok(ExitCode::SUCCESS)
}
