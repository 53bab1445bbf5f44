//! A secret in the model: its versions, their labels, its replicas.

use std::collections::BTreeMap;

use proptest::sample::Index;

pub const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    InProgress,
    InSync,
    Failed,
}

#[derive(Clone, Debug)]
pub struct Secret {
    /// Tells apart secrets that had the name one after the other.
    pub lineage: usize,
    pub description: String,
    /// The values of the versions, by the steps in which they were made.
    pub versions: BTreeMap<usize, u8>,
    /// The labels, and the versions that they are on.
    pub labels: BTreeMap<&'static str, usize>,
    pub primary: Option<usize>,
    pub replicas: BTreeMap<usize, Status>,
    pub deletion: Option<u64>,
}

impl Secret {
    /// The version that an index means, if there is any.
    fn version(&self, index: &Index) -> Option<usize> {
        let versions: Vec<usize> = self.versions.keys().copied().collect();
        (!versions.is_empty()).then(|| versions[index.index(versions.len())])
    }

    /// The version that a label goes to, and the one that it is said to leave.
    pub fn move_of(
        &self,
        label: &str,
        to: Option<&Index>,
        names_holder: bool,
    ) -> (Option<usize>, Option<usize>) {
        let holder = self.labels.get(label).copied();
        (to.and_then(|to| self.version(to)), holder.filter(|_| names_holder))
    }

    pub fn move_label(&mut self, label: &'static str, to: usize) {
        let old = self.labels.insert(label, to).filter(|old| *old != to);
        if let Some(old) = old.filter(|_| label == CURRENT) {
            self.labels.insert(PREVIOUS, old);
        }
    }

    /// What is left of the labels, if some versions are not there.
    pub fn drop_dangling_labels(&mut self) {
        let versions = &self.versions;
        self.labels.retain(|_, version| versions.contains_key(version));
    }
}
