//! Operations of KMS.

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{AliasListEntry, KeyListEntry, KeySpec, KeyUsageType, OriginType, Tag};
use meridian_resource::Answer;

use super::output::Output;
use super::{
    Input, cryptography, custom_key_stores, grants, key_material, key_metadata, key_reads, nothing,
    unknown_operation,
};
use crate::error::cloud_error;

/// The longest pages that KMS gives.
const KEYS_IN_PAGE: i32 = 1000;
const ALIASES_IN_PAGE: i32 = 100;
const TAGS_IN_PAGE: i32 = 50;

pub(super) async fn perform(client: &Client, operation: &str, input: Input) -> Answer {
    match operation {
        "CreateKey" => create_key(client, input).await,
        "ReplicateKey" => replicate_key(client, input).await,
        "DescribeKey" => describe_key(client, input).await,
        "ListKeys" => list_keys(client, input).await,
        "EnableKey" => enable_key(client, input).await,
        "DisableKey" => disable_key(client, input).await,
        "UpdateKeyDescription" => update_key_description(client, input).await,
        "UpdatePrimaryRegion" => update_primary_region(client, input).await,
        "ScheduleKeyDeletion" => schedule_key_deletion(client, input).await,
        "CancelKeyDeletion" => cancel_key_deletion(client, input).await,
        "ImportKeyMaterial" => key_material::import(client, input).await,
        "DeleteImportedKeyMaterial" => key_material::delete(client, input).await,
        "GetKeyPolicy" => get_key_policy(client, input).await,
        "PutKeyPolicy" => put_key_policy(client, input).await,
        "GetKeyRotationStatus" => get_key_rotation_status(client, input).await,
        "EnableKeyRotation" => enable_key_rotation(client, input).await,
        "DisableKeyRotation" => disable_key_rotation(client, input).await,
        "ListResourceTags" => list_resource_tags(client, input).await,
        "TagResource" => tag_resource(client, input).await,
        "UntagResource" => untag_resource(client, input).await,
        "ListAliases" => list_aliases(client, input).await,
        "CreateAlias" => create_alias(client, input).await,
        "UpdateAlias" => update_alias(client, input).await,
        "DeleteAlias" => delete_alias(client, input).await,
        "CreateGrant" => grants::create_grant(client, input).await,
        "ListGrants" => grants::list_grants(client, input).await,
        "RevokeGrant" => grants::revoke_grant(client, input).await,
        "RetireGrant" => grants::retire_grant(client, input).await,
        "Encrypt" => cryptography::encrypt(client, input).await,
        "Decrypt" => cryptography::decrypt(client, input).await,
        "GenerateDataKey" => cryptography::generate_data_key(client, input).await,
        "CreateCustomKeyStore" => custom_key_stores::create(client, input).await,
        "DescribeCustomKeyStores" => custom_key_stores::describe(client, input).await,
        "UpdateCustomKeyStore" => custom_key_stores::update(client, input).await,
        "DeleteCustomKeyStore" => custom_key_stores::delete(client, input).await,
        "GetPublicKey" => key_reads::get_public_key(client, input).await,
        other => Err(unknown_operation("KMS", other)),
    }
}

fn tag(key: &str, value: &str) -> Option<Tag> {
    Tag::builder().tag_key(key).tag_value(value).build().ok()
}

fn entry(tag: Tag) -> (String, String) {
    (tag.tag_key, tag.tag_value)
}

async fn create_key(client: &Client, mut input: Input) -> Answer {
    let request = client
        .create_key()
        .set_description(input.text("Description")?)
        .set_key_usage(input.text("KeyUsage")?.as_deref().map(KeyUsageType::from))
        .set_key_spec(input.text("KeySpec")?.as_deref().map(KeySpec::from))
        .set_origin(input.text("Origin")?.as_deref().map(OriginType::from))
        .set_multi_region(input.flag("MultiRegion")?)
        .set_policy(input.text("Policy")?)
        .set_bypass_policy_lockout_safety_check(input.flag("BypassPolicyLockoutSafetyCheck")?)
        .set_custom_key_store_id(input.text("CustomKeyStoreId")?)
        .set_xks_key_id(input.text("XksKeyId")?)
        .set_tags(input.entries("Tags", tag)?);
    input.end()?;
    let created = request.send().await.map_err(cloud_error)?;
    let metadata = created.key_metadata.map(key_metadata::output);
    Ok(Output::new().object("KeyMetadata", metadata).into_value())
}

async fn replicate_key(client: &Client, mut input: Input) -> Answer {
    let request = client
        .replicate_key()
        .set_key_id(input.text("KeyId")?)
        .set_replica_region(input.text("ReplicaRegion")?)
        .set_policy(input.text("Policy")?)
        .set_bypass_policy_lockout_safety_check(input.flag("BypassPolicyLockoutSafetyCheck")?)
        .set_description(input.text("Description")?)
        .set_tags(input.entries("Tags", tag)?);
    input.end()?;
    let replica = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .object("ReplicaKeyMetadata", replica.replica_key_metadata.map(key_metadata::output))
        .text("ReplicaPolicy", replica.replica_policy)
        .map("ReplicaTags", replica.replica_tags.map(|tags| tags.into_iter().map(entry)));
    Ok(answer.into_value())
}

async fn describe_key(client: &Client, mut input: Input) -> Answer {
    let request = client
        .describe_key()
        .set_key_id(input.text("KeyId")?)
        .set_grant_tokens(input.texts("GrantTokens")?);
    input.end()?;
    let described = request.send().await.map_err(cloud_error)?;
    let metadata = described.key_metadata.map(key_metadata::output);
    Ok(Output::new().object("KeyMetadata", metadata).into_value())
}

async fn list_keys(client: &Client, input: Input) -> Answer {
    input.end()?;
    let pages = client.list_keys().limit(KEYS_IN_PAGE).into_paginator().items().send();
    let keys = pages.try_collect().await.map_err(cloud_error)?;
    let key =
        |key: KeyListEntry| Output::new().text("KeyId", key.key_id).text("KeyArn", key.key_arn);
    Ok(Output::new().objects("Keys", Some(keys), key).into_value())
}

async fn enable_key(client: &Client, mut input: Input) -> Answer {
    let request = client.enable_key().set_key_id(input.text("KeyId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn disable_key(client: &Client, mut input: Input) -> Answer {
    let request = client.disable_key().set_key_id(input.text("KeyId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn update_key_description(client: &Client, mut input: Input) -> Answer {
    let request = client
        .update_key_description()
        .set_key_id(input.text("KeyId")?)
        .set_description(input.text("Description")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn update_primary_region(client: &Client, mut input: Input) -> Answer {
    let request = client
        .update_primary_region()
        .set_key_id(input.text("KeyId")?)
        .set_primary_region(input.text("PrimaryRegion")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn schedule_key_deletion(client: &Client, mut input: Input) -> Answer {
    let request = client
        .schedule_key_deletion()
        .set_key_id(input.text("KeyId")?)
        .set_pending_window_in_days(input.number("PendingWindowInDays")?);
    input.end()?;
    let scheduled = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", scheduled.key_id)
        .time("DeletionDate", scheduled.deletion_date)
        .text("KeyState", scheduled.key_state)
        .number("PendingWindowInDays", scheduled.pending_window_in_days);
    Ok(answer.into_value())
}

async fn cancel_key_deletion(client: &Client, mut input: Input) -> Answer {
    let request = client.cancel_key_deletion().set_key_id(input.text("KeyId")?);
    input.end()?;
    let cancelled = request.send().await.map_err(cloud_error)?;
    Ok(Output::new().text("KeyId", cancelled.key_id).into_value())
}

async fn get_key_policy(client: &Client, mut input: Input) -> Answer {
    let request = client
        .get_key_policy()
        .set_key_id(input.text("KeyId")?)
        .set_policy_name(input.text("PolicyName")?);
    input.end()?;
    let policy = request.send().await.map_err(cloud_error)?;
    let answer = Output::new().text("Policy", policy.policy).text("PolicyName", policy.policy_name);
    Ok(answer.into_value())
}

async fn put_key_policy(client: &Client, mut input: Input) -> Answer {
    let request = client
        .put_key_policy()
        .set_key_id(input.text("KeyId")?)
        .set_policy_name(input.text("PolicyName")?)
        .set_policy(input.text("Policy")?)
        .set_bypass_policy_lockout_safety_check(input.flag("BypassPolicyLockoutSafetyCheck")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn get_key_rotation_status(client: &Client, mut input: Input) -> Answer {
    let request = client.get_key_rotation_status().set_key_id(input.text("KeyId")?);
    input.end()?;
    let rotation = request.send().await.map_err(cloud_error)?;
    let answer = Output::new()
        .flag("KeyRotationEnabled", rotation.key_rotation_enabled)
        .text("KeyId", rotation.key_id)
        .number("RotationPeriodInDays", rotation.rotation_period_in_days)
        .time("NextRotationDate", rotation.next_rotation_date)
        .time("OnDemandRotationStartDate", rotation.on_demand_rotation_start_date);
    Ok(answer.into_value())
}

async fn enable_key_rotation(client: &Client, mut input: Input) -> Answer {
    let request = client
        .enable_key_rotation()
        .set_key_id(input.text("KeyId")?)
        .set_rotation_period_in_days(input.number("RotationPeriodInDays")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn disable_key_rotation(client: &Client, mut input: Input) -> Answer {
    let request = client.disable_key_rotation().set_key_id(input.text("KeyId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn list_resource_tags(client: &Client, mut input: Input) -> Answer {
    let request = client.list_resource_tags().set_key_id(input.text("KeyId")?).limit(TAGS_IN_PAGE);
    input.end()?;
    let pages = request.into_paginator().items().send();
    let tags = pages.try_collect().await.map_err(cloud_error)?;
    Ok(Output::new().map("Tags", Some(tags.into_iter().map(entry))).into_value())
}

async fn tag_resource(client: &Client, mut input: Input) -> Answer {
    let request = client
        .tag_resource()
        .set_key_id(input.text("KeyId")?)
        .set_tags(input.entries("Tags", tag)?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn untag_resource(client: &Client, mut input: Input) -> Answer {
    let request = client
        .untag_resource()
        .set_key_id(input.text("KeyId")?)
        .set_tag_keys(input.texts("TagKeys")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn list_aliases(client: &Client, mut input: Input) -> Answer {
    let request = client.list_aliases().set_key_id(input.text("KeyId")?).limit(ALIASES_IN_PAGE);
    input.end()?;
    let pages = request.into_paginator().items().send();
    let aliases = pages.try_collect().await.map_err(cloud_error)?;
    Ok(Output::new().objects("Aliases", Some(aliases), alias).into_value())
}

fn alias(alias: AliasListEntry) -> Output {
    Output::new()
        .text("AliasName", alias.alias_name)
        .text("AliasArn", alias.alias_arn)
        .text("TargetKeyId", alias.target_key_id)
        .time("CreationDate", alias.creation_date)
        .time("LastUpdatedDate", alias.last_updated_date)
}

async fn create_alias(client: &Client, mut input: Input) -> Answer {
    let request = client
        .create_alias()
        .set_alias_name(input.text("AliasName")?)
        .set_target_key_id(input.text("TargetKeyId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn update_alias(client: &Client, mut input: Input) -> Answer {
    let request = client
        .update_alias()
        .set_alias_name(input.text("AliasName")?)
        .set_target_key_id(input.text("TargetKeyId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

async fn delete_alias(client: &Client, mut input: Input) -> Answer {
    let request = client.delete_alias().set_alias_name(input.text("AliasName")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}
