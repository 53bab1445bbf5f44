//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod doors;
mod faults;
mod key_names;
mod keys;
mod moto_rows_replicas;
mod moto_rows_secrets;
mod replica_secrets;
mod secret_keys;
mod secret_lists;
mod secret_lives;
mod secret_replication;
mod secret_rotation;
mod secret_states;
mod secret_tokens;
mod secret_wire;
mod secrets;
mod stage;
mod storage;
