//! What to do about errors of rotation.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Reaction};

use super::key_errors::{fail, member};
use super::version_reading::is_gone;

/// How long a new permission of a function may not be seen yet, and a rotation may still run.
const PROPAGATION: Duration = Duration::from_secs(60);

/// The reaction to an error of `RotateSecret` or `CancelRotateSecret`.
pub fn reaction(call: &Call, error: &CloudError) -> Option<Reaction> {
    match (call.operation, error.class) {
        ("CancelRotateSecret", _) if is_gone(error) => Some(Reaction::Reread),
        ("RotateSecret", ErrorClass::Denied) if is_about_function(error) => {
            Some(Reaction::Retry(PROPAGATION))
        }
        ("RotateSecret", ErrorClass::InvalidState) => Some(refused(call, error)),
        _ => None,
    }
}

/// Whether Secrets Manager is refused by the function, not the caller by Secrets Manager.
fn is_about_function(error: &CloudError) -> bool {
    error.message.to_lowercase().contains("lambda")
}

fn refused(call: &Call, error: &CloudError) -> Reaction {
    let message = error.message.to_lowercase();
    let secret = member(call, "SecretId");
    if message.contains("no lambda rotation function") {
        return fail(
            error,
            format!("no function is known that rotates {secret}"),
            "Name one: rotation_lambda_arn = aws_lambda_function.NAME.arn",
        );
    }
    if is_gone(error) {
        return fail(
            error,
            format!("{secret} is scheduled for deletion and cannot be rotated"),
            format!(
                "Restore it first: aws secretsmanager restore-secret --region {} --secret-id \
                 {secret}",
                call.region
            ),
        );
    }
    // A rotation is under way, or a role cannot be assumed yet.
    Reaction::Retry(PROPAGATION)
}
