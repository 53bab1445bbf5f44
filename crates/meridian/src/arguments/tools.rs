//! Options of the commands that look at a configuration and change nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::planning::VariableArguments;
use super::value::truth;

const VALIDATE_HELP: &str = "\
Neither variables nor the state nor the cloud are looked at: what is valid may still fail to plan.
Ends with 1 if there is any error.";

/// Options of `validate`.
#[derive(Debug, Args)]
#[command(after_help = VALIDATE_HELP)]
pub struct ValidateArguments {
    /// Tell what was found as JSON, in Terraform's format, for editors and scripts.
    #[arg(long)]
    pub json: bool,
    /// Understood for Terraform's sake: there are no test files to look at.
    #[arg(long)]
    pub no_tests: bool,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,
}

const CONSOLE_HELP: &str = "\
Examples:
  meridian console                        type expressions; exit or Ctrl-D ends it
  echo 'max(1, 2)' | meridian console     for scripts: the value of the last line

Nothing is changed, and nothing is read from the cloud except with -plan. Lines are kept for the
next time in the user's state folder, in a file that only the user can read; a line that begins
with a blank is not kept. While a bracket is open, the expression goes on in the next line.";

/// Options of `console`.
#[derive(Debug, Args)]
#[command(after_help = CONSOLE_HELP)]
pub struct ConsoleArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Plan first, and show values as they will be after an apply.
    #[arg(long)]
    pub plan: bool,
}

const GRAPH_HELP: &str = "\
Examples:
  meridian graph | dot -Tsvg > graph.svg       a picture, by Graphviz
  meridian graph -format=mermaid               for a Markdown page

An arrow leads from a resource to what it depends on. What follows from other arrows is left out.";

/// Options of `graph`.
#[derive(Debug, Args)]
#[command(after_help = GRAPH_HELP)]
pub struct GraphArguments {
    /// Draw everything that is evaluated, not the resources only: plan, plan-refresh-only,
    /// plan-destroy or apply. All four show the same graph.
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Draw a configuration whose parts depend on each other, with these dependencies in red.
    /// Together with -type.
    #[arg(long)]
    pub draw_cycles: bool,
    /// The language of the graph.
    #[arg(long, value_enum, default_value = "dot")]
    pub format: GraphFormat,
    /// Draw the configuration of a plan written by plan -out.
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "N", hide = true)]
    pub module_depth: Option<String>,
}

/// Languages of graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Graphviz's.
    Dot,
    /// Mermaid's.
    Mermaid,
}

/// Options of `version`.
#[derive(Debug, Args)]
pub struct VersionArguments {
    /// As JSON, in Terraform's format.
    #[arg(long)]
    pub json: bool,
}

/// Options of `get`. Terraform's own are understood.
#[derive(Debug, Args)]
pub struct GetArguments {
    /// Understood for Terraform's sake.
    #[arg(long)]
    pub update: bool,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,
}

/// Options of `providers`.
#[derive(Debug, Args)]
pub struct ProvidersArguments {
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,
}

const NEW_WORKSPACE_HELP: &str = "\
With -state=FILE the workspace begins with a copy of that state file, which must be one of
meridian's.";

/// Options of `workspace new`.
#[derive(Debug, Args)]
#[command(after_help = NEW_WORKSPACE_HELP)]
pub struct NewWorkspaceArguments {
    /// Its name: letters, digits and what else needs no escaping in a URL.
    pub name: String,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub lock: bool,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "TIME")]
    pub lock_timeout: Option<String>,
}

const WORKSPACE_HELP: &str = "\
Examples:
  meridian workspace new staging     make one, and work in it from now on
  meridian workspace select default  go back to the first one
  TF_WORKSPACE=staging meridian plan look at another one, once

Each workspace has a state of its own, and the configuration sees its name as
terraform.workspace. The keys and secrets of different workspaces must have different names.";

/// Commands of `workspace`.
#[derive(Debug, Subcommand)]
#[command(after_help = WORKSPACE_HELP)]
pub enum WorkspaceCommand {
    /// List the workspaces; an asterisk stands at the one in use.
    List,
    /// Show the name of the workspace in use.
    Show,
    /// Make a workspace and use it from now on.
    New(NewWorkspaceArguments),
    /// Use another workspace from now on.
    Select {
        /// Its name.
        name: String,
        /// Make it if it does not exist.
        #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
              value_parser = truth, default_value = "false", default_missing_value = "true",
              action = clap::ArgAction::Set)]
        or_create: bool,
    },
    /// Delete a workspace that holds no objects.
    Delete {
        /// Its name.
        name: String,
        /// Even if it holds objects. They go on to exist, and no one knows of them any more.
        #[arg(long)]
        force: bool,
        /// Understood for Terraform's sake: the state is always locked.
        #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
              value_parser = truth, default_value = "true", default_missing_value = "true",
              action = clap::ArgAction::Set)]
        lock: bool,
        /// How long to wait for another command to end, such as 30s or 5m.
        #[arg(long, value_name = "TIME", default_value = "0s",
              value_parser = super::value::duration)]
        lock_timeout: std::time::Duration,
    },
}
