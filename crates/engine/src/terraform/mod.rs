//! Between Terraform's state and ours: taking objects over, and handing them back.

mod hand_back;
mod keep;
mod secrecy;
mod take_over;
mod upgrade;
mod values;

pub use hand_back::{HandedBack, hand_back};
pub use keep::keep_what_was_left_out;
pub use take_over::{Foreign, TakenOver, take_over_state};
pub use values::{Revealed, reveal};

/// The types whose objects hold what cannot be made again.
const IRREPLACEABLE: [&str; 5] = [
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
    "aws_secretsmanager_secret",
];

/// Whether the objects of a type hold what cannot be made again: keys, and what is in secrets.
pub fn is_irreplaceable(type_name: &str) -> bool {
    IRREPLACEABLE.contains(&type_name)
}

/// Whether the objects of a type are keys: what is encrypted under one is lost with it.
pub fn is_key(type_name: &str) -> bool {
    is_irreplaceable(type_name) && type_name.ends_with("_key")
}
