//! The data sources, and the types of ephemeral resources, one file each.

mod arn;
mod caller_identity;
mod default_tags;
mod filter;
mod key_name;
mod kms_alias;
mod kms_ciphertext;
mod kms_custom_key_store;
mod kms_key;
mod kms_public_key;
mod kms_secret;
mod kms_secrets;
mod lookup;
mod partition;
mod policy_document;
mod random_password;
mod region;
mod regions;
mod secret;
mod secret_rotation;
mod secret_version;
mod secret_versions;
mod secrets;
mod service_principal;

use meridian_lang::{Path, Value};
use meridian_resource::{DataError, DataSource, Problem};

/// All data sources, in alphabetical order of their names.
pub fn all() -> Vec<Box<dyn DataSource>> {
    vec![
        Box::new(arn::Arn::new()),
        Box::new(caller_identity::CallerIdentity::new()),
        Box::new(default_tags::DefaultTags::new()),
        Box::new(policy_document::PolicyDocument::new()),
        Box::new(kms_alias::KmsAlias::new()),
        Box::new(kms_ciphertext::KmsCiphertext::new()),
        Box::new(kms_custom_key_store::KmsCustomKeyStore::new()),
        Box::new(kms_key::KmsKey::new()),
        Box::new(kms_public_key::KmsPublicKey::new()),
        Box::new(kms_secret::KmsSecret::new()),
        Box::new(kms_secrets::KmsSecrets::data_source()),
        Box::new(partition::Partition::new()),
        Box::new(region::Region::new()),
        Box::new(regions::Regions::new()),
        Box::new(random_password::RandomPassword::data_source()),
        Box::new(secret::Secret::new()),
        Box::new(secret_rotation::SecretRotation::new()),
        Box::new(secret_version::SecretVersion::data_source()),
        Box::new(secret_versions::SecretVersions::new()),
        Box::new(secrets::Secrets::new()),
        Box::new(service_principal::ServicePrincipal::new()),
    ]
}

/// All types of ephemeral resources, in alphabetical order of their names.
pub fn ephemeral() -> Vec<Box<dyn DataSource>> {
    vec![
        Box::new(kms_secrets::KmsSecrets::ephemeral()),
        Box::new(random_password::RandomPassword::ephemeral()),
        Box::new(secret_version::SecretVersion::ephemeral()),
    ]
}

/// The object with these attributes put in.
fn with_attributes<const N: usize>(config: &Value, attributes: [(&str, Value); N]) -> Value {
    let put = |object: Value, (name, value): (&str, Value)| object.with(name, value);
    attributes.into_iter().fold(config.clone(), put)
}

/// A problem with an argument.
fn problem(argument: &str, summary: impl Into<String>, detail: impl Into<String>) -> DataError {
    DataError::Problem(Box::new(Problem::new(summary, detail).at(Path::attribute(argument))))
}

/// A text as messages may show it.
fn shown<'a>(value: &Value, text: &'a str) -> &'a str {
    if value.is_sensitive() { "(sensitive value)" } else { text }
}

#[cfg(test)]
mod asking_tests;
#[cfg(test)]
mod tests;
