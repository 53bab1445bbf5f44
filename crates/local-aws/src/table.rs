//! A map that remembers which of its rows changed, and for a while what they were.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem;
use std::ops::RangeFrom;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Timestamp;
use crate::history::{History, put};

/// What the store asks of a table, whatever its rows are.
pub(crate) trait Stored: Debug {
    /// Takes over a row as it was written down.
    fn load(&mut self, key: &str, body: &str) -> serde_json::Result<()>;
    /// Each row that changed, as it is written down, or `None` in place of one that is gone.
    fn written_changes(&self) -> Vec<serde_json::Result<(String, Option<String>)>>;
    /// Each row, as it is written down.
    fn written_rows(&self) -> Vec<serde_json::Result<(String, String)>>;
    /// Whether there are changes.
    fn has_changes(&self) -> bool;
    /// Takes the changes as written down.
    fn forget_changes(&mut self);
    /// Takes the changes back; the rows are what is written down.
    fn undo_changes(&mut self);
    /// Removes all rows. The past goes with them.
    fn clear(&mut self);
    /// Sets the moment at which changes happen, and remembers from here on what
    /// was before them; or forgets the past, if there is no moment.
    fn remember(&mut self, now: Option<Timestamp>);
    /// Forgets what changed until a moment.
    fn forget_until(&mut self, moment: Timestamp);
    /// Goes back to a moment, as far as it is remembered.
    fn rewind(&mut self, moment: Timestamp);
    /// Comes back to the present, without what was changed in the past; tells
    /// whether a row was made there.
    fn restore(&mut self) -> bool;
}

impl<K, V> Stored for Table<K, V>
where
    K: Ord + Clone + Debug + Serialize + DeserializeOwned,
    V: Clone + Debug + Serialize + DeserializeOwned,
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
        self.changed.keys().map(write).collect()
    }

    fn written_rows(&self) -> Vec<serde_json::Result<(String, String)>> {
        let write = |(key, row)| Ok((serde_json::to_string(key)?, serde_json::to_string(row)?));
        self.rows.iter().map(write).collect()
    }

    fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    fn forget_changes(&mut self) {
        self.changed.clear();
    }

    fn undo_changes(&mut self) {
        self.restore();
        for (key, row) in mem::take(&mut self.changed) {
            let undone = put(&mut self.rows, key.clone(), row);
            if let Some(history) = &mut self.history {
                history.note(key, undone);
            }
        }
    }

    fn clear(&mut self) {
        for (key, row) in mem::take(&mut self.rows) {
            self.changed.entry(key).or_insert(Some(row));
        }
        self.history = None;
    }

    fn remember(&mut self, now: Option<Timestamp>) {
        match (now, &mut self.history) {
            (Some(now), Some(history)) => history.set_time(now),
            (Some(now), None) => self.history = Some(Box::new(History::new(now))),
            (None, _) => self.history = None,
        }
    }

    fn forget_until(&mut self, moment: Timestamp) {
        if let Some(history) = &mut self.history {
            history.forget_until(moment);
        }
    }

    fn rewind(&mut self, moment: Timestamp) {
        if let Some(history) = &mut self.history {
            history.rewind(&mut self.rows, moment);
        }
    }

    fn restore(&mut self) -> bool {
        self.history.as_mut().is_some_and(|history| history.restore(&mut self.rows))
    }
}

/// Rows in the order of their keys, and which were touched since the changes
/// were last written down.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    /// What is written down of the rows that were touched.
    changed: BTreeMap<K, Option<V>>,
    /// What the rows were, while somebody may ask.
    history: Option<Box<History<K, V>>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), changed: BTreeMap::new(), history: None }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// The row, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let before = self.rows.get(key)?.clone();
        self.note(key.clone(), Some(before));
        self.rows.get_mut(key)
    }

    pub fn insert(&mut self, key: K, row: V) {
        let before = self.rows.insert(key.clone(), row);
        self.note(key, before);
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let row = self.rows.remove(key)?;
        self.note(key.clone(), Some(row.clone()));
        Some(row)
    }

    /// Notes what a row was before a change. What is changed in the past is not
    /// there to stay, and never written down.
    fn note(&mut self, key: K, before: Option<V>) {
        if let Some(history) = &mut self.history {
            history.note(key.clone(), before.clone());
            if history.is_past() {
                return;
            }
        }
        self.changed.entry(key).or_insert(before);
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

    #[test]
    fn changes_can_be_undone() {
        let mut table: Words = Table::default();
        for (key, row) in [("1", "\"one\""), ("2", "\"two\"")] {
            table.load(key, row).unwrap();
        }
        let change = |table: &mut Words| {
            table.get_mut(&1).unwrap().push('s');
            table.get_mut(&1).unwrap().push('!');
            table.remove(&2);
            table.insert(2, "zwei".to_owned());
            table.insert(3, "three".to_owned());
        };
        change(&mut table);
        table.undo_changes();
        assert_eq!(rows(&table), [(1, "one"), (2, "two")]);
        assert!(!table.has_changes());
        change(&mut table);
        table.clear();
        table.undo_changes();
        assert_eq!(rows(&table), [(1, "one"), (2, "two")]);
    }

    #[test]
    fn a_table_that_is_left_in_the_past_comes_forward_when_it_is_undone() {
        let (mut table, moment) = with_a_past();
        table.forget_changes();
        table.insert(4, "four".to_owned());
        table.rewind(moment(10));
        table.insert(3, "trois".to_owned());
        table.undo_changes();
        assert_eq!(rows(&table), [(1, "eins")]);
        table.rewind(moment(10));
        assert_eq!(rows(&table), [(1, "eins"), (2, "two")]);
    }

    type Words = Table<u32, String>;

    fn rows(table: &Words) -> Vec<(u32, &str)> {
        table.iter().map(|(key, row)| (*key, row.as_str())).collect()
    }

    /// A table of two moments: the row 2 lived from the first to the second.
    fn with_a_past() -> (Words, impl Fn(i64) -> Timestamp) {
        let moment = Timestamp::from_milliseconds;
        let mut table = Words::default();
        table.insert(1, "one".to_owned());
        table.remember(Some(moment(10)));
        table.insert(2, "two".to_owned());
        *table.get_mut(&1).unwrap() = "eins".to_owned();
        table.remember(Some(moment(20)));
        table.remove(&2);
        (table, moment)
    }

    #[test]
    fn a_table_goes_back_and_comes_forward() {
        let (mut table, moment) = with_a_past();
        let past: [(i64, &[(u32, &str)]); 3] =
            [(9, &[(1, "one")]), (10, &[(1, "eins"), (2, "two")]), (20, &[(1, "eins")])];
        for (at, then) in past {
            table.rewind(moment(at));
            assert_eq!(rows(&table), then);
            assert!(!table.restore());
            assert_eq!(rows(&table), [(1, "eins")]);
        }
        table.forget_until(moment(10));
        table.rewind(moment(9));
        assert_eq!(rows(&table), [(1, "eins"), (2, "two")]);
    }

    #[test]
    fn what_is_changed_in_the_past_is_lost() {
        let (mut table, moment) = with_a_past();
        table.rewind(moment(9));
        table.forget_changes();
        *table.get_mut(&1).unwrap() = "un".to_owned();
        table.remove(&1);
        assert!(!table.restore() && !table.has_changes());
        assert_eq!(rows(&table), [(1, "eins")]);
        table.rewind(moment(9));
        table.insert(3, "trois".to_owned());
        assert!(table.restore());
        assert_eq!(rows(&table), [(1, "eins")]);
    }
}
