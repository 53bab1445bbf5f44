//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod control;
mod cryptography;
mod data_keys;
mod doors;
mod faults;
mod key_names;
mod keys;
mod lag;
mod model;
mod quotas;
mod raw;
mod replica_secrets;
mod secrets;
mod signatures;
mod stage;
mod storage;
mod working_keys;
