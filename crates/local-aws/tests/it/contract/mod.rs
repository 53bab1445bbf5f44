//! Each operation of KMS on a key in each state, against the table of the
//! developer guide ("Key states of AWS KMS keys").

mod request;
mod rows;
mod setup;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::kms_requests::{Known, PENDING_IS_A_FAILURE, Unknown, must, send};

use rows::{Kind, ROWS, STATELESS};
use setup::{STATES, State, Subject};

/// What is answered in a cell of the table, as a refusal; empty for a success.
fn expected(footnote: &str, state: State, arn: &str) -> String {
    let invalid = |reason: &str| format!("KMSInvalidStateException: {arn} is {reason}.");
    let origin = |origin: &str| {
        format!(
            "UnsupportedOperationException: {arn} origin is {origin} which is not valid for this \
             operation."
        )
    };
    match footnote {
        "ok" => String::new(),
        "1" => format!("DisabledException: {arn} is disabled."),
        "3" if state == State::PendingReplicaDeletion => invalid("pending replica deletion"),
        "3" => invalid("pending deletion"),
        "4" => invalid("not pending deletion (or pending replica deletion)"),
        "5" => invalid("pending import"),
        "6" => origin("EXTERNAL"),
        "7" => "UnsupportedOperationException: ".to_owned(),
        "9" => origin("AWS_KMS"),
        "11" => invalid("unavailable"),
        "14" => invalid("creating"),
        "15" => invalid("updating"),
        // Footnotes 7 and 9 of keys in custom stores.
        "store" => format!(
            "UnsupportedOperationException: {arn} is in a custom key store, which is not valid \
             for this operation."
        ),
        other => panic!("the table has no footnote {other}"),
    }
}

/// What is wrong with one cell of the table, if anything is.
fn check(row: &str, kind: Kind, state: State, cell: &str) -> Known<Option<String>> {
    let subject = Subject::set_up(row, kind, state)?;
    let described = json!({ "KeyId": subject.id });
    let described = must(&subject.stage.cloud, subject.region, "DescribeKey", &described)?;
    assert_eq!(described["KeyMetadata"]["KeyState"], format!("{state:?}"));

    let (region, input) = request::of(row, state, &subject);
    let reply = send(&subject.stage.cloud, region, operation(row), &input)?;
    let refused = reply.refusal();
    if refused == expected(cell, state, &subject.arn()) {
        return Ok(None);
    }
    Ok(Some(format!("{row} of a {kind:?} key, {state:?}: expected {cell}, got {refused:?}")))
}

/// The operation of a row, without the words that tell it from another.
fn operation(row: &str) -> &str {
    row.split(' ').next().unwrap()
}

#[test]
fn every_operation_does_what_the_table_says_in_every_state() {
    let (mut checked, mut impossible, mut wrong) = (0, 0, Vec::new());
    let mut pending: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, kind, cells) in ROWS {
        for state in STATES {
            let cell = cells[state.column()];
            if cell == "-" {
                impossible += 1;
                continue;
            }
            match check(row, *kind, *state, cell) {
                Ok(outcome) => {
                    checked += 1;
                    wrong.extend(outcome);
                }
                Err(Unknown) => *pending.entry(row).or_default() += 1,
            }
        }
    }
    println!(
        "{} rows: {checked} cells checked, {impossible} impossible, pending {pending:?}",
        ROWS.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pending.is_empty() || !PENDING_IS_A_FAILURE, "pending: {pending:?}");
}

#[test]
fn the_table_has_every_operation_of_kms() {
    let in_table = ROWS.iter().map(|(row, ..)| operation(row));
    let operations: BTreeSet<&str> = in_table.chain(STATELESS.iter().copied()).collect();
    assert_eq!(operations.len(), 54);
}
