//! The past of a table, for as long as somebody may ask for it.

use std::collections::{BTreeMap, VecDeque};

use crate::clock::Timestamp;

/// How many changes of a table are kept at most.
const MOST_RECORDS: usize = 65_536;

/// A row as it was until a moment.
#[derive(Debug)]
struct Record<K, V> {
    until: Timestamp,
    key: K,
    row: Option<V>,
}

/// The rows that were changed or removed, oldest first, with which a table can
/// be taken back and brought forward again.
#[derive(Debug)]
pub(crate) struct History<K, V> {
    now: Timestamp,
    records: VecDeque<Record<K, V>>,
    /// How many of the newest records are undone, while the table is in the past.
    undone: Option<usize>,
    /// What was changed in the past: the keys, and the rows before.
    draft: Vec<(K, Option<V>)>,
}

impl<K: Ord + Clone, V> History<K, V> {
    /// A history that begins now.
    pub fn new(now: Timestamp) -> Self {
        Self { now, records: VecDeque::new(), undone: None, draft: Vec::new() }
    }

    /// Sets the moment at which changes happen from here on.
    pub fn set_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Whether the table is in the past.
    pub fn is_past(&self) -> bool {
        self.undone.is_some()
    }

    /// Notes a change: the key, and the row before.
    pub fn note(&mut self, key: K, row: Option<V>) {
        if self.is_past() {
            self.draft.push((key, row));
            return;
        }
        if self.records.len() == MOST_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(Record { until: self.now, key, row });
    }

    /// Forgets what changed before a moment, or at it.
    pub fn forget_until(&mut self, moment: Timestamp) {
        while self.records.front().is_some_and(|record| record.until <= moment) {
            self.records.pop_front();
        }
    }

    /// Takes the rows back to what they were right after a moment's changes.
    pub fn rewind(&mut self, rows: &mut BTreeMap<K, V>, moment: Timestamp) {
        let is_later = |record: &&mut Record<K, V>| record.until > moment;
        let later = self.records.iter_mut().rev().take_while(is_later);
        let undone = later.map(|record| record.swap(rows)).count();
        self.undone = Some(undone);
    }

    /// Brings the rows forward again. What was changed in the past is lost;
    /// tells whether a row was made there.
    pub fn restore(&mut self, rows: &mut BTreeMap<K, V>) -> bool {
        let mut made_rows = false;
        while let Some((key, row)) = self.draft.pop() {
            made_rows |= row.is_none();
            put(rows, key, row);
        }
        let undone = self.undone.take().unwrap_or_default();
        let first = self.records.len() - undone;
        self.records.range_mut(first..).for_each(|record| record.swap(rows));
        made_rows
    }
}

impl<K: Ord + Clone, V> Record<K, V> {
    /// Exchanges the row that is kept with the one in the table.
    fn swap(&mut self, rows: &mut BTreeMap<K, V>) {
        let row = self.row.take();
        self.row = put(rows, self.key.clone(), row);
    }
}

/// Puts a row in its place, or takes it away; gives the one before.
pub(crate) fn put<K: Ord, V>(rows: &mut BTreeMap<K, V>, key: K, row: Option<V>) -> Option<V> {
    match row {
        Some(row) => rows.insert(key, row),
        None => rows.remove(&key),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Rows = BTreeMap<u8, u16>;

    /// A change of one row: its key, and the row from then on.
    fn changes() -> impl Strategy<Value = Vec<(u8, Option<u16>)>> {
        prop::collection::vec((0..6_u8, prop::option::of(any::<u16>())), 0..40)
    }

    fn change(rows: &mut Rows, history: &mut History<u8, u16>, (key, row): (u8, Option<u16>)) {
        let old = put(rows, key, row);
        history.note(key, old);
    }

    proptest! {
        #[test]
        fn every_moment_is_found_again(
            past in changes(),
            drafts in changes(),
            // Several changes may share a moment.
            pace in 1..4_usize,
        ) {
            let mut rows = Rows::new();
            let mut history = History::new(Timestamp::from_milliseconds(0));
            let mut moments = vec![(Timestamp::from_milliseconds(-1), rows.clone())];
            for (at, together) in (0..).zip(past.chunks(pace)) {
                let now = Timestamp::from_milliseconds(at);
                history.set_time(now);
                together.iter().for_each(|one| change(&mut rows, &mut history, *one));
                moments.push((now, rows.clone()));
            }
            let present = rows.clone();
            for (moment, then) in moments {
                history.rewind(&mut rows, moment);
                prop_assert_eq!(&rows, &then);
                drafts.iter().for_each(|one| change(&mut rows, &mut history, *one));
                history.restore(&mut rows);
                prop_assert_eq!(&rows, &present);
            }
        }
    }

    #[test]
    fn the_past_has_an_end() {
        let mut rows = Rows::new();
        let mut history = History::new(Timestamp::from_milliseconds(0));
        for number in 0..=MOST_RECORDS {
            change(&mut rows, &mut history, (0, u16::try_from(number % 1000).ok()));
        }
        assert_eq!(history.records.len(), MOST_RECORDS);
        history.rewind(&mut rows, Timestamp::from_milliseconds(-1));
        assert_eq!(rows, Rows::from([(0, 0)]));
    }
}
