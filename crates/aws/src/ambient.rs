//! What the environment and the profiles say before any call is made.

use aws_config::Region;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::{ProvideRegion, RegionProviderChain};
use aws_config::profile::ProfileFileRegionProvider;
use aws_types::service_config::ServiceConfigKey;

use crate::{ProviderSettings, credentials};

/// The Region that `AWS_REGION`, `AWS_DEFAULT_REGION` or the chosen profile names.
pub async fn ambient_region() -> Option<String> {
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::builder().build());
    let region = chain.region().await.map(|region| region.to_string());
    region.filter(|region| !region.is_empty())
}

/// The Region that a profile names.
pub async fn profile_region(profile: &str) -> Option<String> {
    let provider = ProfileFileRegionProvider::builder().profile_name(profile).build();
    provider.region().await.map(|region| region.to_string())
}

/// Where calls of a provider block go in place of AWS, if the block, the environment
/// (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_KMS`, …) or the profile says so: the endpoints of KMS
/// and Secrets Manager, once if they are the same.
pub async fn endpoint_override(settings: &ProviderSettings) -> Option<String> {
    // Any Region will do: without one the SDK would ask the instance metadata for it.
    let loader = credentials::loader(settings, Region::from_static("us-east-1"));
    let config = loader.no_credentials().load().await;
    let endpoint = |in_block: &Option<String>, service_id: &str| {
        let key = ServiceConfigKey::builder()
            .service_id(service_id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        in_block
            .clone()
            .or_else(|| config.service_config()?.load_config(key))
            .or_else(|| config.endpoint_url().map(str::to_owned))
    };
    let kms = endpoint(&settings.endpoints.kms, "KMS");
    let secrets = endpoint(&settings.endpoints.secretsmanager, "Secrets Manager");
    match (kms, secrets) {
        (Some(kms), Some(secrets)) if kms != secrets => Some(format!("{kms}, {secrets}")),
        (Some(endpoint), _) | (None, Some(endpoint)) => Some(endpoint),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Endpoints;

    #[tokio::test]
    async fn endpoints_of_the_block_are_told_once_each() {
        let settings = |kms: &str, secrets: &str| ProviderSettings {
            endpoints: Endpoints {
                kms: Some(kms.to_owned()),
                secretsmanager: Some(secrets.to_owned()),
                sts: None,
            },
            ..ProviderSettings::default()
        };
        let told = endpoint_override(&settings("http://a", "http://a")).await;
        assert_eq!(told.as_deref(), Some("http://a"));
        let told = endpoint_override(&settings("http://a", "http://b")).await;
        assert_eq!(told.as_deref(), Some("http://a, http://b"));
    }
}
