//! Answers that never came.

use meridian_lang::Diagnostic;
use meridian_resource::{Call, CloudError, Occurrence};
use meridian_state::IntentId;

use super::{Halt, Reconciler, UNAVAILABLE};
use crate::locate::{Lost, locate, taken};
use crate::tell;

impl Reconciler<'_> {
    /// The answer was lost: looks whether the call was carried out.
    pub(super) async fn find_out(
        &mut self,
        intent: IntentId,
        call: &Call,
        error: &CloudError,
    ) -> Result<(), Halt> {
        self.lost_since.get_or_insert(self.sent_at);
        if self.creates(call) {
            if self.take_found(intent, call, error).await? {
                return Ok(());
            }
        } else {
            self.look().await.map_err(|halt| match halt {
                Halt::Failed(_) => tell::cloud_error(self.address(), call, error).into(),
                Halt::Stopped => Halt::Stopped,
            })?;
        }
        if call.occurrence == Occurrence::Mark {
            // Sent again under the same mark, it makes nothing that could not be found.
            self.unanswered = Some(intent);
        } else {
            self.run.ledger.with(move |store| store.abandon(intent)).await?;
        }
        self.try_again(call, error, UNAVAILABLE).await
    }

    /// The answer was lost, and so was the way to find out what became of the call.
    fn never_found_out(&self, call: &Call, error: &CloudError, reason: &CloudError) -> Diagnostic {
        let mut told = tell::cloud_error(self.address(), call, error);
        told.detail.push_str(&format!("\n\nLooking for what it did failed, too: {reason}."));
        if let Some(advice) = reason.advice {
            told.help = Some(format!(
                "{advice}. Whether it was done is not known yet; the journal remembers it, and \
                 the next apply finds out"
            ));
        }
        told
    }

    /// Looks for what the call may have created, and takes it in if it is there and nobody else's.
    pub(super) async fn take_found(
        &mut self,
        intent: IntentId,
        call: &Call,
        error: &CloudError,
    ) -> Result<bool, Halt> {
        let since = self.lost_since.unwrap_or(self.sent_at);
        let (claims, region) = (&self.run.claims, &self.task.place.region);
        let found = loop {
            let snapshot = self.run.ledger.with(|store| store.snapshot()).await?;
            let mut taken = taken(&snapshot, self.kind, region, self.address());
            taken.extend(claims.taken(self.kind, region, self.address()));
            let lost = Lost { call, intent: intent.to_string(), since, taken };
            let found = locate(self.context, self.kind, &self.task.place, &lost)
                .await
                .map_err(|reason| self.never_found_out(call, error, &reason))?;
            let Some(found) = found else { return Ok(false) };
            // Whoever was faster has it; the next look leaves it out.
            if claims.claim(self.kind, region, &found, self.address()).await.is_ok() {
                break found;
            }
        };
        self.known = Some(found);
        self.recall_secrets();
        self.record(Some(intent)).await?;
        Ok(true)
    }
}
