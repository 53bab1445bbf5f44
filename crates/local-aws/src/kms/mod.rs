//! The Key Management Service: keys, multi-Region sets of keys, and aliases.

mod alias;
mod blob;
mod create;
mod cross_account;
mod crypto;
mod custom_store;
mod data_key;
mod data_key_pair;
mod decrypt;
mod deletion;
mod describe;
mod encrypt;
mod expiration;
mod grant;
mod grant_list;
mod grant_operations;
mod grant_rules;
mod import;
mod import_parameters;
mod import_rules;
mod imported;
mod key;
mod last_usage;
mod mac;
mod managed;
mod material;
mod material_form;
mod policy;
mod policy_text;
mod primary;
mod properties;
mod public_key;
mod re_encrypt;
mod replicate;
mod resolve;
mod rotate;
mod rotation;
mod rotation_list;
mod sign;
mod spec;
mod state_table;
mod tag;
mod working_key;
mod wrapping;

pub(crate) use alias::{Alias, AliasAddress};
pub(crate) use custom_store::{CustomKeyStore, StoreAddress, finish_connection};
pub(crate) use decrypt::key_of_ciphertext;
pub(crate) use deletion::finish_deletion;
pub(crate) use grant::{Grant, GrantAddress};
pub(crate) use imported::expire as expire_material;
pub(crate) use key::{Key, KeyAddress, KeySet, KeySetAddress, KeyState, Origin};
pub(crate) use managed::ensure_managed_key;
pub(crate) use policy::is_policy_document;
pub(crate) use primary::finish_update;
pub(crate) use replicate::finish_creation;
pub(crate) use resolve::Naming;
pub(crate) use rotate::{finish_on_demand, rotate_on_date};
pub(crate) use rotation::synchronise as synchronise_rotation;

use crate::error::ApiError;
use crate::model;
use crate::response::Output;
use crate::world::Call;

/// Runs an operation of KMS.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    let body = &model::KMS.read(operation, body)?;
    managed::appear(call, operation, body);
    cross_account::check(call, operation, body)?;
    match operation {
        "CancelKeyDeletion" => call.answer(body, deletion::cancel_key_deletion),
        "ConnectCustomKeyStore" => call.answer(body, custom_store::connect_custom_key_store),
        "CreateAlias" => call.acknowledge(body, alias::create_alias),
        "CreateGrant" => call.answer(body, grant_operations::create_grant),
        "CreateCustomKeyStore" => call.answer(body, custom_store::create_custom_key_store),
        "CreateKey" => call.answer(body, create::create_key),
        "Decrypt" => call.answer(body, decrypt::decrypt),
        "DeleteAlias" => call.acknowledge(body, alias::delete_alias),
        "DeriveSharedSecret" => call.answer(body, public_key::derive_shared_secret),
        "DeleteCustomKeyStore" => call.answer(body, custom_store::delete_custom_key_store),
        "DeleteImportedKeyMaterial" => call.answer(body, import::delete_imported_key_material),
        "DescribeCustomKeyStores" => call.answer(body, custom_store::describe_custom_key_stores),
        "DescribeKey" => call.answer(body, describe::describe_key),
        "DisableKey" => call.acknowledge(body, properties::disable_key),
        "DisableKeyRotation" => call.acknowledge(body, rotation::disable_key_rotation),
        "DisconnectCustomKeyStore" => call.answer(body, custom_store::disconnect_custom_key_store),
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
        "GetParametersForImport" => call.answer(body, import_parameters::get_parameters_for_import),
        "ImportKeyMaterial" => call.answer(body, import::import_key_material),
        "ListAliases" => call.answer(body, alias::list_aliases),
        "ListGrants" => call.answer(body, grant_list::list_grants),
        "ListKeyPolicies" => call.answer(body, policy::list_key_policies),
        "ListKeyRotations" => call.answer(body, rotation_list::list_key_rotations),
        "ListKeys" => call.answer(body, describe::list_keys),
        "ListResourceTags" => call.answer(body, tag::list_resource_tags),
        "ListRetirableGrants" => call.answer(body, grant_list::list_retirable_grants),
        "PutKeyPolicy" => call.acknowledge(body, policy::put_key_policy),
        "ReEncrypt" => call.answer(body, re_encrypt::re_encrypt),
        "ReplicateKey" => call.answer(body, replicate::replicate_key),
        "RetireGrant" => call.acknowledge(body, grant_operations::retire_grant),
        "RevokeGrant" => call.acknowledge(body, grant_operations::revoke_grant),
        "RotateKeyOnDemand" => call.answer(body, rotate::rotate_key_on_demand),
        "ScheduleKeyDeletion" => call.answer(body, deletion::schedule_key_deletion),
        "Sign" => call.answer(body, sign::sign),
        "TagResource" => call.acknowledge(body, tag::tag_resource),
        "UntagResource" => call.acknowledge(body, tag::untag_resource),
        "UpdateAlias" => call.acknowledge(body, alias::update_alias),
        "UpdateCustomKeyStore" => call.answer(body, custom_store::update_custom_key_store),
        "UpdateKeyDescription" => call.acknowledge(body, properties::update_key_description),
        "UpdatePrimaryRegion" => call.acknowledge(body, primary::update_primary_region),
        "Verify" => call.answer(body, sign::verify),
        "VerifyMac" => call.answer(body, mac::verify_mac),
        _ => Err(ApiError::unknown_operation()),
    }
}
