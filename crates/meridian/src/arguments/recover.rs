//! Options of `recover`.

use std::time::Duration;

use clap::Args;

use super::planning::VariableArguments;
use super::value::{duration, truth};

const HELP: &str = "\
A run that was killed may have left calls of which nobody knows whether AWS carried them out. Each
is looked for: what was created is taken into the state, the rest is left to the next plan. Nothing
in AWS is changed.";

/// Options of `recover`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct RecoverArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Whether to ask for variables that have no value.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub input: bool,
    /// How long to wait for another command to end, such as 30s or 5m.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
}
