//! Faults that tests put in the way of requests.

mod json;
mod refusal;
mod rules;
mod truncation;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use refusal::throttling;
pub use rules::FaultRecord;
pub(crate) use rules::{Faults, Subject};
pub(crate) use truncation::{AnswerBody, replace_body, truncate};

use crate::identity::Account;

/// What goes wrong.
///
/// In JSON an action without particulars is its name, as in `"throttling"`; any
/// other is an object, as in `{"delay": {"milliseconds": 300}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultAction {
    /// The request is refused and changes nothing.
    Error {
        /// The HTTP status of the answer, from 400 to 599.
        #[serde(deserialize_with = "json::error_status")]
        status: u16,
        /// The error code, as in `__type`.
        code: String,
        /// The error message.
        message: String,
    },
    /// The request is refused as one too many, in the words of its service.
    Throttling,
    /// The service fails before it changes anything.
    ServerError {
        /// The HTTP status of the answer, from 500 to 599; 503 has a code of its own.
        #[serde(deserialize_with = "json::server_error_status")]
        status: u16,
    },
    /// The request is refused for want of a permission.
    AccessDenied,
    /// The request is refused because the clock of its sender is wrong.
    ClockSkew,
    /// The request is carried out, but its answer is lost.
    DropAfterExecution,
    /// The request is lost before it is carried out.
    DropBeforeExecution,
    /// The request is carried out, but only the first half of its answer
    /// arrives. An answer without a body is lost.
    TruncatedBody,
    /// The request is carried out, but what comes back is HTTP 200 with this
    /// body, as from a proxy that answers for the service.
    WrongBody {
        /// The body.
        body: String,
    },
    /// The request arrives twice and is carried out twice; the sender gets the
    /// first answer.
    DuplicateDelivery,
    /// The replica key that the request makes stays in `Creating`.
    StuckCreating,
    /// The secret replication that the request starts ends as `Failed`.
    FailReplication {
        /// The status message of the replica.
        message: String,
    },
    /// The replica secrets that the request removes from their primary live on.
    StrandedReplica,
    /// A read tells what was a while ago, but nothing from before there was
    /// this rule. Operations that change something do not notice.
    StaleRead {
        /// How long ago.
        milliseconds: u64,
    },
    /// The answer is late, by real time.
    Delay(#[serde(with = "json::delay")] Duration),
}

/// A rule: requests of some kind go wrong in one way.
///
/// In JSON a rule is an object of these members, of which only `operation` and
/// `action` must be there, and a file of rules is a list of them:
///
/// ```json
/// [
///   {"operation": "CreateKey", "action": "drop_after_execution", "times": 1},
///   {"operation": "kms:*", "region": "eu-west-1", "probability": 0.2, "action": "throttling"}
/// ]
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation's name, such as `ReplicateKey`; all, if it is `*`. A
    /// service may stand before it, as in `kms:TagResource` or `kms:*`.
    pub operation: String,
    /// The Region that the request is sent to; any, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "json::known_region")]
    pub region: Option<String>,
    /// The account that the request is made for; any, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// What goes wrong.
    pub action: FaultAction,
    /// For how many requests; without end, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many requests go well before.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    pub skip: u32,
    /// With what probability each of the others goes wrong, from 0 to 1; it is
    /// certain, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "json::probability")]
    pub probability: Option<f64>,
    /// What determines the chance, together with the seed of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl Fault {
    /// A rule for all requests of an operation, in every Region and account.
    pub fn new(operation: impl Into<String>, action: FaultAction) -> Self {
        Self {
            operation: operation.into(),
            region: None,
            account: None,
            action,
            times: None,
            skip: 0,
            probability: None,
            seed: None,
        }
    }

    /// The rule for one request only.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// The rule for so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The rule for requests that are sent to a Region.
    #[must_use]
    pub fn in_region(self, region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..self }
    }

    /// The rule for requests that are made for an account.
    #[must_use]
    pub fn in_account(self, account: Account) -> Self {
        Self { account: Some(account), ..self }
    }

    /// The rule for requests after the next few.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// The rule for some of the requests: with a probability from 0 to 1, and by
    /// a chance that the seed determines.
    #[must_use]
    pub fn with_probability(self, probability: f64, seed: u64) -> Self {
        Self { probability: Some(probability), seed: Some(seed), ..self }
    }
}
