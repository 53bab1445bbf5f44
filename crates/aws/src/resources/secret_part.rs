//! What the resource types that are a part of a secret share: its policy, its rotation, a tag.

use meridian_lang::Value;
use meridian_resource::{Answer, Call, CloudError, Place, Recovery, Schema, Service};

use super::run_facts;
use super::version_reading::is_gone;

/// The ARN of a secret on which a permission is needed; `*` while it is unknown.
fn permission_arn(secret: &Value) -> String {
    secret.as_str().filter(|id| id.starts_with("arn:")).unwrap_or("*").to_owned()
}

/// A call that changes a secret.
pub fn change(
    place: &Place,
    operation: &'static str,
    action: &'static str,
    secret: Value,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let arn = permission_arn(&secret);
    let input = [("SecretId", secret)].into_iter().chain(members);
    Call::change(Service::SecretsManager, operation, &place.region, input).needs(action, arn)
}

/// The one call that reads a part of a secret.
pub fn read(
    place: &Place,
    operation: &'static str,
    action: &'static str,
    secret: Value,
) -> Vec<Call> {
    let arn = permission_arn(&secret);
    let input = [("SecretId", secret)];
    let read = Call::read(Service::SecretsManager, operation, &place.region, input);
    vec![read.needs(action, arn)]
}

/// The answer to [`read`]; `None` if the secret is gone.
pub fn answer(answers: &[Answer]) -> Result<Option<&Value>, CloudError> {
    match answers.first() {
        Some(Ok(answer)) => Ok(Some(answer)),
        Some(Err(error)) if !is_gone(error) => Err(error.clone()),
        Some(Err(_)) | None => Ok(None),
    }
}

/// The part that an unanswered call of this operation may have made, known by the secret that the
/// call names and by these attributes.
pub fn recovery(
    schema: &Schema,
    call: &Call,
    operation: &str,
    attributes: impl FnOnce(&Value) -> Vec<(&'static str, Value)>,
) -> Recovery {
    match call.input.get("SecretId") {
        Some(secret) if call.operation == operation => {
            let empty = schema.empty();
            let known = attributes(secret);
            let attributes =
                known.into_iter().fold(empty, |all, (name, value)| all.with(name, value));
            Recovery::Read(Box::new(run_facts::created(attributes)))
        }
        _ => Recovery::None,
    }
}
