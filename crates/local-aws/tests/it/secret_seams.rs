//! Where the parts of Secrets Manager meet each other, and KMS.

use aws_sdk_secretsmanager::types::{ReplicaRegionType, RotationRulesType};
use meridian_local_aws::{Fault, FaultAction};
use serde_json::{Value, json};

use crate::secret_wire::{FIRST, SECOND, app, describe, here, replicate, secret, there};
use crate::stage::{Stage, multi_region_key, refusal};

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:rotate";

fn status(stage: &Stage) -> (Value, String) {
    let replica = describe(stage)["ReplicationStatus"][0].clone();
    let message = replica["StatusMessage"].as_str().unwrap_or_default().to_owned();
    (replica["Status"].clone(), message)
}

#[tokio::test]
async fn a_secret_lives_with_its_key() {
    let stage = Stage::new();
    let (client, keys) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let key = multi_region_key(&keys).await;
    let create = client.create_secret().name("app").kms_key_id(&key).secret_string("one");
    create.send().await.unwrap();
    let read = async || {
        let value = client.get_secret_value().secret_id("app").send().await;
        value.map(|value| value.secret_string.unwrap())
    };
    let put = |value: &str| client.put_secret_value().secret_id("app").secret_string(value).send();
    keys.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    stage.pass(600);
    assert_eq!(read().await.unwrap(), "one");
    put("two").await.unwrap();

    keys.disable_key().key_id(&key).send().await.unwrap();
    assert!(refusal(read().await).starts_with("DecryptionFailure"));
    assert!(refusal(put("x").await).starts_with("EncryptionFailure"));
    keys.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(read().await.unwrap(), "two");

    let schedule = || keys.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send();
    schedule().await.unwrap();
    assert!(refusal(read().await).starts_with("DecryptionFailure"));
    keys.cancel_key_deletion().key_id(&key).send().await.unwrap();
    assert!(refusal(read().await).starts_with("DecryptionFailure"), "it is disabled now");
    keys.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(read().await.unwrap(), "two");

    // A key that is gone takes the values with it; new ones need a new key.
    schedule().await.unwrap();
    stage.clock.advance_days(8);
    assert!(refusal(read().await).starts_with("DecryptionFailure"));
    let update = client.update_secret().secret_id("app");
    update.kms_key_id("").secret_string("three").send().await.unwrap();
    assert_eq!(read().await.unwrap(), "three");
    let previous = client.get_secret_value().secret_id("app").version_stage("AWSPREVIOUS");
    assert!(refusal(previous.send().await).starts_with("DecryptionFailure"));
}

#[tokio::test]
async fn of_the_keys_that_aws_manages_only_its_own_is_a_secrets_key() {
    let stage = Stage::new();
    let keys = stage.kms("eu-west-1");
    let arn = async |alias: &str| {
        let described = keys.describe_key().key_id(alias).send().await.unwrap();
        described.key_metadata.unwrap().arn.unwrap()
    };
    let create = |name: &str, key: &str| {
        let input = json!({
            "Name": name, "KmsKeyId": key, "SecretString": "x", "ClientRequestToken": FIRST,
        });
        here(&stage, "CreateSecret", input)
    };
    let (own, other) = (arn("alias/aws/secretsmanager").await, arn("alias/aws/s3").await);
    for key in [&other, "alias/aws/s3"] {
        assert!(create("app", key).unwrap_err().starts_with("EncryptionFailure"), "{key}");
    }
    create("app", &own).unwrap();
    let versions = here(&stage, "ListSecretVersionIds", app()).unwrap();
    assert_eq!(versions["Versions"][0]["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
}

#[test]
fn a_secret_that_was_cut_loose_is_in_the_way_like_any_other() {
    let stage = secret();
    let in_sync = (json!("InSync"), "Replication succeeded".to_owned());
    let exists = "Replication failed: Secret name app already exists in region us-east-1.";
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    there(&stage, "StopReplicationToReplica", app()).unwrap();
    assert!(describe(&stage).get("ReplicationStatus").is_none());
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    assert_eq!(status(&stage), (json!("Failed"), exists.to_owned()));
    // It has replicas of its own, but none here, where its first primary is.
    let back = json!({ "SecretId": "app", "AddReplicaRegions": [{ "Region": "eu-west-1" }] });
    there(&stage, "ReplicateSecretToRegions", back).unwrap();
    stage.pass(2);
    let told = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(told["ReplicationStatus"][0]["Status"], "Failed");
    let remove = json!({ "SecretId": "app", "RemoveReplicaRegions": ["eu-west-1"] });
    there(&stage, "RemoveRegionsFromReplication", remove).unwrap();
    let force = json!({
        "SecretId": "app", "AddReplicaRegions": [{ "Region": "us-east-1" }],
        "ForceOverwriteReplicaSecret": true,
    });
    here(&stage, "ReplicateSecretToRegions", force).unwrap();
    stage.pass(2);
    assert_eq!(status(&stage), in_sync);
    let told = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(told["PrimaryRegion"], "eu-west-1");
}

#[test]
fn a_stranded_replica_stands_in_the_way_of_the_next_primary() {
    let stage = secret();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    stage
        .cloud
        .inject(Fault::new("RemoveRegionsFromReplication", FaultAction::StrandedReplica).once());
    let remove = json!({ "SecretId": "app", "RemoveReplicaRegions": ["us-east-1"] });
    here(&stage, "RemoveRegionsFromReplication", remove).unwrap();
    let force = json!({ "SecretId": "app", "ForceDeleteWithoutRecovery": true });
    here(&stage, "DeleteSecret", force.clone()).unwrap();
    stage.pass(60);
    let create = json!({ "Name": "app", "ClientRequestToken": SECOND, "SecretString": "two" });
    here(&stage, "CreateSecret", create).unwrap();
    let overwrite = json!({
        "SecretId": "app", "AddReplicaRegions": [{ "Region": "us-east-1" }],
        "ForceOverwriteReplicaSecret": true,
    });
    here(&stage, "ReplicateSecretToRegions", overwrite).unwrap();
    stage.pass(2);
    let clash = "Replication failed: Secret name app is currently replicated to us-east-1 with a \
                 different arn";
    assert_eq!(status(&stage), (json!("Failed"), clash.to_owned()));
    assert!(there(&stage, "DeleteSecret", force.clone()).is_err());
    there(&stage, "StopReplicationToReplica", app()).unwrap();
    there(&stage, "DeleteSecret", force).unwrap();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    assert_eq!(status(&stage).0, "InSync");
}

#[tokio::test]
async fn a_replica_that_is_cut_loose_amid_a_rotation_rotates_on_its_own() {
    let stage = Stage::new();
    let (client, other) = (stage.secrets("eu-west-1"), stage.secrets("us-east-1"));
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let create = client.create_secret().name("app").secret_string("one");
    create.add_replica_regions(region).send().await.unwrap();
    stage.pass(2);
    let rules = || RotationRulesType::builder().automatically_after_days(7).build();
    let rotate = client.rotate_secret().secret_id("app").rotation_lambda_arn(FUNCTION);
    // Somebody else does the function's part, and is slow.
    rotate.rotation_rules(rules()).client_request_token(SECOND).send().await.unwrap();
    let pending = client.put_secret_value().secret_id("app").client_request_token(SECOND);
    let pending = pending.secret_string("two").version_stages("AWSPENDING");
    pending.send().await.unwrap();
    stage.pass(2);
    other.stop_replication_to_replica().secret_id("app").send().await.unwrap();
    let told = other.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!((told.rotation_enabled(), told.primary_region()), (None, None));
    // The label of the rotation came along, and blocks the next one until it goes.
    let function = FUNCTION.replace("eu-west-1", "us-east-1");
    let rotate = || {
        let rotate = other.rotate_secret().secret_id("app").rotation_lambda_arn(&function);
        rotate.rotation_rules(rules()).send()
    };
    assert!(refusal(rotate().await).contains("A previous rotation isn't complete"));
    let unlabel = other.update_secret_version_stage().secret_id("app");
    let unlabel = unlabel.version_stage("AWSPENDING").remove_from_version_id(SECOND);
    unlabel.send().await.unwrap();
    rotate().await.unwrap();
    stage.pass(2);
    let told = other.describe_secret().secret_id("app").send().await.unwrap();
    assert!(told.last_rotated_date().is_some());
    // The primary goes on with its own rotation.
    let end = client.update_secret_version_stage().secret_id("app").version_stage("AWSCURRENT");
    let current = client.get_secret_value().secret_id("app").send().await.unwrap();
    let end = end.remove_from_version_id(current.version_id().unwrap());
    end.move_to_version_id(SECOND).send().await.unwrap();
    let told = client.describe_secret().secret_id("app").send().await.unwrap();
    assert!(told.last_rotated_date().is_some() && told.replication_status().is_empty());
}

#[tokio::test]
async fn a_rotation_that_lacked_its_key_is_tried_again_in_the_next_window() {
    let stage = Stage::new();
    let (client, keys) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let key = multi_region_key(&keys).await;
    let create = client.create_secret().name("app").kms_key_id(&key).secret_string("one");
    create.send().await.unwrap();
    let rules = RotationRulesType::builder().automatically_after_days(7).build();
    let rotate = client.rotate_secret().secret_id("app").rotation_lambda_arn(FUNCTION);
    let rotate = rotate.rotation_rules(rules).client_request_token(SECOND);
    rotate.send().await.unwrap();
    keys.disable_key().key_id(&key).send().await.unwrap();
    stage.pass(600);
    let pending = json!(["AWSPENDING"]);
    assert_eq!(describe(&stage)["VersionIdsToStages"][SECOND], pending);
    keys.enable_key().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(6);
    assert_eq!(describe(&stage)["VersionIdsToStages"][SECOND], pending);
    stage.clock.advance_days(2);
    let labels = json!(["AWSCURRENT", "AWSPENDING"]);
    assert_eq!(describe(&stage)["VersionIdsToStages"][SECOND], labels);
    assert_eq!(here(&stage, "GetSecretValue", app()).unwrap()["SecretString"], "one");
}

#[test]
fn an_old_window_does_not_end_a_new_life() {
    let stage = secret();
    let delete = |members: Value| {
        let mut input = members;
        input["SecretId"] = json!("app");
        here(&stage, "DeleteSecret", input).unwrap()
    };
    delete(json!({ "RecoveryWindowInDays": 7 }));
    delete(json!({ "ForceDeleteWithoutRecovery": true }));
    stage.pass(1);
    let create = json!({ "Name": "app", "ClientRequestToken": SECOND, "SecretString": "two" });
    here(&stage, "CreateSecret", create).unwrap();
    delete(json!({ "RecoveryWindowInDays": 30 }));
    stage.clock.advance_days(8);
    here(&stage, "RestoreSecret", app()).unwrap();
    delete(json!({ "RecoveryWindowInDays": 30 }));
    stage.clock.advance_days(29);
    assert!(describe(&stage)["DeletedDate"].is_number());
    stage.clock.advance_days(1);
    let gone = here(&stage, "DescribeSecret", app()).unwrap_err();
    assert!(gone.starts_with("ResourceNotFoundException"));
}

#[test]
fn a_forced_deletion_can_be_repeated_by_arn() {
    let stage = secret();
    let arn = describe(&stage)["ARN"].clone();
    let force = json!({ "SecretId": arn, "ForceDeleteWithoutRecovery": true });
    let first = here(&stage, "DeleteSecret", force.clone()).unwrap();
    assert_eq!((&first["ARN"], &first["Name"]), (&arn, &json!("app")));
    assert_eq!(here(&stage, "DeleteSecret", force).unwrap(), first);
}

#[test]
fn pages_of_a_filtered_and_sorted_list_cover_it_once() {
    let stage = Stage::new();
    for name in ["a/1", "b/1", "a/2", "a/3", "c", "a/4"] {
        let input = json!({ "Name": name, "ClientRequestToken": FIRST });
        here(&stage, "CreateSecret", input).unwrap();
    }
    let page = |token: &Value| {
        let input = json!({
            "MaxResults": 2, "SortBy": "name", "SortOrder": "desc", "NextToken": token,
            "Filters": [{ "Key": "name", "Values": ["a/"] }],
        });
        let page = here(&stage, "ListSecrets", input).unwrap();
        let names: Vec<String> = (page["SecretList"].as_array().unwrap().iter())
            .map(|it| it["Name"].as_str().unwrap().to_owned())
            .collect();
        (names, page["NextToken"].clone())
    };
    let (names, token) = page(&Value::Null);
    assert_eq!(names, ["a/4", "a/3"]);
    // What comes and goes between two pages neither repeats nor hides others.
    let force = json!({ "SecretId": "a/3", "ForceDeleteWithoutRecovery": true });
    here(&stage, "DeleteSecret", force).unwrap();
    let create = json!({ "Name": "a/5", "ClientRequestToken": FIRST });
    here(&stage, "CreateSecret", create).unwrap();
    assert_eq!(page(&token), (vec!["a/2".to_owned(), "a/1".to_owned()], Value::Null));
}
