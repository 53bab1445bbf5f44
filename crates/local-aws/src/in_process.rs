//! The door for the AWS SDK: its HTTP client, without a network.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper::body::Bytes;

use crate::cloud::{Cloud, Delivery};

/// Hands the SDK's requests to a cloud in the same process.
///
/// The endpoint does not matter: the signature tells Region and service.
#[derive(Clone, Debug)]
pub struct InProcess(Arc<Cloud>);

impl InProcess {
    /// A connection to a cloud.
    pub fn new(cloud: Arc<Cloud>) -> Self {
        Self(cloud)
    }

    fn deliver(&self, request: HttpRequest) -> Result<Delivery, ConnectorError> {
        let request =
            request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body
            .bytes()
            .map(Bytes::copy_from_slice)
            .ok_or_else(|| ConnectorError::user("the request body is a stream".into()))?;
        Ok(self.0.handle(&http::Request::from_parts(head, body)))
    }
}

impl Cloud {
    /// An HTTP client for the AWS SDK that ends here.
    pub fn http_client(self: &Arc<Self>) -> SharedHttpClient {
        SharedHttpClient::new(InProcess::new(Arc::clone(self)))
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.deliver(request) {
            Err(error) => HttpConnectorFuture::ready(Err(error)),
            Ok(delivery) if delivery.delay.is_zero() => {
                HttpConnectorFuture::ready(arrive(delivery))
            }
            Ok(delivery) => HttpConnectorFuture::new(async move {
                tokio::time::sleep(delivery.delay).await;
                arrive(delivery)
            }),
        }
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn arrive(delivery: Delivery) -> Result<HttpResponse, ConnectorError> {
    let response = delivery
        .response
        .ok_or_else(|| ConnectorError::io("the connection was closed before the answer".into()))?;
    HttpResponse::try_from(response.map(SdkBody::from))
        .map_err(|error| ConnectorError::other(error.into(), None))
}
