//! The server under clients that are slow, many or rude, and its HTTPS.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::error::SdkError;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use meridian_local_aws::{Clock, Cloud, ServerOptions, TlsOptions, serve_with};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::stage::{describe, kms};

/// A server on a port of its own.
pub struct Server {
    pub cloud: Arc<Cloud>,
    pub address: String,
    pub stop: oneshot::Sender<()>,
    pub task: JoinHandle<std::io::Result<()>>,
}

pub async fn start(options: ServerOptions) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel();
    let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
    let shutdown = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve_with(Arc::clone(&cloud), listener, shutdown, options));
    let server = Server { cloud, address, stop, task };
    // Once it answers, its files are written.
    let mut stream = connect(&server).await;
    write(&mut stream, "GET / HTTP/1.0\r\n\r\n").await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.0 403"));
    server
}

/// A request to list keys, as clients of AWS send it.
fn list_keys(headers: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: kms.eu-west-1.amazonaws.com\r\nX-Amz-Target: \
         TrentService.ListKeys\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0\r\nContent-Length: \
         2\r\n{headers}\r\n"
    )
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(&server.address).await.unwrap()
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// All that the server sends until it closes, however it does.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

/// What the server sends up to a text.
async fn until(stream: &mut (impl AsyncRead + Unpin), end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// An answer that lists no keys.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    until(stream, "}").await
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let server = start(ServerOptions::default()).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &format!("{0}{{}}{0}{{}}", list_keys(""))).await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(server.cloud.request_count(), 2);
}

#[tokio::test]
async fn a_client_may_ask_before_it_sends_the_body() {
    let server = start(ServerOptions::default()).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &list_keys("Expect: 100-continue\r\n")).await;
    assert!(until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 100 Continue"));
    write(&mut stream, "{}").await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn what_is_too_large_or_cut_off_is_not_carried_out() {
    let server = start(ServerOptions::default()).await;
    let mut stream = connect(&server).await;
    let announced = list_keys("").replace("Content-Length: 2", "Content-Length: 1048577");
    write(&mut stream, &announced).await;
    assert!(until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 413"));

    let mut stream = connect(&server).await;
    let long_head = list_keys(&format!("X-Long: {}\r\n", "x".repeat(200_000)));
    let _ = stream.write_all(long_head.as_bytes()).await;
    assert!(!rest(&mut stream).await.starts_with("HTTP/1.1 200"));

    let mut stream = connect(&server).await;
    write(&mut stream, &list_keys("").replace("Content-Length: 2", "Content-Length: 9")).await;
    write(&mut stream, "{}").await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(server.cloud.request_count(), 0);
}

#[tokio::test]
async fn who_is_too_slow_is_dropped() {
    let moment = Duration::from_millis(30);
    let head = ServerOptions { header_timeout: moment, ..ServerOptions::default() };
    let server = start(head).await;
    for begun in ["", "POST / HTTP/1.1\r\nHost: "] {
        let mut stream = connect(&server).await;
        write(&mut stream, begun).await;
        assert_eq!(rest(&mut stream).await, "");
    }
    // A connection that has had a request may stay idle.
    let mut stream = connect(&server).await;
    for _ in 0..2 {
        write(&mut stream, &format!("{}{{}}", list_keys(""))).await;
        answer(&mut stream).await;
        tokio::time::sleep(2 * moment).await;
    }

    let body = ServerOptions { body_timeout: moment, ..ServerOptions::default() };
    let server = start(body).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &format!("{}{{", list_keys(""))).await;
    assert_eq!(rest(&mut stream).await, "");

    let idle = ServerOptions { idle_timeout: moment, ..ServerOptions::default() };
    let server = start(idle).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &format!("{}{{}}", list_keys(""))).await;
    answer(&mut stream).await;
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn who_reads_no_answers_is_dropped() {
    let moment = Duration::from_millis(30);
    let server = start(ServerOptions { write_timeout: moment, ..ServerOptions::default() }).await;
    let mut stream = connect(&server).await;
    let request = "GET /_local/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // Both buffers fill up, and then the other side is gone.
    while stream.write_all(request.as_bytes()).await.is_ok() {}
}

#[tokio::test]
async fn a_full_server_lets_the_oldest_connection_go() {
    let server = start(ServerOptions { connections: 2, ..ServerOptions::default() }).await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        let mut stream = connect(&server).await;
        write(&mut stream, &format!("{}{{}}", list_keys(""))).await;
        answer(&mut stream).await;
        streams.push(stream);
    }
    assert_eq!(rest(&mut streams[0]).await, "");
    assert_eq!(server.cloud.request_count(), 6);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_clients_that_never_finish() {
    let grace = Duration::from_millis(30);
    let server = start(ServerOptions { shutdown_grace: grace, ..ServerOptions::default() }).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &format!("{}{{", list_keys("Expect: 100-continue\r\n"))).await;
    until(&mut stream, "\r\n\r\n").await;
    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

async fn https(server: &Server, authority: &Path, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = connect(server).await;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    write(&mut stream, &format!("{}{{}}", list_keys(""))).await;
    Ok(answer(&mut stream).await)
}

#[tokio::test]
async fn one_port_speaks_both_http_and_https() {
    let directory = tempfile::tempdir().unwrap();
    let tls = TlsOptions::in_directory(directory.path());
    let options = || ServerOptions { tls: Some(tls.clone()), ..ServerOptions::default() };
    let server = start(options()).await;
    let mut stream = connect(&server).await;
    write(&mut stream, &format!("{}{{}}", list_keys(""))).await;
    answer(&mut stream).await;
    for name in ["localhost", "127.0.0.1", "kms.eu-west-1.amazonaws.com", "sts.amazonaws.com"] {
        let answer = https(&server, &tls.certificate, name).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    assert!(https(&server, &tls.certificate, "example.com").await.is_err());

    // A client that trusts the authority trusts it after a restart, too.
    let trusted = std::fs::read(&tls.certificate).unwrap();
    let server = start(options()).await;
    assert_eq!(std::fs::read(&tls.certificate).unwrap(), trusted);
    https(&server, &tls.certificate, "localhost").await.unwrap();

    // An authority whose key is lost is another one.
    std::fs::remove_file(tls.key.as_ref().unwrap()).unwrap();
    let server = start(options()).await;
    assert_ne!(std::fs::read(&tls.certificate).unwrap(), trusted);
    https(&server, &tls.certificate, "localhost").await.unwrap();

    let another = tempfile::tempdir().unwrap();
    let in_memory = TlsOptions { certificate: another.path().join("ca.pem"), key: None };
    start(ServerOptions { tls: Some(in_memory.clone()), ..ServerOptions::default() }).await;
    assert!(https(&server, &in_memory.certificate, "localhost").await.is_err());
    assert_eq!(std::fs::read_dir(another.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn the_sdk_speaks_https_with_the_authority_alone() {
    let directory = tempfile::tempdir().unwrap();
    let tls = TlsOptions::in_directory(directory.path());
    let server = start(ServerOptions { tls: Some(tls.clone()), ..ServerOptions::default() }).await;
    let client = |trust: TrustStore| {
        let context = TlsContext::builder().with_trust_store(trust).build().unwrap();
        let http = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build_https();
        let endpoint = format!("https://{}", server.address);
        kms(http, "eu-west-1", "AKIDLOCAL", Some(&endpoint))
    };
    let authority = std::fs::read(&tls.certificate).unwrap();
    let trusting = client(TrustStore::empty().with_pem_certificate(authority));
    let key = trusting.create_key().send().await.unwrap().key_metadata.unwrap();
    assert!(describe(&trusting, key.key_id()).await.enabled());
    // Who trusts another authority does not talk to the server.
    let elsewhere = tempfile::tempdir().unwrap();
    let tls = TlsOptions::in_directory(elsewhere.path());
    start(ServerOptions { tls: Some(tls.clone()), ..ServerOptions::default() }).await;
    let other = std::fs::read(&tls.certificate).unwrap();
    let doubtful = client(TrustStore::empty().with_pem_certificate(other));
    assert!(matches!(doubtful.list_keys().send().await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(server.cloud.request_count(), 2);
}

#[test]
fn the_authority_s_key_is_its_owner_s() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let tls = TlsOptions::in_directory(directory.path());
    let options = ServerOptions { tls: Some(tls.clone()), ..ServerOptions::default() };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = start(options).await;
        https(&server, &tls.certificate, "localhost").await.unwrap();
    });
    let mode = tls.key.unwrap().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
