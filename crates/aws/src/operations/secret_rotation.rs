//! Operations of Secrets Manager that concern rotation.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::RotationRulesType;
use meridian_resource::{Answer, CloudError};

use super::Input;
use super::output::Output;
use crate::error::cloud_error;

fn rules(input: &mut Input) -> Result<RotationRulesType, CloudError> {
    let rules = RotationRulesType::builder()
        .set_automatically_after_days(input.number("AutomaticallyAfterDays")?)
        .set_duration(input.text("Duration")?)
        .set_schedule_expression(input.text("ScheduleExpression")?);
    Ok(rules.build())
}

/// The rules as `DescribeSecret` tells them.
pub(super) fn told_rules(rules: RotationRulesType) -> Output {
    Output::new()
        .number("AutomaticallyAfterDays", rules.automatically_after_days)
        .text("Duration", rules.duration)
        .text("ScheduleExpression", rules.schedule_expression)
}

pub(super) async fn rotate_secret(client: &Client, mut input: Input) -> Answer {
    let request = client
        .rotate_secret()
        .set_secret_id(input.text("SecretId")?)
        .set_client_request_token(input.text("ClientRequestToken")?)
        .set_rotation_lambda_arn(input.text("RotationLambdaARN")?)
        .set_rotation_rules(input.nested("RotationRules", rules)?)
        .set_rotate_immediately(input.flag("RotateImmediately")?);
    input.end()?;
    let rotated = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("ARN", rotated.arn)
        .text("Name", rotated.name)
        .text("VersionId", rotated.version_id);
    Ok(answer.into_value())
}

pub(super) async fn cancel_rotate_secret(client: &Client, mut input: Input) -> Answer {
    let request = client.cancel_rotate_secret().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let cancelled = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("ARN", cancelled.arn)
        .text("Name", cancelled.name)
        .text("VersionId", cancelled.version_id);
    Ok(answer.into_value())
}
