//! `meridian local-aws`

use std::process::ExitCode;
use std::sync::Arc;

use meridian_local_aws::{Clock, Cloud};

use crate::arguments::{ClockArgument, LocalAwsArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Serves the embedded AWS to other clients until it is interrupted.
pub async fn run(arguments: &LocalAwsArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let clock = match arguments.clock {
        ClockArgument::Real => Clock::Real,
        ClockArgument::Fast => Clock::Fast,
    };
    let cloud = match &arguments.data {
        Some(folder) => Cloud::open(folder, clock).map_err(|error| {
            Failure::message("The embedded AWS cannot start", error.to_string())
        })?,
        None => Cloud::in_memory(clock),
    };
    let listener = tokio::net::TcpListener::bind(&arguments.listen).await.map_err(|error| {
        Failure::message(
            "The embedded AWS cannot listen",
            format!("{} cannot be listened on: {error}.", arguments.listen),
        )
    })?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        terminal.note(
            "Warning: this address can be reached from other machines, and anyone who reaches it \
             can read the secrets kept here.",
        );
    }
    terminal.line(&format!(
        "The embedded AWS answers for KMS, Secrets Manager and STS of all Regions at \
         http://{address}\n\nSet for its clients:\n  export AWS_ENDPOINT_URL=http://{address}\n  \
         export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\n\nCtrl-C ends it."
    ));
    meridian_local_aws::serve(Arc::new(cloud), listener, super::apply::interrupted()).await?;
    Ok(ExitCode::SUCCESS)
}
