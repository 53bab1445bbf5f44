//! The requests that a seed is made of: as clients send them, without a wire.

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::identity::Account;
use crate::region::Region;

/// Somebody who may do everything in an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer<'a> {
    pub cloud: &'a Cloud,
    pub account: Account,
    pub region: Region,
    pub service: &'static str,
}

/// Why an entry cannot be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The cloud refused an operation.
    #[error("{operation} in {region} is refused: {code}: {message}")]
    Operation { operation: &'static str, region: Region, code: String, message: String },
    /// A fault was in the way.
    #[error("{operation} in {region} has no answer")]
    Lost { operation: &'static str, region: Region },
    /// An environment variable that should hold a value is not set, or not text.
    #[error("the environment variable {0} is not set")]
    Variable(String),
}

impl Signer<'_> {
    /// Sends a request; gives the document that is answered, or null if there is none.
    pub fn send(&self, operation: &'static str, input: &Value) -> Result<Value, Refusal> {
        let Self { cloud, account, region, service } = *self;
        let prefix = if service == "kms" { "TrentService" } else { "secretsmanager" };
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, \
             SignedHeaders=host, Signature=seed"
        );
        let request = http::Request::post("/")
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .header(AUTHORIZATION, authorization)
            .body(without_nulls(input).to_string().into())
            .expect("names of operations and Regions make valid headers");
        let delivery = cloud.handle(&request);
        let Some(response) = delivery.response else {
            return Err(Refusal::Lost { operation, region });
        };
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if response.status().is_success() {
            return Ok(body);
        }
        let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
        let code = text("__type").rsplit('#').next().unwrap_or_default().to_owned();
        let message = text(if body["message"].is_null() { "Message" } else { "message" });
        Err(Refusal::Operation { operation, region, code, message })
    }
}

/// The members of a document that say something. No list of AWS may be empty.
fn without_nulls(input: &Value) -> Value {
    match input {
        Value::Object(members) => {
            let says_something = |value: &Value| *value != Value::Null && *value != json!([]);
            let members = members.iter().filter(|(_, value)| says_something(value));
            members.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
