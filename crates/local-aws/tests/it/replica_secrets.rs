//! Secrets with replicas.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType, Tag};

use crate::stage::{Stage, refusal};

const ON_REPLICA: &str = "InvalidParameterException: Operation not permitted on a replica secret. \
                          Call must be made in primary secret's region.";

fn region(name: &str) -> ReplicaRegionType {
    ReplicaRegionType::builder().region(name).build()
}

/// The status of the only replica, and its message.
async fn status(client: &Client) -> (StatusType, String) {
    let described = client.describe_secret().secret_id("app").send().await.unwrap();
    let [replica] = described.replication_status() else { panic!("one replica") };
    (replica.status().unwrap().clone(), replica.status_message().unwrap_or_default().to_owned())
}

async fn replicated(stage: &Stage) -> (Client, Client) {
    let (primary, replica) = (stage.secrets("eu-west-1"), stage.secrets("us-east-1"));
    let created = primary.create_secret().name("app").secret_string("one");
    let created = created.add_replica_regions(region("us-east-1")).send().await.unwrap();
    assert_eq!(created.replication_status()[0].kms_key_id(), Some("alias/aws/secretsmanager"));
    assert_eq!(status(&primary).await.0, StatusType::InProgress);
    stage.clock.advance(std::time::Duration::from_millis(1500));
    assert_eq!(status(&primary).await, (StatusType::InSync, "Replication succeeded".to_owned()));
    (primary, replica)
}

#[tokio::test]
async fn changes_of_the_primary_reach_the_replica() {
    let stage = Stage::new();
    let (primary, replica) = replicated(&stage).await;
    let (here, there) = (
        primary.describe_secret().secret_id("app").send().await.unwrap(),
        replica.describe_secret().secret_id("app").send().await.unwrap(),
    );
    assert_eq!(here.primary_region(), Some("eu-west-1"));
    assert_eq!(there.primary_region(), Some("eu-west-1"));
    assert_eq!(there.arn().unwrap(), here.arn().unwrap().replace("eu-west-1", "us-east-1"));
    assert!(there.replication_status().is_empty());

    let value = || replica.get_secret_value().secret_id("app").send();
    primary.put_secret_value().secret_id("app").secret_string("two").send().await.unwrap();
    let tag = Tag::builder().key("team").value("blue").build();
    primary.tag_resource().secret_id("app").tags(tag).send().await.unwrap();
    assert_eq!(status(&primary).await.0, StatusType::InProgress);
    assert_eq!(value().await.unwrap().secret_string(), Some("one"));
    stage.pass(2);
    assert_eq!(value().await.unwrap().secret_string(), Some("two"));
    let there = replica.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(there.tags()[0].key(), Some("team"));
}

#[tokio::test]
async fn a_replica_takes_no_change_but_its_key() {
    let stage = Stage::new();
    let (primary, replica) = replicated(&stage).await;
    let put = replica.put_secret_value().secret_id("app").secret_string("x").send().await;
    assert_eq!(refusal(put), ON_REPLICA);
    assert_eq!(refusal(replica.delete_secret().secret_id("app").send().await), ON_REPLICA);
    let kms = stage.kms("us-east-1");
    let key = kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let update = || replica.update_secret().secret_id("app").kms_key_id(&key);
    assert_eq!(refusal(update().description("x").send().await), ON_REPLICA);
    update().send().await.unwrap();
    let there = replica.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(there.kms_key_id(), Some(key.as_str()));
    let here = primary.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(here.kms_key_id(), None);
    assert_eq!(here.replication_status()[0].kms_key_id(), Some(key.as_str()));
}

#[tokio::test]
async fn a_secret_in_the_way_is_overwritten_only_on_demand() {
    let stage = Stage::new();
    let (primary, other) = (stage.secrets("eu-west-1"), stage.secrets("us-east-1"));
    other.create_secret().name("app").secret_string("theirs").send().await.unwrap();
    primary.create_secret().name("app").secret_string("ours").send().await.unwrap();
    let replicate = || {
        primary
            .replicate_secret_to_regions()
            .secret_id("app")
            .add_replica_regions(region("us-east-1"))
    };
    replicate().send().await.unwrap();
    stage.pass(2);
    let message = "Replication failed: Secret name app already exists in region us-east-1.";
    assert_eq!(status(&primary).await, (StatusType::Failed, message.to_owned()));
    let value = || other.get_secret_value().secret_id("app").send();
    assert_eq!(value().await.unwrap().secret_string(), Some("theirs"));
    replicate().force_overwrite_replica_secret(true).send().await.unwrap();
    stage.pass(2);
    assert_eq!(status(&primary).await.0, StatusType::InSync);
    assert_eq!(value().await.unwrap().secret_string(), Some("ours"));
}

#[tokio::test]
async fn a_replica_key_must_be_enabled() {
    let stage = Stage::new();
    let (keys, primary) = (stage.kms("eu-west-1"), stage.secrets("eu-west-1"));
    let key =
        keys.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap().key_id;
    primary.create_secret().name("app").secret_string("x").send().await.unwrap();
    let wanted = ReplicaRegionType::builder().region("us-east-1").kms_key_id(&key).build();
    let replicate = || {
        primary
            .replicate_secret_to_regions()
            .secret_id("app")
            .add_replica_regions(wanted.clone())
            .send()
    };
    let no_access = "Replication failed: Access to KMS is not allowed";
    let failed = (StatusType::Failed, no_access.to_owned());
    replicate().await.unwrap();
    stage.pass(2);
    assert_eq!(status(&primary).await, failed);
    // A key that is still being created will not do either.
    keys.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    replicate().await.unwrap();
    stage.clock.advance(std::time::Duration::from_millis(1500));
    assert_eq!(status(&primary).await, failed);
    // Failure lasts, though its cause is gone, until somebody asks again.
    stage.pass(60);
    assert_eq!(status(&primary).await, failed);
    replicate().await.unwrap();
    stage.pass(2);
    assert_eq!(status(&primary).await.0, StatusType::InSync);
}

#[tokio::test]
async fn a_removed_replica_lingers_and_blocks_nothing() {
    let stage = Stage::new();
    let (primary, replica) = replicated(&stage).await;
    let delete = || primary.delete_secret().secret_id("app").send();
    let arn = primary.describe_secret().secret_id("app").send().await.unwrap().arn.unwrap();
    assert_eq!(
        refusal(delete().await),
        format!(
            "InvalidParameterException: You can't delete secret {arn} that still has replica \
             regions [us-east-1]."
        )
    );
    let remove = || {
        primary
            .remove_regions_from_replication()
            .secret_id("app")
            .remove_replica_regions("us-east-1")
            .send()
    };
    assert!(remove().await.unwrap().replication_status().is_empty());
    remove().await.unwrap();
    replica.describe_secret().secret_id("app").send().await.unwrap();
    stage.pass(4);
    let gone = replica.describe_secret().secret_id("app").send().await;
    assert!(refusal(gone).starts_with("ResourceNotFoundException"));
    delete().await.unwrap();
}

#[tokio::test]
async fn a_replica_can_be_cut_loose() {
    let stage = Stage::new();
    let (primary, replica) = replicated(&stage).await;
    let stop = |client: &Client| client.stop_replication_to_replica().secret_id("app").send();
    assert!(refusal(stop(&primary).await).starts_with("InvalidRequestException"));
    stop(&replica).await.unwrap();
    let here = primary.describe_secret().secret_id("app").send().await.unwrap();
    assert!(here.replication_status().is_empty() && here.primary_region().is_none());
    replica.put_secret_value().secret_id("app").secret_string("own").send().await.unwrap();
    let outcome = primary.replicate_secret_to_regions().secret_id("app");
    for wrong in ["eu-west-1", "cn-north-1"] {
        let outcome = outcome.clone().add_replica_regions(region(wrong)).send().await;
        assert_eq!(refusal(outcome), "InvalidParameterException: Invalid replica region.");
    }
}
