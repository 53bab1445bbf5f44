//! Reading a version of a secret: its labels, who else has them, and whether it is still there.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Call, CloudError, ErrorClass, Object, Place, Schema, Service};

use super::members::answered;
use super::secret_reading::DELETION_DATE;
use super::{imported_value, run_facts, spelling, value_replicas, version_stages};

/// The fact that names the version that is current in the place of this one, which was.
pub const ROTATED_TO: &str = "rotated_to";

/// The fact that AWS keeps the version no longer: it had lost all its labels.
pub const SUPERSEDED: &str = "superseded";

/// Secret and version id of an object, also of one that is known by its id only.
pub fn names(object: &Object) -> (Value, Value) {
    let (secret, version) = (object.attribute("secret_id"), object.attribute("version_id"));
    if !(secret.is_null() || version.is_null()) {
        return (secret, version);
    }
    match object.text("id").and_then(|id| id.split_once('|')) {
        Some((secret, version)) => (Value::string(secret), Value::string(version)),
        None => (secret, version),
    }
}

/// The id of a version in Terraform's spelling.
pub fn version_name(secret: &str, version: &str) -> Value {
    Value::string(format!("{secret}|{version}"))
}

/// Whether an error says that there is no such secret any more.
pub fn is_gone(error: &CloudError) -> bool {
    let message = error.message.to_lowercase();
    let is_marked = message.contains("marked for deletion") || message.contains("it was deleted");
    error.class == ErrorClass::NotFound || is_marked
}

/// The calls that read a version. The value is asked for by none of them, but for an import.
pub fn reads(place: &Place, object: &Object) -> Vec<Call> {
    let (secret, version) = names(object);
    let arn = secret.as_str().filter(|id| id.starts_with("arn:"));
    let arn = arn.unwrap_or("*").to_owned();
    let read = |operation, action, more: Option<(&'static str, Value)>| {
        let input = [("SecretId", secret.clone())].into_iter().chain(more);
        Call::read(Service::SecretsManager, operation, &place.region, input).needs(action, &arn)
    };
    let deprecated = ("IncludeDeprecated", Value::bool(true));
    let (list, describe) = ("ListSecretVersionIds", "DescribeSecret");
    let mut calls = vec![
        read(list, "secretsmanager:ListSecretVersionIds", Some(deprecated)),
        read(describe, "secretsmanager:DescribeSecret", None),
    ];
    calls.extend(imported_value::read(place, object, &secret, &version));
    calls
}

/// What the answers to [`reads`] say; `None` if the version is gone and may be put again.
pub fn observe(
    schema: &Schema,
    prior: &Object,
    answers: &[Answer],
) -> Result<Option<Object>, CloudError> {
    // A version is as lasting as its secret, which may still be taken back.
    let described = answers.get(1).and_then(|answer| answer.as_ref().ok());
    if let Some(date) = described.and_then(|answer| answer.get_str("DeletedDate")) {
        return Ok(Some(prior.clone().with_fact(DELETION_DATE, Value::string(date))));
    }
    let mut found = Vec::new();
    let is_imported = run_facts::holds(prior, run_facts::IMPORTING);
    let value = answers.get(2).filter(|_| is_imported);
    for answer in answers.iter().take(2) {
        match answer {
            Ok(answer) => found.push(answer),
            Err(error) if is_gone(error) => return Ok(None),
            Err(error) => return Err(error.clone()),
        }
    }
    let Some(listed) = found.first() else {
        return Ok(None);
    };
    let (secret, version) = names(prior);
    let arn = found.iter().rev().find_map(|answer| answer.get_str("ARN")).unwrap_or_default();
    let versions = answered(listed, "Versions");
    let listed = Listed::of(&versions, version.as_str().unwrap_or_default());
    let current = listed.holders.get_str(version_stages::CURRENT).map(str::to_owned);
    let is_superseded = listed.labels.is_none();
    if is_superseded && !(is_settled(prior, arn) && current.is_some()) {
        return Ok(None);
    }
    let labels = listed.labels.unwrap_or_default();
    let is_current = labels.contains(&version_stages::CURRENT);
    let was_current = prior.fact(ROTATED_TO).is_some()
        || version_stages::labels(&prior.attributes).contains(&version_stages::CURRENT);
    let id =
        version_name(secret.as_str().unwrap_or_default(), version.as_str().unwrap_or_default());
    let attributes = spelling::base(schema, prior)
        .with("arn", Value::string(arn))
        .with("id", id)
        .with("secret_id", secret)
        .with("version_id", version)
        .with("version_stages", version_stages::set(labels))
        .with("secret_string_wo", Value::null(Type::String));
    let attributes = imported_value::put_in(attributes, value)?;
    let mut facts =
        run_facts::carried_over(prior).with(version_stages::HOLDERS, listed.holders.clone());
    if let (Some(current), true, false) = (current, was_current, is_current) {
        facts = facts.with(ROTATED_TO, Value::string(current));
    }
    if is_superseded {
        facts = facts.with(SUPERSEDED, Value::bool(true));
    }
    let facts = value_replicas::noted(facts, found.get(1).copied());
    Ok(Some(Object { attributes, facts }))
}

/// Whether a version is one that earlier runs knew, of the secret that there is: a version that is
/// not listed then has lost its labels to newer ones. One that was just put may not be visible yet.
fn is_settled(prior: &Object, arn: &str) -> bool {
    let is_passing = [run_facts::CREATED, run_facts::IMPORTING];
    prior.text("arn") == Some(arn) && !is_passing.iter().any(|fact| run_facts::holds(prior, fact))
}

/// The versions of a secret as one of them sees them.
struct Listed<'a> {
    /// Its labels; none if it is not listed.
    labels: Option<Vec<&'a str>>,
    /// The version that has each label that it has not itself: a map from label to version id.
    holders: Value,
}

impl Listed<'_> {
    fn of<'a>(versions: &'a Value, ours: &str) -> Listed<'a> {
        let mut listed = Listed { labels: None, holders: Value::map::<&str>(Type::String, []) };
        for entry in versions.children() {
            let stages = entry.get("VersionStages").into_iter().flat_map(Value::children);
            let labels = stages.filter_map(Value::as_str);
            match entry.get_str("VersionId") {
                Some(id) if id == ours => listed.labels = Some(labels.collect()),
                Some(id) => {
                    for label in labels {
                        listed.holders = listed.holders.with(label, Value::string(id));
                    }
                }
                None => {}
            }
        }
        listed
    }
}
