//! `aws_secretsmanager_secret_rotation`: when a secret is rotated, and by which function.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, Next, Object, Occurrence, Place, Problem, Reaction,
    Recovery, ReplacementOrder, ResourceType, Schema,
};

use super::members::{answered, answered_text, decided, flag, given};
use super::{import, rotation_errors, rotation_rules, run_facts, secret_part, spelling};
use crate::checks;

/// The fact that lists the versions of the secret that have labels.
const VERSIONS: &str = "run_versions";

/// The type `aws_secretsmanager_secret_rotation`.
#[derive(Debug)]
pub struct SecretRotation {
    schema: Schema,
}

impl Default for SecretRotation {
    fn default() -> SecretRotation {
        SecretRotation::new()
    }
}

impl SecretRotation {
    /// The type.
    pub fn new() -> SecretRotation {
        let attributes = vec![
            Attribute::optional_computed("id", Type::String),
            Attribute::optional("rotate_immediately", Type::Bool).default(Value::bool(true)),
            Attribute::computed("rotation_enabled", Type::Bool),
            Attribute::optional("rotation_lambda_arn", Type::String).check(checks::arn),
            Attribute::required("secret_id", Type::String).replaces(),
        ];
        let blocks = vec![rotation_rules::block()];
        SecretRotation { schema: Schema { version: 1, attributes, blocks } }
    }
}

/// What names the secret in a request.
fn secret_of(object: &Object) -> Value {
    let id = object.attribute("id");
    if id.is_known() && !id.is_null() { id } else { object.attribute("secret_id") }
}

fn rotate(place: &Place, observed: Option<&Object>, wanted: &Value) -> Call {
    let secret = observed.map_or_else(|| answered(wanted, "secret_id"), secret_of);
    let function = given(wanted, "rotation_lambda_arn").filter(|it| it.as_str() != Some(""));
    let invoked = function.as_ref().map(|it| it.as_str().unwrap_or("*").to_owned());
    let is_immediate = answered(wanted, "rotate_immediately");
    let members = [("RotateImmediately", is_immediate)]
        .into_iter()
        .chain(function.map(|function| ("RotationLambdaARN", function)))
        .chain(rotation_rules::request(wanted).map(|rules| ("RotationRules", rules)));
    let action = "secretsmanager:RotateSecret";
    let call = secret_part::change(place, "RotateSecret", action, secret, members);
    let call = match invoked {
        Some(function) => call.needs("lambda:InvokeFunction", function),
        None => call,
    };
    if observed.is_none() { call.found_by(Occurrence::Identity) } else { call }
}

fn cancel(place: &Place, observed: &Object) -> Call {
    let action = "secretsmanager:CancelRotateSecret";
    secret_part::change(place, "CancelRotateSecret", action, secret_of(observed), [])
}

/// Whether a secret is rotated as it should be. A function that the configuration does not name is
/// AWS's affair: it goes on to call the one that it knows.
fn is_as_wanted(observed: &Object, wanted: &Value) -> bool {
    let function = given(wanted, "rotation_lambda_arn").filter(|it| it.as_str() != Some(""));
    let known = observed.attribute("rotation_lambda_arn").unmark();
    let has_function = function.is_none_or(|function| known == function.unmark());
    let rules = |attributes: &Value| rotation_rules::request(&attributes.unmark_deep());
    flag(&observed.attributes, "rotation_enabled")
        && has_function
        && rules(&observed.attributes) == rules(wanted)
}

impl ResourceType for SecretRotation {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_rotation"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        rotation_rules::validate(config)
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let Some(prior) = prior else {
            return planned;
        };
        // No call takes a function away; AWS keeps the one that it knows.
        let is_left_out = planned.get("rotation_lambda_arn").is_some_and(Value::is_null);
        let planned = match is_left_out && flag(&prior.attributes, "rotation_enabled") {
            true => planned.with("rotation_lambda_arn", prior.attribute("rotation_lambda_arn")),
            false => planned,
        };
        if is_as_wanted(prior, &planned) {
            return planned;
        }
        planned.with("rotation_enabled", Value::bool(true))
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        // A secret has one rotation: cancelling the old one last would cancel the new one.
        if planned.get("secret_id") == Some(&prior.attribute("secret_id")) {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let action = "secretsmanager:DescribeSecret";
        secret_part::read(place, "DescribeSecret", action, secret_of(object))
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let Some(described) = secret_part::answer(answers)? else {
            return Ok(None);
        };
        let is_enabled = flag(described, "RotationEnabled");
        let is_new = run_facts::holds(prior, run_facts::CREATED);
        if !answered(described, "DeletedDate").is_null() || (is_new && !is_enabled) {
            return Ok(None);
        }
        let arn = answered_text(described, "ARN");
        // Whoever names the secret by its name is not told that it is another one.
        let secret = match prior.text("secret_id") {
            Some(name) if described.get_str("Name") == Some(name) => Value::string(name),
            _ => arn.clone(),
        };
        let (function, rules) = if is_enabled {
            let rules = rotation_rules::observed(&answered(described, "RotationRules"));
            (answered_text(described, "RotationLambdaARN"), rules)
        } else {
            (Value::string(""), rotation_rules::none())
        };
        let attributes = spelling::base(&self.schema, prior)
            .with("id", arn)
            .with("rotation_enabled", Value::bool(is_enabled))
            .with("rotation_lambda_arn", function)
            .with("rotation_rules", rules)
            .with("secret_id", secret);
        let stages = answered(described, "VersionIdsToStages");
        let versions = stages.as_entries().into_iter().flatten().map(|(version, _)| version);
        let facts = run_facts::carried_over(prior).with(VERSIONS, run_facts::list(versions));
        Ok(Some(Object { attributes, facts }))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => return Next::Done,
            (None, Some(wanted)) => rotate(place, None, wanted),
            (Some(observed), Some(wanted)) if is_as_wanted(observed, wanted) => return Next::Done,
            (Some(observed), Some(wanted)) => rotate(place, Some(observed), wanted),
            (Some(observed), None) if flag(&observed.attributes, "rotation_enabled") => {
                cancel(place, observed)
            }
            (Some(_), None) => return Next::Done,
        };
        Next::Call(Box::new(call))
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
            ("RotateSecret", observed, Some(wanted)) => {
                let unknown = || Value::unknown_not_null(Type::String);
                let arn = match observed {
                    Some(observed) => observed.attribute("id"),
                    None => answer.map_or_else(unknown, |answer| answered(answer, "ARN")),
                };
                let attributes =
                    wanted.clone().with("id", arn).with("rotation_enabled", Value::bool(true));
                let object = Object::new(attributes);
                Some(match observed {
                    Some(observed) => Object { facts: observed.facts.clone(), ..object },
                    None => object.with_fact(run_facts::CREATED, Value::bool(true)),
                })
            }
            ("CancelRotateSecret", ..) => None,
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        rotation_errors::reaction(call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::part_of_secret(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["RotateSecret"]
    }

    /// A rotation that begins at once makes a version whose id is the call's token. One that waits
    /// is known by what it says.
    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let token = call.input.get_str("ClientRequestToken").unwrap_or_default();
        if flag(&call.input, "RotateImmediately") {
            return run_facts::texts(found, VERSIONS).contains(&token);
        }
        let function = decided(&call.input, "RotationLambdaARN");
        let told = rotation_rules::request(&found.attributes);
        function.is_none_or(|it| found.attribute("rotation_lambda_arn") == it)
            && told.as_ref() == call.input.get("RotationRules")
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        secret_part::recovery(&self.schema, call, "RotateSecret", |secret| {
            vec![
                ("id", secret.clone()),
                ("secret_id", secret.clone()),
                ("rotate_immediately", answered(&call.input, "RotateImmediately")),
            ]
        })
    }
}

#[cfg(test)]
mod tests;
