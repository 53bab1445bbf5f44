//! `meridian get`

use std::process::ExitCode;

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{modules, project};

/// Says where each module lies. Those that are not there are named, with the way to get them.
pub fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    let loaded = project::load_folder();
    let errors = |errors| Failure::new(errors, &loaded.config.sources);
    loaded.diagnostics.clone().check().map_err(errors)?;
    terminal.print(&modules::list(&loaded.config));
    terminal.line("Nothing to download: every module is there.");
    Ok(ExitCode::SUCCESS)
}
