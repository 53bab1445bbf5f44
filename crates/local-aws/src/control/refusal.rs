//! Refusals: an object whose `error` says in a sentence what is wrong.

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::control::routes;
use crate::response::Response;
use crate::store::OpenError;

/// Why a request is refused that is not for AWS.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    reason: String,
    /// The methods that the path has, if the request had another.
    allow: Option<HeaderValue>,
}

impl Refusal {
    pub fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), allow: None }
    }

    /// A request that cannot be meant.
    pub fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    pub fn not_found(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is nothing at {path}"))
    }

    pub fn method(method: &Method, path: &str, methods: &str) -> Self {
        let reason = format!("{path} has no {method}, only {methods}");
        let allow = HeaderValue::from_str(methods).ok();
        Self { allow, ..Self::new(StatusCode::METHOD_NOT_ALLOWED, reason) }
    }

    /// The answer.
    pub fn respond(self) -> Response {
        let mut body = json!({ "error": self.reason });
        if self.status == StatusCode::NOT_FOUND {
            body["endpoints"] = routes::help();
        }
        let mut response = respond(self.status, &body);
        if let Some(methods) = self.allow {
            response.headers_mut().insert(ALLOW, methods);
        }
        response
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

/// An answer of JSON.
pub(super) fn respond(status: StatusCode, value: &Value) -> Response {
    http::Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(format!("{value}\n")))
        .expect("status and content type are valid")
}
