//! The control endpoint: what a test does to the cloud that no client of AWS
//! could. All of it is under `/_local/`, JSON in and out.

mod clock;
mod faults;
mod guard;
mod keys;
mod levers;
mod order;
mod permissions;
mod refusal;
mod requests;
mod routes;
mod snapshots;
mod watch;
mod world;

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use http::{StatusCode, Uri};
use serde::Serialize;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::request::Request;
use crate::response::Response;
use order::{Order, number, present};
pub(crate) use refusal::Refusal;
use refusal::respond;
use routes::Action;

const PREFIX: &str = "/_local";

/// Whether a request is for the control endpoint, and not for AWS.
pub(crate) fn is_control(uri: &Uri) -> bool {
    let rest = uri.path().strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What the control endpoint answers.
pub(crate) enum Answer {
    /// A document, or a refusal.
    Whole(Response),
    /// A stream of events, which the server has to begin.
    Events,
}

/// Answers a request to the control endpoint, whose path begins with `/_local/`.
///
/// `GET /_local/` lists what there is. A refusal is an object with an `error`
/// that says in a sentence what is wrong. Streams and snapshots are a server's.
pub fn control(cloud: &Cloud, request: &Request) -> Response {
    match answer(cloud, None, request) {
        Answer::Whole(response) => response,
        Answer::Events => Refusal::bad("only a server tells events").respond(),
    }
}

/// The same for a server, which may have a directory for snapshots.
pub(crate) fn answer(cloud: &Cloud, snapshots: Option<&Path>, request: &Request) -> Answer {
    let order = &Order { cloud, request, snapshots };
    let attempt = AssertUnwindSafe(|| run(order));
    let failure = "this program has failed";
    let outcome = panic::catch_unwind(attempt)
        .unwrap_or_else(|_| Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, failure)));
    match outcome {
        Ok(Some(document)) => Answer::Whole(respond(StatusCode::OK, &document)),
        Ok(None) => Answer::Events,
        Err(refusal) => Answer::Whole(refusal.respond()),
    }
}

/// The document to answer with, or none in place of a stream.
fn run(order: &Order<'_>) -> Result<Option<Value>, Refusal> {
    guard::admit(order.request)?;
    match routes::find(order.request.method(), order.request.uri().path())? {
        Action::Tell(tell) => tell(order).map(Some),
        Action::Stream => Ok(None),
    }
}

/// An answer as JSON.
fn told(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).expect("an answer is plain data with text keys")
}
