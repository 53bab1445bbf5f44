//! Whose an object is that was found after a lost answer.
//!
//! What is alike cannot be told apart by reading it. So what a lost call seems to have made may be
//! another instance's, whose call was answered, or is still under way. Nobody is given what another
//! one has, and nobody is given anything while a call is under way that may have made it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use meridian_graph::InstanceAddress;
use meridian_resource::{Call, Object, ResourceType};
use tokio::sync::Notify;

/// A type, a Region, and what tells an object from all others there.
type Identity = (&'static str, String, String);

/// The objects that calls of this run have made, and those that were found, each with whose it is.
#[derive(Default)]
pub(crate) struct Claims {
    known: Mutex<Known>,
    /// Told when a call is not under way any more.
    ended: Notify,
}

#[derive(Default)]
struct Known {
    holders: BTreeMap<Identity, InstanceAddress>,
    /// Calls without an answer yet, by their number.
    under_way: BTreeMap<u64, Creation>,
    /// How many calls have left.
    sent: u64,
}

/// A call that creates an object.
struct Creation {
    type_name: &'static str,
    /// Where the object will be.
    region: String,
    call: Call,
}

impl Claims {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a call which creates an object in this Region is about to leave.
    pub(super) fn send(&self, kind: &dyn ResourceType, region: &str, call: &Call) -> UnderWay<'_> {
        let (type_name, region) = (kind.name(), region.to_owned());
        let mut known = self.known();
        known.sent += 1;
        let number = known.sent;
        known.under_way.insert(number, Creation { type_name, region, call: call.clone() });
        UnderWay { claims: self, number }
    }

    /// Gives what was found to an instance. Before that it waits until no call is under way any
    /// more that may have made it.
    ///
    /// # Errors
    /// Whose it is already.
    pub(super) async fn claim(
        &self,
        kind: &dyn ResourceType,
        region: &str,
        found: &Object,
        address: &InstanceAddress,
    ) -> Result<(), InstanceAddress> {
        let Some(identity) = kind.identity(found) else { return Ok(()) };
        let may_have_made_it = |other: &Creation| {
            other.type_name == kind.name()
                && other.region == region
                && kind.is_result_of(&other.call, found)
        };
        // Calls that leave from now on make other objects.
        let rivals: Vec<u64> = {
            let known = self.known();
            let rivals = known.under_way.iter().filter(|(_, other)| may_have_made_it(other));
            rivals.map(|(number, _)| *number).collect()
        };
        self.until_ended(&rivals).await;
        let mut known = self.known();
        let identity = (kind.name(), region.to_owned(), identity);
        let holder = known.holders.entry(identity).or_insert_with(|| address.clone());
        if holder == address { Ok(()) } else { Err(holder.clone()) }
    }

    async fn until_ended(&self, calls: &[u64]) {
        loop {
            // What ends after this line is not missed.
            let ended = self.ended.notified();
            if !calls.iter().any(|number| self.known().under_way.contains_key(number)) {
                return;
            }
            ended.await;
        }
    }

    /// The identities of the objects of this type in this Region that others have.
    pub(super) fn taken(
        &self,
        kind: &dyn ResourceType,
        region: &str,
        address: &InstanceAddress,
    ) -> Vec<String> {
        let known = self.known();
        let others = known.holders.iter().filter(|((type_name, where_it_is, _), holder)| {
            *type_name == kind.name() && where_it_is == region && *holder != address
        });
        others.map(|((_, _, identity), _)| identity.clone()).collect()
    }
}

/// A call whose answer has not come; none will once this is dropped.
pub(super) struct UnderWay<'a> {
    claims: &'a Claims,
    number: u64,
}

impl UnderWay<'_> {
    /// The answer has come: the object is the instance's.
    pub(super) fn made(self, kind: &dyn ResourceType, object: &Object, address: &InstanceAddress) {
        let Some(identity) = kind.identity(object) else { return };
        let mut known = self.claims.known();
        let Some(creation) = known.under_way.get(&self.number) else { return };
        let identity = (kind.name(), creation.region.clone(), identity);
        known.holders.entry(identity).or_insert_with(|| address.clone());
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.claims.known().under_way.remove(&self.number);
        self.claims.ended.notify_waiters();
    }
}
