//! What the state has of an object, on the way and at the end.

use meridian_resource::Object;
use meridian_state::{Change, IntentId, StateError};

use super::{Halt, Reconciler};
use crate::refresh::marked_as_planned;

impl Reconciler<'_> {
    /// Writes down that the call was carried out, if one was, and what is known now.
    pub(super) async fn record(&mut self, intent: Option<IntentId>) -> Result<(), Halt> {
        let depose = self.task.depose && self.deposed.is_none() && self.known.is_some();
        let address = self.address().clone();
        let entry_deposed = self.task.entry.deposed.clone();
        let stored = self.known.as_ref().map(|object| self.stored(object, true));
        let work = move |store: &mut meridian_state::Store| {
            let key = if depose { Some(store.free_deposed_key(&address)?) } else { None };
            // The old object is set aside together with the answer of the new one: before that
            // there is nothing to replace it, and after it nothing else knows of it.
            let aside = key.as_deref().map(|key| Change::Depose { address: &address, key });
            let change = match &stored {
                Some(object) => Change::Put(object),
                None => Change::Remove { address: &address, deposed: entry_deposed.as_deref() },
            };
            let changes: Vec<Change<'_>> = aside.into_iter().chain([change]).collect();
            match intent {
                Some(intent) => store.confirm(intent, None, &changes)?,
                None => store.change(&changes)?,
            }
            Ok::<_, StateError>(key)
        };
        if let Some(key) = self.run.ledger.with(work).await? {
            self.deposed = Some(key);
        }
        Ok(())
    }

    /// Writes the object down as it is at the end.
    pub(super) async fn finish(&mut self) -> Result<(), Halt> {
        let stored = match (&self.known, &self.task.wanted) {
            (Some(object), Some(_)) => Some(self.stored(object, false)),
            _ => None,
        };
        let address = self.address().clone();
        let deposed = self.task.entry.deposed.clone();
        self.run
            .ledger
            .with(move |store| match &stored {
                Some(object) => store.put_object(object),
                None => store.remove_object(&address, deposed.as_deref()),
            })
            .await?;
        Ok(())
    }

    fn stored(&self, object: &Object, unfinished: bool) -> meridian_state::StoredObject {
        let object = self.with_marks(object.clone());
        let fingerprint =
            |context: &str, secret: &str| self.run.sealer.fingerprint(context, secret.as_bytes());
        self.task.entry.stored(&object, self.schema(), unfinished, &fingerprint)
    }

    /// What the configuration calls sensitive is so in the state too.
    fn with_marks(&self, object: Object) -> Object {
        let Some(wanted) = &self.task.wanted else {
            return object;
        };
        Object { attributes: marked_as_planned(wanted, object.attributes), ..object }
    }
}
