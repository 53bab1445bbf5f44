//! Secrets Manager: secrets, their versions, and their replicas in other Regions.

mod batch;
mod create;
mod cron;
mod delete;
mod describe;
mod encryption;
mod external;
mod filter;
mod foreign;
mod get;
mod list;
mod password;
mod policy;
mod policy_document;
mod replicas;
mod replication;
mod resolve;
mod rotate;
mod rotation;
mod schedule;
mod secret;
mod stage;
mod tag;
mod update;
mod value;

pub(crate) use delete::finish_deletion;
pub(crate) use encryption::chosen_key;
pub(crate) use replicas::finish_removal;
pub(crate) use replication::finish_replication;
pub(crate) use rotation::{finish as finish_rotation, open_window as open_rotation_window};
pub(crate) use secret::{Replica, ReplicaStatus, Secret, SecretAddress, Version};

use crate::error::ApiError;
use crate::model;
use crate::response::Output;
use crate::world::Call;

/// Runs an operation of Secrets Manager.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    let body = &model::SECRETS_MANAGER.read(operation, body)?;
    if let Some(secret_id) = body["SecretId"].as_str() {
        foreign::admit(call, operation, secret_id)?;
    }
    match operation {
        "BatchGetSecretValue" => call.answer(body, batch::batch_get_secret_value),
        "CancelRotateSecret" => call.answer(body, rotate::cancel_rotate_secret),
        "CreateSecret" => call.answer(body, create::create_secret),
        "DeleteResourcePolicy" => call.answer(body, policy::delete_resource_policy),
        "DeleteSecret" => call.answer(body, delete::delete_secret),
        "DescribeSecret" => call.answer(body, describe::describe_secret),
        "GetRandomPassword" => call.answer(body, password::get_random_password),
        "GetResourcePolicy" => call.answer(body, policy::get_resource_policy),
        "GetSecretValue" => call.answer(body, get::get_secret_value),
        "ListSecretVersionIds" => call.answer(body, list::list_secret_version_ids),
        "ListSecrets" => call.answer(body, list::list_secrets),
        "PutResourcePolicy" => call.answer(body, policy::put_resource_policy),
        "PutSecretValue" => call.answer(body, value::put_secret_value),
        "RemoveRegionsFromReplication" => {
            call.answer(body, replicas::remove_regions_from_replication)
        }
        "ReplicateSecretToRegions" => call.answer(body, replicas::replicate_secret_to_regions),
        "RestoreSecret" => call.answer(body, delete::restore_secret),
        "RotateSecret" => call.answer(body, rotate::rotate_secret),
        "StopReplicationToReplica" => call.answer(body, replicas::stop_replication_to_replica),
        "TagResource" => call.acknowledge(body, tag::tag_resource),
        "UntagResource" => call.acknowledge(body, tag::untag_resource),
        "UpdateSecret" => call.answer(body, update::update_secret),
        "UpdateSecretVersionStage" => call.answer(body, stage::update_secret_version_stage),
        "ValidateResourcePolicy" => call.answer(body, policy::validate_resource_policy),
        _ => Err(ApiError::unknown_operation()),
    }
}
