//! The Key Management Service: keys, multi-Region sets of keys, and aliases.

mod alias;
mod blob;
mod create;
mod crypto;
mod data_key;
mod data_key_pair;
mod decrypt;
mod deletion;
mod describe;
mod encrypt;
mod key;
mod last_usage;
mod mac;
mod material;
mod policy;
mod primary;
mod properties;
mod public_key;
mod re_encrypt;
mod replicate;
mod resolve;
mod rotation;
mod sign;
mod spec;
mod state_table;
mod tag;
mod working_key;

pub(crate) use alias::{Alias, AliasAddress};
pub(crate) use deletion::finish_deletion;
pub(crate) use key::{Key, KeyAddress, KeySet, KeySetAddress, KeyState};
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
        "Decrypt" => call.answer(body, decrypt::decrypt),
        "DeleteAlias" => call.acknowledge(body, alias::delete_alias),
        "DeriveSharedSecret" => call.answer(body, public_key::derive_shared_secret),
        "DescribeKey" => call.answer(body, describe::describe_key),
        "DisableKey" => call.acknowledge(body, properties::disable_key),
        "DisableKeyRotation" => call.acknowledge(body, rotation::disable_key_rotation),
        "EnableKey" => call.acknowledge(body, properties::enable_key),
        "EnableKeyRotation" => call.acknowledge(body, rotation::enable_key_rotation),
        "Encrypt" => call.answer(body, encrypt::encrypt),
        "GenerateDataKey" => call.answer(body, data_key::generate_data_key),
        "GenerateDataKeyPair" => call.answer(body, data_key_pair::generate_data_key_pair),
        "GenerateDataKeyPairWithoutPlaintext" => {
            call.answer(body, data_key_pair::generate_data_key_pair_without_plaintext)
        }
        "GenerateDataKeyWithoutPlaintext" => {
            call.answer(body, data_key::generate_data_key_without_plaintext)
        }
        "GenerateMac" => call.answer(body, mac::generate_mac),
        "GenerateRandom" => call.answer(body, data_key::generate_random),
        "GetKeyLastUsage" => call.answer(body, last_usage::get_key_last_usage),
        "GetKeyPolicy" => call.answer(body, policy::get_key_policy),
        "GetKeyRotationStatus" => call.answer(body, rotation::get_key_rotation_status),
        "GetPublicKey" => call.answer(body, public_key::get_public_key),
        "ListAliases" => call.answer(body, alias::list_aliases),
        "ListKeyPolicies" => call.answer(body, policy::list_key_policies),
        "ListKeys" => call.answer(body, describe::list_keys),
        "ListResourceTags" => call.answer(body, tag::list_resource_tags),
        "PutKeyPolicy" => call.acknowledge(body, policy::put_key_policy),
        "ReEncrypt" => call.answer(body, re_encrypt::re_encrypt),
        "ReplicateKey" => call.answer(body, replicate::replicate_key),
        "ScheduleKeyDeletion" => call.answer(body, deletion::schedule_key_deletion),
        "Sign" => call.answer(body, sign::sign),
        "TagResource" => call.acknowledge(body, tag::tag_resource),
        "UntagResource" => call.acknowledge(body, tag::untag_resource),
        "UpdateAlias" => call.acknowledge(body, alias::update_alias),
        "UpdateKeyDescription" => call.acknowledge(body, properties::update_key_description),
        "UpdatePrimaryRegion" => call.acknowledge(body, primary::update_primary_region),
        "Verify" => call.answer(body, sign::verify),
        "VerifyMac" => call.answer(body, mac::verify_mac),
        _ => Err(ApiError::unknown_operation()),
    }
}
