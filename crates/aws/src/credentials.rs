//! As whom calls are made.

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_types::app_name::AppName;
use meridian_resource::CloudError;

use crate::error::nowhere;
use crate::primed::{RENEWAL, primed};
use crate::role::AssumedRole;
use crate::{ProviderSettings, Transport, retry};

/// The defaults of this version of the SDK: an update must not change them behind our back.
pub(crate) fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The configuration of all clients of a provider block: its own arguments before those of
/// environment and profiles, and the roles that it assumes, one after the other.
///
/// # Errors
/// There are no credentials, or a role is refused.
pub(crate) async fn configuration(
    transport: &Transport,
    settings: &ProviderSettings,
    region: &str,
) -> Result<SdkConfig, CloudError> {
    let region = Region::new(region.to_owned());
    let config = match transport {
        Transport::Network(client) => ambient(client.clone(), settings, region).await,
        Transport::Embedded(client) => embedded(client.clone(), settings, region),
    };
    let mut builder = config.into_builder();
    builder.set_app_name(AppName::new("meridian").ok());
    let config = builder
        .retry_config(retry::of_reads(settings.max_retries))
        .timeout_config(retry::timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .identity_cache(IdentityCache::lazy().load_timeout(RENEWAL * 2).build())
        .build();
    let mut config = match primed(config).await {
        Err(error) if settings.credentials.is_none() && settings.profile.is_none() => {
            let profile = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
            return Err(nowhere(error, profile.as_deref()));
        }
        primed => primed?,
    };
    for role in &settings.assume_role {
        let assumed = SharedCredentialsProvider::new(AssumedRole::new(role, settings, &config));
        config = primed(config.into_builder().credentials_provider(assumed).build()).await?;
    }
    Ok(config)
}

/// What the SDK finds in the environment and the profiles.
pub(crate) fn loader(settings: &ProviderSettings, region: Region) -> ConfigLoader {
    let mut loader = aws_config::defaults(behavior()).region(region);
    if let Some(files) = profile_files(settings) {
        loader = loader.profile_files(files);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(use_fips) = settings.use_fips_endpoint {
        loader = loader.use_fips(use_fips);
    }
    if let Some(use_dual_stack) = settings.use_dualstack_endpoint {
        loader = loader.use_dual_stack(use_dual_stack);
    }
    loader
}

async fn ambient(
    client: SharedHttpClient,
    settings: &ProviderSettings,
    region: Region,
) -> SdkConfig {
    let loader = loader(settings, region.clone()).http_client(client.clone());
    if let Some(keys) = &settings.credentials {
        return loader.credentials_provider(keys.clone()).load().await;
    }
    // A profile in the provider block comes before keys in the environment; the SDK's own chain
    // would take the keys.
    if let Some(profile) = &settings.profile {
        let provider = of_profile(profile, client, settings, region);
        return loader.credentials_provider(provider).load().await;
    }
    loader.load().await
}

fn of_profile(
    profile: &str,
    client: SharedHttpClient,
    settings: &ProviderSettings,
    region: Region,
) -> OfProfile {
    let config = ProviderConfig::without_region()
        .with_region(Some(region))
        .with_behavior_version(Some(behavior()))
        .with_http_client(client);
    let mut builder =
        ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile);
    if let Some(files) = profile_files(settings) {
        builder = builder.profile_files(files);
    }
    OfProfile { name: profile.to_owned(), source: builder.build() }
}

fn embedded(client: SharedHttpClient, settings: &ProviderSettings, region: Region) -> SdkConfig {
    let keys = settings
        .credentials
        .clone()
        .unwrap_or_else(|| Credentials::new("embedded", "embedded", None, None, "embedded"));
    SdkConfig::builder()
        .behavior_version(behavior())
        .http_client(client)
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .build()
}

/// The files that the provider block names; each kind that it does not name is the usual one.
fn profile_files(settings: &ProviderSettings) -> Option<EnvConfigFiles> {
    let (config, credentials) = (&settings.shared_config_files, &settings.shared_credentials_files);
    if config.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(config.is_empty())
        .include_default_credentials_file(credentials.is_empty());
    for path in config {
        files = files.with_file(EnvConfigFileKind::Config, path);
    }
    for path in credentials {
        files = files.with_file(EnvConfigFileKind::Credentials, path);
    }
    Some(files.build())
}

/// Names the profile in which nothing is found.
#[derive(Debug)]
struct OfProfile {
    name: String,
    source: ProfileFileCredentialsProvider,
}

impl OfProfile {
    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        match self.source.provide_credentials().await {
            Err(CredentialsError::CredentialsNotLoaded(_)) => {
                let name = &self.name;
                let why = format!("there is no profile {name}, or it has no credentials");
                Err(CredentialsError::invalid_configuration(why))
            }
            provided => provided,
        }
    }
}

impl ProvideCredentials for OfProfile {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(self.provide())
    }
}

#[cfg(test)]
mod tests {
    use crate::error::credentials_error;

    use std::collections::BTreeMap;

    use meridian_lang::Value;
    use meridian_resource::{Call, Cloud, ErrorClass, ProviderKey, Service};

    use super::*;
    use crate::AwsCloud;

    #[tokio::test]
    async fn a_profile_that_is_not_there_is_a_matter_of_credentials() {
        let settings = ProviderSettings {
            region: Some("eu-west-1".into()),
            profile: Some("nobody".into()),
            shared_config_files: vec!["/dev/null".into()],
            shared_credentials_files: vec!["/dev/null".into()],
            ..ProviderSettings::default()
        };
        let provider = ProviderKey::parse("aws");
        let configurations = BTreeMap::from([(provider.clone(), settings)]);
        let cloud = AwsCloud::new(Transport::network().unwrap(), configurations);
        let input = [("KeyId", Value::string("1"))];
        let call = Call::change(Service::Kms, "EnableKey", "eu-west-1", input);
        let failed = cloud.call(&provider, &call).await.unwrap_err();
        assert_eq!(failed.class, ErrorClass::Credentials, "{failed}");
        assert_eq!(failed.message, "there is no profile nobody, or it has no credentials");
    }

    #[test]
    fn credentials_that_are_nowhere_are_told_with_what_was_tried() {
        let none = || credentials_error(&CredentialsError::not_loaded("nothing"));
        let refused = || credentials_error(&CredentialsError::provider_error("no metadata"));
        let told = |error, profile, begin: &str| {
            let message = nowhere(error, profile).message;
            assert!(message.starts_with(begin), "{message}");
            assert!(message.ends_with("or sign in with `aws sso login`"), "{message}");
            assert_eq!(message.matches("no AWS credentials were found").count(), 1, "{message}");
        };
        told(none(), None, "no AWS credentials were found; set AWS_PROFILE");
        told(none(), Some("work"), "no AWS credentials were found (AWS_PROFILE is work); set");
        told(refused(), None, "no AWS credentials were found (no metadata); set");
        let both = "no AWS credentials were found (AWS_PROFILE is work; no metadata); set";
        told(refused(), Some("work"), both);
    }
}
