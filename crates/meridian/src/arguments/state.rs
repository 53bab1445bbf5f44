//! Options of the commands that look into the state, change it, and move it in and out.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, Args, Subcommand};

use super::planning::VariableArguments;
use super::value::{duration, truth};

/// Options of commands that change the state and nothing else.
#[derive(Clone, Debug, Args)]
pub struct LockArguments {
    /// Understood for Terraform's sake: the state is always locked while it is changed.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for another command to end, such as 30s or 5m.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true)]
    pub ignore_remote_version: bool,
}

/// Where the state as it was is kept.
#[derive(Clone, Debug, Args)]
pub struct BackupArguments {
    /// Where to keep a copy of the state as it was: beside the state, under a name with the time,
    /// unless this names another place. With - there is none.
    #[arg(long, value_name = "PATH")]
    pub backup: Option<PathBuf>,
}

/// Commands of `state`.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the addresses of all objects.
    List(ListArguments),
    /// Show one object.
    Show {
        /// Its address.
        address: String,
    },
    /// Give objects other addresses, as a moved block does.
    Mv(MoveArguments),
    /// Forget objects. They go on to exist, and no one manages them any more.
    Rm(RemoveArguments),
    /// Print the state in Terraform's format, without secrets.
    Pull,
    /// Put a state in Terraform's format in the place of this one. Secrets that it leaves out are
    /// kept.
    Push(PushArguments),
    /// Change the source address of a provider. There is one of each here, so nothing changes.
    ReplaceProvider(ReplaceProviderArguments),
    /// List the commands that changed the state, the last one first.
    History(HistoryArguments),
    /// Make the state what it was before a command changed it. Nothing in the cloud is changed.
    Restore(RestoreArguments),
    /// Copy the state to a file, also while another command works on it.
    Backup {
        /// The file, which must not exist: beside the state, under a name with the time, unless
        /// this names another place.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Forget old runs, their calls, and what is needed to undo them.
    Prune(PruneArguments),
    /// Seal everything under another key. Without an option it is another key of the same kind.
    Rekey(RekeyArguments),
    /// Seal the whole state, so that nothing but addresses, types and times can be read in it
    /// without the key, or sensitive values only. The key stays.
    Seal(SealArguments),
    /// Take over the objects of a state file of Terraform. The next plan has nothing to do.
    ImportTerraform(ImportTerraformArguments),
    /// Write a state file with which Terraform goes on. Its next plan has nothing to do.
    ExportTerraform(ExportTerraformArguments),
}

impl StateCommand {
    /// Notes the order of values and files, which only the matches of `state` know.
    pub(super) fn note_order(&mut self, matches: &ArgMatches) {
        let variables = match self {
            StateCommand::Push(push) => &mut push.variables,
            StateCommand::ImportTerraform(import) => &mut import.variables,
            StateCommand::ExportTerraform(export) => &mut export.variables,
            _ => return,
        };
        if let Some((_, matches)) = matches.subcommand() {
            variables.note_order(matches);
        }
    }
}

/// Options of `state list`.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// Only the object with this id.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Only these modules, resources or instances.
    pub addresses: Vec<String>,
}

/// Options of `state mv`.
#[derive(Debug, Args)]
pub struct MoveArguments {
    /// Only say what would be moved.
    #[arg(long)]
    pub dry_run: bool,
    /// Where the state as it was is kept.
    #[command(flatten)]
    pub backup: BackupArguments,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// A module instance, a resource or an instance of it.
    #[arg(value_name = "SOURCE")]
    pub source: String,
    /// Its new address.
    #[arg(value_name = "DESTINATION")]
    pub destination: String,
}

/// Options of `state rm`.
#[derive(Debug, Args)]
pub struct RemoveArguments {
    /// Only say what would be removed.
    #[arg(long)]
    pub dry_run: bool,
    /// Where the state as it was is kept.
    #[command(flatten)]
    pub backup: BackupArguments,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// Modules, resources or instances.
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<String>,
}

/// Options of `state history`.
#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// How many to list.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub limit: u32,
    /// As JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

const RESTORE_HELP: &str = "\
Example:
  meridian state history           the commands, with their numbers
  meridian state restore 12        the state as it was before number 12 began
  meridian plan                    what now differs from the cloud

Restoring is a command like any other: it is in the history, and can be undone in the same way. The
last hundred commands can be undone.";

/// Options of `state restore`.
#[derive(Debug, Args)]
#[command(after_help = RESTORE_HELP)]
pub struct RestoreArguments {
    /// Only say what would be different.
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,
    /// Where the state as it was is kept.
    #[command(flatten)]
    pub backup: BackupArguments,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// The number of a command, as state history lists it.
    #[arg(value_name = "NUMBER")]
    pub number: u64,
}

/// Options of `state prune`.
#[derive(Debug, Args)]
pub struct PruneArguments {
    /// How many of the last commands are kept. Those with calls that are still open stay, too.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub keep: u32,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
}

/// Options of `state rekey`.
#[derive(Debug, Args)]
pub struct RekeyArguments {
    /// A new random key, in the key file. The former key stays beside it.
    #[arg(long, conflicts_with_all = ["passphrase", "kms_key"])]
    pub key_file: bool,
    /// The passphrase in the environment variable MERIDIAN_NEW_STATE_KEY.
    #[arg(long, conflicts_with = "kms_key")]
    pub passphrase: bool,
    /// A new data key under this key of AWS KMS: its ARN, id or alias.
    #[arg(long, value_name = "KEY")]
    pub kms_key: Option<String>,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
}

const SEAL_HELP: &str = "\
Sensitive values are sealed in any case. With the environment variable MERIDIAN_STATE_SEAL=whole a
new state is sealed as a whole from the beginning, and one that is not is refused.";

/// Options of `state seal`.
#[derive(Debug, Args)]
#[command(after_help = SEAL_HELP)]
pub struct SealArguments {
    /// Attributes, outputs and requests as a whole.
    #[arg(long, required_unless_present = "only_sensitive", conflicts_with = "only_sensitive")]
    pub whole: bool,
    /// Sensitive values only, as without this command.
    #[arg(long)]
    pub only_sensitive: bool,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
}

/// Options of `state push`.
#[derive(Debug, Args)]
pub struct PushArguments {
    /// Even if it is another state, or an older version of this one.
    #[arg(long)]
    pub force: bool,
    /// Values of variables, for provider configurations.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Where the state as it was is kept.
    #[command(flatten)]
    pub backup: BackupArguments,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// A file in Terraform's format 4; - reads standard input.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
}

/// Options of `state replace-provider`.
#[derive(Debug, Args)]
pub struct ReplaceProviderArguments {
    /// Understood for Terraform's sake.
    #[arg(long)]
    pub auto_approve: bool,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// The source address that resources have.
    #[arg(value_name = "FROM")]
    pub from: String,
    /// The source address that they are to have.
    #[arg(value_name = "TO")]
    pub to: String,
}

const IMPORT_TERRAFORM_HELP: &str = "\
Example:
  terraform state pull > pulled.tfstate         from any backend
  meridian state import-terraform pulled.tfstate
  meridian plan                                 No changes.

Secrets are not carried over in clear. The file itself still holds them: delete it when the plan is
as it should be, and use one of the two programs from then on.";

/// Options of `state import-terraform`.
#[derive(Debug, Args)]
#[command(after_help = IMPORT_TERRAFORM_HELP)]
pub struct ImportTerraformArguments {
    /// Take over what is built in, and leave objects of other types to Terraform.
    #[arg(long)]
    pub skip_unsupported: bool,
    /// Add to what the state holds already. No address may be in both.
    #[arg(long)]
    pub merge: bool,
    /// Only say what would be taken over.
    #[arg(long)]
    pub dry_run: bool,
    /// Values of variables, for provider configurations.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Where the state as it was is kept.
    #[command(flatten)]
    pub backup: BackupArguments,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// A file in Terraform's format 4; - reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

const EXPORT_TERRAFORM_HELP: &str = "\
Terraform reads the values of secrets by itself when it plans. Generated passwords, sensitive
outputs and key material it can only have from this file: they take -with-secret-values, which
writes them in clear, as Terraform always does.";

/// Options of `state export-terraform`.
#[derive(Debug, Args)]
#[command(after_help = EXPORT_TERRAFORM_HELP)]
pub struct ExportTerraformArguments {
    /// Write secrets in clear: generated ones, those that the configuration says, and those that
    /// AWS tells.
    #[arg(long, requires = "file")]
    pub with_secret_values: bool,
    /// Overwrite a file that is no older version of the same state.
    #[arg(long)]
    pub force: bool,
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// The file, which only its owner will be able to read. Without it the state is printed.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Options of `taint` and `untaint`.
#[derive(Debug, Args)]
pub struct TaintArguments {
    /// An object that is not in the state is no error.
    #[arg(long)]
    pub allow_missing: bool,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// The address of an instance.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// Options of `force-unlock`.
#[derive(Debug, Args)]
pub struct ForceUnlockArguments {
    /// Do not ask.
    #[arg(long)]
    pub force: bool,
    /// The id of the lock, as the error says it.
    #[arg(value_name = "LOCK_ID")]
    pub id: String,
}

const IMPORT_HELP: &str = "\
Example:
  meridian import aws_kms_key.orders mrk-1234abcd12ab34cd56ef1234567890ab

The configuration must have a resource block for it. Nothing in the cloud is changed. import blocks
do the same where it can be reviewed: the plan shows them.";

/// Options of `import`.
#[derive(Debug, Args)]
#[command(after_help = IMPORT_HELP)]
pub struct ImportArguments {
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// Whether to ask for variables that have no value.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, value_parser = truth,
          default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub input: bool,
    /// The lock.
    #[command(flatten)]
    pub locking: LockArguments,
    /// The address of an instance.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// The identity of the object, as its type wants it.
    #[arg(value_name = "ID")]
    pub id: String,
}
