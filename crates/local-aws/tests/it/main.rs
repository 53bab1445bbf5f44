//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod doors;
mod faults;
mod iam;
mod key_names;
mod key_permissions;
mod keys;
mod least_privilege;
mod replica_secrets;
mod request_signatures;
mod secret_permissions;
mod secrets;
mod sessions;
mod stage;
mod storage;
