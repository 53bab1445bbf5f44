//! What the journal has of a call, before the call leaves.

use meridian_lang::Value;
use meridian_plan::kept_secrets;
use meridian_resource::{Call, Occurrence};
use meridian_state::{IntentId, NewIntent};

use super::{Halt, Reconciler};
use crate::shown::noted;

/// The member of a journalled request that holds fingerprints of secrets. It is not sent.
pub(crate) const KEPT: &str = "meridian:kept";

/// What the journal calls the Region of an object that a call creates.
pub(crate) const HOME: &str = "meridian:region";

impl Reconciler<'_> {
    /// Writes into the journal that the call is about to leave, for the first time or again.
    pub(super) async fn declare(&mut self, call: &Call) -> Result<IntentId, Halt> {
        if call.occurrence == Occurrence::Mark
            && let Some(intent) = self.unanswered.take()
        {
            self.run.ledger.with(move |store| store.mark_sent(intent)).await?;
            return Ok(intent);
        }
        let intent = NewIntent {
            run: self.run.id,
            address: self.address().clone(),
            deposed: self.task.entry.deposed.clone(),
            service: call.service.prefix().to_owned(),
            operation: call.operation.to_owned(),
            region: call.region.clone(),
            provider: self.task.place.provider.to_string(),
            request: self.journalled(call),
        };
        Ok(self.run.ledger.with(move |store| store.record_sent(&intent)).await?)
    }

    /// What the journal has of a request. Of a creation it also has the fingerprints of secrets
    /// that the state will keep, so that an object that is found after a kill is known to hold the
    /// right ones. Of what sets secrets that other objects show, it says which ones do.
    fn journalled(&self, call: &Call) -> Value {
        let creates = matches!(call.occurrence, Occurrence::Identity | Occurrence::Mark);
        let request = match &self.task.wanted {
            Some(wanted) if creates => {
                let fingerprint = |context: &str, secret: &str| {
                    self.run.sealer.fingerprint(context, secret.as_bytes())
                };
                let kept = kept_secrets(self.schema(), self.address(), wanted, &fingerprint);
                let region = Value::string(&self.task.place.region);
                call.input.clone().with(KEPT, kept).with(HOME, region)
            }
            _ => call.input.clone(),
        };
        match &self.task.wanted {
            Some(wanted) => noted(self.kind, wanted, request),
            None => request,
        }
    }
}
