//! An AWS on a loopback port, inside the test's own process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use meridian_local_aws::{
    Clock, Cloud, Fault, FaultAction, ManualClock, Policies, RequestRecord, Settings,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// How long a test waits for something that is to happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A cloud, the server before it, and a runtime for both.
pub struct Server {
    pub cloud: Arc<Cloud>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// A cloud where what takes AWS seconds takes milliseconds.
    pub fn new() -> Server {
        Server::of(Cloud::in_memory(Clock::Fast))
    }

    /// A cloud whose time moves only when the test moves it.
    pub fn standing_still() -> (Server, ManualClock) {
        let (clock, handle) = Clock::manual();
        (Server::of(Cloud::in_memory(clock)), handle)
    }

    /// A cloud that refuses what is beyond AWS's published request rates.
    pub fn with_quotas() -> Server {
        let settings = Settings { quotas: Some(1.0), ..Settings::default() };
        Server::of(Cloud::in_memory_with(Clock::Fast, settings))
    }

    /// A cloud that allows what these policies allow.
    pub fn under(policies: Policies) -> Server {
        let settings = Settings { iam: Some(policies), ..Settings::default() };
        Server::of(Cloud::in_memory_with(Clock::Fast, settings))
    }

    fn of(cloud: Cloud) -> Server {
        let cloud = Arc::new(cloud);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let served = Arc::clone(&cloud);
        runtime.spawn(meridian_local_aws::serve(served, listener, std::future::pending()));
        Server { cloud, address, runtime: Some(runtime) }
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address at which it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for an answer of one of the clients.
    pub fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("a runtime until the end").block_on(answer)
    }

    /// A client of KMS in a Region.
    pub fn kms(&self, region: &str) -> aws_sdk_kms::Client {
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.cloud.http_client())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials())
            .retry_config(RetryConfig::disabled());
        aws_sdk_kms::Client::from_conf(config.build())
    }

    /// A client of Secrets Manager in a Region.
    pub fn secrets(&self, region: &str) -> aws_sdk_secretsmanager::Client {
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.cloud.http_client())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials())
            .retry_config(RetryConfig::disabled());
        aws_sdk_secretsmanager::Client::from_conf(config.build())
    }

    /// Makes the next request of an operation go wrong.
    pub fn next(&self, operation: &str, action: FaultAction) {
        self.next_few(operation, action, 1);
    }

    /// Makes the next few requests of an operation go wrong.
    pub fn next_few(&self, operation: &str, action: FaultAction, times: u32) {
        self.cloud.inject(Fault::new(operation, action).times(times));
    }

    /// Refuses the next request of an operation.
    pub fn refuse(&self, operation: &str, status: u16, code: &str, message: &str) {
        let (code, message) = (code.to_owned(), message.to_owned());
        self.next(operation, FaultAction::Error { status, code, message });
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.cloud.requests()
    }

    /// The requests after the first so many.
    pub fn requests_since(&self, mark: usize) -> Vec<RequestRecord> {
        self.requests().split_off(mark)
    }

    /// How many requests there were.
    pub fn mark(&self) -> usize {
        self.requests().len()
    }

    /// Waits until the requests are as wanted.
    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&[RequestRecord]) -> bool) {
        let start = Instant::now();
        while !holds(&self.requests()) {
            assert!(start.elapsed() < PATIENCE, "{what} did not happen: {:#?}", self.operations());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until an operation was asked for.
    #[track_caller]
    pub fn until_asked(&self, operation: &str) {
        self.until(operation, |records| records.iter().any(|it| it.operation == operation));
    }

    fn operations(&self) -> Vec<String> {
        self.requests().into_iter().map(|record| record.operation).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Late answers are waited for by nobody any more.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "the test")
}
