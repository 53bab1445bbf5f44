//! Requests per second and the time to the first answer.
//!
//! `cargo bench -p meridian-local-aws --bench throughput` prints one line for
//! each measurement. Over loopback, the SDK's clients and the server share the
//! machine; the raw client shows what the server does without the SDK's work.
//!
//! If `moto_server` is on the PATH, the same clients measure it in the same run.
//! With the path of a meridian executable in `MERIDIAN`, the time from its start
//! as `meridian local-aws` to its first answer is told, too.

use std::fmt::Debug;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
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
/// How long another server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);
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
    let ours = runtime.block_on(loopback(Arc::clone(&cloud), &key));
    runtime.block_on(compare(&ours));
    match std::env::var_os("MERIDIAN") {
        Some(program) => tell_process(Path::new(&program), &directory.path().join("process")),
        None => println!("MERIDIAN names no executable: its start is not measured"),
    }
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
    println!("{name:<52} {:>9.1} ms", milliseconds(begin.elapsed()));
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

fn print_rate(name: &str, count: u32, elapsed: Duration) -> f64 {
    let rate = f64::from(count) / elapsed.as_secs_f64();
    println!("{name:<52} {rate:>9.0} /s");
    rate
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// What the SDK's clients reach over loopback, in requests for each second.
struct Rates {
    describe_key: f64,
    create_key: f64,
}

async fn loopback(cloud: Arc<Cloud>, key: &str) -> Rates {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    tokio::spawn(serve(cloud, listener, std::future::pending()));
    let rates = tell_clients("", &client(&address)).await;
    let name = format!("DescribeKey, loopback, {CLIENTS} raw clients");
    tell_rate_of_many(&name, |deadline| describe_raw(address.clone(), key.to_owned(), deadline))
        .await;
    rates
}

fn client(address: &str) -> Client {
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .endpoint_url(format!("http://{address}"))
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::from_keys("AKIDLOCAL", "secret", None))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// Measures the SDK's clients at a server, whoever it is.
async fn tell_clients(server: &str, client: &Client) -> Rates {
    let created = client.create_key().send().await.expect("the key is created");
    let key = created.key_metadata.expect("a key has metadata").key_id;
    let name = format!("{server}DescribeKey, loopback, {CLIENTS} clients of the SDK");
    let describe_key = tell_rate_of_many(&name, |deadline| {
        let (client, key) = (client.clone(), key.clone());
        repeat(deadline, move || client.describe_key().key_id(&key).send())
    })
    .await;
    let name = format!("{server}CreateKey, loopback, {CLIENTS} clients of the SDK");
    let create_key = tell_rate_of_many(&name, |deadline| {
        let client = client.clone();
        repeat(deadline, move || client.create_key().send())
    })
    .await;
    Rates { describe_key, create_key }
}

/// Measures moto in the same way, and tells how many times as fast this is.
async fn compare(ours: &Rates) {
    let port = TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr());
    let address = port.expect("a port is free").to_string();
    let port = address.rsplit(':').next().unwrap_or_default();
    let moto = Command::new("moto_server")
        .args(["-H", "127.0.0.1", "-p", port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut moto) = moto else {
        println!("moto_server is not on the PATH: nothing to compare with");
        return;
    };
    if wait_for(&address, PATIENCE) {
        let theirs = tell_clients("moto: ", &client(&address)).await;
        println!(
            "{:<52} {:>9.1} x",
            "DescribeKey, against moto",
            ours.describe_key / theirs.describe_key
        );
        println!(
            "{:<52} {:>9.1} x",
            "CreateKey, against moto",
            ours.create_key / theirs.create_key
        );
    } else {
        println!("moto_server does not answer");
    }
    moto.kill().and_then(|()| moto.wait()).expect("the process is ours");
}

/// Whether a server accepts connections in time.
fn wait_for(address: &str, patience: Duration) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < patience {
        if std::net::TcpStream::connect(address).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

/// The time from the start of a whole process to its first answer.
fn tell_process(program: &Path, directory: &Path) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    drop(listener);
    let begin = Instant::now();
    let mut process = Command::new(program)
        .args(["local-aws", "-listen", &address, "-data"])
        .arg(directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("MERIDIAN is an executable");
    assert!(wait_for(&address, PATIENCE), "the process serves no AWS");
    let mut stream = std::net::TcpStream::connect(&address).expect("the server listens");
    let request = "GET /_local/health HTTP/1.0\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    assert!(answer.starts_with("HTTP/1.0 200"));
    println!("{:<52} {:>9.1} ms", "start, a whole process", milliseconds(begin.elapsed()));
    process.kill().and_then(|()| process.wait()).expect("the process is ours");
}

/// Runs the clients at the same time, each until the deadline.
async fn tell_rate_of_many<F>(name: &str, client: impl Fn(Instant) -> F) -> f64
where
    F: Future<Output = u32> + Send + 'static,
{
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(client(begin + SPAN));
    }
    let count = clients.join_all().await.into_iter().sum();
    print_rate(name, count, begin.elapsed())
}

/// Sends one request after the other until the deadline; none may be refused.
async fn repeat<T, E: Debug, F: Future<Output = Result<T, E>>>(
    deadline: Instant,
    send: impl Fn() -> F,
) -> u32 {
    let mut count = 0;
    while Instant::now() < deadline {
        send().await.expect("the request succeeds");
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
