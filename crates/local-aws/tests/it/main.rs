//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod contract;
mod doors;
mod faults;
mod inputs;
mod key_names;
mod keys;
mod kms_requests;
mod managed_keys;
mod moto_rows_kms;
mod replica_secrets;
mod secrets;
mod stage;
mod storage;
