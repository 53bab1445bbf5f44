//! A map that remembers which of its rows changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeFrom;

/// Rows in the order of their keys, and the keys of those that were touched
/// since the changes were last written down.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// A table of rows that are already stored.
    pub fn loaded(rows: BTreeMap<K, V>) -> Self {
        Self { rows, changed: BTreeSet::new() }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// The row, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    pub fn insert(&mut self, key: K, row: V) {
        self.changed.insert(key.clone());
        self.rows.insert(key, row);
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let row = self.rows.remove(key)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    /// The first row of all.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.rows.first_key_value()
    }

    /// All rows from a key on.
    pub fn range(&self, from: RangeFrom<K>) -> impl Iterator<Item = (&K, &V)> {
        self.rows.range(from)
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// Each row that changed, or `None` in place of one that is gone.
    pub fn changes(&self) -> impl Iterator<Item = (&K, Option<&V>)> {
        self.changed.iter().map(|key| (key, self.rows.get(key)))
    }

    /// Takes the changes as written down.
    pub fn forget_changes(&mut self) {
        self.changed.clear();
    }

    pub fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_once() {
        let mut table = Table::loaded(BTreeMap::from([(1, "one"), (2, "two"), (3, "three")]));
        assert!(!table.has_changes());
        table.remove(&1);
        table.insert(4, "four");
        *table.get_mut(&2).unwrap() = "deux";
        let changes: Vec<_> = table.changes().map(|(key, row)| (*key, row.copied())).collect();
        assert_eq!(changes, [(1, None), (2, Some("deux")), (4, Some("four"))]);
        table.forget_changes();
        assert!(!table.has_changes());
    }
}
