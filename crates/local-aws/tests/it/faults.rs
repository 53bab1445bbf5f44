//! Faults, and the log of requests.

use aws_sdk_kms::types::KeyState;
use meridian_local_aws::{Fault, FaultAction};

use crate::stage::{Stage, refusal};

fn fault(operation: &str, action: FaultAction) -> Fault {
    Fault { operation: operation.to_owned(), region: None, action, times: 1 }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_key_behind() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let keys = || async { client.list_keys().send().await.unwrap().keys().len() };
    stage.cloud.inject(fault("CreateKey", FaultAction::DropBeforeExecution));
    assert!(client.create_key().send().await.is_err());
    assert_eq!(keys().await, 0);
    stage.cloud.inject(fault("CreateKey", FaultAction::DropAfterExecution));
    let lost = client.create_key().send().await.unwrap_err();
    assert!(
        matches!(&lost, aws_sdk_kms::error::SdkError::DispatchFailure(failure) if failure.is_io())
    );
    assert_eq!(keys().await, 1);
}

#[tokio::test]
async fn an_error_is_answered_as_often_as_asked() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    stage.cloud.inject(fault(
        "CreateKey",
        FaultAction::Error {
            status: 400,
            code: "ThrottlingException".to_owned(),
            message: "slow down".to_owned(),
        },
    ));
    assert_eq!(refusal(client.create_key().send().await), "ThrottlingException: slow down");
    client.create_key().send().await.unwrap();
    let records = stage.cloud.requests();
    let codes: Vec<_> = records.iter().map(|record| record.error_code.as_deref()).collect();
    assert_eq!(codes, [Some("ThrottlingException"), None]);
    assert_eq!(records[1].operation, "CreateKey");
    assert_eq!(records[1].region, Some("eu-west-1"));
}

#[tokio::test]
async fn a_replica_key_can_be_stuck_and_a_replication_can_fail() {
    let stage = Stage::new();
    let (client, secrets) = (stage.kms("eu-west-1"), stage.secrets("eu-west-1"));
    let key = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    stage.cloud.inject(fault("ReplicateKey", FaultAction::StuckCreating));
    client.replicate_key().key_id(key.key_id()).replica_region("us-east-1").send().await.unwrap();
    stage.pass(3600);
    let replica = stage.kms("us-east-1").describe_key().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(replica.key_metadata().unwrap().key_state(), Some(&KeyState::Creating));

    let message = "Replication failed: network error".to_owned();
    stage
        .cloud
        .inject(fault("CreateSecret", FaultAction::FailReplication { message: message.clone() }));
    let region =
        aws_sdk_secretsmanager::types::ReplicaRegionType::builder().region("us-east-1").build();
    secrets.create_secret().name("app").add_replica_regions(region).send().await.unwrap();
    stage.pass(2);
    let described = secrets.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(described.replication_status()[0].status_message(), Some(message.as_str()));
}
