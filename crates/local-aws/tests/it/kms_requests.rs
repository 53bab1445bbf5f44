//! Requests to KMS without an SDK, for tests whose requests are data.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meridian_local_aws::{Cloud, Request};
use serde_json::{Value, json};

/// Whether a test fails for an operation that is not there yet.
pub const PENDING_IS_A_FAILURE: bool = true;

/// The operation is not there yet.
#[derive(Debug)]
pub struct Unknown;

/// What came of something that needs operations which may not be there yet.
pub type Known<T> = Result<T, Unknown>;

/// What KMS answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The document; null if the body is empty.
    pub body: Value,
}

impl Reply {
    /// The code and the message of a refusal, as `Code: message`; empty for a success.
    pub fn refusal(&self) -> String {
        if self.status == 200 {
            return String::new();
        }
        let text = |member: &str| self.body[member].as_str().unwrap_or_default().to_owned();
        let code = text("__type");
        let code = code.rsplit('#').next().unwrap_or_default();
        format!("{code}: {}", text("message"))
    }
}

/// Asks for an operation of KMS in a Region.
pub fn send(cloud: &Cloud, region: &str, operation: &str, input: &Value) -> Known<Reply> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/{region}/kms/aws4_request, Signature=0"
    );
    let request: Request = http::Request::post("/")
        .header("Authorization", authorization)
        .header("X-Amz-Target", format!("TrentService.{operation}"))
        .body(input.to_string().into())
        .unwrap();
    let reply = answer(cloud, &request);
    let is_unknown = reply.refusal().starts_with("UnknownOperationException");
    if is_unknown { Err(Unknown) } else { Ok(reply) }
}

/// The answer of an operation that has to succeed.
pub fn must(cloud: &Cloud, region: &str, operation: &str, input: &Value) -> Known<Value> {
    let reply = send(cloud, region, operation, input)?;
    assert_eq!(reply.status, 200, "{operation} with {input}: {}", reply.refusal());
    Ok(reply.body)
}

/// What a whole request is answered with.
pub fn answer(cloud: &Cloud, request: &Request) -> Reply {
    let response = cloud.handle(request).response.unwrap();
    let body = match response.body().as_ref() {
        [] => Value::Null,
        bytes => serde_json::from_slice(bytes).unwrap(),
    };
    Reply { status: response.status().as_u16(), body }
}

/// The input that asks for the parameters of an import.
pub fn import_request(key: &str) -> Value {
    json!({
        "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048",
    })
}

/// The input that imports the same bytes each time, under the parameters for it.
pub fn import_of(key: &str, parameters: &Value) -> Value {
    import_of_bytes(key, parameters, &[7; 32])
}

/// The input that imports bytes, under the parameters for it.
pub fn import_of_bytes(key: &str, parameters: &Value, bytes: &[u8]) -> Value {
    let public_key = STANDARD.decode(parameters["PublicKey"].as_str().unwrap()).unwrap();
    let public_key = PublicEncryptingKey::from_der(&public_key).unwrap();
    let public_key = OaepPublicEncryptingKey::new(public_key).unwrap();
    let mut wrapped = vec![0; public_key.ciphertext_size()];
    let wrapped = public_key.encrypt(&OAEP_SHA256_MGF1SHA256, bytes, &mut wrapped, None).unwrap();
    json!({
        "KeyId": key, "ImportToken": parameters["ImportToken"],
        "EncryptedKeyMaterial": STANDARD.encode(wrapped),
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    })
}
