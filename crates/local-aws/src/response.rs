//! Answers in the form that each service gives them.

use http::header::CONTENT_TYPE;
use hyper::body::Bytes;
use serde_json::json;

use crate::error::ApiError;
use crate::request::Service;

/// An answer: an HTTP response whose body is complete.
pub type Response = http::Response<Bytes>;

const JSON: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";

/// The namespace of a service's answers in the query protocol.
fn namespace(service: Option<Service>) -> &'static str {
    match service {
        Some(Service::Iam) => "https://iam.amazonaws.com/doc/2010-05-08/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    }
}

/// What an operation answers when it succeeds. It has no `Debug`, since an
/// answer can hold a secret value.
pub(crate) enum Output {
    /// Nothing but HTTP 200.
    Empty,
    /// A JSON document.
    Json(Vec<u8>),
    /// The inner part of a result of the query protocol.
    Query { operation: &'static str, result: String },
}

/// Renders what an operation answered.
pub(crate) fn render(
    service: Option<Service>,
    outcome: Result<Output, ApiError>,
    request_id: &str,
) -> Response {
    let (status, content_type, body) = match outcome {
        Ok(Output::Empty) => (200, JSON, Bytes::new()),
        Ok(Output::Json(body)) => (200, JSON, Bytes::from(body)),
        Ok(Output::Query { operation, result }) => {
            let namespace = namespace(service);
            let body = format!(
                "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{result}</{operation}Result>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
            );
            (200, XML, Bytes::from(body))
        }
        Err(error) if service.is_some_and(Service::speaks_query) => {
            let body = error_as_xml(namespace(service), &error, request_id);
            (error.status, XML, Bytes::from(body))
        }
        Err(error) => (error.status, JSON, Bytes::from(error_as_json(service, &error))),
    };
    http::Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type)
        .header("x-amzn-RequestId", request_id)
        .body(body)
        .expect("status, content type and request id are valid")
}

/// Secrets Manager writes the `Message` of its own errors with a capital
/// letter; the framework's errors and those of KMS have a small one.
fn error_as_json(service: Option<Service>, error: &ApiError) -> String {
    let is_framework = error.code.contains('#');
    let member = match service {
        Some(Service::SecretsManager) if !is_framework => "Message",
        _ => "message",
    };
    let mut body = json!({ "__type": error.code });
    if !error.message.is_empty() {
        body[member] = json!(error.message);
    }
    body.to_string()
}

fn error_as_xml(namespace: &str, error: &ApiError, request_id: &str) -> String {
    let kind = if error.status < 500 { "Sender" } else { "Receiver" };
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(error.short_code()),
        escape(&error.message),
    )
}

/// Text that may stand between two XML tags.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(service: Service, error: &ApiError) -> String {
        let response = render(Some(service), Err(error.clone()), "id");
        String::from_utf8(response.body().to_vec()).unwrap()
    }

    #[test]
    fn each_service_spells_its_errors_its_own_way() {
        let error = ApiError::new("NotFoundException", "no <key>");
        assert_eq!(
            body(Service::Kms, &error),
            r#"{"__type":"NotFoundException","message":"no <key>"}"#
        );
        assert_eq!(
            body(Service::SecretsManager, &error),
            r#"{"Message":"no <key>","__type":"NotFoundException"}"#
        );
        assert!(body(Service::Sts, &error).contains("<Message>no &lt;key&gt;</Message>"));
        let silent = ApiError::new("InvalidCiphertextException", "");
        assert_eq!(body(Service::Kms, &silent), r#"{"__type":"InvalidCiphertextException"}"#);
    }
}
