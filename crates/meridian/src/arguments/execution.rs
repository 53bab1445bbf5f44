//! Options of the commands that carry a plan out.

use std::time::Duration;

use clap::Args;

use super::value::duration;
use crate::dangers::Dangers;
use crate::failure::Failure;

/// How a plan is carried out.
#[derive(Clone, Debug, Default, Args)]
pub struct ExecutionArguments {
    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,
    /// Whether dangers stop it.
    #[command(flatten)]
    pub safety: SafetyArguments,
    /// How long any one object is waited for.
    #[command(flatten)]
    pub patience: PatienceArguments,
}

/// What is refused.
#[derive(Clone, Debug, Default, Args)]
pub struct SafetyArguments {
    /// End with an error if the plan has a danger: a loss that nothing makes good. For pipelines.
    #[arg(long)]
    pub refuse_dangers: bool,
}

impl SafetyArguments {
    /// Whether a plan with these dangers may go on.
    ///
    /// # Errors
    /// It may not: the dangers.
    pub fn allows(&self, dangers: &Dangers) -> Result<(), Failure> {
        if self.refuse_dangers { dangers.refuse() } else { Ok(()) }
    }
}

/// How long is waited.
#[derive(Clone, Debug, Default, Args)]
pub struct PatienceArguments {
    /// How long any one object is waited for until it is ready, such as 30m or 1h30m. Mostly 20
    /// minutes unless given. What is given up is gone on with by the next apply.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
}
