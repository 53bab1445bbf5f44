//! What can be typed.
//!
//! Terraform writes long options with one dash (`-out=F`), GNU with two (`--out F`). Both are
//! understood: the first is turned into the second before clap sees it.

mod format;
mod local_aws;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use meridian_config::VariableOption;

pub use self::format::FmtArguments;
pub use self::local_aws::{ClockArgument, LocalAwsArguments};

const EXAMPLES: &str = "\
Examples:
  meridian -local apply              try the configuration in this folder on the embedded AWS
  meridian plan -out=tfplan          plan against AWS, and keep the plan
  meridian apply tfplan              carry out exactly that plan
  meridian plan -detailed-exitcode   for scripts: 0 nothing to do, 1 error, 2 changes
  meridian output -raw NAME          one output value, for scripts
  meridian local-aws -clock fast     the embedded AWS as a server, for Terraform, the CLI, boto3

Options are written with one dash, as in Terraform, or with two.
Each command says more: meridian COMMAND -help.";

/// Plans and applies AWS KMS multi-Region keys and Secrets Manager secrets from Terraform
/// configuration, and never loses, doubles or leaks one.
///
/// Run `meridian -local apply` in a folder of .tf files to try it on an embedded AWS: no account,
/// no credentials, no server to start.
#[derive(Debug, Parser)]
#[command(name = "meridian", version, disable_help_subcommand = true, max_term_width = 100)]
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
    #[arg(long, global = true, value_name = "DIR")]
    pub chdir: Option<PathBuf>,
    /// Work on the embedded AWS instead of the real one. It keeps its keys and secrets, and a
    /// state of its own, in state/local.
    #[arg(long, global = true)]
    pub local: bool,
    /// The state file.
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// No colour. The environment variable NO_COLOR does the same.
    #[arg(long, global = true)]
    pub no_color: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is built in. Nothing is downloaded and nothing need be prepared.
    Init(InitArguments),
    /// Check the configuration without looking at any state or cloud.
    Validate,
    /// Show what apply would do.
    Plan(PlanArguments),
    /// Make the cloud as the configuration says.
    Apply(ApplyArguments),
    /// Destroy everything that the state holds.
    Destroy(DestroyArguments),
    /// Show the state, or a saved plan.
    Show(ShowArguments),
    /// Show output values.
    Output(OutputArguments),
    /// Look into the state.
    State {
        /// What to look for.
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Rewrite configuration files in the canonical form, which is that of terraform fmt.
    Fmt(FmtArguments),
    /// Draw the resources and what they depend on, in Graphviz's language.
    Graph,
    /// Serve the embedded AWS to other clients: KMS, Secrets Manager and STS of all Regions on
    /// one port.
    LocalAws(LocalAwsArguments),
    /// Show the version.
    Version,
}

/// Options of `init`. Terraform's own are understood where scripts use them.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// Understood for Terraform's sake: there is no backend to prepare.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub backend: Option<String>,
    /// Understood for Terraform's sake: nothing is asked.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: Option<String>,
    /// Understood for Terraform's sake: nothing is downloaded.
    #[arg(long)]
    pub upgrade: bool,
}

/// Values of variables.
#[derive(Clone, Default, Args)]
pub struct VariableArguments {
    /// Set a variable: -var 'name=value'. May be given several times.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// Read variables from a file. May be given several times.
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
    fn note_order(&mut self, matches: &ArgMatches) {
        let positions = |name: &str| matches.indices_of(name).into_iter().flatten();
        let values = self.values.iter().cloned().map(VariableOption::Value);
        let files = self.files.iter().cloned().map(VariableOption::File);
        let mut all: Vec<(usize, VariableOption)> =
            positions("values").zip(values).chain(positions("files").zip(files)).collect();
        all.sort_by_key(|(position, _)| *position);
        self.in_order = all.into_iter().map(|(_, option)| option).collect();
    }
}

/// Options of commands that plan.
#[derive(Clone, Debug, Args)]
pub struct PlanningArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Whether to read the objects of the state from the cloud first.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub refresh: bool,
    /// How many objects are worked on at once.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub parallelism: u32,
    /// Understood for Terraform's sake: nothing is asked but for approval.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: Option<String>,
    /// Understood for Terraform's sake: a plan takes no lock, an apply always does.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub lock: Option<String>,
    /// Understood for Terraform's sake.
    #[arg(long)]
    pub compact_warnings: bool,
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
    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,
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
    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,
}

/// Options of `show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// As JSON, in Terraform's format. Secrets are left out.
    #[arg(long)]
    pub json: bool,
    /// A plan written by plan -out; without it the state is shown.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
}

/// Options of `output`.
#[derive(Debug, Args)]
pub struct OutputArguments {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// A text, number or bool as it is, for scripts.
    #[arg(long, requires = "name", conflicts_with = "json")]
    pub raw: bool,
    /// Only this one.
    pub name: Option<String>,
}

/// Commands of `state`.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the addresses of all objects.
    List {
        /// Only these resources or instances.
        addresses: Vec<String>,
    },
    /// Show one object.
    Show {
        /// Its address.
        address: String,
    },
}

impl CommandLine {
    /// Reads what was typed, in Terraform's spelling or in GNU's.
    ///
    /// # Errors
    /// What cannot be understood, and help that was asked for.
    pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
        let matches = CommandLine::command().try_get_matches_from(with_gnu_spelling(typed))?;
        let mut line = CommandLine::from_arg_matches(&matches)?;
        if let Some((_, matches)) = matches.subcommand() {
            match &mut line.command {
                Command::Plan(plan) => plan.planning.variables.note_order(matches),
                Command::Apply(apply) => apply.planning.variables.note_order(matches),
                Command::Destroy(destroy) => destroy.planning.variables.note_order(matches),
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
mod tests {
    use super::*;

    fn parse(line: &str) -> CommandLine {
        let words = line.split_whitespace().map(OsString::from);
        CommandLine::read(words).expect(line)
    }

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn both_spellings_mean_the_same() {
        for line in [
            "meridian -chdir=x plan -out=f -refresh=false -var a=b -detailed-exitcode",
            "meridian --chdir x plan --out f --refresh=false --var a=b --detailed-exitcode",
        ] {
            let parsed = parse(line);
            assert_eq!(parsed.global.chdir, Some("x".into()));
            let Command::Plan(plan) = parsed.command else { panic!("{line}") };
            assert_eq!(plan.out, Some("f".into()));
            assert!(!plan.planning.refresh && plan.detailed_exitcode);
            assert_eq!(plan.planning.variables.values, ["a=b"]);
        }
    }

    #[test]
    fn global_options_may_follow_the_command() {
        let parsed = parse("meridian apply -auto-approve -local -no-color");
        assert!(parsed.global.local && parsed.global.no_color);
    }

    #[test]
    fn values_and_files_keep_their_order() {
        let parsed = parse("meridian plan -var a=1 -var-file=f -var=a=2");
        let Command::Plan(plan) = parsed.command else { panic!("a plan") };
        let value = |text: &str| VariableOption::Value(text.to_owned());
        let expected = [value("a=1"), VariableOption::File("f".into()), value("a=2")];
        assert_eq!(plan.planning.variables.in_order, expected);
    }
}
