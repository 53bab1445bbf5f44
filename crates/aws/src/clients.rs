//! The SDK's clients of one provider configuration, made when they are first needed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_smithy_types::retry::RetryConfig;
use meridian_resource::{Call, CloudError, ErrorClass, ProviderKey, Service};

use crate::ambient::ambient_region;
use crate::answers::WholeAnswers;
use crate::credentials;
use crate::error::{cloud_error, local_error};
use crate::retry::{self, Refusals};
use crate::{Endpoints, ProviderSettings, Transport};

/// A client of one service in one Region.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    Kms(aws_sdk_kms::Client),
    SecretsManager(aws_sdk_secretsmanager::Client),
    Sts(aws_sdk_sts::Client),
}

/// What tells the clients of one configuration apart. Those that may repeat a request are others
/// than those that must not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Purpose {
    service: Service,
    region: String,
    mutating: bool,
}

/// The clients of one provider configuration. They share credentials and retry alike.
#[derive(Debug)]
pub(crate) struct Clients {
    name: String,
    config: SdkConfig,
    endpoints: Endpoints,
    made: Mutex<HashMap<Purpose, Client>>,
}

impl Clients {
    /// Finds the credentials and makes sure that the account is one that is allowed.
    pub(crate) async fn open(
        key: &ProviderKey,
        settings: &ProviderSettings,
        transport: &Transport,
        first_call: &Call,
    ) -> Result<Clients, CloudError> {
        let region = match (&settings.region, transport) {
            (Some(region), _) => region.clone(),
            (None, Transport::Embedded(_)) => first_call.region.clone(),
            (None, Transport::Network(_)) => {
                ambient_region().await.unwrap_or_else(|| first_call.region.clone())
            }
        };
        let clients = Clients {
            name: key.to_string(),
            config: credentials::configuration(transport, settings, &region).await?,
            endpoints: settings.endpoints.clone(),
            made: Mutex::default(),
        };
        clients.check_account(settings, &region).await?;
        Ok(clients)
    }

    /// The client that may carry out this call.
    pub(crate) fn for_call(&self, call: &Call) -> Client {
        let purpose = Purpose {
            service: call.service,
            region: call.region.clone(),
            mutating: call.is_mutating(),
        };
        // Making a client cannot leave the table half changed.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(purpose).or_insert_with_key(|purpose| self.make(purpose)).clone()
    }

    fn make(&self, purpose: &Purpose) -> Client {
        let config = self.config_of(purpose);
        let Purpose { service, region, .. } = purpose;
        let partition = retry::partition(format!("{}/{region}/{}", self.name, service.prefix()));
        match service {
            Service::Kms => {
                let mut config = aws_sdk_kms::config::Builder::from(&config)
                    .retry_partition(partition)
                    .retry_classifier(Refusals)
                    .interceptor(WholeAnswers);
                if let Some(endpoint) = &self.endpoints.kms {
                    config = config.endpoint_url(endpoint);
                }
                Client::Kms(aws_sdk_kms::Client::from_conf(config.build()))
            }
            Service::SecretsManager => {
                let mut config = aws_sdk_secretsmanager::config::Builder::from(&config)
                    .retry_partition(partition)
                    .retry_classifier(Refusals)
                    .interceptor(WholeAnswers);
                if let Some(endpoint) = &self.endpoints.secretsmanager {
                    config = config.endpoint_url(endpoint);
                }
                Client::SecretsManager(aws_sdk_secretsmanager::Client::from_conf(config.build()))
            }
            // What stays on this machine never comes here.
            Service::Sts | Service::Machine => Client::Sts(self.sts(&config)),
        }
    }

    fn sts(&self, config: &SdkConfig) -> aws_sdk_sts::Client {
        let mut config = aws_sdk_sts::config::Builder::from(config)
            .retry_partition(retry::partition(format!("{}/sts", self.name)))
            .retry_classifier(Refusals);
        if let Some(endpoint) = &self.endpoints.sts {
            config = config.endpoint_url(endpoint);
        }
        aws_sdk_sts::Client::from_conf(config.build())
    }

    fn config_of(&self, purpose: &Purpose) -> SdkConfig {
        let config = self.config.to_builder().region(Region::new(purpose.region.clone()));
        if purpose.mutating {
            config.retry_config(RetryConfig::disabled()).build()
        } else {
            config.build()
        }
    }

    /// A wrong profile is the worst mistake that can be made here: nothing is called before this.
    async fn check_account(
        &self,
        settings: &ProviderSettings,
        region: &str,
    ) -> Result<(), CloudError> {
        let ProviderSettings {
            allowed_account_ids: allowed, forbidden_account_ids: forbidden, ..
        } = settings;
        if allowed.is_empty() && forbidden.is_empty() {
            return Ok(());
        }
        let purpose = Purpose { service: Service::Sts, region: region.to_owned(), mutating: false };
        let sts = self.sts(&self.config_of(&purpose));
        // The call that comes first is not the one that failed.
        let identity = sts.get_caller_identity().send().await.map_err(|error| {
            let error = cloud_error(error);
            let message = format!(
                "{} (sts:GetCallerIdentity in {region}, which asks whose the credentials are)",
                error.message
            );
            CloudError { message, ..error }
        })?;
        let account = identity.account.unwrap_or_default();
        let refused = |why: &str| {
            let provider = &self.name;
            let message = format!(
                "the credentials of provider {provider} are of account {account}, which {why}; \
                 check the profile, the keys and the role"
            );
            Err(local_error(ErrorClass::Credentials, message))
        };
        if forbidden.contains(&account) {
            return refused("is among its forbidden_account_ids");
        }
        if !allowed.is_empty() && !allowed.contains(&account) {
            return refused("is not among its allowed_account_ids");
        }
        Ok(())
    }
}
