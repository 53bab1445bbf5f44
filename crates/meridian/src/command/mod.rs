//! One file a command.

use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{Command, CommandLine};
use crate::failure::Failure;
use crate::terminal::Terminal;

mod apply;
mod destroy;
mod fmt;
mod graph;
mod init;
mod local_aws;
mod output;
mod plan;
mod show;
mod state;
mod validate;
mod version;

/// Runs the command that was typed.
pub async fn run(line: CommandLine, terminal: &Arc<Terminal>) -> Result<ExitCode, Failure> {
    let CommandLine { global, command } = line;
    if let Some(folder) = &global.chdir {
        std::env::set_current_dir(folder).map_err(|error| {
            Failure::message(
                "No such folder",
                format!("The folder {} cannot be entered: {error}.", folder.display()),
            )
        })?;
    }
    match command {
        Command::Init(_) => init::run(terminal).await,
        Command::Validate => validate::run(terminal).await,
        Command::Plan(arguments) => plan::run(&global, &arguments, terminal).await,
        Command::Apply(arguments) => apply::run(&global, &arguments, terminal).await,
        Command::Destroy(arguments) => destroy::run(&global, arguments, terminal).await,
        Command::Show(arguments) => show::run(&global, &arguments, terminal).await,
        Command::Output(arguments) => output::run(&global, &arguments, terminal),
        Command::State { command } => state::run(&global, &command, terminal).await,
        Command::Fmt(arguments) => fmt::run(&arguments, terminal),
        Command::Graph => graph::run(terminal).await,
        Command::LocalAws(arguments) => local_aws::run(&arguments, terminal).await,
        Command::Version => version::run(terminal),
    }
}
