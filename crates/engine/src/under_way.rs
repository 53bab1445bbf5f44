//! Which calls that change something have left, and are not written down as answered yet.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use meridian_graph::InstanceAddress;
use meridian_resource::Call;

/// The calls that are under way.
#[derive(Debug, Default)]
pub struct UnderWay {
    calls: Mutex<(u64, BTreeMap<u64, String>)>,
}

impl UnderWay {
    /// One line a call, in the order in which they left: the instance, the call, the Region.
    pub fn lines(&self) -> Vec<String> {
        self.lock().1.values().cloned().collect()
    }

    /// Notes that a call leaves, until what is given back is dropped.
    pub(crate) fn send(&self, address: &InstanceAddress, call: &Call) -> Sent<'_> {
        let mut calls = self.lock();
        let (last, lines) = &mut *calls;
        *last += 1;
        lines.insert(*last, format!("{address}: {call}"));
        Sent { under_way: self, number: *last }
    }

    fn lock(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, String>)> {
        // No line can be half written.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way.
#[must_use]
pub(crate) struct Sent<'a> {
    under_way: &'a UnderWay,
    number: u64,
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        self.under_way.lock().1.remove(&self.number);
    }
}
