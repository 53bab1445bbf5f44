//! Waiting for a call's turn, where its quota was used up.

use std::time::Duration;

use meridian_resource::{Call, Quota};
use tokio::time::Instant;

use super::{Halt, Reconciler};
use crate::Event;

/// How often those who listen are told that the wait goes on.
const REMINDER: Duration = Duration::from_secs(5);

impl Reconciler<'_> {
    /// Ends when the call may leave: it is its turn, and one of those worked on at once.
    pub(super) async fn begin(&mut self, call: &Call) -> Result<(), Halt> {
        loop {
            let is_its_turn = self.await_turn(call).await?;
            self.take_permit().await;
            // Its quota may have been used up by those who had the permits before.
            if is_its_turn || !self.context.quotas.are_used_up() || self.used_up(call).is_none() {
                return Ok(());
            }
        }
    }

    /// The quotas of a call, if one of them was used up: that one.
    fn used_up(&self, call: &Call) -> Option<(Vec<Quota>, Quota)> {
        let quotas = self.context.cloud.quotas(&self.task.place.provider, call);
        let used_up = self.context.quotas.first_used_up(&quotas).cloned()?;
        Some((quotas, used_up))
    }

    /// Ends when it is the call's turn, if its quota was used up. Whoever waits lets others work.
    async fn await_turn(&mut self, call: &Call) -> Result<bool, Halt> {
        let context = self.context;
        if !context.quotas.are_used_up() {
            return Ok(false);
        }
        let Some((quotas, quota)) = self.used_up(call) else { return Ok(false) };
        self.permit = None;
        let what = format!(
            "its turn (AWS allows {} requests a second of {} in {})",
            quota.per_second, quota.bucket.family, quota.bucket.region
        );
        let begun = Instant::now();
        let turn = context.quotas.turn(&quotas);
        tokio::pin!(turn);
        loop {
            context.tell(Event::Waiting {
                address: self.address().clone(),
                what: what.clone(),
                elapsed: self.started.elapsed(),
            });
            tokio::select! {
                biased;
                _ = &mut turn => break,
                () = context.stop.asked() => return Err(Halt::Stopped),
                () = tokio::time::sleep(REMINDER) => {}
            }
        }
        // Whoever stood in the queue did not try.
        if let Some((since, _)) = self.tries.get_mut(call.operation) {
            *since += begun.elapsed();
        }
        Ok(true)
    }
}
