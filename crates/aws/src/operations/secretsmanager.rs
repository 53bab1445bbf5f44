//! Operations of Secrets Manager.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{
    ReplicaRegionType, ReplicationStatusType, SecretVersionsListEntry, Tag,
};
use aws_smithy_types::base64;
use meridian_resource::{Answer, CloudError};

use super::output::Output;
use super::secret_rotation::{cancel_rotate_secret, rotate_secret, told_rules};
use super::{Input, secret_reads, unknown_operation};
use crate::error::cloud_error;

/// The longest page that Secrets Manager gives.
const VERSIONS_IN_PAGE: i32 = 100;

pub(super) async fn perform(client: &Client, operation: &str, input: Input) -> Answer {
    match operation {
        "CreateSecret" => create_secret(client, input).await,
        "DescribeSecret" => describe_secret(client, input).await,
        "UpdateSecret" => update_secret(client, input).await,
        "DeleteSecret" => delete_secret(client, input).await,
        "RestoreSecret" => restore_secret(client, input).await,
        "GetSecretValue" => get_secret_value(client, input).await,
        "PutSecretValue" => put_secret_value(client, input).await,
        "ListSecretVersionIds" => list_secret_version_ids(client, input).await,
        "UpdateSecretVersionStage" => update_secret_version_stage(client, input).await,
        "ReplicateSecretToRegions" => replicate_secret_to_regions(client, input).await,
        "RemoveRegionsFromReplication" => remove_regions_from_replication(client, input).await,
        "StopReplicationToReplica" => stop_replication_to_replica(client, input).await,
        "GetResourcePolicy" => get_resource_policy(client, input).await,
        "PutResourcePolicy" => put_resource_policy(client, input).await,
        "DeleteResourcePolicy" => delete_resource_policy(client, input).await,
        "RotateSecret" => rotate_secret(client, input).await,
        "CancelRotateSecret" => cancel_rotate_secret(client, input).await,
        "TagResource" => tag_resource(client, input).await,
        "UntagResource" => untag_resource(client, input).await,
        "ListSecrets" => secret_reads::list_secrets(client, input).await,
        "GetRandomPassword" => secret_reads::get_random_password(client, input).await,
        other => Err(unknown_operation("Secrets Manager", other)),
    }
}

fn tag(key: &str, value: &str) -> Option<Tag> {
    Some(Tag::builder().key(key).value(value).build())
}

fn entry(tag: Tag) -> Option<(String, String)> {
    Some((tag.key?, tag.value.unwrap_or_default()))
}

fn replica_region(input: &mut Input) -> Result<ReplicaRegionType, CloudError> {
    let region = ReplicaRegionType::builder()
        .set_region(input.text("Region")?)
        .set_kms_key_id(input.text("KmsKeyId")?);
    Ok(region.build())
}

fn replication_status(replica: ReplicationStatusType) -> Output {
    Output::new()
        .text("Region", replica.region)
        .text("KmsKeyId", replica.kms_key_id)
        .text("Status", replica.status)
        .text("StatusMessage", replica.status_message)
        .time("LastAccessedDate", replica.last_accessed_date)
}

/// What most operations answer.
fn secret(arn: Option<String>, name: Option<String>) -> Output {
    Output::new().text("ARN", arn).text("Name", name)
}

async fn create_secret(client: &Client, mut input: Input) -> Answer {
    let request = client
        .create_secret()
        .set_name(input.text("Name")?)
        .set_client_request_token(input.text("ClientRequestToken")?)
        .set_description(input.text("Description")?)
        .set_kms_key_id(input.text("KmsKeyId")?)
        .set_secret_string(input.text("SecretString")?)
        .set_secret_binary(input.blob("SecretBinary")?)
        .set_tags(input.entries("Tags", tag)?)
        .set_add_replica_regions(input.objects("AddReplicaRegions", replica_region)?)
        .set_force_overwrite_replica_secret(input.flag("ForceOverwriteReplicaSecret")?);
    input.end()?;
    let created = request.send().await.map_err(cloud_error)?;
    let answer = secret(created.arn, created.name).text("VersionId", created.version_id).objects(
        "ReplicationStatus",
        created.replication_status,
        replication_status,
    );
    Ok(answer.into_value())
}

async fn describe_secret(client: &Client, mut input: Input) -> Answer {
    let request = client.describe_secret().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let described = request.send().await.map_err(cloud_error)?;
    let tags = described.tags.map(|tags| tags.into_iter().filter_map(entry));
    let answer = secret(described.arn, described.name)
        .text("Description", described.description)
        .text("KmsKeyId", described.kms_key_id)
        .flag("RotationEnabled", described.rotation_enabled)
        .text("RotationLambdaARN", described.rotation_lambda_arn)
        .object("RotationRules", described.rotation_rules.map(told_rules))
        .time("LastChangedDate", described.last_changed_date)
        .time("DeletedDate", described.deleted_date)
        .time("CreatedDate", described.created_date)
        .map("Tags", tags)
        .lists("VersionIdsToStages", described.version_ids_to_stages)
        .text("OwningService", described.owning_service)
        .text("PrimaryRegion", described.primary_region)
        .objects("ReplicationStatus", described.replication_status, replication_status);
    Ok(answer.into_value())
}

async fn update_secret(client: &Client, mut input: Input) -> Answer {
    let request = client
        .update_secret()
        .set_secret_id(input.text("SecretId")?)
        .set_client_request_token(input.text("ClientRequestToken")?)
        .set_description(input.text("Description")?)
        .set_kms_key_id(input.text("KmsKeyId")?)
        .set_secret_string(input.text("SecretString")?)
        .set_secret_binary(input.blob("SecretBinary")?);
    input.end()?;
    let updated = request.send().await.map_err(cloud_error)?;
    Ok(secret(updated.arn, updated.name).text("VersionId", updated.version_id).into_value())
}

async fn delete_secret(client: &Client, mut input: Input) -> Answer {
    let request = client
        .delete_secret()
        .set_secret_id(input.text("SecretId")?)
        .set_recovery_window_in_days(input.number("RecoveryWindowInDays")?)
        .set_force_delete_without_recovery(input.flag("ForceDeleteWithoutRecovery")?);
    input.end()?;
    let deleted = request.send().await.map_err(cloud_error)?;
    Ok(secret(deleted.arn, deleted.name).time("DeletionDate", deleted.deletion_date).into_value())
}

async fn restore_secret(client: &Client, mut input: Input) -> Answer {
    let request = client.restore_secret().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let restored = request.send().await.map_err(cloud_error)?;
    Ok(secret(restored.arn, restored.name).into_value())
}

async fn put_secret_value(client: &Client, mut input: Input) -> Answer {
    let request = client
        .put_secret_value()
        .set_secret_id(input.text("SecretId")?)
        .set_client_request_token(input.text("ClientRequestToken")?)
        .set_secret_string(input.text("SecretString")?)
        .set_secret_binary(input.blob("SecretBinary")?)
        .set_version_stages(input.texts("VersionStages")?);
    input.end()?;
    let put = request.send().await.map_err(cloud_error)?;
    let answer = secret(put.arn, put.name)
        .text("VersionId", put.version_id)
        .texts("VersionStages", put.version_stages);
    Ok(answer.into_value())
}

/// The value is marked as sensitive, so that no one shows it.
async fn get_secret_value(client: &Client, mut input: Input) -> Answer {
    let request = client
        .get_secret_value()
        .set_secret_id(input.text("SecretId")?)
        .set_version_id(input.text("VersionId")?)
        .set_version_stage(input.text("VersionStage")?);
    input.end()?;
    let got = request.send().await.map_err(cloud_error)?;
    let binary = got.secret_binary.map(|blob| base64::encode(blob.into_inner()));
    let answer = secret(got.arn, got.name)
        .text("VersionId", got.version_id)
        .secret("SecretString", got.secret_string)
        .secret("SecretBinary", binary)
        .texts("VersionStages", got.version_stages)
        .time("CreatedDate", got.created_date);
    Ok(answer.into_value())
}

async fn list_secret_version_ids(client: &Client, mut input: Input) -> Answer {
    let request = client
        .list_secret_version_ids()
        .set_secret_id(input.text("SecretId")?)
        .set_include_deprecated(input.flag("IncludeDeprecated")?)
        .max_results(VERSIONS_IN_PAGE);
    input.end()?;
    let pages = request.into_paginator().send().try_collect().await.map_err(cloud_error)?;
    let of_all = pages.first().map(|page| (page.arn.clone(), page.name.clone()));
    let (arn, name) = of_all.unwrap_or_default();
    let versions = pages.into_iter().flat_map(|page| page.versions.unwrap_or_default()).collect();
    Ok(secret(arn, name).objects("Versions", Some(versions), version).into_value())
}

fn version(version: SecretVersionsListEntry) -> Output {
    Output::new()
        .text("VersionId", version.version_id)
        .texts("VersionStages", version.version_stages)
        .texts("KmsKeyIds", version.kms_key_ids)
        .time("CreatedDate", version.created_date)
}

async fn update_secret_version_stage(client: &Client, mut input: Input) -> Answer {
    let request = client
        .update_secret_version_stage()
        .set_secret_id(input.text("SecretId")?)
        .set_version_stage(input.text("VersionStage")?)
        .set_move_to_version_id(input.text("MoveToVersionId")?)
        .set_remove_from_version_id(input.text("RemoveFromVersionId")?);
    input.end()?;
    let updated = request.send().await.map_err(cloud_error)?;
    Ok(secret(updated.arn, updated.name).into_value())
}

async fn replicate_secret_to_regions(client: &Client, mut input: Input) -> Answer {
    let request = client
        .replicate_secret_to_regions()
        .set_secret_id(input.text("SecretId")?)
        .set_add_replica_regions(input.objects("AddReplicaRegions", replica_region)?)
        .set_force_overwrite_replica_secret(input.flag("ForceOverwriteReplicaSecret")?);
    input.end()?;
    let replicated = request.send().await.map_err(cloud_error)?;
    let answer = secret(replicated.arn, None).objects(
        "ReplicationStatus",
        replicated.replication_status,
        replication_status,
    );
    Ok(answer.into_value())
}

async fn remove_regions_from_replication(client: &Client, mut input: Input) -> Answer {
    let request = client
        .remove_regions_from_replication()
        .set_secret_id(input.text("SecretId")?)
        .set_remove_replica_regions(input.texts("RemoveReplicaRegions")?);
    input.end()?;
    let removed = request.send().await.map_err(cloud_error)?;
    let answer = secret(removed.arn, None).objects(
        "ReplicationStatus",
        removed.replication_status,
        replication_status,
    );
    Ok(answer.into_value())
}

async fn stop_replication_to_replica(client: &Client, mut input: Input) -> Answer {
    let request = client.stop_replication_to_replica().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let stopped = request.send().await.map_err(cloud_error)?;
    Ok(secret(stopped.arn, None).into_value())
}

async fn get_resource_policy(client: &Client, mut input: Input) -> Answer {
    let request = client.get_resource_policy().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let policy = request.send().await.map_err(cloud_error)?;
    let answer = secret(policy.arn, policy.name).text("ResourcePolicy", policy.resource_policy);
    Ok(answer.into_value())
}

async fn put_resource_policy(client: &Client, mut input: Input) -> Answer {
    let request = client
        .put_resource_policy()
        .set_secret_id(input.text("SecretId")?)
        .set_resource_policy(input.text("ResourcePolicy")?)
        .set_block_public_policy(input.flag("BlockPublicPolicy")?);
    input.end()?;
    let put = request.send().await.map_err(cloud_error)?;
    Ok(secret(put.arn, put.name).into_value())
}

async fn delete_resource_policy(client: &Client, mut input: Input) -> Answer {
    let request = client.delete_resource_policy().set_secret_id(input.text("SecretId")?);
    input.end()?;
    let deleted = request.send().await.map_err(cloud_error)?;
    Ok(secret(deleted.arn, deleted.name).into_value())
}

async fn tag_resource(client: &Client, mut input: Input) -> Answer {
    let request = client
        .tag_resource()
        .set_secret_id(input.text("SecretId")?)
        .set_tags(input.entries("Tags", tag)?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    Ok(Output::new().into_value())
}

async fn untag_resource(client: &Client, mut input: Input) -> Answer {
    let request = client
        .untag_resource()
        .set_secret_id(input.text("SecretId")?)
        .set_tag_keys(input.texts("TagKeys")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    Ok(Output::new().into_value())
}
