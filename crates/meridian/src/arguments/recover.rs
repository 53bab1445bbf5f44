//! Options of `recover`.

use std::time::Duration;

use clap::Args;

use super::planning::VariableArguments;
use super::value::duration;

const HELP: &str = "\
A run that was killed may have left calls of which nobody knows whether AWS carried them out. Each is
looked for: what was created is taken into the state, the rest is left to the next plan. Nothing in
AWS is changed.";

/// Options of `recover`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct RecoverArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Ask for values of variables that have none.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pub input: bool,
    /// How long to wait for the state's lock, such as 30s or 2m.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
}
