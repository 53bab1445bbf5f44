//! `aws_kms_alias`: a name for a key, in one Region.

use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Object, Occurrence, Place, Problem,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, asked, decided};
use super::{conflicts, generated_name, import, key_errors, run_facts, spelling};
use crate::arn::{Arn, key_id, same_key};
use crate::checks;

/// New aliases and keys take a while until every call sees them.
const PROPAGATION: Duration = Duration::from_secs(3 * 60);

/// The type `aws_kms_alias`.
#[derive(Debug)]
pub struct KmsAlias {
    schema: Schema,
}

impl Default for KmsAlias {
    fn default() -> KmsAlias {
        KmsAlias::new()
    }
}

impl KmsAlias {
    /// The type.
    pub fn new() -> KmsAlias {
        let attributes = vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional_computed("name", Type::String).replaces().check(checks::alias_name),
            Attribute::optional_computed("name_prefix", Type::String)
                .replaces()
                .check(checks::alias_name),
            Attribute::computed("target_key_arn", Type::String),
            Attribute::required("target_key_id", Type::String).equivalent(same_target),
        ];
        KmsAlias { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

fn same_target(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => same_key(a, b),
        _ => a == b,
    }
}

/// The ARN of an alias beside a key's.
fn alias_arn(key_arn: &str, region: &str, name: &str) -> Option<String> {
    let arn = Arn::parse(key_arn).ok()?.in_region(region);
    Some(Arn { resource: name, ..arn }.to_string())
}

/// The ARN of a key in an alias's account and Region.
fn target_arn(alias_arn: &str, target: &str) -> Option<String> {
    let arn = Arn::parse(alias_arn).ok()?;
    let resource = format!("key/{}", key_id(target));
    Some(Arn { resource: &resource, ..arn }.to_string())
}

fn permission_on_key(target: &Value) -> String {
    match target.as_str() {
        Some(text) if text.starts_with("arn:") => text.to_owned(),
        _ => "*".to_owned(),
    }
}

fn permission_on_alias(place: &Place, name: Option<&str>) -> String {
    let name = name.unwrap_or("alias/*");
    let partition = crate::region::partition(&place.region);
    format!("arn:{partition}:kms:{}:*:{name}", place.region)
}

fn create(place: &Place, wanted: &Value) -> Call {
    let target = answered(wanted, "target_key_id");
    let on_key = permission_on_key(&target);
    let name = decided(wanted, "name");
    let on_alias = permission_on_alias(place, name.as_ref().and_then(Value::as_str));
    let named = match name {
        Some(name) => ("AliasName", name),
        None => {
            let prefix = decided(wanted, "name_prefix");
            let prefix = prefix.unwrap_or_else(|| Value::string("alias/"));
            ("AliasNamePrefix", prefix)
        }
    };
    let input = [named, ("TargetKeyId", target)];
    Call::change(Service::Kms, "CreateAlias", &place.region, input)
        .found_by(Occurrence::Identity)
        .needs("kms:CreateAlias", on_alias)
        .needs("kms:CreateAlias", on_key)
}

fn update(place: &Place, observed: &Object, target: Value) -> Call {
    let new_key = permission_on_key(&target);
    let old_key = permission_on_key(&observed.attribute("target_key_arn"));
    let input = [("AliasName", observed.attribute("name")), ("TargetKeyId", target)];
    Call::change(Service::Kms, "UpdateAlias", &place.region, input)
        .needs("kms:UpdateAlias", permission_on_alias(place, observed.text("name")))
        .needs("kms:UpdateAlias", old_key)
        .needs("kms:UpdateAlias", new_key)
}

fn delete(place: &Place, observed: &Object) -> Call {
    let input = [("AliasName", observed.attribute("name"))];
    Call::change(Service::Kms, "DeleteAlias", &place.region, input)
        .needs("kms:DeleteAlias", permission_on_alias(place, observed.text("name")))
        .needs("kms:DeleteAlias", permission_on_key(&observed.attribute("target_key_arn")))
}

fn created(place: &Place, wanted: &Value, call: &Call, answered_ok: bool) -> Object {
    let name = match call.input.get("AliasName") {
        Some(name) => name.clone(),
        None => Value::unknown_not_null(Type::String),
    };
    let target = answered(wanted, "target_key_id");
    let arn = match (target.as_str(), name.as_str()) {
        (Some(target), Some(name)) => alias_arn(target, &place.region, name),
        _ => None,
    };
    let unknown = || Value::unknown_not_null(Type::String);
    let target_key_arn = match (&arn, target.as_str()) {
        (Some(arn), Some(target)) => target_arn(arn, target),
        _ => None,
    };
    let prefix = match (decided(wanted, "name_prefix"), name.as_str()) {
        (Some(prefix), _) => prefix,
        (None, Some(name)) => Value::string(generated_name::prefix(name)),
        (None, None) => answered(wanted, "name_prefix"),
    };
    let unread = answered_ok && arn.is_none();
    let attributes = wanted
        .clone()
        .with("id", name.clone())
        .with("name", name)
        .with("name_prefix", prefix)
        .with("arn", arn.map_or_else(unknown, Value::string))
        .with("target_key_arn", target_key_arn.map_or_else(unknown, Value::string));
    let object = run_facts::created(attributes);
    // Only a key's ARN tells the account, and with it the alias's own ARN.
    if unread {
        return object.with_fact(run_facts::UNREAD, Value::bool(true));
    }
    object
}

impl ResourceType for KmsAlias {
    fn name(&self) -> &'static str {
        "aws_kms_alias"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        conflicts::exclusive(config, "name", "name_prefix")
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        if planned.get("name") == Some(&prior.attribute("name")) {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let name = object.attribute("name");
        let name = if name.is_null() { object.attribute("id") } else { name };
        let on_key = permission_on_key(&object.attribute("target_key_arn"));
        let call = Call::read(Service::Kms, "DescribeKey", &place.region, [("KeyId", name)]);
        vec![call.needs("kms:DescribeKey", on_key)]
    }

    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let metadata = match answers.first() {
            Some(Ok(answer)) => answered(answer, "KeyMetadata"),
            Some(Err(error)) if error.class == ErrorClass::NotFound => return Ok(None),
            Some(Err(error)) => return Err(error.clone()),
            None => return Ok(None),
        };
        let name = prior.text("name").or(prior.text("id")).unwrap_or_default();
        let key_arn = metadata.get_str("Arn").unwrap_or_default();
        let target = match prior.text("target_key_id") {
            Some(before) if same_key(before, key_arn) => prior.attribute("target_key_id"),
            _ => answered(&metadata, "KeyId"),
        };
        let prefix = match prior.text("name_prefix") {
            Some(prefix) => prefix,
            None => generated_name::prefix(name),
        };
        let arn = alias_arn(key_arn, &place.region, name).unwrap_or_default();
        let attributes = spelling::base(&self.schema, prior)
            .with("arn", Value::string(arn))
            .with("id", Value::string(name))
            .with("name", Value::string(name))
            .with("name_prefix", Value::string(prefix))
            .with("target_key_arn", Value::string(key_arn))
            .with("target_key_id", target);
        let facts = run_facts::carried_over(prior);
        Ok(Some(Object { attributes, facts }))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (None, Some(wanted)) => Next::Call(Box::new(create(place, wanted))),
            (Some(observed), None) => Next::Call(Box::new(delete(place, observed))),
            (Some(observed), Some(_)) if run_facts::holds(observed, run_facts::UNREAD) => {
                Next::Wait {
                    what: format!(
                        "{} in {} to be readable",
                        observed.text("name").unwrap_or("the alias"),
                        place.region
                    ),
                    at_most: PROPAGATION,
                }
            }
            (Some(observed), Some(wanted)) => match asked(observed, wanted, "target_key_id") {
                Some(target) if !same_target(&observed.attribute("target_key_id"), &target) => {
                    Next::Call(Box::new(update(place, observed, target)))
                }
                _ => Next::Done,
            },
        }
    }

    fn after(
        &self,
        place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        match (call.operation, observed, wanted) {
            ("CreateAlias", _, Some(wanted)) => {
                Some(created(place, wanted, call, answer.is_some()))
            }
            ("DeleteAlias", ..) => None,
            ("UpdateAlias", Some(observed), _) => {
                let target = answered(&call.input, "TargetKeyId");
                let arn = match (observed.text("arn"), target.as_str()) {
                    (Some(arn), Some(target)) => target_arn(arn, target).map(Value::string),
                    _ => None,
                };
                let arn = arn.unwrap_or_else(|| Value::unknown_not_null(Type::String));
                let object = observed.clone().with("target_key_id", target);
                Some(object.with("target_key_arn", arn))
            }
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        let region = &place.region;
        let name = key_errors::member(call, "AliasName");
        match (call.operation, error.class) {
            ("CreateAlias", ErrorClass::AlreadyExists) => Some(key_errors::fail(
                error,
                format!("{region} already has an alias {name} that is not in the state"),
                format!(
                    "Choose another name, or import it:\n\
                     \x20 import {{\n\
                     \x20   to = aws_kms_alias.NAME\n\
                     \x20   id = \"{name}\"\n\
                     \x20 }}"
                ),
            )),
            ("CreateAlias", ErrorClass::NotFound) => Some(Reaction::Retry(PROPAGATION)),
            ("DeleteAlias", ErrorClass::NotFound) => Some(Reaction::Reread),
            (_, ErrorClass::InvalidState) => key_errors::passing_state(error),
            (_, ErrorClass::LimitExceeded) => Some(key_errors::limit(call, error)),
            _ => None,
        }
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::alias(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateAlias"]
    }

    /// An alias does not tell its age, but one that leads elsewhere is someone else's.
    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let target = answered(&call.input, "TargetKeyId");
        call.input.get_str("AliasName") == found.text("name")
            && same_target(&target, &found.attribute("target_key_id"))
    }

    /// Its ARN is not known before it was read.
    fn identity(&self, object: &Object) -> Option<String> {
        let target = key_id(object.text("target_key_id")?);
        Some(format!("{} of {target}", object.text("name")?))
    }

    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        self.is_result_of(call, found)
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        match call.input.get("AliasName") {
            Some(name) if call.operation == "CreateAlias" => {
                let attributes =
                    self.schema.empty().with("id", name.clone()).with("name", name.clone());
                Recovery::Read(Box::new(run_facts::created(attributes)))
            }
            _ => Recovery::None,
        }
    }
}

#[cfg(test)]
mod tests;
