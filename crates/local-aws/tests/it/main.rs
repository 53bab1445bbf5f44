//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod doors;
mod durability;
mod faults;
mod key_names;
mod keys;
mod replica_secrets;
mod secrets;
mod seeding;
mod server;
mod server_page;
mod snapshots;
mod stage;
mod storage;
