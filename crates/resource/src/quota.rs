//! Request quotas: how many requests of a kind a cloud takes in a second.

use std::sync::Arc;

use crate::Service;

/// A quota that a call counts against.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// Which one it is.
    pub bucket: Bucket,
    /// How many requests a second the cloud's documentation grants.
    pub per_second: f64,
    /// As how many requests the call counts.
    pub count: f64,
}

/// What tells quotas apart: all calls of one bucket share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// Whose quota it is: the account, as far as provider configurations tell accounts apart.
    pub account: Arc<str>,
    /// The service.
    pub service: Service,
    /// The Region in which it counts.
    pub region: String,
    /// The operation, or a name for operations that share a quota.
    pub family: &'static str,
}
