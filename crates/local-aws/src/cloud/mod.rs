//! The state machine: request bytes in, response bytes out.

mod execute;
mod handle;
mod open;
mod rules;
mod save;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use crate::clock::CloudClock;
use crate::fault::Faults;
use crate::iam::{Authorizer, Permission};
use crate::lag::Lag;
use crate::quota::Quotas;
use crate::request_log::{RequestLog, RequestRecord};
use crate::response::Response;
use crate::signature::Credentials;
use crate::store::Store;
use crate::world::World;

pub(crate) use save::{CLOCK_AHEAD, LAST_TIME};

/// A whole AWS, every Region and account of it.
#[derive(Debug)]
pub struct Cloud {
    clock: CloudClock,
    inner: Mutex<Inner>,
}

/// What a cloud is, but for its clock.
#[derive(Debug)]
pub(crate) struct Inner {
    pub world: World,
    pub faults: Faults,
    pub lag: Lag,
    pub log: RequestLog,
    pub quotas: Quotas,
    /// What determines the chance of faults and of lag.
    pub seed: u64,
    pub store: Option<Store>,
    pub authorizer: Option<Authorizer>,
    pub credentials: Option<Credentials>,
    /// Another one after each change of the world.
    pub revision: u64,
    /// Whether the time that a request comes at must be kept, even if nothing changes.
    keeps_time: bool,
}

/// What comes back for a request. It shows of an answer only its status, since
/// the rest can hold a secret value.
pub struct Delivery {
    /// The answer, or none if the connection breaks instead.
    pub response: Option<Response>,
    /// How long the answer is on its way.
    pub delay: Duration,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.response.as_ref().map(Response::status);
        formatter.debug_struct("Delivery").field("status", &status).finish_non_exhaustive()
    }
}

impl Cloud {
    /// The last requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.lock().log.records()
    }

    /// How many requests there have been since this cloud was opened.
    pub fn request_count(&self) -> usize {
        self.lock().log.count()
    }

    /// The permissions that requests have been checked for since this cloud was
    /// opened, each once; none if the cloud was not told who may do what.
    pub fn used_permissions(&self) -> Vec<Permission> {
        self.lock().authorizer.as_ref().map(Authorizer::asked).unwrap_or_default()
    }

    /// Whether a request is being carried out at this moment.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.inner.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &CloudClock {
        &self.clock
    }

    /// All but the clock, for as long as nobody else needs it. What a failed
    /// thread has left half done is undone first.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned| {
            self.inner.clear_poison();
            let mut inner = poisoned.into_inner();
            inner.world.undo_changes();
            inner
        })
    }
}
