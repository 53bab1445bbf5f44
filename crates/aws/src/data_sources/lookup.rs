//! What the data sources that ask KMS and Secrets Manager have in common: their calls, and what
//! they take from the answers.

use aws_smithy_types::base64;
use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{
    Answer, Call, CloudError, DataError, ErrorClass, Place, Presence, Problem, Schema, Service,
};

use super::shown;
use crate::region::partition;

/// An argument that says something: neither null nor, as the provider sees it, empty.
pub(super) fn given<'v>(config: &'v Value, name: &str) -> Option<&'v Value> {
    config.get(name).filter(|value| {
        let is_empty = value.as_elements().is_some_and(<[Value]>::is_empty)
            || value.as_entries().is_some_and(|entries| entries.is_empty());
        !value.is_null() && !is_empty && value.as_str() != Some("")
    })
}

/// The arguments as the provider keeps them: optional ones that say nothing are null.
pub(super) fn kept(schema: &Schema, config: &Value) -> Value {
    let optional = schema.attributes.iter().filter(|it| it.presence == Presence::Optional);
    let silent = optional.filter(|attribute| given(config, attribute.name).is_none());
    silent.fold(config.clone(), |all, it| all.with(it.name, Value::null(it.ty.clone())))
}

/// A member of a request for each of these arguments that is given.
pub(super) fn members<const N: usize>(
    config: &Value,
    arguments: [(&'static str, &str); N],
) -> impl Iterator<Item = (&'static str, Value)> {
    arguments
        .map(|(member, name)| Some((member, given(config, name)?.clone())))
        .into_iter()
        .flatten()
}

/// A call of KMS that reads, and needs the action of its name on a key.
pub(super) fn of_kms(
    place: &Place,
    operation: &'static str,
    action: &'static str,
    key: &str,
    input: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let call = Call::read(Service::Kms, operation, &place.region, input);
    call.needs(action, key_permission(place, key))
}

/// The call that reads the key of the arguments `key_id` and `grant_tokens`.
pub(super) fn of_key(
    place: &Place,
    config: &Value,
    operation: &'static str,
    action: &'static str,
) -> Call {
    let key = config.get_str("key_id").unwrap_or_default();
    let input = [("KeyId", Value::string(key))].into_iter();
    let input = input.chain(members(config, [("GrantTokens", "grant_tokens")]));
    of_kms(place, operation, action, key, input)
}

/// A call of Secrets Manager that reads, and needs the action of its name on a secret.
pub(super) fn of_secret(
    place: &Place,
    operation: &'static str,
    action: &'static str,
    secret: &Value,
    more: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let input = [("SecretId", secret.clone())].into_iter().chain(more);
    let call = Call::read(Service::SecretsManager, operation, &place.region, input);
    call.needs(action, secret_permission(place, secret.as_str().unwrap_or_default()))
}

/// The ARN of what a key is named by. Permissions are never on an alias: any key may be behind it.
fn key_permission(place: &Place, key: &str) -> String {
    let (partition, region) = (partition(&place.region), &place.region);
    match key {
        "" => "*".to_owned(),
        arn if arn.starts_with("arn:") && !arn.contains(":alias/") => arn.to_owned(),
        alias if alias.contains("alias/") => format!("arn:{partition}:kms:{region}:*:key/*"),
        id => format!("arn:{partition}:kms:{region}:*:key/{id}"),
    }
}

/// The ARN of what a secret is named by. Six random characters end it.
fn secret_permission(place: &Place, secret: &str) -> String {
    if secret.starts_with("arn:") {
        return secret.to_owned();
    }
    let partition = partition(&place.region);
    format!("arn:{partition}:secretsmanager:{}:*:secret:{secret}-??????", place.region)
}

/// The answer to the call at a position.
///
/// # Errors
/// The call failed.
pub(super) fn answered(answers: &[Answer], position: usize) -> Result<Value, CloudError> {
    let nothing = || Ok(Value::object::<&str>([]));
    answers.get(position).cloned().unwrap_or_else(nothing)
}

/// A text of an answer; empty if it is not there.
pub(super) fn text(answer: &Value, name: &str) -> Value {
    Value::string(answer.get_str(name).unwrap_or_default())
}

/// A flag of an answer; off if it is not there.
pub(super) fn flag(answer: &Value, name: &str) -> Value {
    Value::bool(answer.get(name).and_then(Value::as_bool) == Some(true))
}

/// A number of an answer; zero if it is not there.
pub(super) fn number(answer: &Value, name: &str) -> Value {
    Value::number(answer.get(name).and_then(Value::as_i64).unwrap_or_default())
}

/// The texts of a list of an answer.
pub(super) fn texts(answer: &Value, name: &str) -> impl Iterator<Item = Value> {
    let texts = answer.get(name).and_then(Value::as_elements).unwrap_or_default().to_vec();
    texts.into_iter()
}

/// The objects of a list of an answer.
pub(super) fn objects<'v>(answer: &'v Value, name: &str) -> &'v [Value] {
    answer.get(name).and_then(Value::as_elements).unwrap_or_default()
}

/// A time of an answer to the second, as the provider writes it; null if it is not there.
pub(super) fn moment(answer: &Value, name: &str) -> Value {
    match answer.get_str(name) {
        None => Value::null(Type::String),
        Some(time) => match time.split_once('.') {
            Some((seconds, _)) => Value::string(format!("{seconds}Z")),
            None => Value::string(time),
        },
    }
}

/// Secret bytes of an answer as the text that they are, marked as sensitive; `None` if there are
/// none.
///
/// # Errors
/// They are no text.
pub(super) fn secret_text(answer: &Value, name: &str) -> Result<Option<Value>, NoText> {
    let Some(encoded) = answer.get_str(name) else { return Ok(None) };
    let bytes = base64::decode(encoded).map_err(|_| NoText)?;
    let text = String::from_utf8(bytes).map_err(|_| NoText)?;
    Ok(Some(Value::string(text).mark(Marks::SENSITIVE)))
}

/// Bytes that are no UTF-8, which is all that Terraform's language knows as text.
#[derive(Debug)]
pub(super) struct NoText;

impl NoText {
    /// The error, about the part of the object where the text should be.
    pub(super) fn of(self, what: String) -> DataError {
        let detail = "The bytes are not valid UTF-8, and an attribute can only hold text.";
        let help = "Read it with a program of its own, or keep it base64-encoded as text.";
        DataError::Problem(Box::new(Problem::new(format!("{what} is not text"), detail).help(help)))
    }
}

/// A read that found nothing, or not one thing, in the provider's words.
pub(super) fn no_result(what: &str, name: &Value, reason: &str, detail: String) -> Problem {
    let named = shown(name, name.as_str().unwrap_or_default());
    Problem::new(format!("reading {what} ({named}): {reason}"), detail)
}

/// The same, with what AWS said to the call.
pub(super) fn not_found(
    what: &str,
    name: &Value,
    reason: &str,
    call: Option<&Call>,
    error: Option<&CloudError>,
) -> DataError {
    let said = error.map(|error| format!(": {error}")).unwrap_or_default();
    let detail = call.map(|call| format!("{call} found nothing{said}")).unwrap_or_default();
    DataError::Problem(Box::new(no_result(what, name, reason, detail)))
}

/// What the provider says of anything that is not there.
pub(super) const NOT_THERE: &str = "couldn't find resource";

/// Whether an error means that a secret, or the version asked for, is not there: it never was, or
/// it is marked for deletion.
pub(super) fn is_absent(error: &CloudError) -> bool {
    let marked = ["because it was deleted", "because it was marked for deletion"];
    error.class == ErrorClass::NotFound
        || (error.code == "InvalidRequestException"
            && marked.iter().any(|words| error.message.contains(words)))
}

/// What is wrong with arguments of which exactly one must be given.
pub(super) fn exactly_one(config: &Value, a: &str, b: &str) -> Vec<Problem> {
    let mut unknown = [a, b].into_iter().filter_map(|name| config.get(name));
    if unknown.any(|value| !value.is_known()) {
        return Vec::new();
    }
    let is_given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    let rule = match (is_given(a), is_given(b)) {
        (true, false) | (false, true) => return Vec::new(),
        (false, false) => format!("one of `{a},{b}` must be specified"),
        (true, true) => {
            format!("only one of `{a},{b}` can be specified, but `{a},{b}` were specified.")
        }
    };
    let problem = |name: &str| {
        let detail = format!("{name:?}: {rule}");
        Problem::new("Invalid combination of arguments", detail).at(Path::attribute(name))
    };
    vec![problem(a), problem(b)]
}
