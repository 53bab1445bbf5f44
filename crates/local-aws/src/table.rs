//! A map that remembers which of its rows changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ops::RangeFrom;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the store asks of a table, whatever its rows are.
pub(crate) trait Stored: Debug {
    /// Takes over a row as it was written down.
    fn load(&mut self, key: &str, body: &str) -> serde_json::Result<()>;
    /// Each row that changed, as it is written down, or `None` in place of one that is gone.
    fn written_changes(&self) -> Vec<serde_json::Result<(String, Option<String>)>>;
    /// Each row, as it is written down.
    fn written_rows(&self) -> Vec<serde_json::Result<(String, String)>>;
    /// Takes all rows out.
    fn clear(&mut self);
    /// Whether there are changes.
    fn has_changes(&self) -> bool;
    /// Takes the changes as written down.
    fn forget_changes(&mut self);
}

impl<K, V> Stored for Table<K, V>
where
    K: Ord + Clone + Debug + Serialize + DeserializeOwned,
    V: Debug + Serialize + DeserializeOwned,
{
    fn load(&mut self, key: &str, body: &str) -> serde_json::Result<()> {
        self.rows.insert(serde_json::from_str(key)?, serde_json::from_str(body)?);
        Ok(())
    }

    fn written_changes(&self) -> Vec<serde_json::Result<(String, Option<String>)>> {
        let write = |key: &K| {
            let body = self.rows.get(key).map(serde_json::to_string).transpose()?;
            Ok((serde_json::to_string(key)?, body))
        };
        self.changed.iter().map(write).collect()
    }

    fn written_rows(&self) -> Vec<serde_json::Result<(String, String)>> {
        let write = |(key, row)| Ok((serde_json::to_string(key)?, serde_json::to_string(row)?));
        self.rows.iter().map(write).collect()
    }

    fn clear(&mut self) {
        self.changed.extend(std::mem::take(&mut self.rows).into_keys());
    }

    fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    fn forget_changes(&mut self) {
        self.changed.clear();
    }
}

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_once() {
        let mut table: Table<u32, String> = Table::default();
        for (key, row) in [("1", "\"one\""), ("2", "\"two\""), ("3", "\"three\"")] {
            table.load(key, row).unwrap();
        }
        assert!(!table.has_changes());
        table.remove(&1);
        table.insert(4, "four".to_owned());
        *table.get_mut(&2).unwrap() = "deux".to_owned();
        let changes: Vec<_> = table.written_changes().into_iter().map(Result::unwrap).collect();
        let row = |text: &str| Some(format!("\"{text}\""));
        assert_eq!(
            changes,
            [("1".to_owned(), None), ("2".to_owned(), row("deux")), ("4".to_owned(), row("four"))]
        );
        table.forget_changes();
        assert!(!table.has_changes());
    }
}
