//! `meridian state backup`

use std::path::Path;
use std::process::ExitCode;

use meridian_state::Store;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, paths};

/// Copies the state to a file. No lock is needed: the copy is of one moment.
pub fn run(global: &Global, file: Option<&Path>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let store = Store::open_read_only(&paths::state_file(global), keys::none()?)?;
    let store = store.ok_or_else(|| edit::no_state(global))?;
    let copy = file.map_or_else(|| edit::free_name(global), Path::to_owned);
    if copy.exists() {
        return Err(Failure::message(
            "The backup was not made",
            format!("{} exists already. Name another file.", copy.display()),
        ));
    }
    store.back_up(&copy)?;
    terminal.line(&format!("The state is copied to {}.", copy.display()));
    Ok(ExitCode::SUCCESS)
}
