//! `aws_secretsmanager_secret_version`: one value of a secret. It is written and, but for imports,
//! never read.

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Object, Occurrence, Place, Problem,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, decided, given};
use super::secret_reading::{DELETION_DATE, is_scheduled};
use super::{
    conflicts, import, imported_value, run_facts, secret_errors, spelling, value_replicas,
    version_stages,
};
use crate::checks;

/// The type `aws_secretsmanager_secret_version`.
#[derive(Debug)]
pub struct SecretVersion {
    schema: Schema,
}

impl Default for SecretVersion {
    fn default() -> SecretVersion {
        SecretVersion::new()
    }
}

impl SecretVersion {
    /// The type.
    pub fn new() -> SecretVersion {
        let attributes = vec![
            Attribute::computed("arn", Type::String),
            Attribute::computed("has_secret_string_wo", Type::Bool),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional("secret_binary", Type::String)
                .sensitive()
                .replaces()
                .check(checks::base64),
            Attribute::required("secret_id", Type::String).replaces(),
            Attribute::optional("secret_string", Type::String).sensitive().replaces(),
            Attribute::optional("secret_string_wo", Type::String).sensitive().write_only(),
            Attribute::optional("secret_string_wo_version", Type::Number).replaces(),
            Attribute::computed("version_id", Type::String),
            Attribute::optional_computed("version_stages", Type::set(Type::String)),
        ];
        SecretVersion { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

/// The member that carries the value, with all marks of what it comes from.
fn value(wanted: &Value) -> Option<(&'static str, Value)> {
    let arguments = [
        ("SecretString", "secret_string"),
        ("SecretString", "secret_string_wo"),
        ("SecretBinary", "secret_binary"),
    ];
    let found = arguments.into_iter().find_map(|(member, argument)| {
        let value = given(wanted, argument).filter(|value| value.as_str() != Some(""))?;
        Some((member, value))
    });
    // A plan does not hold a write-only value, only its version.
    let absent = || Value::unknown_not_null(Type::String).mark(Marks::SENSITIVE);
    found.or_else(|| is_write_only(wanted).then(|| ("SecretString", absent())))
}

fn is_write_only(wanted: &Value) -> bool {
    let arguments = ["secret_string_wo", "secret_string_wo_version"];
    arguments.into_iter().any(|argument| given(wanted, argument).is_some())
}

fn put(place: &Place, wanted: &Value) -> Call {
    let secret = answered(wanted, "secret_id");
    let arn = secret.as_str().filter(|id| id.starts_with("arn:"));
    let arn = arn.unwrap_or("*").to_owned();
    let stages = decided(wanted, "version_stages").filter(Value::is_wholly_known);
    let stages = stages.map(|stages| {
        let labels = stages.children().cloned();
        ("VersionStages", Value::list(Type::String, labels))
    });
    let input = [("SecretId", secret)].into_iter().chain(value(wanted)).chain(stages);
    let operation = "PutSecretValue";
    Call::change(Service::SecretsManager, operation, &place.region, input)
        .found_by(Occurrence::Identity)
        .needs("secretsmanager:PutSecretValue", arn)
        .needs("kms:GenerateDataKey", "*")
        .needs("kms:Decrypt", "*")
}

fn version_name(secret: &str, version: &str) -> Value {
    Value::string(format!("{secret}|{version}"))
}

fn created(wanted: &Value, answer: Option<&Value>) -> Object {
    let unknown = || Value::unknown_not_null(Type::String);
    let or_empty = |name| match given(wanted, name) {
        Some(value) => value,
        None => Value::string("").mark(answered(wanted, name).marks()),
    };
    let has_wo = if is_write_only(wanted) { Value::bool(true) } else { Value::null(Type::Bool) };
    let attributes = wanted
        .clone()
        .with("secret_string", or_empty("secret_string"))
        .with("secret_binary", or_empty("secret_binary"))
        .with("secret_string_wo", Value::null(Type::String))
        .with("has_secret_string_wo", has_wo);
    let attributes = match answer {
        None => {
            attributes.with("arn", unknown()).with("id", unknown()).with("version_id", unknown())
        }
        Some(answer) => {
            let version = answered(answer, "VersionId");
            let secret = wanted.get_str("secret_id").unwrap_or_default();
            let stages = answered(answer, "VersionStages");
            let stages = stages.children().filter_map(Value::as_str);
            attributes
                .with("arn", answered(answer, "ARN"))
                .with("id", version_name(secret, version.as_str().unwrap_or_default()))
                .with("version_id", version)
                .with("version_stages", version_stages::set(stages))
        }
    };
    Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true))
}

/// Secret and version id of an object, also of one that is known by its id only.
fn names(object: &Object) -> (Value, Value) {
    let (secret, version) = (object.attribute("secret_id"), object.attribute("version_id"));
    if !(secret.is_null() || version.is_null()) {
        return (secret, version);
    }
    match object.text("id").and_then(|id| id.split_once('|')) {
        Some((secret, version)) => (Value::string(secret), Value::string(version)),
        None => (secret, version),
    }
}

impl ResourceType for SecretVersion {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_version"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let (text, binary, wo) = ("secret_string", "secret_binary", "secret_string_wo");
        let mut problems = conflicts::exclusive(config, text, binary);
        problems.extend(conflicts::exclusive(config, text, wo));
        problems.extend(conflicts::exclusive(config, binary, wo));
        let wo_version = "secret_string_wo_version";
        problems.extend(conflicts::required_with(config, wo, wo_version));
        problems.extend(conflicts::required_with(config, wo_version, wo));
        problems
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        spelling::keep_blank(&self.schema, prior, proposed)
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
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

    fn observe(
        &self,
        _place: &Place,
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
        let versions = answered(listed, "Versions");
        let is_ours = |entry: &Value| {
            entry.get_str("VersionId").is_some() && entry.get_str("VersionId") == version.as_str()
        };
        let Some(ours) = versions.children().find(|entry| is_ours(entry)) else {
            return Ok(None);
        };
        let stages_of = |entry: &Value| answered(entry, "VersionStages");
        let stages = stages_of(ours);
        let labels = stages.children().filter_map(Value::as_str);
        let mut holders = Value::map::<&str>(Type::String, []);
        for other in versions.children().filter(|entry| !is_ours(entry)) {
            for label in stages_of(other).children().filter_map(Value::as_str) {
                holders = holders.with(label, answered(other, "VersionId"));
            }
        }
        let arn = found.iter().find_map(|answer| answer.get_str("ARN"));
        let id =
            version_name(secret.as_str().unwrap_or_default(), version.as_str().unwrap_or_default());
        let attributes = spelling::base(&self.schema, prior)
            .with("arn", Value::string(arn.unwrap_or_default()))
            .with("id", id)
            .with("secret_id", secret)
            .with("version_id", version)
            .with("version_stages", version_stages::set(labels))
            .with("secret_string_wo", Value::null(Type::String));
        let attributes = imported_value::put_in(attributes, value)?;
        let facts = run_facts::carried_over(prior).with(version_stages::HOLDERS, holders);
        let facts = value_replicas::noted(facts, found.get(1).copied());
        Ok(Some(Object { attributes, facts }))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => None,
            (None, Some(wanted)) if value(wanted).is_none() => {
                return Next::Fail(Box::new(without_value()));
            }
            (None, Some(wanted)) => Some(put(place, wanted)),
            (Some(observed), Some(wanted)) => version_stages::next(place, observed, wanted),
            (Some(observed), None) if is_scheduled(observed) => None,
            (Some(observed), None) => version_stages::release(place, observed),
        };
        match (call, observed, wanted) {
            (Some(call), ..) => Next::Call(Box::new(call)),
            (None, Some(observed), Some(_)) => {
                value_replicas::settling(observed).unwrap_or(Next::Done)
            }
            (None, ..) => Next::Done,
        }
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        match (call.operation, observed, wanted) {
            ("PutSecretValue", _, Some(wanted)) => Some(created(wanted, answer)),
            ("UpdateSecretVersionStage", Some(observed), _) => {
                Some(version_stages::after(observed, call))
            }
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        secret_errors::reaction(place, call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        let stub = import::secret_version(&self.schema, place, id)?;
        Ok(stub.with_fact(run_facts::IMPORTING, Value::bool(true)))
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["PutSecretValue"]
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        let (secret, token) = ("SecretId", "ClientRequestToken");
        match (call.input.get_str(secret), call.input.get_str(token)) {
            (Some(secret), Some(token)) if call.operation == "PutSecretValue" => {
                let attributes = self
                    .schema
                    .empty()
                    .with("id", version_name(secret, token))
                    .with("secret_id", Value::string(secret))
                    .with("version_id", Value::string(token));
                let object =
                    Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true));
                Recovery::Read(Box::new(object))
            }
            _ => Recovery::None,
        }
    }
}

/// Whether an error says that there is no such secret any more.
fn is_gone(error: &CloudError) -> bool {
    let message = error.message.to_lowercase();
    let is_marked = message.contains("marked for deletion") || message.contains("it was deleted");
    error.class == ErrorClass::NotFound || is_marked
}

fn without_value() -> Problem {
    Problem::new(
        "the secret version has no value",
        "AWS keeps no version without a value, nor an empty one.",
    )
    .at(Path::attribute("secret_string"))
    .help("Give it secret_string, secret_binary, or secret_string_wo with its version.")
}

#[cfg(test)]
mod tests;
