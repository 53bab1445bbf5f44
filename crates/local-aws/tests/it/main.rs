//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod doors;
mod faults;
mod grants;
mod import_requests;
mod imported_material;
mod imported_replicas;
mod key_names;
mod keys;
mod replica_secrets;
mod rotation_dates;
mod secrets;
mod stage;
mod storage;
mod wrapped;
