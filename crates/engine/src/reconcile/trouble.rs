//! Errors, and what is done about them.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Problem, Reaction};
use meridian_state::IntentId;
use tokio::time::Instant;

use super::obstacle::held;
use super::{Halt, LAG, Reconciler, THROTTLED, UNAVAILABLE};
use crate::pace::Pace;
use crate::tell;

impl Reconciler<'_> {
    /// Does what an error answer to a call asks for.
    pub(super) async fn answer_error(
        &mut self,
        intent: IntentId,
        call: &Call,
        error: CloudError,
    ) -> Result<(), Halt> {
        if error.class == ErrorClass::OutcomeUnknown {
            return self.find_out(intent, call, &error).await;
        }
        // After a lost answer, what is in the way may be what that call created.
        let is_taken = error.class == ErrorClass::AlreadyExists && self.lost_since.is_some();
        if is_taken && self.take_found(intent, call, &error).await? {
            return Ok(());
        }
        let obstacle = self.obstacle(call, &error).await;
        let CloudError { code, message, request_id, .. } = error.clone();
        self.run
            .ledger
            .with(move |store| store.fail(intent, &code, &message, request_id.as_deref()))
            .await?;
        let reaction = match obstacle {
            Some(found) => match self.holder(&found).await? {
                None => return self.adopt(found).await,
                Some(holder) => Reaction::Fail(Box::new(held(&found, &holder))),
            },
            None => self.reaction(call, &error),
        };
        match reaction {
            Reaction::Retry(at_most) => {
                let passes = matches!(error.class, ErrorClass::Throttled | ErrorClass::Unavailable);
                if self.task.wanted.is_none() && !passes {
                    // What stands in the way of a deletion may have to go first.
                    self.look().await?;
                }
                self.try_again(call, &error, at_most).await
            }
            Reaction::Reread => {
                self.look().await?;
                // If reading leads to the same call again, it must not go round at full speed.
                self.try_again(call, &error, UNAVAILABLE).await
            }
            Reaction::Fail(problem) => {
                let mut told = tell::problem(self.address(), *problem);
                // Without a code there was no answer.
                let answered = match error.code.is_empty() {
                    true => format!("{call} failed: {error}."),
                    false => format!("{call} answered {error}."),
                };
                told.detail = match told.detail {
                    // A type that only repeats the answer has nothing to add.
                    detail if detail == error.to_string() => answered,
                    detail => format!("{detail}\n\n{answered}"),
                };
                Err(told.into())
            }
        }
    }

    /// Pauses before a call is made once more; gives up after a while.
    pub(super) async fn try_again(
        &mut self,
        call: &Call,
        error: &CloudError,
        at_most: Duration,
    ) -> Result<(), Halt> {
        let (since, pace) =
            self.tries.entry(call.operation).or_insert_with(|| (Instant::now(), Pace::new()));
        if since.elapsed() > at_most {
            return Err(tell::cloud_error(self.address(), call, error).into());
        }
        let pause = pace.step();
        let what = match error.code.as_str() {
            "" => format!("{} to be answered", call.operation),
            code => format!("{} to be accepted ({code})", call.operation),
        };
        self.pause(pause, &what).await
    }

    fn reaction(&self, call: &Call, error: &CloudError) -> Reaction {
        match self.kind.reaction(&self.task.place, call, error) {
            Some(Reaction::Retry(usual)) => {
                return Reaction::Retry(self.persistence(error, usual));
            }
            Some(reaction) => return reaction,
            None => {}
        }
        match error.class {
            ErrorClass::Throttled => Reaction::Retry(THROTTLED),
            ErrorClass::Unavailable => Reaction::Retry(UNAVAILABLE),
            ErrorClass::NotFound if self.task.wanted.is_none() => Reaction::Reread,
            // What this run has just created may not be visible everywhere yet.
            ErrorClass::NotFound if self.task.start.is_none() && self.known.is_some() => {
                Reaction::Retry(LAG)
            }
            _ => {
                let told = tell::cloud_error(self.address(), call, error);
                // Without a code nobody refused it.
                let detail = match error.code.is_empty() {
                    true => error.to_string(),
                    false => "The call was refused.".to_owned(),
                };
                let mut problem = Problem::new(told.summary, detail);
                problem.help = told.help;
                Reaction::Fail(Box::new(problem))
            }
        }
    }
}
