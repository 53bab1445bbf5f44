//! `meridian graph`

use std::process::ExitCode;

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{paths, project};

/// Draws the resources and what they depend on.
pub async fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    let project = project::check_folder(&paths::sealer()?, terminal).await?;
    terminal.print(&project.graph.to_dot());
    Ok(ExitCode::SUCCESS)
}
