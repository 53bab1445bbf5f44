//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod control;
mod cryptography;
mod data_keys;
mod doors;
mod faults;
mod grants;
mod import_requests;
mod imported_material;
mod imported_replicas;
mod key_names;
mod keys;
mod lag;
mod materials_at_work;
mod model;
mod quotas;
mod raw;
mod replica_secrets;
mod rotation_dates;
mod secrets;
mod signatures;
mod stage;
mod storage;
mod working_keys;
mod wrapped;
