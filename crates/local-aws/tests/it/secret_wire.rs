//! Raw requests to Secrets Manager, for tables of cases.

use meridian_local_aws::{Cloud, Request};
use serde_json::Value;

/// An answer: the document, or code and message of the refusal.
pub type Answer = Result<Value, String>;

/// Carries out an operation in a Region.
pub fn call(cloud: &Cloud, region: &str, operation: &str, input: &Value) -> Answer {
    let scope = format!("AKID/20260101/{region}/secretsmanager/aws4_request");
    let request: Request = http::Request::post("/")
        .header("Authorization", format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=0"))
        .header("X-Amz-Target", format!("secretsmanager.{operation}"))
        .body(input.to_string().into())
        .unwrap();
    let response = cloud.handle(&request).response.unwrap();
    let document: Value = if response.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(response.body()).unwrap()
    };
    if response.status() == 200 {
        return Ok(document);
    }
    assert_eq!(response.status(), 400, "{operation}: {document}");
    let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    let message = if document["Message"].is_null() { text("message") } else { text("Message") };
    Err(format!("{}: {message}", text("__type")))
}
