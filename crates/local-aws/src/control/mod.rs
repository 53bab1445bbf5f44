//! The control endpoint: what a test does to the cloud that no client of AWS
//! could. All of it is under `/_local/`, JSON in and out.

mod clock;
mod faults;
mod guard;
mod keys;
mod levers;
mod requests;
mod world;

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode, Uri};
use hyper::body::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::request::Request;
use crate::response::Response;
use crate::store::OpenError;

/// What a route does.
type Action = fn(&Cloud, &Request) -> Result<Value, Refusal>;

/// The method, the path after `/_local/`, what it does, and the function that does it.
type Route = (Method, &'static str, &'static str, Action);

const ROUTES: &[Route] = &[
    (Method::GET, "clock", "what the clock shows, and when something is due", clock::show),
    (
        Method::POST,
        "clock",
        r#"moves the clock: {"advance": "30d"} (ms, s, m, h, d, w) or {"advance_seconds": 90}"#,
        clock::advance,
    ),
    (Method::GET, "faults", "the fault rules, and how often each acted", faults::list),
    (
        Method::POST,
        "faults",
        r#"adds a fault rule, or a list of them: {"operation": "CreateKey", "action": "throttling", "times": 1}"#,
        faults::add,
    ),
    (Method::DELETE, "faults", "removes all fault rules, or the one of ?id=", faults::remove),
    (Method::GET, "health", "whether the cloud answers", world::health),
    (Method::GET, "inferred", "the texts that nobody has recorded from AWS", world::inferred),
    (
        Method::POST,
        "inferred",
        r#"replaces such texts, and restores the others: {"Throttling": {"message": "slow down"}}"#,
        world::replace_inferred,
    ),
    (
        Method::POST,
        "keys",
        r#"puts a key into a state: {"key_id": "…", "region": "eu-west-1", "state": "Unavailable"}"#,
        keys::put_into_state,
    ),
    (Method::GET, "lag", "how far reads may lag behind writes", clock::show_lag),
    (
        Method::POST,
        "lag",
        r#"lets reads lag: {"milliseconds": 2000, "seed": 7}; {"milliseconds": null} ends it"#,
        clock::set_lag,
    ),
    (Method::GET, "quotas", "the request rates, and what is left of them", world::quotas),
    (
        Method::POST,
        "quotas",
        r#"grants so many times the published rates: {"scale": 1.0}; {"scale": null} grants any"#,
        world::set_quotas,
    ),
    (
        Method::GET,
        "requests",
        "the last requests, by ?operation=, ?region=, ?service=, after number ?since=, at most ?limit=",
        requests::list,
    ),
    (Method::DELETE, "requests", "forgets the requests", requests::clear),
    (Method::POST, "reset", "removes all that exists; time and rules stay", world::reset),
];

const PREFIX: &str = "/_local";

/// Whether a request is for the control endpoint, and not for AWS.
pub(crate) fn is_control(uri: &Uri) -> bool {
    let rest = uri.path().strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to the control endpoint, whose path begins with `/_local/`.
///
/// `GET /_local/` lists what there is. A refusal is an object with an `error`
/// that says in a sentence what is wrong.
pub fn control(cloud: &Cloud, request: &Request) -> Response {
    match guard::admit(request).and_then(|()| run(cloud, request)) {
        Ok(value) => respond(StatusCode::OK, &value),
        Err(refusal) => {
            let mut response = respond(refusal.status, &refusal.body());
            if let Some(methods) = refusal.allow {
                response.headers_mut().insert(ALLOW, methods);
            }
            response
        }
    }
}

fn run(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let path = request.uri().path();
    let name = path.strip_prefix(PREFIX).unwrap_or(path).trim_matches('/');
    if name.is_empty() && request.method() == Method::GET {
        return Ok(help());
    }
    let methods: Vec<&str> = ROUTES
        .iter()
        .filter(|(_, it, ..)| *it == name)
        .map(|(method, ..)| method.as_str())
        .collect();
    if methods.is_empty() {
        return Err(Refusal::not_found(path));
    }
    let route = ROUTES.iter().find(|(method, it, ..)| *it == name && method == request.method());
    match route {
        Some((_, _, _, action)) => action(cloud, request),
        None => Err(Refusal::method(request.method(), path, &methods.join(", "))),
    }
}

fn help() -> Value {
    let line = |(method, path, help, _): &Route| json!({ "method": method.as_str(), "path": format!("{PREFIX}/{path}"), "help": help });
    Value::Array(ROUTES.iter().map(line).collect())
}

fn respond(status: StatusCode, value: &Value) -> Response {
    http::Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(format!("{value}\n")))
        .expect("status and content type are valid")
}

/// Why a request to the control endpoint is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    reason: String,
    /// The methods that the path has, if the request had another.
    allow: Option<HeaderValue>,
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), allow: None }
    }

    fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    fn not_found(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is nothing at {path}"))
    }

    fn method(method: &Method, path: &str, methods: &str) -> Self {
        let reason = format!("{path} has no {method}, only {methods}");
        let allow = HeaderValue::from_str(methods).ok();
        Self { allow, ..Self::new(StatusCode::METHOD_NOT_ALLOWED, reason) }
    }

    fn body(&self) -> Value {
        if self.status == StatusCode::NOT_FOUND {
            return json!({ "error": self.reason, "endpoints": help() });
        }
        json!({ "error": self.reason })
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

/// The document that a request brings.
fn document<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    serde_json::from_slice(request.body())
        .map_err(|error| Refusal::bad(format!("the body is not what is expected: {error}")))
}

/// The parameters of a request's query, of which only these are known.
fn parameters<'a, const N: usize>(
    request: &'a Request,
    known: [&str; N],
) -> Result<[Option<std::borrow::Cow<'a, str>>; N], Refusal> {
    let mut values = [const { None }; N];
    let query = request.uri().query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(index) = known.iter().position(|known| *known == name) else {
            return Err(Refusal::bad(format!("there is no parameter {name}")));
        };
        values[index] = Some(value);
    }
    Ok(values)
}

/// A parameter that is a whole number.
fn number<T: std::str::FromStr>(name: &str, text: Option<&str>) -> Result<Option<T>, Refusal> {
    let refusal = |_| Refusal::bad(format!("{name} is not a number"));
    text.map(|text| text.parse().map_err(refusal)).transpose()
}

/// A member that must be there, though it may be null.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    serde::Deserialize::deserialize(deserializer)
}

/// An answer as JSON.
fn told(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).expect("an answer is plain data with text keys")
}
