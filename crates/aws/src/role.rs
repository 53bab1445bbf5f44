//! A role that a provider block assumes. The SDK's own provider knows neither source identity
//! nor transitive tags.

use std::time::SystemTime;

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, Result as CredentialsResult};
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use crate::error::cloud_error;
use crate::{AssumeRole, ProviderSettings, retry};

const SESSION_NAME: &str = "meridian";
const SOURCE: &str = "assume_role";

/// Gives the credentials of a role, asked for with those of a configuration.
#[derive(Debug)]
pub(crate) struct AssumedRole {
    role_arn: String,
    request: AssumeRoleFluentBuilder,
}

impl AssumedRole {
    pub(crate) fn new(role: &AssumeRole, settings: &ProviderSettings, with: &SdkConfig) -> Self {
        let mut config = aws_sdk_sts::config::Builder::from(with)
            .retry_partition(retry::partition(format!("sts for {}", role.role_arn)));
        if let Some(endpoint) = &settings.endpoints.sts {
            config = config.endpoint_url(endpoint);
        }
        if let Some(region) = &settings.sts_region {
            config = config.region(Region::new(region.clone()));
        }
        Self {
            role_arn: role.role_arn.clone(),
            request: request(&aws_sdk_sts::Client::from_conf(config.build()), role),
        }
    }

    async fn assume(&self) -> CredentialsResult {
        let answer = self.request.clone().send().await.map_err(|error| {
            let error = cloud_error(error);
            CredentialsError::provider_error(format!("cannot assume {}: {error}", self.role_arn))
        })?;
        let keys = answer.credentials.ok_or_else(|| {
            CredentialsError::unhandled(format!("no keys came with {}", self.role_arn))
        })?;
        let expiry = SystemTime::try_from(keys.expiration).map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            Some(expiry),
            SOURCE,
        ))
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(self.assume())
    }
}

fn request(client: &aws_sdk_sts::Client, role: &AssumeRole) -> AssumeRoleFluentBuilder {
    let seconds = role.duration.map(|duration| duration.as_secs());
    let policies =
        role.policy_arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build());
    // A tag can be built because it has a key and a value.
    let tags = role
        .tags
        .iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok());
    client
        .assume_role()
        .role_arn(&role.role_arn)
        .role_session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(seconds.and_then(|seconds| i32::try_from(seconds).ok()))
        .set_policy(role.policy.clone())
        .set_policy_arns(some_if_any(policies.collect()))
        .set_source_identity(role.source_identity.clone())
        .set_tags(some_if_any(tags.collect()))
        .set_transitive_tag_keys(some_if_any(role.transitive_tag_keys.clone()))
}

fn some_if_any<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}
