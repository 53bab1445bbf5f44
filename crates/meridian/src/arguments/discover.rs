//! Options of `discover`.

use std::path::PathBuf;

use clap::Args;

use super::planning::VariableArguments;

const HELP: &str = "\
What is found: sets of multi-Region keys, primary and replicas, also in Regions that are not named;
their aliases; secrets with their replicas, policies, rotation and current version. The values of
secrets are neither read nor written. What the state of this folder has is left out.

Put the file beside the configuration and run meridian plan: it imports everything. To import the
current version of a secret its value is read once, so that it is known when it changes. Arguments
that AWS does not keep, such as deletion_window_in_days, the plan shows as new, as Terraform does: no
call is made for them.

Every call only reads. The permissions that are needed, in every Region:
  kms:ListKeys, kms:ListAliases, kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus,
  kms:ListResourceTags, secretsmanager:ListSecrets, secretsmanager:DescribeSecret,
  secretsmanager:GetResourcePolicy, secretsmanager:ListSecretVersionIds

Examples:
  meridian discover -region=eu-central-1                     to standard output
  meridian discover -region=eu-central-1 -out=discovered.tf  to a new file";

/// Options of `discover`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct DiscoverArguments {
    /// A Region to look into. May be given several times.
    #[arg(long = "region", value_name = "REGION", required = true)]
    pub regions: Vec<String>,
    /// Write the configuration to this file, which must not exist.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Take keys that are not multi-Region, too.
    #[arg(long)]
    pub single_region_keys: bool,
    /// Values of variables, which provider blocks of this folder may need.
    #[command(flatten)]
    pub variables: VariableArguments,
}
