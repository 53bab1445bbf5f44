//! Rotation of secrets: its configuration, its course and its end.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, RotationRulesType, StatusType};
use meridian_local_aws::{Clock, Cloud};

use crate::stage::{Stage, refusal, secrets};

const TOKEN: &str = "11111111-1111-1111-1111-111111111111";
const OTHER_TOKEN: &str = "22222222-2222-2222-2222-222222222222";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:rotate";
const INCOMPLETE: &str = "InvalidRequestException: A previous rotation isn't complete. That \
                          rotation will be reattempted.";

fn every(days: i64) -> RotationRulesType {
    RotationRulesType::builder().automatically_after_days(days).build()
}

async fn describe(client: &Client) -> DescribeSecretOutput {
    client.describe_secret().secret_id("app").send().await.unwrap()
}

async fn labels(client: &Client, version: &str) -> Vec<String> {
    let described = describe(client).await;
    let stages = described.version_ids_to_stages().unwrap();
    stages.get(version).cloned().unwrap_or_default()
}

async fn secret(stage: &Stage) -> Client {
    let client = stage.secrets("eu-west-1");
    client.create_secret().name("app").secret_string("one").send().await.unwrap();
    client
}

#[tokio::test]
async fn a_rotation_ends_with_a_new_current_version() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    assert_eq!(describe(&client).await.rotation_enabled(), None);
    let rotated = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    let rotated = rotated.rotation_lambda_arn(FUNCTION).rotation_rules(every(7));
    assert_eq!(rotated.clone().send().await.unwrap().version_id(), Some(TOKEN));
    assert_eq!(labels(&client, TOKEN).await, ["AWSPENDING"]);
    assert_eq!(
        refusal(client.get_secret_value().secret_id("app").version_id(TOKEN).send().await),
        format!(
            "ResourceNotFoundException: Secrets Manager can't find the specified secret value for \
             VersionId: {TOKEN}"
        )
    );
    let pending = client.get_secret_value().secret_id("app").version_stage("AWSPENDING");
    assert!(refusal(pending.send().await).ends_with("for staging label: AWSPENDING"));
    // The same request again is the same rotation; another one has to wait.
    rotated.send().await.unwrap();
    assert_eq!(refusal(client.rotate_secret().secret_id("app").send().await), INCOMPLETE);

    stage.pass(1);
    assert_eq!(labels(&client, TOKEN).await, ["AWSCURRENT", "AWSPENDING"]);
    let value = client.get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!((value.version_id(), value.secret_string()), (Some(TOKEN), Some("one")));
    let told = describe(&client).await;
    assert_eq!(told.rotation_enabled(), Some(true));
    assert_eq!(told.rotation_lambda_arn(), Some(FUNCTION));
    assert_eq!(told.rotation_rules().unwrap().automatically_after_days(), Some(7));
    let now = stage.clock.now().milliseconds();
    assert_eq!(told.last_rotated_date().unwrap().to_millis().unwrap(), now);
    // The window of the seventh day closes at its end.
    let next = stage.clock.now().start_of_day().after_days(8).milliseconds() - 1000;
    assert_eq!(told.next_rotation_date().unwrap().to_millis().unwrap(), next);
    client.rotate_secret().secret_id("app").send().await.unwrap();
}

#[tokio::test]
async fn somebody_else_can_do_the_functions_part() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    let first = client.get_secret_value().secret_id("app").send().await.unwrap();
    let rotate = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    rotate.rotation_lambda_arn(FUNCTION).send().await.unwrap();
    let put = client.put_secret_value().secret_id("app").client_request_token(TOKEN);
    put.version_stages("mine").secret_string("two").send().await.unwrap();
    // Whoever stored the value also ends the rotation.
    stage.pass(60);
    assert_eq!(labels(&client, TOKEN).await, ["AWSPENDING", "mine"]);
    assert!(describe(&client).await.last_rotated_date().is_none());
    client
        .update_secret_version_stage()
        .secret_id("app")
        .version_stage("AWSCURRENT")
        .move_to_version_id(TOKEN)
        .remove_from_version_id(first.version_id().unwrap())
        .send()
        .await
        .unwrap();
    let value = client.get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!(value.secret_string(), Some("two"));
    assert!(describe(&client).await.last_rotated_date().is_some());
}

#[tokio::test]
async fn a_schedule_rotates_by_itself() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    let rules = RotationRulesType::builder().schedule_expression("rate(10 days)").build();
    let rotate = client.rotate_secret().secret_id("app").rotation_lambda_arn(FUNCTION);
    rotate.rotation_rules(rules).rotate_immediately(false).send().await.unwrap();
    let told = describe(&client).await;
    assert_eq!((told.rotation_enabled(), told.last_rotated_date()), (Some(true), None));
    assert_eq!(told.version_ids_to_stages().unwrap().len(), 1);
    assert_eq!(told.rotation_rules().unwrap().schedule_expression(), Some("rate(10 days)"));
    let current = || async {
        let value = client.get_secret_value().secret_id("app").send().await.unwrap();
        value.version_id().unwrap().to_owned()
    };
    let first = current().await;
    stage.clock.advance_days(9);
    assert_eq!(current().await, first);
    stage.clock.advance_days(1);
    stage.pass(1);
    let second = current().await;
    assert_ne!(second, first);
    assert_eq!(labels(&client, &first).await, ["AWSPREVIOUS"]);
    let rules = describe(&client).await.rotation_rules.unwrap();
    assert_eq!(rules.automatically_after_days(), Some(10));
    stage.clock.advance_days(30);
    stage.pass(1);
    let third = current().await;
    assert_ne!(third, second);
    // A new schedule takes the place of the old one.
    let rotate = client.rotate_secret().secret_id("app").rotation_rules(every(90));
    rotate.rotate_immediately(false).send().await.unwrap();
    stage.clock.advance_days(89);
    assert_eq!(current().await, third);
}

#[tokio::test]
async fn a_cancelled_rotation_keeps_its_configuration() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    let cancel = || client.cancel_rotate_secret().secret_id("app").send();
    assert!(refusal(cancel().await).starts_with("InvalidRequestException"));
    let rotate = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    rotate.rotation_lambda_arn(FUNCTION).rotation_rules(every(30)).send().await.unwrap();
    assert_eq!(cancel().await.unwrap().version_id(), Some(TOKEN));
    assert_eq!(cancel().await.unwrap().version_id(), None);
    let told = describe(&client).await;
    assert_eq!(told.rotation_enabled(), Some(false));
    assert_eq!(told.rotation_lambda_arn(), Some(FUNCTION));
    assert_eq!(told.rotation_rules().unwrap().automatically_after_days(), Some(30));
    assert!(told.next_rotation_date().is_none() && told.last_rotated_date().is_none());
    // The version that was under way stays in the way until it is cleaned up.
    stage.clock.advance_days(60);
    assert_eq!(labels(&client, TOKEN).await, ["AWSPENDING"]);
    let again = || client.rotate_secret().secret_id("app").client_request_token(OTHER_TOKEN);
    assert_eq!(refusal(again().send().await), INCOMPLETE);
    let clean = client.update_secret_version_stage().secret_id("app").version_stage("AWSPENDING");
    clean.remove_from_version_id(TOKEN).send().await.unwrap();
    again().send().await.unwrap();
    stage.pass(1);
    assert_eq!(labels(&client, OTHER_TOKEN).await, ["AWSCURRENT", "AWSPENDING"]);
    assert_eq!(describe(&client).await.rotation_enabled(), Some(true));
}

#[tokio::test]
async fn rules_and_functions_are_checked() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    let rotate = || client.rotate_secret().secret_id("app");
    assert_eq!(
        refusal(rotate().send().await),
        "InvalidRequestException: No Lambda rotation function ARN is associated with this secret."
    );
    let elsewhere = FUNCTION.replace("eu-west-1", "us-east-1");
    assert_eq!(
        refusal(rotate().rotation_lambda_arn(elsewhere).send().await),
        "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. \
         Ensure that the function policy grants access to the principal \
         secretsmanager.amazonaws.com."
    );
    let rotate = || rotate().rotation_lambda_arn(FUNCTION);
    let both = RotationRulesType::builder().automatically_after_days(7);
    let both = both.schedule_expression("rate(7 days)").build();
    assert_eq!(
        refusal(rotate().rotation_rules(both).send().await),
        "InvalidParameterException: You cannot specify both rotation frequency and schedule \
         expression together."
    );
    let junk = RotationRulesType::builder().schedule_expression("rate(7 weeks)").build();
    let refused = refusal(rotate().rotation_rules(junk).send().await);
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    assert_eq!(describe(&client).await.rotation_enabled(), None);
}

#[tokio::test]
async fn a_stored_value_counts_as_a_rotation_for_rules_in_days() {
    let stage = Stage::new();
    let client = secret(&stage).await;
    let rotate = client.rotate_secret().secret_id("app").rotation_lambda_arn(FUNCTION);
    rotate.rotation_rules(every(5)).rotate_immediately(false).send().await.unwrap();
    stage.clock.advance_days(3);
    client.put_secret_value().secret_id("app").secret_string("two").send().await.unwrap();
    let next = describe(&client).await.next_rotation_date.unwrap().to_millis().unwrap();
    let expected = stage.clock.now().start_of_day().after_days(6).milliseconds() - 1000;
    assert_eq!(next, expected);
}

#[tokio::test]
async fn a_secret_without_a_value_cannot_be_rotated() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    client.create_secret().name("app").send().await.unwrap();
    let rotate = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    rotate.rotation_lambda_arn(FUNCTION).send().await.unwrap();
    stage.pass(60);
    assert_eq!(labels(&client, TOKEN).await, ["AWSPENDING"]);
}

#[tokio::test]
async fn replicas_follow_a_rotation_but_do_not_rotate() {
    let stage = Stage::new();
    let (client, replica) = (secret(&stage).await, stage.secrets("us-east-1"));
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let replicate = client.replicate_secret_to_regions().secret_id("app");
    replicate.add_replica_regions(region).send().await.unwrap();
    stage.pass(2);
    let rotate = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    rotate.rotation_lambda_arn(FUNCTION).rotation_rules(every(7)).send().await.unwrap();
    stage.pass(3);
    let value = replica.get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!(value.version_id(), Some(TOKEN));
    assert_eq!(describe(&replica).await.rotation_enabled(), Some(true));
    assert!(refusal(replica.rotate_secret().secret_id("app").send().await).contains("replica"));
    // When a window opens, the replicas are told so at once.
    let now = stage.clock.now();
    let opens = now.start_of_day().after_days(7).milliseconds() - now.milliseconds();
    stage.clock.advance(Duration::from_millis(opens.unsigned_abs()));
    let status = describe(&client).await.replication_status()[0].status().cloned();
    assert_eq!(status, Some(StatusType::InProgress));
    stage.pass(3);
    let value = replica.get_secret_value().secret_id("app").send().await.unwrap();
    assert_ne!(value.version_id(), Some(TOKEN));
    replica.stop_replication_to_replica().secret_id("app").send().await.unwrap();
    assert_eq!(describe(&replica).await.rotation_enabled(), None);
}

#[tokio::test]
async fn a_rotation_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());
    let cloud = open();
    let client = secrets(cloud.http_client(), "eu-west-1", None);
    client.create_secret().name("app").secret_string("one").send().await.unwrap();
    let rotate = client.rotate_secret().secret_id("app").client_request_token(TOKEN);
    rotate.rotation_lambda_arn(FUNCTION).rotation_rules(every(7)).send().await.unwrap();
    drop((client, cloud));

    handle.advance_days(1);
    let cloud = open();
    let client = secrets(cloud.http_client(), "eu-west-1", None);
    let value = client.get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!((value.version_id(), value.secret_string()), (Some(TOKEN), Some("one")));
    handle.advance_days(8);
    let value = client.get_secret_value().secret_id("app").send().await.unwrap();
    assert_ne!(value.version_id(), Some(TOKEN));
}
