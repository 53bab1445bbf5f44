//! A policy that is just enough for the life of a replicated key and secret:
//! it suffices, and no statement of it can be spared.

use std::fmt::Debug;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::types::Tag;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType};
use meridian_local_aws::Settings;
use serde_json::{Value, json};

use crate::stage::Stage;

const HERE: &str = "eu-west-1";
const THERE: &str = "us-east-1";
const ACCOUNT: &str = "123456789012";

fn key_arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/mrk-*")
}

fn via_secrets(region: &str) -> Value {
    json!({
        "StringEquals": { "kms:ViaService": format!("secretsmanager.{region}.amazonaws.com") },
        "StringLike": {
            "kms:EncryptionContext:SecretARN":
                format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:app-??????"),
        },
    })
}

fn statements() -> Vec<Value> {
    let in_region = |region: &str| json!({ "StringEquals": { "aws:RequestedRegion": region } });
    let new_key = |region: &str, kind: &str| {
        json!({
            "StringEquals": { "aws:RequestedRegion": region, "kms:MultiRegionKeyType": kind },
            "Bool": { "kms:MultiRegion": "true" },
        })
    };
    let here = key_arn(HERE);
    let there = key_arn(THERE);
    let alias = format!("arn:aws:kms:{HERE}:{ACCOUNT}:alias/app");
    let secret = format!("arn:aws:secretsmanager:{HERE}:{ACCOUNT}:secret:app-??????");
    let role = format!(
        "arn:aws:iam::{ACCOUNT}:role/aws-service-role/mrk.kms.amazonaws.com/\
         AWSServiceRoleForKeyManagementServiceMultiRegionKeys"
    );
    let no_condition = json!({});
    [
        ("kms:CreateKey", "*", new_key(HERE, "PRIMARY")),
        (
            "kms:TagResource",
            &format!("arn:aws:kms:{HERE}:{ACCOUNT}:key/*"),
            json!({ "StringEquals": { "aws:RequestTag/team": "blue" },
                "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } }),
        ),
        (
            "iam:CreateServiceLinkedRole",
            &role,
            json!({ "StringEquals": { "iam:AWSServiceName": "mrk.kms.amazonaws.com" } }),
        ),
        ("kms:ReplicateKey", &here, json!({ "StringEquals": { "kms:ReplicaRegion": THERE } })),
        ("kms:CreateKey", "*", new_key(THERE, "REPLICA")),
        ("kms:DescribeKey", &there, no_condition.clone()),
        ("kms:CreateAlias", &alias, no_condition.clone()),
        ("kms:CreateAlias", &here, in_region(HERE)),
        (
            "kms:EnableKeyRotation",
            &here,
            json!({ "NumericEquals": { "kms:RotationPeriodInDays": "180" } }),
        ),
        ("secretsmanager:CreateSecret", &secret, json!({ "StringEquals": { "secretsmanager:Name": "app" } })),
        ("secretsmanager:TagResource", &secret, no_condition.clone()),
        (
            "secretsmanager:ReplicateSecretToRegions",
            &secret,
            json!({ "StringEquals": { "secretsmanager:AddReplicaRegions": THERE } }),
        ),
        ("kms:GenerateDataKey", &here, via_secrets(HERE)),
        ("kms:Decrypt", &here, via_secrets(HERE)),
        ("kms:GenerateDataKey", &there, via_secrets(THERE)),
        ("kms:Encrypt", &there, via_secrets(THERE)),
        ("secretsmanager:DescribeSecret", &secret, no_condition.clone()),
        ("secretsmanager:PutSecretValue", &secret, no_condition.clone()),
        ("secretsmanager:RemoveRegionsFromReplication", &secret, no_condition.clone()),
        (
            "secretsmanager:DeleteSecret",
            &secret,
            json!({ "NumericEquals": { "secretsmanager:RecoveryWindowInDays": "7" } }),
        ),
        ("kms:DeleteAlias", &alias, no_condition.clone()),
        ("kms:DeleteAlias", &here, no_condition),
        (
            "kms:ScheduleKeyDeletion",
            "arn:aws:kms:*:123456789012:key/mrk-*",
            json!({ "NumericEquals": { "kms:ScheduleKeyDeletionPendingWindowInDays": "7" } }),
        ),
    ]
    .map(|(action, resource, condition)| {
        json!({ "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition })
    })
    .into()
}

fn stage(statements: &[Value]) -> Stage {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    Stage::with(Settings {
        iam: Some(serde_json::from_value(policy).unwrap()),
        ..Settings::default()
    })
}

fn check<T, E, R: Debug>(outcome: Result<T, SdkError<E, R>>) -> Result<T, String>
where
    E: ProvideErrorMetadata + Debug,
{
    outcome.map_err(|error| format!("{:?}: {:?}", error.code(), error.message()))
}

/// Makes a key and a secret, both replicated, changes them and deletes them.
async fn life(stage: &Stage) -> Result<(), String> {
    let (kms, kms_there) = (stage.kms(HERE), stage.kms(THERE));
    let secrets = stage.secrets(HERE);
    let tag = Tag::builder().tag_key("team").tag_value("blue").build().unwrap();
    let created = check(kms.create_key().multi_region(true).tags(tag).send().await)?;
    let key = created.key_metadata.unwrap().key_id;
    check(kms.replicate_key().key_id(&key).replica_region(THERE).send().await)?;
    stage.pass(2);
    check(kms_there.describe_key().key_id(&key).send().await)?;
    check(kms.create_alias().alias_name("alias/app").target_key_id(&key).send().await)?;
    let rotation = kms.enable_key_rotation().key_id(&key).rotation_period_in_days(180);
    check(rotation.send().await)?;

    let replica = ReplicaRegionType::builder().region(THERE).kms_key_id(&key).build();
    let tag = aws_sdk_secretsmanager::types::Tag::builder().key("team").value("blue").build();
    let created = secrets
        .create_secret()
        .name("app")
        .kms_key_id(&key)
        .secret_string("one")
        .tags(tag)
        .add_replica_regions(replica)
        .send()
        .await;
    check(created)?;
    stage.pass(2);
    let described = check(secrets.describe_secret().secret_id("app").send().await)?;
    let status = &described.replication_status()[0];
    if status.status() != Some(&StatusType::InSync) {
        return Err(format!("AccessDenied in the end: {:?}", status.status_message()));
    }
    check(secrets.put_secret_value().secret_id("app").secret_string("two").send().await)?;
    let removal = secrets.remove_regions_from_replication().secret_id("app");
    check(removal.remove_replica_regions(THERE).send().await)?;
    stage.pass(5);
    check(secrets.delete_secret().secret_id("app").recovery_window_in_days(7).send().await)?;
    check(kms.delete_alias().alias_name("alias/app").send().await)?;
    for client in [kms_there, kms] {
        let deletion = client.schedule_key_deletion().key_id(&key).pending_window_in_days(7);
        check(deletion.send().await)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_least_privilege_policy_suffices() {
    let stage = stage(&statements());
    life(&stage).await.unwrap();
    let used = stage.cloud.used_permissions();
    assert!(used.iter().all(|permission| permission.allowed), "{used:?}");
    // Every statement is of an action that was asked for, and every action has a statement.
    let actions: std::collections::BTreeSet<&str> =
        used.iter().map(|permission| permission.action.as_str()).collect();
    let statements = statements();
    let written: std::collections::BTreeSet<&str> =
        statements.iter().map(|statement| statement["Action"].as_str().unwrap()).collect();
    assert_eq!(actions, written);
}

#[tokio::test]
async fn no_statement_of_it_can_be_spared() {
    let statements = statements();
    for index in 0..statements.len() {
        let mut fewer = statements.clone();
        let dropped = fewer.remove(index);
        let stage = stage(&fewer);
        let outcome = life(&stage).await;
        let refusal = outcome.expect_err(&format!("not needed: {dropped}"));
        assert!(refusal.contains("AccessDenied"), "{dropped}: {refusal}");
        let action = dropped["Action"].as_str().unwrap();
        let refused = stage.cloud.used_permissions();
        assert!(
            refused.iter().any(|permission| !permission.allowed && permission.action == action),
            "{dropped}: {refusal}"
        );
    }
}
