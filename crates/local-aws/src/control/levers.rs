//! What Rust tests do to a cloud: faults, and time.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::cloud::{CLOCK_AHEAD, Cloud};
use crate::fault::{Fault, FaultRecord};
use crate::store::OpenError;

impl Cloud {
    /// Makes requests go wrong by a rule; gives the rule's number.
    pub fn inject(&self, fault: Fault) -> u64 {
        self.lock().faults.add(fault)
    }

    /// The rules by which requests go wrong, and the last that did so, oldest first.
    pub fn faults(&self) -> Vec<FaultRecord> {
        self.lock().faults.records()
    }

    /// Takes back a rule, if there is one of this number.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.lock().faults.remove(id)
    }

    /// Takes back all rules.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// What the cloud's clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Moves the clock forward, whatever kind it is, and lets happen what is due
    /// by then.
    ///
    /// # Errors
    ///
    /// If what has happened cannot be written to the cloud's directory.
    pub fn advance(&self, duration: Duration) -> Result<(), OpenError> {
        let mut inner = self.lock();
        inner.settle(self.now());
        self.clock().advance(duration);
        inner.note(CLOCK_AHEAD, self.clock().ahead());
        let now = self.now();
        inner.settle(now);
        inner.save(now)
    }
}
