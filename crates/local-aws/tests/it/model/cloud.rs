//! The cloud under test: bare requests, a clock that stands still, restarts.

use std::time::Duration;

use meridian_local_aws::{Clock, Cloud, ManualClock, Request};
use serde_json::Value;
use tempfile::TempDir;

/// The Regions that the models play in.
pub const REGIONS: [&str; 3] = ["eu-central-1", "eu-west-1", "us-west-2"];

/// Long enough for all that takes AWS seconds or minutes.
pub const MOMENT: Duration = Duration::from_secs(600);

/// A cloud in a directory, so that it can be closed and opened again.
pub struct Subject {
    cloud: Option<Cloud>,
    clock: ManualClock,
    directory: TempDir,
}

impl Subject {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (clock, handle) = Clock::manual();
        let cloud = Some(Cloud::open(directory.path(), clock).unwrap());
        Self { cloud, clock: handle, directory }
    }

    /// Closes the cloud and opens it again: what is not on disk is lost.
    pub fn restart(&mut self) {
        self.cloud = None;
        let clock = Clock::Manual(self.clock.clone());
        self.cloud = Some(Cloud::open(self.directory.path(), clock).unwrap());
    }

    pub fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// The answer's document, or the code of the error.
    pub fn call(&self, region: usize, target: &str, body: &Value) -> Result<Value, String> {
        let service = if target.starts_with("Trent") { "kms" } else { "secretsmanager" };
        let scope = format!("AKIDLOCAL/20260101/{}/{service}/aws4_request", REGIONS[region]);
        let request: Request = http::Request::post("/")
            .header("X-Amz-Target", target)
            .header("Authorization", format!("AWS4-HMAC-SHA256 Credential={scope}"))
            .body(body.to_string().into())
            .unwrap();
        let cloud = self.cloud.as_ref().expect("a cloud between restarts");
        let response = cloud.handle(&request).response.unwrap();
        let document = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        if response.status() == 200 {
            return Ok(document);
        }
        let code = document["__type"].as_str().unwrap_or_default();
        Err(code.rsplit('#').next().unwrap_or_default().to_owned())
    }
}
