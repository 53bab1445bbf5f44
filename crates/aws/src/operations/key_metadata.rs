//! What KMS tells of a key.

use aws_sdk_kms::types::{KeyMetadata, MultiRegionConfiguration, MultiRegionKey};

use super::output::Output;

/// The members of `KeyMetadata` that resource types use.
#[expect(deprecated, reason = "Terraform's schema still shows CustomerMasterKeySpec")]
pub(super) fn output(key: KeyMetadata) -> Output {
    let xks_key = key.xks_key_configuration.map(|xks_key| Output::new().text("Id", xks_key.id));
    Output::new()
        .text("AWSAccountId", key.aws_account_id)
        .text("KeyId", Some(key.key_id))
        .text("Arn", key.arn)
        .time("CreationDate", key.creation_date)
        .flag("Enabled", key.enabled)
        .text("Description", key.description)
        .text("KeyUsage", key.key_usage)
        .text("KeyState", key.key_state)
        .time("DeletionDate", key.deletion_date)
        .time("ValidTo", key.valid_to)
        .text("Origin", key.origin)
        .text("CustomKeyStoreId", key.custom_key_store_id)
        .text("CloudHsmClusterId", key.cloud_hsm_cluster_id)
        .text("ExpirationModel", key.expiration_model)
        .text("KeyManager", key.key_manager)
        .text("CustomerMasterKeySpec", key.customer_master_key_spec)
        .text("KeySpec", key.key_spec)
        .flag("MultiRegion", key.multi_region)
        .object("MultiRegionConfiguration", key.multi_region_configuration.map(multi_region))
        .number("PendingDeletionWindowInDays", key.pending_deletion_window_in_days)
        .object("XksKeyConfiguration", xks_key)
        .text("CurrentKeyMaterialId", key.current_key_material_id)
}

fn multi_region(configuration: MultiRegionConfiguration) -> Output {
    Output::new()
        .text("MultiRegionKeyType", configuration.multi_region_key_type)
        .object("PrimaryKey", configuration.primary_key.map(related_key))
        .objects("ReplicaKeys", configuration.replica_keys, related_key)
}

fn related_key(key: MultiRegionKey) -> Output {
    Output::new().text("Arn", key.arn).text("Region", key.region)
}
