//! Credentials that are found before they are needed: what is missing is told once and at once,
//! not by each of a thousand requests, and a person may take the time to answer a prompt.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use meridian_resource::CloudError;

use crate::error::credentials_error;

/// How long the first credentials may take.
const FIRST: Duration = Duration::from_secs(120);

/// How long later ones may take: less than an attempt, so that slow credentials are not taken for
/// a lost answer.
pub(crate) const RENEWAL: Duration = Duration::from_secs(10);

/// The same configuration, whose credentials have been found.
pub(crate) async fn primed(config: SdkConfig) -> Result<SdkConfig, CloudError> {
    let Some(source) = config.credentials_provider() else {
        return Ok(config);
    };
    let first = within(FIRST, &source).await.map_err(|error| credentials_error(&error))?;
    let primed = Primed { first: Mutex::new(Some(first)), source };
    Ok(config.into_builder().credentials_provider(SharedCredentialsProvider::new(primed)).build())
}

/// Gives first what has been found already, then what its source gives.
#[derive(Debug)]
struct Primed {
    first: Mutex<Option<Credentials>>,
    source: SharedCredentialsProvider,
}

impl Primed {
    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(first) => Ok(first),
            None => within(RENEWAL, &self.source).await,
        }
    }
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(self.provide())
    }
}

async fn within(
    limit: Duration,
    source: &SharedCredentialsProvider,
) -> Result<Credentials, CredentialsError> {
    tokio::time::timeout(limit, source.provide_credentials())
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(limit)))
}
