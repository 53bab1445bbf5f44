//! The cloud as its clients see it: through the AWS SDK, by both doors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod contract;
mod control;
mod cryptography;
mod data_keys;
mod doors;
mod faults;
mod grants;
mod import_requests;
mod imported_material;
mod imported_replicas;
mod inputs;
mod key_names;
mod keys;
mod kms_requests;
mod lag;
mod managed_keys;
mod materials_at_work;
mod model;
mod moto_rows_kms;
mod moto_rows_replicas;
mod moto_rows_secrets;
mod quotas;
mod raw;
mod replica_secrets;
mod rotation_dates;
mod secret_keys;
mod secret_lists;
mod secret_lives;
mod secret_replication;
mod secret_rotation;
mod secret_states;
mod secret_tokens;
mod secret_wire;
mod secrets;
mod signatures;
mod stage;
mod storage;
mod working_keys;
mod wrapped;
