//! AWS as the engine sees it: something that carries out calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use meridian_resource::{
    Answer, Call, Cloud, CloudError, CloudFuture, ErrorClass, ProviderKey, Quota,
};
use tokio::sync::OnceCell;

use crate::clients::Clients;
use crate::error::local_error;
use crate::operations::{self, Input};
use crate::{ProviderSettings, Transport, quotas};

/// AWS, reached with a set of provider configurations. Making one does nothing: credentials are
/// found and clients made for what is called, when it is first called.
pub struct AwsCloud {
    transport: Transport,
    configurations: BTreeMap<ProviderKey, Configuration>,
}

struct Configuration {
    settings: ProviderSettings,
    /// The first configuration with the same credentials: they share an account, and its quotas.
    account: Arc<str>,
    clients: OnceCell<Result<Clients, CloudError>>,
}

impl AwsCloud {
    /// AWS by this way, with these configurations.
    pub fn new(
        transport: Transport,
        configurations: BTreeMap<ProviderKey, ProviderSettings>,
    ) -> AwsCloud {
        let mut accounts: Vec<(Arc<str>, ProviderSettings)> = Vec::new();
        let unopened = |(key, settings): (ProviderKey, ProviderSettings)| {
            let same = accounts.iter().find(|(_, it)| it.has_credentials_of(&settings));
            let account = same.map(|(account, _)| account.clone()).unwrap_or_else(|| {
                let account: Arc<str> = key.to_string().into();
                accounts.push((account.clone(), settings.clone()));
                account
            });
            (key, Configuration { settings, account, clients: OnceCell::new() })
        };
        let configurations = configurations.into_iter().map(unopened).collect();
        AwsCloud { transport, configurations }
    }

    async fn answer(&self, provider: &ProviderKey, call: &Call) -> Answer {
        if !call.service.is_remote() {
            let message = format!("{call} is no call to AWS");
            return Err(local_error(ErrorClass::Invalid, message));
        }
        let input = Input::of(call)?;
        let clients = self.clients(provider, call).await.map_err(of_a_read)?;
        let answer = operations::perform(&clients.for_call(call), call.operation, input).await;
        answer.map_err(|error| if call.is_mutating() { error } else { of_a_read(error) })
    }

    async fn clients(&self, provider: &ProviderKey, call: &Call) -> Result<&Clients, CloudError> {
        let Some(Configuration { settings, clients, .. }) = self.configurations.get(provider)
        else {
            let message = format!("there is no configuration of provider {provider}");
            return Err(local_error(ErrorClass::Invalid, message));
        };
        let open = async || match Clients::open(provider, settings, &self.transport, call).await {
            // What fails otherwise may succeed when it is tried again.
            Err(error) if error.class != ErrorClass::Credentials => Err(error),
            opened => Ok(opened),
        };
        let opened = clients.get_or_try_init(open).await?;
        opened.as_ref().map_err(CloudError::clone)
    }
}

impl Cloud for AwsCloud {
    fn call<'a>(&'a self, provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a> {
        Box::pin(self.answer(provider, call))
    }

    fn quotas(&self, provider: &ProviderKey, call: &Call) -> Vec<Quota> {
        let configuration = self.configurations.get(provider);
        configuration.map_or_else(Vec::new, |it| quotas::of(&it.account, call))
    }
}

impl fmt::Debug for AwsCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsCloud")
            .field("configurations", &self.configurations.keys())
            .finish_non_exhaustive()
    }
}

/// A read leaves nothing behind, whatever became of it.
pub(crate) fn of_a_read(error: CloudError) -> CloudError {
    let class = match error.class {
        ErrorClass::OutcomeUnknown => ErrorClass::Unavailable,
        class => class,
    };
    CloudError { class, ..error }
}

#[cfg(test)]
mod tests;
