//! Raw requests to Secrets Manager, for tables of cases.

use meridian_local_aws::{Cloud, Request};
use serde_json::{Value, json};

use crate::stage::Stage;

/// The token of the first version of [`secret`].
pub const FIRST: &str = "11111111-1111-1111-1111-111111111111";
/// A token that no version has.
pub const SECOND: &str = "22222222-2222-2222-2222-222222222222";

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

/// Carries out an operation where [`secret`] is.
pub fn here(stage: &Stage, operation: &str, input: Value) -> Answer {
    call(&stage.cloud, "eu-west-1", operation, &input)
}

/// Carries out an operation where the replica is.
pub fn there(stage: &Stage, operation: &str, input: Value) -> Answer {
    call(&stage.cloud, "us-east-1", operation, &input)
}

/// The input that names the secret and no more.
pub fn app() -> Value {
    json!({ "SecretId": "app" })
}

/// What is told of the secret.
pub fn describe(stage: &Stage) -> Value {
    here(stage, "DescribeSecret", app()).unwrap()
}

/// A cloud with a secret whose value is `one`.
pub fn secret() -> Stage {
    let stage = Stage::new();
    let input = json!({ "Name": "app", "ClientRequestToken": FIRST, "SecretString": "one" });
    here(&stage, "CreateSecret", input).unwrap();
    stage
}

/// Asks for a replica of the secret.
pub fn replicate(stage: &Stage, region: &str) -> Answer {
    let input = json!({ "SecretId": "app", "AddReplicaRegions": [{ "Region": region }] });
    here(stage, "ReplicateSecretToRegions", input)
}
