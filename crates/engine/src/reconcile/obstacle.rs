//! What stands in the way of a new object, and may be taken over.

use meridian_graph::InstanceAddress;
use meridian_lang::Value;
use meridian_resource::{Call, CloudError, ErrorClass, NOTE, Object, Problem, Recovery};
use meridian_state::StoredObject;

use super::{Halt, Reconciler};
use crate::refresh::read;

/// What is said of an object that was there already.
const TAKEN_OVER: &str = "was there already and is taken over";

impl Reconciler<'_> {
    /// What stands in the way of a new object, if it is verifiably what was to be created.
    pub(super) async fn obstacle(&self, call: &Call, error: &CloudError) -> Option<Object> {
        if error.class != ErrorClass::AlreadyExists || !self.creates(call) {
            return None;
        }
        let place = &self.task.place;
        let Recovery::Read(stranger) = self.kind.recovery(place, call) else { return None };
        let found = read(&*self.context.cloud, self.kind, place, &stranger).await.ok()??;
        self.kind.is_adoptable(call, &found).then_some(found)
    }

    /// The other instance that has an object: in the state, or in this run.
    pub(super) async fn holder(&self, found: &Object) -> Result<Option<InstanceAddress>, Halt> {
        if let Some(arn) = found.text("arn").map(str::to_owned) {
            let snapshot = self.run.ledger.with(|store| store.snapshot()).await?;
            let is_it = |object: &&StoredObject| object.attributes.get_str("arn") == Some(&arn);
            let holder = snapshot.objects.iter().find(is_it).map(|object| object.address.clone());
            if let Some(holder) = holder.filter(|holder| holder != self.address()) {
                return Ok(Some(holder));
            }
        }
        let region = &self.task.place.region;
        let claimed = self.run.claims.claim(self.kind, region, found, self.address()).await;
        Ok(claimed.err())
    }

    /// Takes over what was there already, and goes on from it.
    pub(super) async fn adopt(&mut self, found: Object) -> Result<(), Halt> {
        self.known = Some(found.with_fact(NOTE, Value::string(TAKEN_OVER)));
        self.recall_secrets();
        self.record(None).await
    }
}

/// Says that another instance has the object that stands in the way.
pub(super) fn held(found: &Object, holder: &InstanceAddress) -> Problem {
    let id = found.text("id").unwrap_or("The object");
    let detail = format!("{id} is in the state as {holder} already: one object, two blocks.");
    Problem::new(format!("{holder} is the same object"), detail)
        .help("Leave one of the two out of the configuration.")
}
