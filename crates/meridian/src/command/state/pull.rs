//! `meridian state pull`

use std::process::ExitCode;

use meridian_engine::hand_back;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{keys, project, stage};

/// Prints the state in Terraform's format, without secrets. There is nothing to print without one.
pub async fn run(global: &Global, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if let Some(snapshot) = stage::snapshot(global, &keys::sealer(global)?)? {
        let registry = project::registry(global.local, Vec::new()).await;
        terminal.data(&hand_back(&snapshot, &registry, None).state.to_text());
    }
    Ok(ExitCode::SUCCESS)
}
