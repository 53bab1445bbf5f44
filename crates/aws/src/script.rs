//! A scripted HTTP client for tests of the real SDK.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use meridian_resource::{Answer, Call, Cloud, ProviderKey};

use crate::{AwsCloud, ProviderSettings, Transport};

/// What comes back for a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(u16, &'static str),
    ConnectionLost,
}

/// What was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) target: String,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

impl Sent {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Answers requests in order and remembers them.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Script {
        Script {
            replies: Arc::new(Mutex::new(replies.into_iter().collect())),
            sent: Arc::default(),
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::Embedded(SharedHttpClient::new(self.clone()))
    }

    pub(crate) fn cloud(&self, settings: ProviderSettings) -> AwsCloud {
        AwsCloud::new(self.transport(), BTreeMap::from([(aws(), settings)]))
    }

    pub(crate) async fn answer(&self, call: &Call) -> Answer {
        self.cloud(ProviderSettings::default()).call(&aws(), call).await
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
        self.sent.lock().unwrap().push(Sent {
            target: header("x-amz-target"),
            authorization: header("authorization"),
            body: String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap(),
        });
        let reply = self.replies.lock().unwrap().pop_front().expect("a reply for each request");
        HttpConnectorFuture::ready(match reply {
            Reply::Answer(status, body) => {
                let response = http::Response::builder()
                    .status(status)
                    .header("x-amzn-requestid", "request-1")
                    .body(SdkBody::from(body));
                Ok(HttpResponse::try_from(response.unwrap()).unwrap())
            }
            Reply::ConnectionLost => Err(ConnectorError::io("connection reset".into())),
        })
    }
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

pub(crate) fn aws() -> ProviderKey {
    ProviderKey::parse("aws")
}

pub(crate) fn ok(body: &'static str) -> Reply {
    Reply::Answer(200, body)
}

pub(crate) fn error(status: u16, body: &'static str) -> Reply {
    Reply::Answer(status, body)
}
