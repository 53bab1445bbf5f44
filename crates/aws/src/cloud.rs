//! AWS as the engine sees it: something that carries out calls.

use std::collections::BTreeMap;
use std::fmt;

use meridian_resource::{Answer, Call, Cloud, CloudError, CloudFuture, ErrorClass, ProviderKey};
use tokio::sync::OnceCell;

use crate::clients::Clients;
use crate::error::local_error;
use crate::operations::{self, Input};
use crate::{ProviderSettings, Transport};

/// AWS, reached with a set of provider configurations. Making one does nothing: credentials are
/// found and clients made for what is called, when it is first called.
pub struct AwsCloud {
    transport: Transport,
    configurations: BTreeMap<ProviderKey, Configuration>,
}

struct Configuration {
    settings: ProviderSettings,
    clients: OnceCell<Result<Clients, CloudError>>,
}

impl AwsCloud {
    /// AWS by this way, with these configurations.
    pub fn new(
        transport: Transport,
        configurations: BTreeMap<ProviderKey, ProviderSettings>,
    ) -> AwsCloud {
        let unopened = |(key, settings)| {
            let clients = OnceCell::new();
            (key, Configuration { settings, clients })
        };
        AwsCloud { transport, configurations: configurations.into_iter().map(unopened).collect() }
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
        let Some(Configuration { settings, clients }) = self.configurations.get(provider) else {
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
