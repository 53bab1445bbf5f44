//! Options of `promote`.

use std::time::Duration;

use clap::Args;

use super::execution::PatienceArguments;
use super::planning::VariableArguments;
use super::value::duration;

const HELP: &str = "\
For an incident: AWS is asked at once, and the configuration is not changed. What is printed at the
end is the edit that makes the configuration agree; until then plan warns, and replaces nothing.";

/// Options of `promote`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct PromoteArguments {
    /// Any key of the set: the address of its aws_kms_key or of one of its replicas.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// The Region whose key becomes the primary. It must hold a replica that the state has.
    #[arg(value_name = "REGION")]
    pub region: String,
    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,
    /// How long any one object is waited for.
    #[command(flatten)]
    pub patience: PatienceArguments,
    /// Values of variables.
    #[command(flatten)]
    pub variables: VariableArguments,
    /// How long to wait for another command to end, such as 30s or 5m.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
}
