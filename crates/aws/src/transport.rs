//! How requests travel: over the network, or to an AWS inside this process.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How requests travel.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Over the network, as whoever the environment and the profiles say, to AWS or to the
    /// endpoints that they name.
    Network(SharedHttpClient),
    /// Through this client, which ends in the same process, under keys that mean nothing.
    /// Neither environment nor profiles nor instance metadata are asked.
    Embedded(SharedHttpClient),
}

/// Why there is no way to the network.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file that `AWS_CA_BUNDLE` names cannot be read.
    #[error("cannot read {path}, which AWS_CA_BUNDLE names")]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: std::io::Error,
    },
    /// The file that `AWS_CA_BUNDLE` names does not hold certificates in PEM form.
    #[error("{path}, which AWS_CA_BUNDLE names, is not a bundle of certificates: {problem}")]
    NotCertificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The certificates cannot be used.
    #[error("cannot set up TLS")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Transport {
    /// The way over the network: one pool of connections for every client made from it.
    /// Certificates are those of the system, or those in the file that `AWS_CA_BUNDLE` names;
    /// proxies are those of the environment.
    ///
    /// # Errors
    /// The certificates cannot be had.
    pub fn network() -> Result<Transport, TransportError> {
        let tls = TlsContext::builder()
            .with_trust_store(trust_store(std::env::var_os("AWS_CA_BUNDLE"))?)
            .build()
            .map_err(|error| TransportError::Tls(error.into()))?;
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build();
        let connector = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(TokioSleep::new())
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls)
            .build();
        let prebuilt = Prebuilt(SharedHttpConnector::new(connector));
        Ok(Transport::Network(SharedHttpClient::new(prebuilt)))
    }
}

/// The SDK itself does not read `AWS_CA_BUNDLE`.
fn trust_store(ca_bundle: Option<OsString>) -> Result<TrustStore, TransportError> {
    let Some(path) = ca_bundle.filter(|path| !path.is_empty()) else {
        return Ok(TrustStore::default());
    };
    let path = PathBuf::from(path);
    match std::fs::read(&path) {
        Ok(bundle) => match check_certificates(&bundle) {
            Ok(()) => Ok(TrustStore::empty().with_pem_certificate(bundle)),
            Err(problem) => Err(TransportError::NotCertificates { path, problem }),
        },
        Err(source) => Err(TransportError::CaBundle { path, source }),
    }
}

/// The connector would panic on what it cannot read.
fn check_certificates(bundle: &[u8]) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(bundle) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("there is none in it".to_owned()) } else { Ok(()) }
}

/// A connector made once. The SDK's own clients build one, with its TLS configuration, for every
/// service client.
#[derive(Clone, Debug)]
struct Prebuilt(SharedHttpConnector);

impl HttpClient for Prebuilt {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_credential_types::Credentials;
    use meridian_lang::Value;
    use meridian_resource::{Call, Cloud, ErrorClass, ProviderKey, Service};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::{AwsCloud, Endpoints, ProviderSettings};

    fn settings(endpoint: String) -> ProviderSettings {
        ProviderSettings {
            region: Some("eu-west-1".into()),
            credentials: Some(Credentials::new("AKIA", "secret", None, None, "test")),
            endpoints: Endpoints { kms: Some(endpoint), ..Endpoints::default() },
            ..ProviderSettings::default()
        }
    }

    fn cloud(endpoint: String) -> AwsCloud {
        cloud_of(settings(endpoint))
    }

    fn cloud_of(settings: ProviderSettings) -> AwsCloud {
        let configurations = BTreeMap::from([(ProviderKey::parse("aws"), settings)]);
        AwsCloud::new(Transport::network().unwrap(), configurations)
    }

    fn enable_key() -> Call {
        let input = [("KeyId", Value::string("1"))];
        Call::change(Service::Kms, "EnableKey", "eu-west-1", input)
    }

    #[test]
    fn a_ca_bundle_that_is_of_no_use_is_named() {
        let error = trust_store(Some("/nowhere/bundle.pem".into())).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nowhere/bundle.pem, which AWS_CA_BUNDLE names");
        assert!(trust_store(Some("".into())).is_ok());
        let error = trust_store(Some("/dev/null".into())).unwrap_err();
        assert!(matches!(error, TransportError::NotCertificates { .. }), "{error}");
    }

    #[tokio::test]
    async fn without_a_connection_nothing_has_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let cloud = cloud(format!("http://{address}"));
        let failed = cloud.call(&ProviderKey::parse("aws"), &enable_key()).await.unwrap_err();
        assert_eq!(failed.class, ErrorClass::Unavailable, "{failed}");
    }

    #[tokio::test]
    async fn an_endpoint_that_cannot_be_is_invalid() {
        let mut settings = settings("http://127.0.0.1:1".to_owned());
        settings.use_fips_endpoint = Some(true);
        let failed =
            cloud_of(settings).call(&ProviderKey::parse("aws"), &enable_key()).await.unwrap_err();
        assert_eq!(failed.class, ErrorClass::Invalid, "{failed}");
    }

    #[tokio::test]
    async fn plain_http_works_and_a_lost_answer_is_unknown() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let cloud = cloud(format!("http://{}", listener.local_addr().unwrap()));
        let server = tokio::spawn(async move {
            for answer in ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", ""]
            {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut request = [0; 4096];
                assert!(connection.read(&mut request).await.unwrap() > 0);
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let provider = ProviderKey::parse("aws");
        cloud.call(&provider, &enable_key()).await.unwrap();
        let failed = cloud.call(&provider, &enable_key()).await.unwrap_err();
        assert_eq!(failed.class, ErrorClass::OutcomeUnknown, "{failed}");
        server.await.unwrap();
    }
}
