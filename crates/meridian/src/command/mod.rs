//! One file a command.

use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{Command, CommandLine};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::workspace as workspace_in_use;

mod apply;
mod console;
mod destroy;
mod discover;
mod fmt;
mod force_unlock;
mod get;
mod graph;
mod import;
mod init;
mod local_aws;
mod output;
mod plan;
mod promote;
mod providers;
mod recover;
mod refresh;
mod show;
mod state;
mod taint;
mod validate;
mod version;
mod workspace;

pub use apply::interrupted;

/// Runs the command that was typed.
pub async fn run(line: CommandLine, terminal: &Arc<Terminal>) -> Result<ExitCode, Failure> {
    let CommandLine { mut global, command } = line;
    if let Some(folder) = &global.chdir {
        std::env::set_current_dir(folder).map_err(|error| {
            Failure::message(
                "No such folder",
                format!("The folder {} cannot be entered: {error}.", folder.display()),
            )
        })?;
    }
    global.workspace = workspace_in_use::current()?.name;
    if let Some(planning) = command.planning() {
        global.lock_timeout = planning.lock_timeout;
        terminal.set_compact_warnings(planning.compact_warnings);
        if planning.json {
            terminal.begin_log();
        }
    }
    match command {
        Command::Init(_) => init::run(terminal).await,
        Command::Validate(arguments) => validate::run(&arguments, terminal).await,
        Command::Plan(arguments) => plan::run(&global, &arguments, terminal).await,
        Command::Apply(arguments) => apply::run(&global, &arguments, terminal).await,
        Command::Destroy(arguments) => destroy::run(&global, arguments, terminal).await,
        Command::Show(arguments) => show::run(&global, &arguments, terminal).await,
        Command::Output(arguments) => output::run(&global, &arguments, terminal),
        Command::Import(arguments) => import::run(&global, &arguments, terminal).await,
        Command::Recover(arguments) => {
            global.lock_timeout = arguments.lock_timeout;
            recover::run(&global, &arguments, terminal).await
        }
        Command::Refresh(arguments) => refresh::run(&global, arguments, terminal).await,
        Command::Taint(arguments) => taint::taint(&global, &arguments, terminal),
        Command::Untaint(arguments) => taint::untaint(&global, &arguments, terminal),
        Command::ForceUnlock(arguments) => force_unlock::run(&global, &arguments, terminal),
        Command::State { command } => state::run(&global, &command, terminal).await,
        Command::Promote(arguments) => {
            global.lock_timeout = arguments.lock_timeout;
            promote::run(&global, &arguments, terminal).await
        }
        Command::Discover(arguments) => discover::run(&global, &arguments, terminal).await,
        Command::Fmt(arguments) => fmt::run(&arguments, terminal),
        Command::Console(arguments) => console::run(&global, &arguments, terminal).await,
        Command::Graph(arguments) => graph::run(&global, &arguments, terminal).await,
        Command::Workspace { command } => workspace::run(&global, &command, terminal),
        Command::Providers(arguments) => providers::run(&global, &arguments, terminal).await,
        Command::Get(_) => get::run(terminal),
        Command::LocalAws(arguments) => local_aws::run(&arguments, terminal).await,
        Command::Version(arguments) => version::run(&arguments, terminal),
    }
}
