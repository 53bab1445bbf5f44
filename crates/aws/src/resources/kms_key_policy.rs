//! `aws_kms_key_policy`: the policy of a key, apart from the key.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Object, Occurrence, Place, Problem,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service, ShownElsewhere,
};

use super::members::{answered, answered_text, asked, flag};
use super::{import, key_errors, run_facts, spelling};
use crate::arn::{Arn, same_key};
use crate::{checks, policy};

/// The fact that holds the key's ARN: its account is in the default policy.
const KEY_ARN: &str = "key_arn";

/// The type `aws_kms_key_policy`.
#[derive(Debug)]
pub struct KmsKeyPolicy {
    schema: Schema,
}

impl Default for KmsKeyPolicy {
    fn default() -> KmsKeyPolicy {
        KmsKeyPolicy::new()
    }
}

impl KmsKeyPolicy {
    /// The type.
    pub fn new() -> KmsKeyPolicy {
        let attributes = vec![
            Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key_id", Type::String)
                .replaces()
                .check(|name, value| checks::length(name, value, 1, 2048))
                .equivalent(names_the_same_key),
            Attribute::required("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
        ];
        KmsKeyPolicy { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

/// By id and by ARN in any Region: the key itself is always one of the provider's Region.
fn names_the_same_key(a: &Value, b: &Value) -> bool {
    a.as_str().zip(b.as_str()).is_some_and(|(a, b)| same_key(a, b))
}

fn key_arn(object: Option<&Object>, key: &Value) -> Option<String> {
    let read = object.and_then(|object| object.fact(KEY_ARN));
    read.or(key.as_str().filter(|key| key.starts_with("arn:"))).map(str::to_owned)
}

fn put(place: &Place, key: Value, arn: Option<&str>, policy: Value, bypass: bool) -> Call {
    let members = [("KeyId", key), ("PolicyName", Value::string("default")), ("Policy", policy)];
    let bypass = bypass.then(|| ("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    let input = members.into_iter().chain(bypass);
    Call::change(Service::Kms, "PutKeyPolicy", &place.region, input)
        .needs("kms:PutKeyPolicy", arn.unwrap_or("*"))
}

fn create(place: &Place, wanted: &Value) -> Call {
    let key = answered(wanted, "key_id");
    let bypass = flag(wanted, "bypass_policy_lockout_safety_check");
    let arn = key_arn(None, &key);
    put(place, key, arn.as_deref(), answered(wanted, "policy"), bypass)
        .found_by(Occurrence::Identity)
}

fn update(place: &Place, observed: &Object, wanted: &Value, policy: Value) -> Call {
    let key = observed.attribute("key_id");
    let bypass = flag(wanted, "bypass_policy_lockout_safety_check");
    let arn = key_arn(Some(observed), &key);
    put(place, key, arn.as_deref(), policy, bypass)
}

/// A key is never without a policy: instead of the one that goes it gets the one that AWS gives to
/// new keys.
fn restore(place: &Place, observed: &Object) -> Option<Call> {
    let key = observed.attribute("key_id");
    let arn = key_arn(Some(observed), &key);
    let default = match arn.as_deref().map(Arn::parse) {
        Some(Ok(arn)) => Value::string(policy::default_for_key(arn.partition, arn.account)),
        _ => Value::unknown_not_null(Type::String),
    };
    if spelling::same_policy(&observed.attribute("policy"), &default) {
        return None;
    }
    let bypass = flag(&observed.attributes, "bypass_policy_lockout_safety_check");
    Some(put(place, key, arn.as_deref(), default, bypass))
}

impl ResourceType for KmsKeyPolicy {
    fn name(&self) -> &'static str {
        "aws_kms_key_policy"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        if !config.get_str("policy").is_some_and(policy::is_blank) {
            return Vec::new();
        }
        let problem = Problem::new("the key policy is empty", "A key is never without a policy.");
        let help = "Write a policy, or take this block out: then the key gets the policy that AWS \
                    gives to new keys.";
        vec![problem.at(Path::attribute("policy")).help(help)]
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let before = prior.map(|object| object.attribute("policy"));
        let policy = spelling::kept_policy(before.as_ref(), &answered(&planned, "policy"));
        planned.with("policy", policy)
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let key = object.attribute("key_id");
        let key = if key.is_null() { object.attribute("id") } else { key };
        let arn = key_arn(Some(object), &key).unwrap_or_else(|| "*".to_owned());
        let read = |operation, action, more: Option<(&'static str, Value)>| {
            let input = [("KeyId", key.clone())].into_iter().chain(more);
            Call::read(Service::Kms, operation, &place.region, input).needs(action, &arn)
        };
        let default = ("PolicyName", Value::string("default"));
        vec![
            read("DescribeKey", "kms:DescribeKey", None),
            read("GetKeyPolicy", "kms:GetKeyPolicy", Some(default)),
        ]
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let mut told = Vec::with_capacity(answers.len());
        for answer in answers {
            match answer {
                Ok(answer) => told.push(answer),
                Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
                Err(error) => return Err(error.clone()),
            }
        }
        let [description, policy] = told[..] else { return Ok(None) };
        let metadata = answered(description, "KeyMetadata");
        let arn = answered(&metadata, "Arn");
        let key = match prior.attribute("key_id") {
            key if key.is_null() => answered_text(&metadata, "KeyId"),
            key => key,
        };
        let id = prior.attribute("id");
        let bypass = prior.attribute("bypass_policy_lockout_safety_check");
        let bypass = if bypass.is_null() { Value::bool(false) } else { bypass };
        let before = prior.attribute("policy");
        let policy = spelling::kept_policy(Some(&before), &answered_text(policy, "Policy"));
        let attributes = spelling::base(&self.schema, prior)
            .with("bypass_policy_lockout_safety_check", bypass)
            .with("id", if id.is_null() { key.clone() } else { id })
            .with("key_id", key)
            .with("policy", policy);
        let facts = run_facts::carried_over(prior)
            .with(KEY_ARN, arn)
            .with("key_state", answered(&metadata, "KeyState"))
            .with("deletion_date", answered(&metadata, "DeletionDate"));
        Ok(Some(Object { attributes, facts }))
    }

    fn shown_elsewhere(&self, object: &Object) -> Option<ShownElsewhere> {
        Some(ShownElsewhere {
            types: &[
                "aws_kms_external_key",
                "aws_kms_key",
                "aws_kms_replica_external_key",
                "aws_kms_replica_key",
            ],
            id: object.text("key_id").or(object.text("id"))?.to_owned(),
            paths: vec![Path::attribute("policy")],
        })
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => None,
            (None, Some(wanted)) => Some(create(place, wanted)),
            (Some(observed), None) => restore(place, observed),
            (Some(observed), Some(wanted)) => {
                let policy = asked(observed, wanted, "policy");
                let before = observed.attribute("policy");
                let policy = policy.filter(|policy| !spelling::same_policy(&before, policy));
                policy.map(|policy| update(place, observed, wanted, policy))
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
        _answer: Option<&Value>,
    ) -> Option<Object> {
        let wanted = wanted?;
        match (call.operation, observed) {
            ("PutKeyPolicy", None) => {
                let attributes = wanted.clone().with("id", answered(wanted, "key_id"));
                Some(run_facts::created(attributes))
            }
            ("PutKeyPolicy", Some(observed)) => {
                Some(observed.clone().with("policy", answered(wanted, "policy")))
            }
            (_, observed) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        // A key that this run has not made is not late but gone.
        if error.class == ErrorClass::NotFound && call.occurrence == Occurrence::Declarative {
            return Some(Reaction::Reread);
        }
        key_errors::reaction(call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::key(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["PutKeyPolicy"]
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        spelling::same_policy(&answered(&call.input, "Policy"), &found.attribute("policy"))
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        match call.input.get("KeyId") {
            Some(key) if call.operation == "PutKeyPolicy" => {
                let attributes =
                    self.schema.empty().with("id", key.clone()).with("key_id", key.clone());
                Recovery::Read(Box::new(run_facts::created(attributes)))
            }
            _ => Recovery::None,
        }
    }
}

#[cfg(test)]
mod tests;
