//! `meridian validate`

use std::process::ExitCode;

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{paths, project};

/// Checks the configuration.
pub async fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    project::check_folder(&paths::sealer()?, terminal).await?;
    terminal.line("Success! The configuration is valid.\n");
    Ok(ExitCode::SUCCESS)
}
