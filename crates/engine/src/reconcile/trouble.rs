//! Errors, and answers that never came.

use std::time::Duration;

use meridian_graph::InstanceAddress;
use meridian_lang::Value;
use meridian_resource::{
    Call, CloudError, ErrorClass, NOTE, Object, Occurrence, Problem, Reaction, Recovery,
};
use meridian_state::{IntentId, StoredObject};
use tokio::time::Instant;

use super::{Halt, LAG, Reconciler, THROTTLED, UNAVAILABLE};
use crate::locate::{Lost, locate, taken};
use crate::pace::Pace;
use crate::refresh::read;
use crate::tell;

/// What is said of an object that was there already.
const TAKEN_OVER: &str = "was there already and is taken over";

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
                let answered = format!("{call} answered {error}.");
                told.detail = match told.detail {
                    // A type that only repeats the answer has nothing to add.
                    detail if detail == error.to_string() => answered,
                    detail => format!("{detail}\n\n{answered}"),
                };
                Err(told.into())
            }
        }
    }

    /// What stands in the way of a new object, if it is verifiably what was to be created.
    async fn obstacle(&self, call: &Call, error: &CloudError) -> Option<Object> {
        let creates = matches!(call.occurrence, Occurrence::Identity | Occurrence::Mark);
        if error.class != ErrorClass::AlreadyExists || !creates || self.known.is_some() {
            return None;
        }
        let place = &self.task.place;
        let Recovery::Read(stranger) = self.kind.recovery(place, call) else { return None };
        let found = read(&*self.context.cloud, self.kind, place, &stranger).await.ok()??;
        self.kind.is_adoptable(call, &found).then_some(found)
    }

    /// The instance that the state has an object as, if it is another than this one.
    async fn holder(&self, found: &Object) -> Result<Option<InstanceAddress>, Halt> {
        let Some(arn) = found.text("arn").map(str::to_owned) else { return Ok(None) };
        let snapshot = self.run.ledger.with(|store| store.snapshot()).await?;
        let is_it = |object: &&StoredObject| object.attributes.get_str("arn") == Some(&arn);
        let holder = snapshot.objects.iter().find(is_it).map(|object| object.address.clone());
        Ok(holder.filter(|holder| holder != self.address()))
    }

    /// Takes over what was there already, and goes on from it.
    async fn adopt(&mut self, found: Object) -> Result<(), Halt> {
        self.known = Some(found.with_fact(NOTE, Value::string(TAKEN_OVER)));
        self.recall_secrets();
        self.record(None).await
    }

    /// Pauses before a call is made once more; gives up after a while.
    async fn try_again(
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
                let mut problem = Problem::new(told.summary, "The call was refused.");
                problem.help = told.help;
                Reaction::Fail(Box::new(problem))
            }
        }
    }

    /// The answer was lost: looks whether the call was carried out.
    async fn find_out(
        &mut self,
        intent: IntentId,
        call: &Call,
        error: &CloudError,
    ) -> Result<(), Halt> {
        self.lost_since.get_or_insert(self.sent_at);
        let creates = matches!(call.occurrence, Occurrence::Identity | Occurrence::Mark);
        if creates && self.known.is_none() {
            if self.take_found(intent, call, error).await? {
                return Ok(());
            }
        } else {
            self.look().await.map_err(|halt| match halt {
                Halt::Failed(_) => tell::cloud_error(self.address(), call, error).into(),
                Halt::Stopped => Halt::Stopped,
            })?;
        }
        self.run.ledger.with(move |store| store.abandon(intent)).await?;
        self.try_again(call, error, UNAVAILABLE).await
    }

    /// Looks for what the call may have created, and takes it in if it is there.
    async fn take_found(
        &mut self,
        intent: IntentId,
        call: &Call,
        error: &CloudError,
    ) -> Result<bool, Halt> {
        let since = self.lost_since.unwrap_or(self.sent_at);
        let found = loop {
            let snapshot = self.run.ledger.with(|store| store.snapshot()).await?;
            let mut taken = taken(&snapshot, self.address());
            taken.extend(self.run.found.taken(self.address()));
            let lost = Lost { call, intent: intent.to_string(), since, taken };
            let found = locate(self.context, self.kind, &self.task.place, &lost)
                .await
                .map_err(|_| tell::cloud_error(self.address(), call, error))?;
            let Some(id) = found.as_ref().and_then(|it| it.text("id")) else { break found };
            // What others may have as well is shared; what another one was faster to find is not.
            if lost.taken.iter().any(|it| it == id) || self.run.found.claim(id, self.address()) {
                break found;
            }
        };
        let is_found = found.is_some();
        if is_found {
            self.known = found;
            self.recall_secrets();
            self.record(Some(intent)).await?;
        }
        Ok(is_found)
    }

    /// What was found is as it was read; secrets, which no read tells, are those that were sent.
    fn recall_secrets(&mut self) {
        let (Some(found), Some(wanted)) = (self.known.take(), &self.task.wanted) else { return };
        let secrets = self.kind.schema().attributes.iter();
        let secrets = secrets.filter(|attribute| attribute.sensitive && !attribute.write_only);
        self.known = Some(secrets.fold(found, |object, attribute| {
            match wanted.get(attribute.name).filter(|secret| secret.is_known()) {
                Some(secret) => object.with(attribute.name, secret.clone()),
                None => object,
            }
        }));
    }
}

fn held(found: &Object, holder: &InstanceAddress) -> Problem {
    let id = found.text("id").unwrap_or("The object");
    let detail = format!("{id} is in the state as {holder} already: one object, two blocks.");
    Problem::new(format!("{holder} is the same object"), detail)
        .help("Leave one of the two out of the configuration.")
}
