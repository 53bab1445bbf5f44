//! A log of the last requests, without their content.

use std::collections::VecDeque;

use serde::Serialize;

use crate::clock::Timestamp;

/// What is kept of a request. Neither names nor values are.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRecord {
    /// Which request it was since the cloud was opened; the first is 1.
    pub number: usize,
    /// When it was answered.
    pub time: Timestamp,
    /// The Region that it was sent to, if its signature told one.
    pub region: Option<&'static str>,
    /// The service, such as `kms`.
    pub service: Option<&'static str>,
    /// The operation's name; empty if the request named none.
    pub operation: String,
    /// The HTTP status of the answer; none if the connection was dropped.
    pub status: Option<u16>,
    /// The error code of the answer, if it was an error.
    pub error_code: Option<String>,
    /// The id that the answer carried.
    pub request_id: String,
}

const CAPACITY: usize = 16_384;

/// A ring of records: when it is full, the oldest makes room.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    records: VecDeque<RequestRecord>,
    count: usize,
}

impl RequestLog {
    pub fn push(&mut self, record: RequestRecord) {
        self.count += 1;
        if self.records.len() == CAPACITY {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// How many requests there were, those included that have made room.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Forgets the records, but not how many there were.
    pub fn clear(&mut self) {
        self.records.clear();
    }

    /// The records, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RequestRecord> {
        self.records.iter()
    }

    /// The last records after so many requests, as far as they are kept and at most some hundreds.
    pub fn since(&self, seen: usize) -> Vec<RequestRecord> {
        const MOST: usize = 300;
        let wanted = self.count.saturating_sub(seen).min(MOST);
        let skipped = self.records.len().saturating_sub(wanted);
        self.records.iter().skip(skipped).cloned().collect()
    }

    pub fn records(&self) -> Vec<RequestRecord> {
        self.records.iter().cloned().collect()
    }
}
