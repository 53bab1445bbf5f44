//! What secrets demand, of themselves and of their keys.

use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType};
use serde_json::{Value, json};

use crate::iam::{USER, admin, allow, document, stage_with_admin};
use crate::stage::{kms, multi_region_key, refusal};

#[tokio::test]
async fn a_secret_needs_its_key() {
    let no_kms = [allow(&["secretsmanager:*"])];
    let stage = stage_with_admin(&no_kms);
    let key = multi_region_key(&admin(&stage, "eu-west-1")).await;
    let secrets = stage.secrets("eu-west-1");
    let refused = "AccessDeniedException: Access to KMS is not allowed";
    let outcome = secrets.create_secret().name("app").kms_key_id(&key).send().await;
    assert_eq!(refusal(outcome), refused);
    secrets.create_secret().name("app").secret_string("one").send().await.unwrap();
    let outcome = secrets.update_secret().secret_id("app").kms_key_id(&key).send().await;
    assert_eq!(refusal(outcome), refused);
    secrets.get_secret_value().secret_id("app").send().await.unwrap();

    // The key's own policy may let Secrets Manager in, in the caller's name.
    let root = json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": { "AWS": "123456789012" } });
    let via = json!({ "Effect": "Allow", "Resource": "*", "Principal": { "AWS": USER },
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Condition": { "StringEquals": { "kms:CallerAccount": "123456789012",
            "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } } });
    let put = |statements: &[Value]| {
        let policy = document(statements).to_string();
        admin(&stage, "eu-west-1").put_key_policy().key_id(&key).policy(policy).send()
    };
    put(&[root.clone(), via]).await.unwrap();
    secrets.update_secret().secret_id("app").kms_key_id(&key).send().await.unwrap();
    // Without kms:Encrypt the versions stay under the key that they have.
    let versions = secrets.list_secret_version_ids().secret_id("app").send().await.unwrap();
    assert_eq!(versions.versions()[0].kms_key_ids(), ["DefaultEncryptionKey"]);
    secrets.put_secret_value().secret_id("app").secret_string("two").send().await.unwrap();
    secrets.get_secret_value().secret_id("app").send().await.unwrap();
    put(&[root]).await.unwrap();
    let outcome = secrets.get_secret_value().secret_id("app").send().await;
    assert_eq!(refusal(outcome), refused);
    let outcome = secrets.put_secret_value().secret_id("app").secret_string("three").send().await;
    assert_eq!(refusal(outcome), refused);
}

#[tokio::test]
async fn a_replication_without_its_key_fails_where_it_lacks_it() {
    let stage = stage_with_admin(&[allow(&["secretsmanager:*"])]);
    let kms = admin(&stage, "eu-west-1");
    let key = multi_region_key(&kms).await;
    kms.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    let secrets = stage.secrets("eu-west-1");
    let region = |name: &str| ReplicaRegionType::builder().region(name);
    secrets
        .create_secret()
        .name("app")
        .add_replica_regions(region("us-east-1").kms_key_id(&key).build())
        .add_replica_regions(region("us-west-2").build())
        .send()
        .await
        .unwrap();
    stage.pass(2);
    let described = secrets.describe_secret().secret_id("app").send().await.unwrap();
    let status = |index: usize| &described.replication_status()[index];
    assert_eq!(status(0).status(), Some(&StatusType::Failed));
    assert_eq!(
        status(0).status_message(),
        Some("Replication failed: Access to KMS is not allowed")
    );
    assert_eq!(status(1).status(), Some(&StatusType::InSync));
    assert!(
        refusal(stage.secrets("us-east-1").describe_secret().secret_id("app").send().await)
            .starts_with("ResourceNotFoundException")
    );

    // Whoever may use the key has to ask again; later changes ask nobody.
    let policy = |statements: &[Value]| {
        let policy = document(statements).to_string();
        let keys = admin(&stage, "us-east-1");
        keys.put_key_policy().key_id(&key).policy(policy).send()
    };
    let root = json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": { "AWS": "123456789012" } });
    let user = json!({ "Effect": "Allow", "Resource": "*", "Principal": { "AWS": USER },
        "Action": ["kms:GenerateDataKey", "kms:Encrypt"] });
    policy(&[root.clone(), user]).await.unwrap();
    let status = async || {
        stage.pass(60);
        let described = secrets.describe_secret().secret_id("app").send().await.unwrap();
        described.replication_status()[0].status().cloned()
    };
    secrets.put_secret_value().secret_id("app").secret_string("one").send().await.unwrap();
    assert_eq!(status().await, Some(StatusType::Failed));
    let again = secrets.replicate_secret_to_regions().secret_id("app");
    let again = again.add_replica_regions(region("us-east-1").kms_key_id(&key).build());
    again.send().await.unwrap();
    assert_eq!(status().await, Some(StatusType::InSync));
    policy(&[root]).await.unwrap();
    secrets.put_secret_value().secret_id("app").secret_string("two").send().await.unwrap();
    assert_eq!(status().await, Some(StatusType::InSync));
}

#[tokio::test]
async fn a_secret_policy_lets_in_who_has_no_other() {
    let stage = stage_with_admin(&[allow(&[
        "secretsmanager:CreateSecret",
        "secretsmanager:PutResourcePolicy",
    ])]);
    let secrets = stage.secrets("eu-west-1");
    secrets.create_secret().name("app").secret_string("one").send().await.unwrap();
    let read = || secrets.get_secret_value().secret_id("app").send();
    assert!(refusal(read().await).contains("no identity-based policy allows"));
    let policy = document(&[json!({ "Effect": "Allow", "Resource": "*",
        "Action": "secretsmanager:GetSecretValue", "Principal": { "AWS": USER },
        "Condition": { "ForAnyValue:StringEquals": {
            "secretsmanager:VersionStage": ["AWSCURRENT", "AWSPENDING"] } } })]);
    let put = secrets.put_resource_policy().secret_id("app").resource_policy(policy.to_string());
    put.send().await.unwrap();
    read().await.unwrap();
    let previous = secrets.get_secret_value().secret_id("app").version_stage("AWSPREVIOUS");
    assert!(refusal(previous.send().await).starts_with("AccessDeniedException"));
}

#[tokio::test]
async fn a_key_of_another_account_needs_both_sides() {
    let no_keys = json!({ "Effect": "Allow", "Action": ["secretsmanager:*", "kms:GenerateDataKey",
        "kms:Decrypt"], "Resource": "*" });
    let stage = stage_with_admin(&[no_keys, allow(&["kms:CreateKey", "kms:PutKeyPolicy"])]);
    let owner = kms(stage.cloud.http_client(), "eu-west-1", "000000000042", None);
    let key = owner.create_key().send().await.unwrap().key_metadata.unwrap();
    let create = |name: &str| {
        stage.secrets("eu-west-1").create_secret().name(name).kms_key_id(key.arn().unwrap()).send()
    };
    let refused = "AccessDeniedException: Access to KMS is not allowed";
    assert_eq!(refusal(create("app").await), refused);
    let account = |account: &str, action: &str| {
        json!({ "Effect": "Allow", "Action": action, "Resource": "*",
            "Principal": { "AWS": account } })
    };
    let policy =
        document(&[account("000000000042", "kms:*"), account("123456789012", "kms:Decrypt")]);
    let put = |policy: String| owner.put_key_policy().key_id(key.key_id()).policy(policy).send();
    put(policy.to_string()).await.unwrap();
    assert_eq!(refusal(create("app").await), refused, "kms:GenerateDataKey is missing");
    let policy = document(&[account("000000000042", "kms:*"), account("123456789012", "kms:*")]);
    put(policy.to_string()).await.unwrap();
    create("app").await.unwrap();
    // What the owner's policy leaves to this account, this account must allow.
    let arn = key.arn().unwrap();
    let outcome = stage.kms("eu-west-1").describe_key().key_id(arn).send().await;
    assert!(refusal(outcome).contains("no identity-based policy allows the kms:DescribeKey"));
}
