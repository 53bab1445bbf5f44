//! What no resource sees by itself: values that someone else has put, two owners of one policy or
//! tag, a rotation that begins before there is a value, a custom key store that is replaced with keys in it.

mod early_rotation;
mod holders;
mod key_policies;
mod key_stores;
mod owners;
mod principals;
mod values;

use meridian_resource::{Notice, Reviewed};

use holders::Holders;

const SECRET: &str = "aws_secretsmanager_secret";
const POLICY: &str = "aws_secretsmanager_secret_policy";
const ROTATION: &str = "aws_secretsmanager_secret_rotation";
const TAG: &str = "aws_secretsmanager_tag";
const VERSION: &str = "aws_secretsmanager_secret_version";

const KEY_STORE: &str = "aws_kms_custom_key_store";
const KEY_POLICY: &str = "aws_kms_key_policy";
const KEYS: [&str; 4] =
    ["aws_kms_external_key", "aws_kms_key", "aws_kms_replica_external_key", "aws_kms_replica_key"];

/// What people should know of instances beside what is done about them, each with the position of
/// its instance and in their order.
pub(crate) fn review(instances: &[Reviewed<'_>]) -> Vec<(usize, Notice)> {
    let secrets = Holders::secrets(instances);
    let mut notices = values::notices(&secrets);
    notices.extend(early_rotation::notices(&secrets));
    notices.extend(owners::notices(&secrets));
    notices.extend(principals::notices(&secrets));
    notices.extend(key_policies::notices(&Holders::keys(instances)));
    notices.extend(key_stores::notices(instances));
    notices.sort_by_key(|(subject, _)| *subject);
    notices
}

#[cfg(test)]
mod tests;
