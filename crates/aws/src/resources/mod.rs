//! The resource types, one file each, and what several of them share.

mod conflicts;
mod generated_name;
mod import;
mod imported_value;
mod key_deletion;
mod key_errors;
mod key_reading;
mod key_settings;
mod key_state;
mod kms_alias;
mod kms_key;
mod kms_replica_key;
mod members;
mod promotion;
mod replica_key_errors;
mod run_facts;
mod secret;
mod secret_deletion;
mod secret_encryption;
mod secret_errors;
mod secret_independence;
mod secret_reading;
mod secret_replicas;
mod secret_version;
mod spelling;
mod value_replicas;
mod version_stages;

#[cfg(test)]
pub(crate) mod testing;

use meridian_resource::ResourceType;

pub use kms_alias::KmsAlias;
pub use kms_key::KmsKey;
pub use kms_replica_key::KmsReplicaKey;
pub use secret::Secret;
pub use secret_version::SecretVersion;

/// All resource types, in alphabetical order of their names.
pub fn all() -> Vec<Box<dyn ResourceType>> {
    vec![
        Box::new(KmsAlias::new()),
        Box::new(KmsKey::new()),
        Box::new(KmsReplicaKey::new()),
        Box::new(Secret::new()),
        Box::new(SecretVersion::new()),
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
