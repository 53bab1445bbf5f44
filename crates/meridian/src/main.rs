//! The command line of meridian.
//!
//! One file a command, and no logic of its own: this is the only place with a terminal, an
//! environment and exit codes. `command/apply.rs` shows the whole way through the house.

use std::process::ExitCode;
use std::sync::Arc;

mod arguments;
mod cloud;
mod command;
mod configuring;
mod console;
mod core_dumps;
mod dangers;
mod defects;
mod discovery;
mod edit;
mod environment;
mod failure;
mod generate;
mod hints;
mod inputs;
mod keys;
mod machine;
mod modules;
mod outdated;
mod paths;
mod planning;
mod project;
mod questions;
mod saved;
mod selection;
mod stage;
mod terminal;
mod unresolved;
mod workspace;

use arguments::CommandLine;
use terminal::Terminal;

/// Plans are made of many small values, which the allocator of the C library scatters and then
/// searches for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Called without a command, Terraform prints its help and ends with this.
const NO_COMMAND: u8 = 127;

fn main() -> ExitCode {
    core_dumps::switch_off();
    defects::end_the_process();
    if std::env::args_os().len() <= 1 {
        let _ = <CommandLine as clap::CommandFactory>::command().print_help();
        return ExitCode::from(NO_COMMAND);
    }
    let typed = std::env::args_os().collect();
    let typed = match arguments::with_environment(typed, |name| std::env::var(name).ok()) {
        Ok(typed) => typed,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let line = match CommandLine::read(typed) {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            // Help that was asked for is no error.
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let terminal = Arc::new(Terminal::new(line.global.no_color));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("Error: the asynchronous runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(async {
        match command::run(line, &terminal).await {
            Ok(code) => code,
            Err(failure) => {
                failure.show(&terminal);
                ExitCode::FAILURE
            }
        }
    });
    terminal.close();
    match terminal.lost_output() {
        Some(why) if code == ExitCode::SUCCESS => {
            eprintln!("\nError: The output could not be written\n\nStandard output: {why}.");
            ExitCode::FAILURE
        }
        _ => code,
    }
}
