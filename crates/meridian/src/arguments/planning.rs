//! Options of the commands that plan.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, Args};
use meridian_config::VariableOption;

use super::value::{duration, truth};

/// Values of variables.
#[derive(Clone, Default, Args)]
pub struct VariableArguments {
    /// Set a variable: -var 'name=value'. May be given several times.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// Read variables from a file. May be given several times. terraform.tfvars and *.auto.tfvars
    /// are read without being named.
    #[arg(long = "var-file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Both, in the order in which they were given: later ones win.
    #[arg(skip)]
    pub in_order: Vec<VariableOption>,
}

/// Never shows a value: it may be a secret.
impl fmt::Debug for VariableArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.in_order).finish()
    }
}

impl VariableArguments {
    /// Notes the order of values and files, which only the matches know.
    pub(super) fn note_order(&mut self, matches: &ArgMatches) {
        let positions = |name: &str| matches.indices_of(name).into_iter().flatten();
        let values = self.values.iter().cloned().map(VariableOption::Value);
        let files = self.files.iter().cloned().map(VariableOption::File);
        let mut all: Vec<(usize, VariableOption)> =
            positions("values").zip(values).chain(positions("files").zip(files)).collect();
        all.sort_by_key(|(position, _)| *position);
        self.in_order = all.into_iter().map(|(_, option)| option).collect();
    }
}

/// Which part of the configuration is worked on.
#[derive(Clone, Debug, Default, Args)]
pub struct SelectionArguments {
    /// Work on this module, resource or instance only, and on what it depends on. May be given
    /// several times. For recovering from mistakes, not for every day.
    #[arg(long = "target", value_name = "ADDRESS")]
    pub targets: Vec<String>,
    /// Leave out this module, resource or instance, and what depends on it. May be given several
    /// times, but not together with -target.
    #[arg(long = "exclude", value_name = "ADDRESS")]
    pub excludes: Vec<String>,
    /// Replace this instance even if nothing of it changes. May be given several times.
    #[arg(long = "replace", value_name = "ADDRESS")]
    pub replace: Vec<String>,
}

/// Options of commands that plan.
#[derive(Clone, Debug, Args)]
pub struct PlanningArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Which part of the configuration is worked on.
    #[command(flatten)]
    pub selection: SelectionArguments,
    /// Take changes made outside into the state, and change nothing else.
    #[arg(long)]
    pub refresh_only: bool,
    /// Whether to read the objects of the state from the cloud first.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub refresh: bool,
    /// How many objects are worked on at once.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub parallelism: u32,
    /// Whether to ask for variables that have no value. Nothing is asked without a terminal. The
    /// environment variable TF_INPUT=0 does the same as -input=false.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub input: bool,
    /// Understood for Terraform's sake: a plan takes no lock, an apply always does.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub lock: bool,
    /// How long an apply waits for another one to end, such as 30s or 5m.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
    /// Write Terraform's machine-readable log, one JSON object a line, and ask nothing. An apply
    /// then needs -auto-approve or a saved plan.
    #[arg(long)]
    pub json: bool,
    /// Show warnings by their first lines only, unless there are errors too.
    #[arg(long)]
    pub compact_warnings: bool,
}
