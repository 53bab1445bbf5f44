//! `aws_secretsmanager_secret_policy`: the resource policy of a secret, apart from the secret.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, Next, Object, Occurrence, Place, Problem, Reaction,
    Recovery, ReplacementOrder, ResourceType, Schema, ShownElsewhere,
};

use super::members::{answered, answered_text, flag};
use super::version_reading::is_gone;
use super::{import, run_facts, secret_errors, secret_part, spelling};
use crate::checks;

/// The type `aws_secretsmanager_secret_policy`.
#[derive(Debug)]
pub struct SecretPolicy {
    schema: Schema,
}

impl Default for SecretPolicy {
    fn default() -> SecretPolicy {
        SecretPolicy::new()
    }
}

impl SecretPolicy {
    /// The type.
    pub fn new() -> SecretPolicy {
        let attributes = vec![
            Attribute::optional("block_public_policy", Type::Bool),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            Attribute::required("secret_arn", Type::String).replaces().check(checks::arn),
        ];
        SecretPolicy { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

/// The secret of an object, also of one that is known by its id only.
fn secret_of(object: &Object) -> Value {
    let arn = object.attribute("secret_arn");
    if arn.is_null() { object.attribute("id") } else { arn }
}

/// The call that puts the policy. A new one says only what is asked for, as the provider does; a
/// changed one also says that public access is not blocked any more.
fn put(place: &Place, observed: Option<&Object>, wanted: &Value) -> Call {
    let blocks = flag(wanted, "block_public_policy");
    let is_said = blocks || observed.is_some();
    let members = [("ResourcePolicy", answered(wanted, "policy"))]
        .into_iter()
        .chain(is_said.then_some(("BlockPublicPolicy", Value::bool(blocks))));
    let action = "secretsmanager:PutResourcePolicy";
    let secret = answered(wanted, "secret_arn");
    let call = secret_part::change(place, "PutResourcePolicy", action, secret, members);
    if observed.is_none() { call.found_by(Occurrence::Identity) } else { call }
}

impl ResourceType for SecretPolicy {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_policy"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let policy = config.get("policy").and_then(Value::as_str);
        let is_empty = |policy: &str| crate::policy::is_blank(policy) || policy.trim() == "[]";
        if !policy.is_some_and(is_empty) {
            return Vec::new();
        }
        let problem = Problem::new(
            "the policy of the secret is empty",
            "AWS keeps no policy without a statement.",
        );
        let help = "Take the resource out to have no policy on the secret.";
        vec![problem.at(Path::attribute("policy")).help(help)]
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        let before = prior.map(|object| object.attribute("policy"));
        let kept = spelling::kept_policy(before.as_ref(), &answered(&proposed, "policy"));
        spelling::keep_blank(&self.schema, prior, proposed.with("policy", kept))
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        // A secret has one policy: deleting the old one last would delete the new one.
        if planned.get("secret_arn") == Some(&prior.attribute("secret_arn")) {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let action = "secretsmanager:GetResourcePolicy";
        secret_part::read(place, "GetResourcePolicy", action, secret_of(object))
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let Some(answer) = secret_part::answer(answers)? else {
            return Ok(None);
        };
        let policy = answered_text(answer, "ResourcePolicy");
        let is_new = run_facts::holds(prior, run_facts::CREATED);
        if is_new && policy.as_str() == Some("") {
            return Ok(None);
        }
        let before = prior.attribute("policy");
        let arn = answered_text(answer, "ARN");
        let attributes = spelling::base(&self.schema, prior)
            .with("id", arn.clone())
            .with("policy", spelling::kept_policy(Some(&before), &policy))
            .with("secret_arn", arn);
        Ok(Some(Object { attributes, facts: run_facts::carried_over(prior) }))
    }

    fn shown_elsewhere(&self, object: &Object) -> Option<ShownElsewhere> {
        Some(ShownElsewhere {
            types: &["aws_secretsmanager_secret"],
            id: secret_of(object).as_str()?.to_owned(),
            paths: vec![Path::attribute("policy")],
        })
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => None,
            (None, Some(wanted)) => Some(put(place, None, wanted)),
            (Some(observed), None) => {
                let (operation, action) =
                    ("DeleteResourcePolicy", "secretsmanager:DeleteResourcePolicy");
                Some(secret_part::change(place, operation, action, secret_of(observed), []))
            }
            (Some(observed), Some(wanted)) => {
                let policy = answered(wanted, "policy");
                let is_same = spelling::same_policy(&observed.attribute("policy"), &policy);
                let blocks = "block_public_policy";
                let is_as_open = flag(&observed.attributes, blocks) == flag(wanted, blocks);
                (!(is_same && is_as_open)).then(|| put(place, Some(observed), wanted))
            }
        };
        call.map_or(Next::Done, |call| Next::Call(Box::new(call)))
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
            ("PutResourcePolicy", None, Some(wanted)) => {
                let unknown = || Value::unknown_not_null(Type::String);
                let arn = answer.map_or_else(unknown, |answer| answered(answer, "ARN"));
                Some(run_facts::created(wanted.clone().with("id", arn)))
            }
            ("PutResourcePolicy", Some(observed), Some(wanted)) => {
                let taken = ["policy", "block_public_policy"].into_iter();
                Some(taken.fold(observed.clone(), |object, name| {
                    object.with(name, answered(wanted, name))
                }))
            }
            ("DeleteResourcePolicy", ..) => None,
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        if call.operation == "DeleteResourcePolicy" && is_gone(error) {
            return Some(Reaction::Reread);
        }
        secret_errors::reaction(place, call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::part_of_secret(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["PutResourcePolicy"]
    }

    /// A policy does not tell who has put it, but one that says something else is no result.
    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let put = answered(&call.input, "ResourcePolicy");
        spelling::same_policy(&put, &found.attribute("policy"))
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        secret_part::recovery(&self.schema, call, "PutResourcePolicy", |secret| {
            vec![
                ("id", secret.clone()),
                ("policy", answered(&call.input, "ResourcePolicy")),
                ("secret_arn", secret.clone()),
                ("block_public_policy", answered(&call.input, "BlockPublicPolicy")),
            ]
        })
    }
}

#[cfg(test)]
mod tests;
