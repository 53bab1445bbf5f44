//! Requests per second and the time to the first answer.
//!
//! `cargo bench -p meridian-local-aws --bench throughput` prints one line for
//! each measurement. Over loopback, the SDK's clients and the server share the
//! machine; the raw client shows what the server does without the SDK's work.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use meridian_local_aws::{Clock, Cloud, Request, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(3);
/// How many clients work at the same time over loopback.
const CLIENTS: usize = 16;
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=0";

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let directory = tempfile::tempdir().expect("a temporary directory can be made");

    tell_start("start, in memory", || Cloud::in_memory(Clock::Real));
    let empty = directory.path().join("empty");
    tell_start("start, a new directory", || open(&empty));
    let full = directory.path().join("full");
    let cloud = open(&full);
    for _ in 0..1_000 {
        create_key(&cloud);
    }
    drop(cloud);
    tell_start("start, a directory of 1,000 keys", || open(&full));

    let cloud = Arc::new(Cloud::in_memory(Clock::Real));
    let key = create_key(&cloud);
    tell_rate("DescribeKey, in process", || {
        send(&cloud, "DescribeKey", &format!(r#"{{"KeyId":"{key}"}}"#));
    });
    tell_rate("CreateKey, in memory", || {
        create_key(&cloud);
    });
    let stored = open(&directory.path().join("rate"));
    tell_rate("CreateKey, in a directory", || {
        create_key(&stored);
    });
    runtime.block_on(loopback(Arc::clone(&cloud), &key));
}

fn open(directory: &Path) -> Cloud {
    Cloud::open(directory, Clock::Real).expect("the directory is ours")
}

fn send(cloud: &Cloud, operation: &str, body: &str) -> Value {
    let request: Request = http::Request::post("/")
        .header("authorization", AUTHORIZATION)
        .header("x-amz-target", format!("TrentService.{operation}"))
        .body(body.to_owned().into())
        .expect("the request is valid");
    let response = cloud.handle(&request).response.expect("no fault is injected");
    assert_eq!(response.status(), 200);
    serde_json::from_slice(response.body()).expect("the answer is JSON")
}

fn create_key(cloud: &Cloud) -> String {
    let created = send(cloud, "CreateKey", "{}");
    created["KeyMetadata"]["KeyId"].as_str().expect("a key has an id").to_owned()
}

fn tell_start(name: &str, open: impl FnOnce() -> Cloud) {
    let begin = Instant::now();
    send(&open(), "ListKeys", "{}");
    println!("{name:<44} {:>9.1} ms", begin.elapsed().as_secs_f64() * 1000.0);
}

fn tell_rate(name: &str, mut step: impl FnMut()) {
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < SPAN {
        step();
        count += 1;
    }
    print_rate(name, count, begin.elapsed());
}

fn print_rate(name: &str, count: u32, elapsed: Duration) {
    println!("{name:<44} {:>9.0} /s", f64::from(count) / elapsed.as_secs_f64());
}

async fn loopback(cloud: Arc<Cloud>, key: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    tokio::spawn(serve(cloud, listener, std::future::pending()));

    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .endpoint_url(format!("http://{address}"))
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::from_keys("AKIDLOCAL", "secret", None))
        .retry_config(RetryConfig::disabled())
        .build();
    let client = Client::from_conf(config);
    let name = format!("DescribeKey, loopback, {CLIENTS} clients of the SDK");
    tell_rate_of_many(&name, |deadline| describe(client.clone(), key.to_owned(), deadline)).await;
    let name = format!("DescribeKey, loopback, {CLIENTS} raw clients");
    tell_rate_of_many(&name, |deadline| describe_raw(address.clone(), key.to_owned(), deadline))
        .await;
}

/// Runs the clients at the same time, each until the deadline.
async fn tell_rate_of_many<F>(name: &str, client: impl Fn(Instant) -> F)
where
    F: Future<Output = u32> + Send + 'static,
{
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(client(begin + SPAN));
    }
    let count = clients.join_all().await.into_iter().sum();
    print_rate(name, count, begin.elapsed());
}

async fn describe(client: Client, key: String, deadline: Instant) -> u32 {
    let mut count = 0;
    while Instant::now() < deadline {
        client.describe_key().key_id(&key).send().await.expect("the key is described");
        count += 1;
    }
    count
}

/// Sends the same request over and over on one connection.
async fn describe_raw(address: String, key: String, deadline: Instant) -> u32 {
    let body = format!(r#"{{"KeyId":"{key}"}}"#);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: TrentService.DescribeKey\r\n\
         Authorization: {AUTHORIZATION}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(&address).await.expect("the server listens");
    let mut buffer = vec![0; 16 * 1024];
    let mut count = 0;
    while Instant::now() < deadline {
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        // An answer this small comes in one piece.
        let read = stream.read(&mut buffer).await.expect("the server answers");
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
        count += 1;
    }
    count
}
