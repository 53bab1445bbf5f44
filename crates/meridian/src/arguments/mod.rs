//! What can be typed.
//!
//! Terraform writes long options with one dash (`-out=F`), GNU with two (`--out F`). Both are
//! understood: the first is turned into the second before clap sees it.

mod address;
mod discover;
mod environment;
mod execution;
mod format;
mod init;
mod local_aws;
mod mistakes;
mod planning;
mod promote;
mod recover;
mod state;
mod tools;
mod value;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use self::address::{replaceable, target};
pub use self::discover::DiscoverArguments;
pub use self::environment::with_environment;
pub use self::execution::{ExecutionArguments, SafetyArguments};
pub use self::format::FmtArguments;
pub use self::init::InitArguments;
pub use self::local_aws::{ClockArgument, LocalAwsArguments};
pub use self::planning::{PlanningArguments, VariableArguments};
pub use self::promote::PromoteArguments;
pub use self::recover::RecoverArguments;
pub use self::state::{
    BackupArguments, ExportTerraformArguments, ForceUnlockArguments, HistoryArguments,
    ImportArguments, ImportTerraformArguments, ListArguments, LockArguments, MoveArguments,
    PruneArguments, PushArguments, RekeyArguments, RemoveArguments, ReplaceProviderArguments,
    RestoreArguments, SealArguments, StateCommand, TaintArguments,
};
pub use self::tools::{
    ConsoleArguments, GetArguments, GraphArguments, GraphFormat, NewWorkspaceArguments,
    ProvidersArguments, ValidateArguments, VersionArguments, WorkspaceCommand,
};
pub use self::value::truth;

const EXAMPLES: &str = "\
Examples:
  meridian -local apply              try the configuration in this folder on the embedded AWS
  meridian plan -out=tfplan          plan against AWS, and keep the plan
  meridian apply tfplan              carry out exactly that plan
  meridian plan -detailed-exitcode   for scripts: 0 nothing to do, 1 error, 2 changes
  meridian console                   try expressions
  meridian output -raw NAME          one output value, for scripts
  meridian local-aws -clock fast     the embedded AWS as a server, for Terraform, the CLI, boto3

Options are written with one dash, as in Terraform, or with two. TF_CLI_ARGS and
TF_CLI_ARGS_COMMAND (such as TF_CLI_ARGS_plan) hold options that are always given.
Each command says more: meridian COMMAND -help.";

/// The heading of the options that every command has.
const GLOBAL: &str = "Options of every command";

/// Plans and applies AWS KMS multi-Region keys and Secrets Manager secrets from Terraform
/// configuration, and never loses, doubles or leaks one.
///
/// Run `meridian -local apply` in a folder of .tf files to try it on an embedded AWS: no account,
/// no credentials, no server to start.
#[derive(Debug, Parser)]
#[command(name = "meridian", version, max_term_width = 100)]
#[command(after_help = EXAMPLES)]
pub struct CommandLine {
    /// Options that every command has.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command has.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Switch to this folder before doing anything.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "DIR")]
    pub chdir: Option<PathBuf>,
    /// Work on the embedded AWS instead of the real one. It keeps its keys and secrets, and a
    /// state of its own, in state/local.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub local: bool,
    /// The state file. Without this option: state/meridian.db, with -local
    /// state/local/meridian.db; workspaces have files of their own.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// No colour. The environment variable NO_COLOR does the same.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub no_color: bool,
    /// The workspace in use, which the environment and the state folder name.
    #[arg(skip)]
    pub workspace: String,
    /// How long to wait for the state's lock: an option of some commands.
    #[arg(skip)]
    pub lock_timeout: Duration,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is built in. Nothing is downloaded and nothing need be prepared.
    Init(InitArguments),
    /// Check the configuration without looking at any state or cloud.
    Validate(ValidateArguments),
    /// Show what apply would do, and change nothing.
    Plan(PlanArguments),
    /// Make the cloud as the configuration says: plan, ask, and carry out the plan.
    Apply(ApplyArguments),
    /// Destroy everything that the state holds: plan, ask, and carry out the plan.
    Destroy(DestroyArguments),
    /// Show the state, or a saved plan.
    Show(ShowArguments),
    /// Show output values.
    Output(OutputArguments),
    /// Take over an object that exists, by its id. import blocks do the same, with a plan.
    Import(ImportArguments),
    /// Find out what became of calls that an interrupted run left open. apply begins with it, too.
    Recover(RecoverArguments),
    /// Take changes made outside into the state: apply -refresh-only without a question.
    Refresh(RefreshArguments),
    /// Mark an object as one to be replaced; the next plan shows it.
    Taint(TaintArguments),
    /// Take away the mark that taint made.
    Untaint(TaintArguments),
    /// Release a lock that a command has left behind.
    ForceUnlock(ForceUnlockArguments),
    /// Look into the state, change it, and move it in and out.
    State {
        /// What to do.
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Move the primary of a set of multi-Region keys to another Region, at once.
    Promote(PromoteArguments),
    /// Write configuration and import blocks for keys and secrets that no state has yet.
    Discover(DiscoverArguments),
    /// Rewrite configuration files in the canonical form, which is that of terraform fmt.
    Fmt(FmtArguments),
    /// Try expressions: variables, the state's values, functions.
    Console(ConsoleArguments),
    /// Draw the resources and what they depend on, in Graphviz's language or Mermaid's.
    Graph(GraphArguments),
    /// Keep several states for one configuration.
    Workspace {
        /// What to do.
        #[command(subcommand)]
        command: WorkspaceCommand,
    },
    /// Show which providers each module asks for.
    Providers(ProvidersArguments),
    /// Say which modules are not there. Nothing is downloaded.
    Get(GetArguments),
    /// Serve the embedded AWS to other clients: KMS, Secrets Manager and STS of all Regions on
    /// one port.
    LocalAws(LocalAwsArguments),
    /// Show the version.
    Version(VersionArguments),
}

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Options of planning.
    #[command(flatten)]
    pub planning: PlanningArguments,
    /// Write the plan to a file that apply can carry out.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Plan to destroy everything that the state holds.
    #[arg(long)]
    pub destroy: bool,
    /// Write configuration for what import blocks take over and no resource block describes yet.
    /// The file must not exist.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<PathBuf>,
    /// Whether dangers stop it.
    #[command(flatten)]
    pub safety: SafetyArguments,
    /// Exit with 0 if there is nothing to do, 1 on errors, 2 if there are changes.
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// Options of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// Options of planning.
    #[command(flatten)]
    pub planning: PlanningArguments,
    /// How the plan is carried out.
    #[command(flatten)]
    pub execution: ExecutionArguments,
    /// Destroy everything that the state holds.
    #[arg(long)]
    pub destroy: bool,
    /// A plan written by plan -out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
}

/// Options of `destroy`.
#[derive(Debug, Args)]
pub struct DestroyArguments {
    /// Options of planning.
    #[command(flatten)]
    pub planning: PlanningArguments,
    /// How the plan is carried out.
    #[command(flatten)]
    pub execution: ExecutionArguments,
}

/// Options of `refresh`.
#[derive(Debug, Args)]
pub struct RefreshArguments {
    /// Options of planning.
    #[command(flatten)]
    pub planning: PlanningArguments,
}

/// Options of `show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// As JSON, in Terraform's format. Secrets are left out.
    #[arg(long)]
    pub json: bool,
    /// How: text, or markdown for a comment on a pull request.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text, conflicts_with = "json")]
    pub format: ShowFormat,
    /// A plan written by plan -out; without it the state is shown.
    #[arg(value_name = "PLAN", required_if_eq("format", "markdown"))]
    pub plan: Option<PathBuf>,
}

/// For whom a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
}

/// Options of `output`.
#[derive(Debug, Args)]
pub struct OutputArguments {
    /// As JSON, with sensitive values in clear.
    #[arg(long)]
    pub json: bool,
    /// A string, number or bool as it is, without quotes, for scripts.
    #[arg(long, requires = "name", conflicts_with = "json")]
    pub raw: bool,
    /// Only this output, also if it is sensitive. Without a name all are shown.
    pub name: Option<String>,
}

impl Command {
    /// The options of planning, if it plans.
    pub fn planning(&self) -> Option<&PlanningArguments> {
        match self {
            Command::Plan(plan) => Some(&plan.planning),
            Command::Apply(apply) => Some(&apply.planning),
            Command::Destroy(destroy) => Some(&destroy.planning),
            Command::Refresh(refresh) => Some(&refresh.planning),
            _ => None,
        }
    }
}

impl CommandLine {
    /// Reads what was typed, in Terraform's spelling or in GNU's.
    ///
    /// # Errors
    /// What cannot be understood, and help that was asked for.
    pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
        let matches = CommandLine::command()
            .try_get_matches_from(with_gnu_spelling(typed))
            .map_err(mistakes::explained)?;
        let mut line = CommandLine::from_arg_matches(&matches)?;
        if let Some((_, matches)) = matches.subcommand() {
            match &mut line.command {
                Command::Plan(plan) => plan.planning.variables.note_order(matches),
                Command::Apply(apply) => apply.planning.variables.note_order(matches),
                Command::Destroy(destroy) => destroy.planning.variables.note_order(matches),
                Command::Promote(promote) => promote.variables.note_order(matches),
                Command::Recover(recover) => recover.variables.note_order(matches),
                Command::Discover(discover) => discover.variables.note_order(matches),
                Command::Console(console) => console.variables.note_order(matches),
                Command::Refresh(refresh) => refresh.planning.variables.note_order(matches),
                Command::Import(import) => import.variables.note_order(matches),
                Command::State { command } => command.note_order(matches),
                _ => {}
            }
        }
        Ok(line)
    }
}

/// Turns Terraform's `-option` into GNU's `--option`. What follows `--` is left alone.
fn with_gnu_spelling(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut options_end = false;
    let mut spelled = Vec::new();
    for (position, argument) in arguments.into_iter().enumerate() {
        let text = argument.to_str().filter(|_| position > 0 && !options_end);
        match text {
            Some("--") => options_end = true,
            Some(text) if is_long_option(text) => {
                spelled.push(OsString::from(format!("-{text}")));
                continue;
            }
            _ => {}
        }
        spelled.push(argument);
    }
    spelled
}

fn is_long_option(text: &str) -> bool {
    let Some(name) = text.strip_prefix('-') else {
        return false;
    };
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.next().is_some()
}

#[cfg(test)]
mod tests;
