//! `meridian version`

use std::process::ExitCode;

use crate::failure::Failure;
use crate::terminal::Terminal;

/// Shows the version.
pub fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    terminal.line(&format!("meridian v{}", env!("CARGO_PKG_VERSION")));
    terminal.line(&format!("on {}_{}", std::env::consts::OS, std::env::consts::ARCH));
    Ok(ExitCode::SUCCESS)
}
