//! Rows about the protocol, of all three services.

use meridian_local_aws::{Request, Response};
use serde_json::json;

use super::{Bench, HOME, Row};
use crate::kms_requests::answer;

pub const ROWS: &[Row] = &[
    (88, |bench| {
        let request = http::Request::post("/").body(b"{}"[..].into()).unwrap();
        let reply = answer(&bench.stage.cloud, &request);
        assert_eq!(reply.status, 400);
        assert!(reply.refusal().starts_with("MissingAuthenticationTokenException"));
        Ok(())
    }),
    (89, |bench| {
        let kind = |target: &str, body: &str| {
            let reply = answer(&bench.stage.cloud, &request("kms", Some(target), body));
            assert_eq!(reply.status, 400);
            reply.body["__type"].as_str().unwrap().to_owned()
        };
        let service = "com.amazon.coral.service#";
        assert_eq!(
            kind("TrentService.Nonsense", "{}"),
            format!("{service}UnknownOperationException")
        );
        assert_eq!(kind("TrentService.ListKeys", "{"), format!("{service}SerializationException"));
        assert_eq!(
            kind("TrentService.DescribeKey", "{}"),
            "com.amazon.coral.validate#ValidationException"
        );
        Ok(())
    }),
    (90, |bench| {
        let request =
            request("secretsmanager", Some("secretsmanager.CreateSecret"), r#"{"Name":"app"}"#);
        let reply = answer(&bench.stage.cloud, &request);
        assert_eq!(
            reply.body,
            json!({
                "__type": "InvalidRequestException",
                "Message": "You must provide a ClientRequestToken value. We recommend a UUID-type \
                            value.",
            })
        );
        Ok(())
    }),
    (91, |bench| {
        let key = bench.key(json!({}))?;
        let body = json!({ "KeyId": key }).to_string();
        let response = response(bench, &request("kms", Some("TrentService.DisableKey"), &body));
        assert_eq!((response.status().as_u16(), response.body().len()), (200, 0));
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
        Ok(())
    }),
    (92, |bench| {
        let response = response(bench, &request("kms", Some("TrentService.ListKeys"), "{}"));
        let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        Ok(())
    }),
    (93, |bench| {
        let form = "Action=GetCallerIdentity&Version=2011-06-15";
        let response = response(bench, &request("sts", None, form));
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(body.contains("<Account>000000000042</Account>"), "{body}");
        assert!(body.contains("<Arn>arn:aws:iam::000000000042:"), "{body}");
        Ok(())
    }),
];

/// A signed request; one to STS is of another account than the usual one.
fn request(service: &str, target: Option<&str>, body: &str) -> Request {
    let access_key = if service == "sts" { "000000000042" } else { "AKIDLOCAL" };
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{HOME}/{service}/aws4_request, \
         Signature=0"
    );
    let mut request = http::Request::post("/").header("Authorization", authorization);
    if let Some(target) = target {
        request = request.header("X-Amz-Target", target);
    }
    request.body(body.to_owned().into()).unwrap()
}

fn response(bench: &Bench, request: &Request) -> Response {
    bench.stage.cloud.handle(request).response.unwrap()
}
