//! What is answered besides AWS: the page, and all under `/_local/`.

use std::path::{Path, PathBuf};

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::body::{Content, plain};
use super::{Server, events, page};
use crate::control::control;
use crate::request::Request;

const JSON: &str = "application/json";

/// Answers a request that is not for AWS.
pub(super) fn local(server: &Server, request: &Request) -> http::Response<Content> {
    let (cloud, body) = (&server.cloud, request.body());
    let response = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => page::page(),
        (&Method::GET, "/_local/events") => events::events(server),
        (&Method::GET, "/_local/log") => {
            let seen = parameter(request, "after").and_then(|it| it.parse().ok()).unwrap_or(0);
            document(&cloud.log_since(seen))
        }
        (&Method::GET, "/_local/state") => document(&cloud.overview()),
        (&Method::POST, "/_local/snapshot") => with_snapshot(server, body, |path| {
            cloud.snapshot(path).map_err(|error| error.to_string())
        }),
        (&Method::POST, "/_local/restore") => with_snapshot(server, body, |path| {
            cloud.restore(path).map_err(|error| error.to_string())
        }),
        _ => control(cloud, request).map(Content::from),
    };
    page::guarded(response)
}

fn document(content: &impl Serialize) -> http::Response<Content> {
    let content = serde_json::to_vec(content).expect("it is plain data with text keys");
    plain(StatusCode::OK, JSON, content)
}

fn refusal(status: StatusCode, message: &str) -> http::Response<Content> {
    plain(status, JSON, json!({ "error": message }).to_string())
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.uri().query()?.as_bytes();
    form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotInput {
    /// The name of the snapshot in the directory that the server was given.
    path: String,
}

/// Does something with a snapshot, if the server has a directory for them.
fn with_snapshot(
    server: &Server,
    body: &[u8],
    action: impl FnOnce(&Path) -> Result<(), String>,
) -> http::Response<Content> {
    let Some(directory) = &server.options.snapshots else {
        let message = "the server was started without a directory for snapshots";
        return refusal(StatusCode::FORBIDDEN, message);
    };
    let path = match snapshot_path(directory, body) {
        Ok(path) => path,
        Err(message) => return refusal(StatusCode::BAD_REQUEST, message),
    };
    match action(&path) {
        Ok(()) => document(&json!({ "path": path })),
        Err(message) => refusal(StatusCode::CONFLICT, &message),
    }
}

/// The path that a body names. It is one name: nothing outside of the directory can be meant.
fn snapshot_path(directory: &Path, body: &[u8]) -> Result<PathBuf, &'static str> {
    let input: SnapshotInput =
        serde_json::from_slice(body).map_err(|_| r#"the body should be {"path": "a name"}"#)?;
    let name = input.path;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.bytes().all(is_allowed)
    {
        return Err("the path should be one name of letters, digits, '-', '_' and '.'");
    }
    Ok(directory.join(name))
}
