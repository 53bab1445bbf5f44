//! What carries calls out.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use meridian_lang::Value;

use crate::{Call, ProviderKey, Quota};

/// What a cloud gives back for a call.
pub type Answer = Result<Value, CloudError>;

/// A call under way.
pub type CloudFuture<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Carries out calls with the credentials of a provider configuration.
pub trait Cloud: Send + Sync {
    /// Sends one call and gives its answer: the response's members by the service's names, tags
    /// as a map, all pages of a listing as one, times as RFC 3339 text, blobs as base64.
    /// Reads are retried inside, unless they are throttled; a mutating call leaves at most once.
    fn call<'a>(&'a self, provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a>;

    /// The request quotas that a call counts against. Reads that are refused for their rate come
    /// back as [`ErrorClass::Throttled`]: whoever calls paces them.
    fn quotas(&self, provider: &ProviderKey, call: &Call) -> Vec<Quota> {
        let _ = (provider, call);
        Vec::new()
    }
}

/// What an error means for the one who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The object is not there.
    NotFound,
    /// An object of that identity is there already.
    AlreadyExists,
    /// The caller may not.
    Denied,
    /// Too many requests; nothing was done, try again later.
    Throttled,
    /// A resource quota is full. Waiting does not help.
    LimitExceeded,
    /// The object is in a state that does not allow it now.
    InvalidState,
    /// The key is disabled.
    Disabled,
    /// A policy document was refused.
    MalformedPolicy,
    /// The request is wrong in itself.
    Invalid,
    /// The service failed before doing anything, as far as can be known (dependency, connection
    /// refused): safe to try again.
    Unavailable,
    /// It may or may not have been done: the answer was lost, or the service failed inside.
    OutcomeUnknown,
    /// No credentials, or bad ones.
    Credentials,
    /// Anything else.
    Other,
}

/// An error answer to a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CloudError {
    /// What it means.
    pub class: ErrorClass,
    /// The service's error code, such as `AlreadyExistsException`; empty if no answer came.
    pub code: String,
    /// The service's message, or what happened on the way.
    pub message: String,
    /// The request id that the service gave.
    pub request_id: Option<String>,
    /// What to do, where more is known about that than the class tells.
    pub advice: Option<&'static str>,
}

impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.is_empty(), self.message.is_empty()) {
            (false, false) => write!(f, "{}: {}", self.code, self.message)?,
            (false, true) => f.write_str(&self.code)?,
            (true, _) => f.write_str(&self.message)?,
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}
