//! The Key Management Service: keys, multi-Region sets of keys, and aliases.

mod alias;
mod create;
mod deletion;
mod describe;
mod key;
mod material;
mod policy;
mod primary;
mod properties;
mod replicate;
mod resolve;
mod rotation;
mod spec;
mod state_table;
mod tag;

pub(crate) use alias::{Alias, AliasAddress};
pub(crate) use deletion::finish_deletion;
pub(crate) use key::{Key, KeyAddress, KeySet, KeySetAddress, KeyState, Origin};
pub(crate) use policy::is_policy_document;
pub(crate) use primary::finish_update;
pub(crate) use replicate::finish_creation;
pub(crate) use resolve::Naming;
pub(crate) use rotation::synchronise as synchronise_rotation;

use crate::error::ApiError;
use crate::response::Output;
use crate::world::Call;

/// Runs an operation of KMS.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    match operation {
        "CancelKeyDeletion" => call.answer(body, deletion::cancel_key_deletion),
        "CreateAlias" => call.acknowledge(body, alias::create_alias),
        "CreateKey" => call.answer(body, create::create_key),
        "DeleteAlias" => call.acknowledge(body, alias::delete_alias),
        "DescribeKey" => call.answer(body, describe::describe_key),
        "DisableKey" => call.acknowledge(body, properties::disable_key),
        "DisableKeyRotation" => call.acknowledge(body, rotation::disable_key_rotation),
        "EnableKey" => call.acknowledge(body, properties::enable_key),
        "EnableKeyRotation" => call.acknowledge(body, rotation::enable_key_rotation),
        "GetKeyPolicy" => call.answer(body, policy::get_key_policy),
        "GetKeyRotationStatus" => call.answer(body, rotation::get_key_rotation_status),
        "ListAliases" => call.answer(body, alias::list_aliases),
        "ListKeyPolicies" => call.answer(body, policy::list_key_policies),
        "ListKeys" => call.answer(body, describe::list_keys),
        "ListResourceTags" => call.answer(body, tag::list_resource_tags),
        "PutKeyPolicy" => call.acknowledge(body, policy::put_key_policy),
        "ReplicateKey" => call.answer(body, replicate::replicate_key),
        "ScheduleKeyDeletion" => call.answer(body, deletion::schedule_key_deletion),
        "TagResource" => call.acknowledge(body, tag::tag_resource),
        "UntagResource" => call.acknowledge(body, tag::untag_resource),
        "UpdateAlias" => call.acknowledge(body, alias::update_alias),
        "UpdateKeyDescription" => call.acknowledge(body, properties::update_key_description),
        "UpdatePrimaryRegion" => call.acknowledge(body, primary::update_primary_region),
        _ => Err(ApiError::unknown_operation()),
    }
}
