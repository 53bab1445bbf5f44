//! Requests as bytes, without an SDK between the test and the cloud.

use meridian_local_aws::{Cloud, Request, Response, control};
use serde_json::Value;

/// A request to AWS, signed for a Region by an access key.
pub fn request(access_key: &str, region: &str, target: &str, body: &Value) -> Request {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/kms/aws4_request, Signature=0"
    );
    http::Request::post("/")
        .header("Authorization", authorization)
        .header("X-Amz-Target", target)
        .body(body.to_string().into())
        .unwrap()
}

/// The answer of AWS to a caller of the default account: status and document.
pub fn aws(cloud: &Cloud, region: &str, target: &str, body: &Value) -> (u16, Value) {
    let delivery = cloud.handle(&request("AKIDLOCAL", region, target, body));
    let response = delivery.response.unwrap();
    (response.status().as_u16(), document(&response))
}

/// The answer of the control endpoint: status and document.
pub fn local(cloud: &Cloud, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let response = control(
        cloud,
        &http::Request::builder()
            .method(method)
            .uri(path)
            .header("Content-Type", "application/json")
            .body(body.to_string().into())
            .unwrap(),
    );
    (response.status().as_u16(), document(&response))
}

/// The JSON of an answer; null, if it is empty.
pub fn document(response: &Response) -> Value {
    match response.body().as_ref() {
        b"" => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    }
}
