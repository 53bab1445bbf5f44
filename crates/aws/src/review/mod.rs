//! What is said of secrets that no resource sees by itself: values that someone else has put, two
//! owners of one policy or tag, a rotation that begins before there is a value.

mod early_rotation;
mod owners;
mod principals;
mod secrets;
mod values;

use meridian_resource::{Notice, Reviewed};

use secrets::Secrets;

const SECRET: &str = "aws_secretsmanager_secret";
const POLICY: &str = "aws_secretsmanager_secret_policy";
const ROTATION: &str = "aws_secretsmanager_secret_rotation";
const TAG: &str = "aws_secretsmanager_tag";
const VERSION: &str = "aws_secretsmanager_secret_version";

/// What people should know of instances beside what is done about them, by their addresses.
pub(crate) fn review(instances: &[Reviewed<'_>]) -> Vec<Notice> {
    let secrets = Secrets::of(instances);
    let mut notices = values::notices(&secrets);
    notices.extend(early_rotation::notices(&secrets));
    notices.extend(owners::notices(&secrets));
    notices.extend(principals::notices(&secrets));
    notices.sort_by_key(|notice| notice.subject);
    notices
}

#[cfg(test)]
mod tests;
