//! What goes wrong.

use std::time::Duration;

use meridian_local_aws::FaultAction;

/// A kind of fault.
pub struct Kind {
    pub name: &'static str,
    pub cause: Cause,
    /// How often; until it is taken away if not told.
    pub times: Option<u32>,
    /// Whether a cell of it takes long.
    pub is_slow: bool,
    /// What to do, where it makes a run fail.
    pub advice: &'static str,
}

/// Who makes the fault.
pub enum Cause {
    /// The cloud.
    Cloud(fn() -> FaultAction),
    /// What is before the cloud: it breaks the connection, and refuses others for a while.
    Door,
}

const fn passing(name: &'static str, action: fn() -> FaultAction) -> Kind {
    Kind { name, cause: Cause::Cloud(action), times: Some(1), is_slow: false, advice: "" }
}

const fn lasting(name: &'static str, action: fn() -> FaultAction, advice: &'static str) -> Kind {
    Kind { name, cause: Cause::Cloud(action), times: None, is_slow: false, advice }
}

fn error(status: u16, code: &str, message: &str) -> FaultAction {
    FaultAction::Error { status, code: code.to_owned(), message: message.to_owned() }
}

fn body(body: &str) -> FaultAction {
    FaultAction::WrongBody { body: body.to_owned() }
}

pub const KINDS: &[Kind] = &[
    Kind {
        times: Some(20),
        is_slow: true,
        ..passing("throttled 20 times", || FaultAction::Throttling)
    },
    Kind { times: Some(4), ..passing("throttled 4 times", || FaultAction::Throttling) },
    passing("500", || FaultAction::ServerError { status: 500 }),
    passing("503", || FaultAction::ServerError { status: 503 }),
    Kind { cause: Cause::Door, ..passing("refused", || FaultAction::DropBeforeExecution) },
    passing("reset before", || FaultAction::DropBeforeExecution),
    passing("reset after", || FaultAction::DropAfterExecution),
    Kind { is_slow: true, ..passing("silence", || FaultAction::Delay(Duration::from_secs(60))) },
    passing("truncated body", || FaultAction::TruncatedBody),
    passing("no JSON", || body("<html><body>Sign in to the network</body></html>")),
    passing("other JSON", || body(r#"{"status": "ok", "items": [1, 2]}"#)),
    lasting("access denied", || FaultAction::AccessDenied, ""),
    lasting(
        "expired credentials",
        || {
            let message = "The security token included in the request is expired";
            error(400, "ExpiredTokenException", message)
        },
        "get new ones",
    ),
    lasting("clock skew", || FaultAction::ClockSkew, "set the clock of this machine"),
    lasting(
        "signature expired",
        || {
            error(
                400,
                "InvalidSignatureException",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z \
                 (20260101T001500Z - 5 min.)",
            )
        },
        "set the clock of this machine",
    ),
];
