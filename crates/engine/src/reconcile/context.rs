//! What pieces of work have in common.

use std::sync::Arc;
use std::time::Duration;

use meridian_resource::{Cloud, Registry};
use meridian_state::{RunId, Sealer};
use tokio::sync::Semaphore;

use super::claims::Claims;
use crate::quota::Quotas;
use crate::{Event, Ledger, Stop, UnderWay};

/// What all work on objects shares.
pub struct Context {
    /// The resource types.
    pub registry: Registry,
    /// What carries calls out.
    pub cloud: Arc<dyn Cloud>,
    /// Who is told what happens.
    pub events: Box<dyn Fn(Event) + Send + Sync>,
    /// Whether the user asked to stop.
    pub stop: Stop,
    /// How many objects are worked on at once; whoever waits lets others work.
    pub permits: Arc<Semaphore>,
    /// Which quotas of the cloud were used up.
    pub quotas: Arc<Quotas>,
    /// Which calls have left and are not written down as answered yet.
    pub under_way: UnderWay,
    /// How long an object is waited for; as long as its type says if none is given.
    pub timeout: Option<Duration>,
}

impl Context {
    /// Tells whoever listens.
    pub fn tell(&self, event: Event) {
        (self.events)(event);
    }
}

/// A run that changes things: its state and its identity there.
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) ledger: Ledger,
    pub(crate) sealer: Sealer,
    /// Whose the objects are that this run has made or found.
    pub(crate) claims: Claims,
}

impl Run {
    pub(crate) fn new(id: RunId, ledger: Ledger, sealer: Sealer) -> Run {
        Run { id, ledger, sealer, claims: Claims::default() }
    }
}
