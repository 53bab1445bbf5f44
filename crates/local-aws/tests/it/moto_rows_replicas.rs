//! Where moto 5.2.1 differs from AWS: the rows of the comparison (reference,
//! section 4) that concern replicas of secrets, each as a test of what AWS does.

use serde_json::json;

use crate::secret_wire::{FIRST, SECOND, app, describe, here, replicate, secret, there};
use crate::stage::{Stage, multi_region_key};

const ON_REPLICA: &str = "InvalidParameterException: Operation not permitted on a replica secret. \
                          Call must be made in primary secret's region.";

fn replicated() -> Stage {
    let stage = secret();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    stage
}

// Rows 57 and 58.
#[tokio::test]
async fn the_status_echoes_the_key_and_begins_in_progress() {
    let stage = Stage::new();
    let kms = stage.kms("us-east-1");
    let key = multi_region_key(&kms).await;
    kms.create_alias().alias_name("alias/x").target_key_id(key).send().await.unwrap();
    let input = json!({
        "Name": "app", "ClientRequestToken": FIRST, "SecretString": "one",
        "AddReplicaRegions": [{ "Region": "us-east-1", "KmsKeyId": "alias/x" }],
    });
    let created = here(&stage, "CreateSecret", input).unwrap();
    let entry = json!({ "Region": "us-east-1", "KmsKeyId": "alias/x", "Status": "InProgress" });
    assert_eq!(created["ReplicationStatus"], json!([entry]));
    stage.pass(2);
    let entry = json!({
        "Region": "us-east-1", "KmsKeyId": "alias/x", "Status": "InSync",
        "StatusMessage": "Replication succeeded",
    });
    assert_eq!(describe(&stage)["ReplicationStatus"], json!([entry]));
    // Row 60.
    let replica = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(replica["KmsKeyId"], "alias/x");
    assert!(replica.get("ReplicationStatus").is_none());
    assert!(describe(&stage).get("KmsKeyId").is_none());
}

// Row 59.
#[test]
fn a_secret_tells_its_primary_region_only_while_it_is_replicated() {
    let stage = secret();
    assert!(describe(&stage).get("PrimaryRegion").is_none());
    assert!(describe(&stage).get("ReplicationStatus").is_none());
    replicate(&stage, "us-east-1").unwrap();
    assert_eq!(describe(&stage)["PrimaryRegion"], "eu-west-1");
}

// Row 61.
#[tokio::test]
async fn a_replica_takes_another_key() {
    let stage = replicated();
    let key = multi_region_key(&stage.kms("us-east-1")).await;
    let input = json!({ "SecretId": "app", "KmsKeyId": key, "ClientRequestToken": SECOND });
    there(&stage, "UpdateSecret", input).unwrap();
    assert_eq!(there(&stage, "DescribeSecret", app()).unwrap()["KmsKeyId"], key);
}

// Row 62.
#[test]
fn the_policy_of_a_replica_can_be_read() {
    let policy = there(&replicated(), "GetResourcePolicy", app()).unwrap();
    assert!(policy["ARN"].as_str().unwrap().contains(":us-east-1:"));
    assert!(policy.get("ResourcePolicy").is_none());
}

// Row 63.
#[test]
fn labels_cannot_be_moved_on_a_replica() {
    let stage = replicated();
    let before = describe(&stage);
    let input = json!({ "SecretId": "app", "VersionStage": "x", "MoveToVersionId": FIRST });
    assert_eq!(there(&stage, "UpdateSecretVersionStage", input).unwrap_err(), ON_REPLICA);
    assert_eq!(describe(&stage), before);
}

// Row 64.
#[test]
fn a_replica_can_be_made_a_secret_of_its_own() {
    let stage = replicated();
    let replica = there(&stage, "DescribeSecret", app()).unwrap();
    let stopped = there(&stage, "StopReplicationToReplica", app()).unwrap();
    assert_eq!(stopped["ARN"], replica["ARN"]);
    assert!(describe(&stage).get("ReplicationStatus").is_none());
    let standalone = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(standalone["ARN"], replica["ARN"]);
    assert_eq!(standalone["VersionIdsToStages"], replica["VersionIdsToStages"]);
    assert!(standalone.get("PrimaryRegion").is_none());
    there(&stage, "DeleteSecret", app()).unwrap();
}

// Row 66.
#[test]
fn a_primary_with_replicas_is_not_deleted() {
    let stage = replicated();
    replicate(&stage, "ap-south-1").unwrap();
    let arn = describe(&stage)["ARN"].as_str().unwrap().to_owned();
    for force in [false, true] {
        let input = json!({ "SecretId": "app", "ForceDeleteWithoutRecovery": force });
        assert_eq!(
            here(&stage, "DeleteSecret", input).unwrap_err(),
            format!(
                "InvalidParameterException: You can't delete secret {arn} that still has replica \
                 regions [ap-south-1, us-east-1]."
            )
        );
    }
}

// Rows 67 and 68.
#[test]
fn a_region_is_listed_once_and_the_arn_is_whole() {
    let stage = replicated();
    let again = replicate(&stage, "us-east-1").unwrap();
    assert_eq!(again["ReplicationStatus"].as_array().unwrap().len(), 1);
    assert_eq!(again["ReplicationStatus"][0]["Status"], "InSync");
    assert_eq!(again["ARN"], describe(&stage)["ARN"]);
}

// Rows 69 and 70.
#[test]
fn regions_of_other_partitions_and_of_none_are_refused() {
    let stage = secret();
    for region in ["cn-north-1", "us-gov-west-1", "mars-north-1", "eu-west-1"] {
        let refusal = replicate(&stage, region).unwrap_err();
        assert!(refusal.starts_with("InvalidParameterException"), "{region}: {refusal}");
    }
    assert!(describe(&stage).get("ReplicationStatus").is_none());
}

// Row 71.
#[test]
fn a_name_clash_names_the_secret() {
    let stage = secret();
    let theirs = json!({ "Name": "app", "ClientRequestToken": SECOND, "SecretString": "theirs" });
    there(&stage, "CreateSecret", theirs).unwrap();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    assert_eq!(
        describe(&stage)["ReplicationStatus"][0]["StatusMessage"],
        "Replication failed: Secret name app already exists in region us-east-1."
    );
}

// Row 86.
#[test]
fn a_removed_replica_goes_a_while_later() {
    let stage = replicated();
    let input = json!({ "SecretId": "app", "RemoveReplicaRegions": ["us-east-1", "sa-east-1"] });
    let removed = here(&stage, "RemoveRegionsFromReplication", input).unwrap();
    assert_eq!(removed["ReplicationStatus"], json!([]));
    there(&stage, "GetSecretValue", app()).unwrap();
    stage.pass(90);
    assert!(there(&stage, "DescribeSecret", app()).is_err());
}
