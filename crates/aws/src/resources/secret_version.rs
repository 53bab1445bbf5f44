//! `aws_secretsmanager_secret_version`: one value of a secret. It is written and, but for imports,
//! never read.

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, Next, Object, Occurrence, Place, Problem, Reaction,
    Recovery, ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, decided, given};
use super::secret_reading::is_scheduled;
use super::version_reading::version_name;
use super::{
    conflicts, import, run_facts, secret_errors, spelling, value_replicas, version_reading,
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
            Attribute::optional("secret_string", Type::String).sensitive(),
            Attribute::optional("secret_string_wo", Type::String).sensitive().write_only(),
            Attribute::optional("secret_string_wo_version", Type::Number).check(checks::whole),
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
    let is_empty = |value: &Value| value.as_str() == Some("");
    let found = arguments.into_iter().find_map(|(member, argument)| {
        Some((member, given(wanted, argument).filter(|value| !is_empty(value))?))
    });
    // A plan does not hold a write-only value, only its version.
    let is_hidden = given(wanted, "secret_string_wo").is_none() && is_write_only(wanted);
    let absent = || Value::unknown_not_null(Type::String).mark(Marks::SENSITIVE);
    found.or_else(|| is_hidden.then(|| ("SecretString", absent())))
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
    run_facts::created(attributes)
}

/// Whether the configuration gives the value that the version has as a write-only one from now on.
fn keeps_its_value(prior: &Object, config: &Value) -> bool {
    let kept = prior.text("secret_string").filter(|text| !text.is_empty());
    let is_given = given(config, "secret_string").or(given(config, "secret_binary")).is_some();
    !is_given && kept.is_some() && config.get_str("secret_string_wo") == kept
}

/// Whether a value that the state knew by its fingerprint becomes write-only. The version stays:
/// [`SecretVersion::plan`] has seen that the value is the same.
fn turns_write_only(prior: &Object, planned: &Value) -> bool {
    let has_wo = |attributes: &Value| super::members::flag(attributes, "has_secret_string_wo");
    let is_text = prior.text("secret_string").is_some_and(|text| !text.is_empty());
    is_text && has_wo(planned) && !has_wo(&prior.attributes)
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
        let mut problems = conflicts::among(config, &[binary, text, wo]);
        let wo_version = "secret_string_wo_version";
        problems.extend(conflicts::required_with(config, wo, wo_version));
        problems.extend(conflicts::required_with(config, wo_version, wo));
        problems
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let planned = version_stages::planned(prior, config, planned);
        let Some(prior) = prior else {
            return planned;
        };
        let planned = match keeps_its_value(prior, config) {
            true => planned.with("has_secret_string_wo", Value::bool(true)),
            false => planned,
        };
        // Nothing puts labels on a version that AWS keeps no longer.
        if run_facts::holds(prior, version_reading::SUPERSEDED) {
            return planned.with("version_stages", prior.attribute("version_stages"));
        }
        planned
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        if turns_write_only(prior, planned) {
            return Vec::new();
        }
        let changed = ["secret_string", "secret_string_wo_version"].into_iter().filter(|name| {
            let (before, after) = (prior.attribute(name), answered(planned, name));
            let is_nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
            let were_and_are_nothing = is_nothing(&before) && is_nothing(&after);
            !were_and_are_nothing && before.unmark_deep() != after.unmark_deep()
        });
        changed.map(Path::attribute).collect()
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        version_reading::reads(place, object)
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        version_reading::observe(&self.schema, prior, answers)
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
                Recovery::Read(Box::new(run_facts::created(attributes)))
            }
            _ => Recovery::None,
        }
    }
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
