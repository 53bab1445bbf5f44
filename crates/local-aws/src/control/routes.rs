//! What there is under `/_local/`.

use http::Method;
use serde_json::{Value, json};

use crate::control::{
    Order, PREFIX, Refusal, clock, faults, keys, permissions, requests, snapshots, watch, world,
};

/// What a route does.
pub(super) enum Action {
    /// Answers with a document.
    Tell(fn(&Order<'_>) -> Result<Value, Refusal>),
    /// Answers with a stream of events, which only a server can.
    Stream,
}

use Action::{Stream, Tell};

/// The method, the path after `/_local/`, what it does, and the action that does it.
type Route = (Method, &'static str, &'static str, Action);

const ROUTES: &[Route] = &[
    (Method::GET, "clock", "what the clock shows, and when something is due", Tell(clock::show)),
    (
        Method::POST,
        "clock",
        r#"moves the clock: {"advance": "30d"} (ms, s, m, h, d, w) or {"advance_seconds": 90}"#,
        Tell(clock::advance),
    ),
    (Method::GET, "events", "tells by server-sent events when there is something new", Stream),
    (Method::GET, "faults", "the fault rules, and how often each acted", Tell(faults::list)),
    (
        Method::POST,
        "faults",
        r#"adds a fault rule, or a list of them: {"operation": "CreateKey", "action": "throttling", "times": 1}"#,
        Tell(faults::add),
    ),
    (Method::DELETE, "faults", "removes all fault rules, or the one of ?id=", Tell(faults::remove)),
    (Method::GET, "health", "whether the cloud answers", Tell(world::health)),
    (Method::GET, "inferred", "the texts that nobody has recorded from AWS", Tell(world::inferred)),
    (
        Method::POST,
        "inferred",
        r#"replaces such texts, and restores the others: {"Throttling": {"message": "slow down"}}"#,
        Tell(world::replace_inferred),
    ),
    (
        Method::POST,
        "keys",
        r#"puts a key into a state: {"key_id": "…", "region": "eu-west-1", "state": "Unavailable"}"#,
        Tell(keys::put_into_state),
    ),
    (Method::GET, "lag", "how far reads may lag behind writes", Tell(clock::show_lag)),
    (
        Method::POST,
        "lag",
        r#"lets reads lag: {"milliseconds": 2000, "seed": 7}; {"milliseconds": null} ends it"#,
        Tell(clock::set_lag),
    ),
    (
        Method::GET,
        "log",
        "the last requests after number ?after=, as a page reads them",
        Tell(watch::log),
    ),
    (
        Method::GET,
        "permissions",
        "the permissions that requests have needed, for a policy that grants no more",
        Tell(permissions::list),
    ),
    (Method::DELETE, "permissions", "forgets those permissions", Tell(permissions::clear)),
    (Method::GET, "quotas", "the request rates, and what is left of them", Tell(world::quotas)),
    (
        Method::POST,
        "quotas",
        r#"grants so many times the published rates: {"scale": 1.0}; {"scale": null} grants any"#,
        Tell(world::set_quotas),
    ),
    (
        Method::GET,
        "requests",
        "the last requests, by ?operation=, ?region=, ?service=, after number ?since=, at most ?limit=",
        Tell(requests::list),
    ),
    (Method::DELETE, "requests", "forgets the requests", Tell(requests::clear)),
    (Method::POST, "reset", "removes all that exists; time and rules stay", Tell(world::reset)),
    (
        Method::POST,
        "restore",
        r#"goes back to a snapshot in the server's directory of them: {"path": "a name"}"#,
        Tell(snapshots::restore),
    ),
    (
        Method::POST,
        "snapshot",
        r#"copies all that exists into that directory: {"path": "a name"}"#,
        Tell(snapshots::snapshot),
    ),
    (Method::GET, "state", "all that exists, without secret values", Tell(watch::state)),
];

/// The action for a method and a path.
pub(super) fn find(method: &Method, path: &str) -> Result<&'static Action, Refusal> {
    let name = path.strip_prefix(PREFIX).unwrap_or(path).trim_matches('/');
    if name.is_empty() && method == Method::GET {
        return Ok(&Tell(|_| Ok(help())));
    }
    let routes = || ROUTES.iter().filter(|(_, it, ..)| *it == name);
    if let Some((.., action)) = routes().find(|(it, ..)| it == method) {
        return Ok(action);
    }
    let methods: Vec<&str> = routes().map(|(method, ..)| method.as_str()).collect();
    Err(match methods.is_empty() {
        true => Refusal::not_found(path),
        false => Refusal::method(method, path, &methods.join(", ")),
    })
}

/// All that there is, in words.
pub(super) fn help() -> Value {
    let line = |(method, path, help, _): &Route| json!({ "method": method.as_str(), "path": format!("{PREFIX}/{path}"), "help": help });
    Value::Array(ROUTES.iter().map(line).collect())
}
