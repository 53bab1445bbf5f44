//! What time brings in the model of secrets: replications that arrive or fail,
//! replicas that go, windows that end.

use std::collections::BTreeMap;
use std::mem;

use super::cloud::REGIONS;
use super::secret_model::Model;
use super::secret_state::{Secret, Status};

impl Model {
    /// Lets happen what is due by then.
    pub fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        self.just_deleted = [false; REGIONS.len()];
        for (region, to) in mem::take(&mut self.queue) {
            self.replicate(region, to);
        }
        self.remove_unwanted();
        let now = self.now;
        self.secrets.retain(|_, secret| secret.deletion.is_none_or(|due| due > now));
    }

    /// A replication that is on its way arrives, or fails.
    fn replicate(&mut self, region: usize, to: usize) {
        let Some(primary) = self.secrets.get(&region).cloned() else { return };
        if !primary.replicas.get(&to).is_some_and(|status| *status != Status::Failed) {
            return;
        }
        let is_complete = self.copy(region, &primary, to);
        let status = if is_complete { Status::InSync } else { Status::Failed };
        let secret = self.secrets.get_mut(&region).expect("the primary is there");
        secret.replicas.insert(to, status);
    }

    /// Copies what can be copied; tells whether that was all that matters.
    fn copy(&mut self, region: usize, primary: &Secret, to: usize) -> bool {
        let existing = self.secrets.get(&to);
        let is_own = |existing: &Secret| {
            existing.primary == Some(region) && existing.lineage == primary.lineage
        };
        if !existing.is_none_or(is_own) || !self.keys[to] {
            return false;
        }
        let replicas = BTreeMap::new();
        let mut replica = Secret { primary: Some(region), replicas, ..primary.clone() };
        let is_complete = self.keys[region] || primary.labels.is_empty();
        if !self.keys[region] {
            // Versions that cannot be read are there only if they came before.
            let known = existing.map(|existing| &existing.versions);
            replica.versions.retain(|id, _| known.is_some_and(|known| known.contains_key(id)));
            replica.drop_dangling_labels();
        }
        if is_complete || !replica.versions.is_empty() {
            self.secrets.insert(to, replica);
        }
        is_complete
    }

    /// Replicas whose Region was removed go.
    fn remove_unwanted(&mut self) {
        let lists = |primary: usize, region: usize, lineage: usize| {
            self.secrets.get(&primary).is_some_and(|primary| {
                primary.lineage == lineage && primary.replicas.contains_key(&region)
            })
        };
        let unwanted: Vec<usize> = (self.secrets.iter())
            .filter(|(region, secret)| {
                secret.primary.is_some_and(|primary| !lists(primary, **region, secret.lineage))
            })
            .map(|(region, _)| *region)
            .collect();
        for region in unwanted {
            self.secrets.remove(&region);
        }
    }
}
