//! Operations of STS.

use aws_sdk_sts::Client;
use meridian_resource::Answer;

use super::output::Output;
use super::{Input, unknown_operation};
use crate::error::cloud_error;

pub(super) async fn perform(client: &Client, operation: &str, input: Input) -> Answer {
    match operation {
        "GetCallerIdentity" => get_caller_identity(client, input).await,
        other => Err(unknown_operation("STS", other)),
    }
}

async fn get_caller_identity(client: &Client, input: Input) -> Answer {
    input.end()?;
    let identity = client.get_caller_identity().send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("Account", identity.account)
        .text("Arn", identity.arn)
        .text("UserId", identity.user_id);
    Ok(answer.into_value())
}
