//! What the request log of a server tells.

use meridian_local_aws::RequestRecord;

/// Whether a request changes something.
pub fn is_change(record: &RequestRecord) -> bool {
    let reads = ["Describe", "List", "Get"];
    !reads.iter().any(|prefix| record.operation.starts_with(prefix))
}

/// The requests that change something, sorted, as lines.
pub fn changing(records: &[RequestRecord]) -> String {
    let mut lines: Vec<String> = records
        .iter()
        .filter(|record| is_change(record))
        .map(|record| format!("{} {}", record.operation, record.region.unwrap_or("-")))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// How often an operation was asked for.
pub fn count(records: &[RequestRecord], operation: &str) -> usize {
    records.iter().filter(|record| record.operation == operation).count()
}

/// The place in the log of the first request of an operation.
#[track_caller]
pub fn position(records: &[RequestRecord], operation: &str) -> usize {
    let found = records.iter().position(|record| record.operation == operation);
    found.unwrap_or_else(|| panic!("no {operation} in {records:#?}"))
}
