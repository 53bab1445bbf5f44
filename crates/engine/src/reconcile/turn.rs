//! When a call may leave: objects are worked on a few at once, and where a quota was used up, its
//! calls wait for their turn.

use std::time::Duration;

use meridian_resource::{Call, Quota};
use tokio::time::Instant;

use super::{Halt, Reconciler};
use crate::Event;

/// How often those who listen are told that the wait goes on.
const REMINDER: Duration = Duration::from_secs(5);

impl Reconciler<'_> {
    /// Ends when the call may leave, with a permit in hand.
    pub(super) async fn begin(&mut self, call: &Call) -> Result<(), Halt> {
        if self.used_up(call).is_none() {
            self.take_permit().await;
        }
        // Those who had the permits before may have used the quota up.
        match self.used_up(call) {
            Some((quotas, used_up)) => self.await_turn(call, &quotas, &used_up).await,
            None => Ok(()),
        }
    }

    /// The quotas of a call, if one of them was used up, and that one.
    fn used_up(&self, call: &Call) -> Option<(Vec<Quota>, Quota)> {
        if !self.context.quotas.are_used_up() {
            return None;
        }
        let quotas = self.context.cloud.quotas(&self.task.place.provider, call);
        let used_up = self.context.quotas.first_used_up(&quotas).cloned()?;
        Some((quotas, used_up))
    }

    /// Waits for the call's turn, and lets others work meanwhile.
    async fn await_turn(
        &mut self,
        call: &Call,
        quotas: &[Quota],
        used_up: &Quota,
    ) -> Result<(), Halt> {
        self.permit = None;
        let context = self.context;
        let what = format!(
            "its turn (AWS documents {} requests a second of {} in {})",
            used_up.per_second, used_up.bucket.family, used_up.bucket.region
        );
        let begun = Instant::now();
        let turn = context.quotas.turn(quotas, context.permits.clone().acquire_owned());
        tokio::pin!(turn);
        let permit = loop {
            context.tell(Event::Waiting {
                address: self.address().clone(),
                what: what.clone(),
                elapsed: self.started.elapsed(),
            });
            tokio::select! {
                biased;
                permit = &mut turn => break permit,
                () = context.stop.asked() => return Err(Halt::Stopped),
                () = tokio::time::sleep(REMINDER) => {}
            }
        };
        // The semaphore is never closed, so a permit always comes.
        self.permit = permit.ok();
        // Whoever stood in the queue did not try.
        if let Some((since, _)) = self.tries.get_mut(call.operation) {
            *since += begun.elapsed();
        }
        Ok(())
    }
}
