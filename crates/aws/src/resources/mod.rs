//! The resource types, one file each, and what several of them share.

pub(crate) mod conflicts;
mod external_key;
mod generated_name;
mod import;
mod imported_material;
mod imported_value;
mod key_deletion;
mod key_errors;
mod key_kind;
mod key_reading;
mod key_settings;
mod key_state;
mod key_type;
mod kms_alias;
mod kms_ciphertext;
mod kms_custom_key_store;
mod kms_external_key;
mod kms_grant;
mod kms_key;
mod kms_key_policy;
mod kms_replica_external_key;
mod kms_replica_key;
mod material_errors;
mod members;
mod new_key;
mod primary_key;
mod promotion;
mod replica_key;
mod replica_key_errors;
mod rotation_errors;
mod rotation_rules;
mod run_facts;
mod secret;
mod secret_deletion;
mod secret_encryption;
mod secret_errors;
mod secret_independence;
mod secret_part;
mod secret_policy;
mod secret_reading;
mod secret_replicas;
mod secret_rotation;
mod secret_tag;
mod secret_version;
mod spelling;
mod value_replicas;
pub(crate) mod version_reading;
pub(crate) mod version_stages;

#[cfg(test)]
pub(crate) mod testing;

use meridian_resource::ResourceType;

pub use kms_alias::KmsAlias;
pub use kms_ciphertext::KmsCiphertext;
pub use kms_custom_key_store::KmsCustomKeyStore;
pub use kms_external_key::KmsExternalKey;
pub use kms_grant::KmsGrant;
pub use kms_key::KmsKey;
pub use kms_key_policy::KmsKeyPolicy;
pub use kms_replica_external_key::KmsReplicaExternalKey;
pub use kms_replica_key::KmsReplicaKey;
pub use secret::Secret;
pub use secret_policy::SecretPolicy;
pub use secret_rotation::SecretRotation;
pub use secret_tag::SecretTag;
pub use secret_version::SecretVersion;

/// All resource types, in alphabetical order of their names.
pub fn all() -> Vec<Box<dyn ResourceType>> {
    vec![
        Box::new(KmsAlias::new()),
        Box::new(KmsCiphertext::new()),
        Box::new(KmsCustomKeyStore::new()),
        Box::new(KmsExternalKey::new()),
        Box::new(KmsGrant::new()),
        Box::new(KmsKey::new()),
        Box::new(KmsKeyPolicy::new()),
        Box::new(KmsReplicaExternalKey::new()),
        Box::new(KmsReplicaKey::new()),
        Box::new(Secret::new()),
        Box::new(SecretPolicy::new()),
        Box::new(SecretRotation::new()),
        Box::new(SecretVersion::new()),
        Box::new(SecretTag::new()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_attributes_are_in_alphabetical_order() {
        let all = all();
        assert!(all.is_sorted_by_key(|kind| kind.name()));
        for kind in &all {
            let attributes = &kind.schema().attributes;
            assert!(attributes.is_sorted_by_key(|it| it.name), "{}", kind.name());
        }
    }
}
