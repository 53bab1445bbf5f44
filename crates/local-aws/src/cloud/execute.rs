//! An operation, from its permission to its result.

use crate::clock::Timestamp;
use crate::cloud::Inner;
use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::iam::{self, Attempt, Withheld};
use crate::identity::Place;
use crate::request::{Scope, Service};
use crate::response::Output;
use crate::world::Call;
use crate::{kms, secrets, sts};

impl Inner {
    /// Brings the world up to date, runs the operation and keeps the result.
    ///
    /// An operation checks first and changes afterwards, so a refused one has
    /// changed nothing and needs no undoing.
    pub(super) fn execute(
        &mut self,
        service: Service,
        operation: &str,
        scope: &Scope,
        body: &[u8],
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        self.world.settle(now);
        let outcome = self.perform(service, operation, scope, body, now, fault);
        if let Err(error) = self.save(now) {
            self.world.undo_changes();
            return Err(ApiError::internal(Some(service), error.to_string()));
        }
        outcome.map_err(|error| error.in_words_of(&self.world.texts))
    }

    fn perform(
        &mut self,
        service: Service,
        operation: &str,
        scope: &Scope,
        body: &[u8],
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        let caller = &self.world.caller(&scope.access_key);
        if let Some(session) = &caller.session {
            session.require_unexpired(now)?;
        }
        let place = Place { account: caller.account, region: scope.region };
        self.quotas.charge(&self.world, place, (service, operation), body, now)?;
        let access_key = &scope.access_key;
        let world = &mut self.world;
        let withheld = &match &mut self.authorizer {
            Some(authorizer) => authorizer.authorize(&Attempt {
                world,
                caller,
                access_key,
                place,
                now,
                service,
                operation,
                body,
            })?,
            None => Withheld::default(),
        };
        let past = self.lag.moment(service, operation, now, fault);
        let mut call = Call { world, caller, access_key, place, now, fault, withheld };
        let run = |call: &mut Call<'_>| match service {
            Service::Iam => iam::call(call, operation, body),
            Service::Kms => kms::call(call, operation, body),
            Service::SecretsManager => secrets::call(call, operation, body),
            Service::Sts => sts::call(call, operation, body),
        };
        let outcome = match past {
            Some(moment) => call.at(moment, run),
            None => run(&mut call),
        };
        if fault == Some(&FaultAction::DuplicateDelivery) {
            // Only the first answer finds its way to the sender.
            let _ = run(&mut call);
        }
        if outcome.is_ok() && operation == "CreateKey" {
            self.world.ensure_multi_region_role(place.account, now);
        }
        outcome
    }
}
