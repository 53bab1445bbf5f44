//! What another imitation of AWS got wrong about KMS, row by row: each asserts
//! what AWS does (the reference's §4, rows 1 to 56 and 88 to 93).

mod keys;
mod names;
mod replicas;
mod wire;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::kms_requests::{self, Known, PENDING_IS_A_FAILURE, Reply, Unknown};
use crate::stage::Stage;

/// Where most keys are made.
const HOME: &str = "eu-west-1";
/// Where their replicas are.
const AWAY: &str = "us-east-1";

/// The number of a row, and what AWS does.
type Row = (u32, fn(&Bench) -> Known<()>);

/// A cloud, and short ways to ask it.
struct Bench {
    stage: Stage,
}

impl Bench {
    fn ask(&self, region: &str, operation: &str, input: Value) -> Known<Reply> {
        kms_requests::send(&self.stage.cloud, region, operation, &input)
    }

    fn must(&self, region: &str, operation: &str, input: Value) -> Known<Value> {
        kms_requests::must(&self.stage.cloud, region, operation, &input)
    }

    /// The code and message of a refusal.
    fn refused(&self, region: &str, operation: &str, input: Value) -> Known<String> {
        let reply = self.ask(region, operation, input)?;
        assert_ne!(reply.status, 200, "{operation} should have been refused");
        Ok(reply.refusal())
    }

    /// Makes a key; gives its id.
    fn key(&self, input: Value) -> Known<String> {
        let created = self.must(HOME, "CreateKey", input)?;
        Ok(created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned())
    }

    /// Makes a key with a replica that is ready; gives its id.
    fn replicated(&self) -> Known<String> {
        let key = self.key(json!({ "MultiRegion": true }))?;
        self.must(HOME, "ReplicateKey", json!({ "KeyId": key, "ReplicaRegion": AWAY }))?;
        self.stage.pass(2);
        Ok(key)
    }

    /// Makes a key that is pending deletion; gives its id.
    fn pending(&self) -> Known<String> {
        let key = self.key(json!({ "MultiRegion": true }))?;
        self.must(HOME, "ScheduleKeyDeletion", json!({ "KeyId": key }))?;
        Ok(key)
    }

    /// What a Region tells of a key.
    fn describe(&self, region: &str, key: &str) -> Known<Value> {
        let mut output = self.must(region, "DescribeKey", json!({ "KeyId": key }))?;
        Ok(output["KeyMetadata"].take())
    }
}

fn arn(region: &str, key: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/{key}")
}

/// Whether a refusal has a code.
fn has_code(refusal: &str, code: &str) {
    assert!(refusal.starts_with(&format!("{code}: ")), "{refusal} is not {code}");
}

#[test]
fn every_row_is_as_aws_does_it() {
    let rows: BTreeMap<u32, fn(&Bench) -> Known<()>> =
        [replicas::ROWS, keys::ROWS, names::ROWS, wire::ROWS].concat().into_iter().collect();
    assert!(rows.keys().copied().eq((1..=56).chain(88..=93)), "{:?}", rows.keys());
    let mut pending = Vec::new();
    for (number, row) in &rows {
        println!("row {number}");
        if let Err(Unknown) = row(&Bench { stage: Stage::new() }) {
            pending.push(number);
        }
    }
    println!("{} rows, pending {pending:?}", rows.len());
    assert!(pending.is_empty() || !PENDING_IS_A_FAILURE, "pending: {pending:?}");
}
