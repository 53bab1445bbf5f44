//! What the tests share: a cloud, its clock, and clients of it.

use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use meridian_local_aws::{Clock, Cloud, ManualClock, Settings};

/// A cloud whose time stands still.
pub struct Stage {
    pub cloud: Arc<Cloud>,
    pub clock: ManualClock,
}

impl Stage {
    pub fn new() -> Self {
        let (clock, handle) = Clock::manual();
        Self { cloud: Arc::new(Cloud::in_memory(clock)), clock: handle }
    }

    pub fn with(settings: Settings) -> Self {
        let (clock, handle) = Clock::manual();
        Self { cloud: Arc::new(Cloud::in_memory_with(clock, settings)), clock: handle }
    }

    pub fn kms(&self, region: &str) -> aws_sdk_kms::Client {
        kms(self.cloud.http_client(), region, "AKIDLOCAL", None)
    }

    pub fn secrets(&self, region: &str) -> aws_sdk_secretsmanager::Client {
        secrets(self.cloud.http_client(), region, None)
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }
}

pub fn kms(
    http: SharedHttpClient,
    region: &str,
    access_key: &str,
    endpoint: Option<&str>,
) -> aws_sdk_kms::Client {
    let mut config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(region.to_owned()))
        .credentials_provider(Credentials::from_keys(access_key, "secret", None))
        .retry_config(RetryConfig::disabled());
    config.set_endpoint_url(endpoint.map(str::to_owned));
    aws_sdk_kms::Client::from_conf(config.build())
}

pub fn secrets(
    http: SharedHttpClient,
    region: &str,
    endpoint: Option<&str>,
) -> aws_sdk_secretsmanager::Client {
    let mut config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(region.to_owned()))
        .credentials_provider(Credentials::from_keys("AKIDLOCAL", "secret", None))
        .retry_config(RetryConfig::disabled());
    config.set_endpoint_url(endpoint.map(str::to_owned));
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

/// The code and message of a refusal, as `Code: message`.
pub fn refusal<T, E, R>(outcome: Result<T, SdkError<E, R>>) -> String
where
    SdkError<E, R>: ProvideErrorMetadata,
{
    let Err(error) = outcome else { panic!("the request should have been refused") };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    format!("{}: {}", text(error.code()), text(error.message()))
}

/// What a Region tells of a key.
pub async fn describe(client: &aws_sdk_kms::Client, key: &str) -> aws_sdk_kms::types::KeyMetadata {
    client.describe_key().key_id(key).send().await.unwrap().key_metadata.unwrap()
}

/// Makes a primary key; gives its id.
pub async fn multi_region_key(client: &aws_sdk_kms::Client) -> String {
    let created = client.create_key().multi_region(true).send().await.unwrap();
    created.key_metadata.unwrap().key_id
}
