//! What is kept: the changes of the world, its past, and numbers about the cloud.

use crate::clock::Timestamp;
use crate::cloud::Inner;
use crate::store::OpenError;

/// The number in the world's `meta` table that tells how far the clock was moved.
pub(crate) const CLOCK_AHEAD: &str = "clock_ahead";
/// The same for the last time that it has shown, both in milliseconds.
pub(crate) const LAST_TIME: &str = "last_time";

impl Inner {
    /// Lets happen what is due. What cannot be written down now is with the next request.
    pub fn settle(&mut self, now: Timestamp) {
        self.keep_past(now);
        self.world.settle(now);
        let _ = self.save(now);
    }

    /// Remembers as much of the past as a read may be answered from.
    pub(super) fn keep_past(&mut self, now: Timestamp) {
        let lag = self.lag.longest().unwrap_or_default();
        self.world.keep_past(lag.max(self.faults.longest_look_back()), now);
    }

    /// Writes down what changed, and the time, which must not go back when the
    /// directory is opened again.
    pub fn save(&mut self, now: Timestamp) -> Result<(), OpenError> {
        if self.store.is_some() && (self.keeps_time || self.world.has_changes()) {
            self.note(LAST_TIME, now.milliseconds());
        }
        self.revision += u64::from(self.world.has_changes());
        match &mut self.store {
            Some(store) => store.save(&mut self.world),
            None => {
                self.world.forget_changes();
                Ok(())
            }
        }
    }

    /// A number that was noted about the cloud itself.
    pub fn noted(&self, name: &str) -> Option<i64> {
        self.world.meta.get(&name.to_owned()).copied()
    }

    /// Notes a number about the cloud itself, if it is a new one.
    pub fn note(&mut self, name: &str, number: i64) {
        if self.noted(name) != Some(number) {
            self.world.meta.insert(name.to_owned(), number);
        }
    }
}
