//! `aws_kms_external_key`: a key whose material is imported, multi-Region primaries among them.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Notice, Object, Occurrence, Place,
    Problem, Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service, WaitingPeriod,
};

use super::key_settings::shown_id;
use super::kms_key::SYNCHRONISING_ROLE;
use super::members::{answered, decided, flag, given};
use super::{
    external_key, import, imported_material, key_deletion, key_errors, key_reading, key_state,
    material_errors, promotion, run_facts, spelling,
};
use crate::arn::Arn;
use crate::error::local_error;
use crate::{checks, policy, region, tags};

const LABEL: &str = "KMS External Key";

/// The type `aws_kms_external_key`.
#[derive(Debug)]
pub struct KmsExternalKey {
    schema: Schema,
}

impl Default for KmsExternalKey {
    fn default() -> KmsExternalKey {
        KmsExternalKey::new()
    }
}

impl KmsExternalKey {
    /// The type.
    pub fn new() -> KmsExternalKey {
        let own = [
            Attribute::optional_computed("multi_region", Type::Bool).replaces(),
            Attribute::optional_computed("policy", Type::String)
                .check(checked_policy)
                .equivalent(spelling::same_policy),
        ];
        KmsExternalKey { schema: external_key::schema(own) }
    }
}

fn checked_policy(attribute: &str, value: &Value) -> checks::Verdict {
    checks::length(attribute, value, 0, 32_768)?;
    checks::json(attribute, value)
}

fn create(place: &Place, wanted: &Value) -> Call {
    let mut input = vec![
        ("Tags", tags::merged(place, &answered(wanted, "tags"))),
        ("Origin", Value::string(external_key::ORIGIN)),
        ("KeyUsage", Value::string("ENCRYPT_DECRYPT")),
    ];
    let members =
        [("Description", given(wanted, "description")), ("Policy", decided(wanted, "policy"))];
    input.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if flag(wanted, "bypass_policy_lockout_safety_check") {
        input.push(("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    }
    let multi_region = flag(wanted, "multi_region");
    if multi_region {
        input.push(("MultiRegion", Value::bool(true)));
    }
    let call = Call::change(Service::Kms, "CreateKey", &place.region, input)
        .found_by(Occurrence::Mark)
        .needs("kms:CreateKey", "*")
        .needs("kms:TagResource", "*");
    if multi_region {
        let partition = region::partition(&place.region);
        let role = format!("arn:{partition}:iam::*:{SYNCHRONISING_ROLE}");
        return call.needs("iam:CreateServiceLinkedRole", role);
    }
    call
}

fn created(place: &Place, wanted: &Value, call: &Call, answer: Option<&Value>) -> Object {
    let put = call.input.get("Tags").cloned();
    let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let mut attributes = external_key::made(place, wanted, &put);
    let start = Object::new(Value::object::<&str>([]));
    let mut facts = Value::object([("key_state", Value::string("PendingImport"))]);
    if let Some(answer) = answer {
        let metadata = answered(answer, "KeyMetadata");
        let arn = Arn::parse(metadata.get_str("Arn").unwrap_or_default());
        let policy = match (decided(wanted, "policy"), arn) {
            (Some(policy), _) => policy,
            (None, Ok(arn)) => Value::string(policy::default_for_key(arn.partition, arn.account)),
            (None, Err(_)) => Value::string(""),
        };
        attributes = key_reading::with_identity(attributes, &metadata)
            .with("key_usage", answered(&metadata, "KeyUsage"))
            .with("multi_region", Value::bool(flag(&metadata, "MultiRegion")))
            .with("policy", policy);
        facts = key_reading::facts(&start, &metadata);
    }
    // The mark was put on with the tags.
    let marked = Value::map(Type::String, [(tags::INTENT, Value::string(""))]);
    let object = Object { attributes, facts }
        .with_fact("tags", tags::with(&marked, &put))
        .with_fact(run_facts::CREATED, Value::bool(true));
    external_key::with_state(object)
}

impl ResourceType for KmsExternalKey {
    fn name(&self) -> &'static str {
        "aws_kms_external_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = external_key::plan(&self.schema, place, prior, config, proposed);
        let before = prior.map(|object| object.attribute("policy"));
        let policy = spelling::kept_policy(before.as_ref(), &answered(&planned, "policy"));
        planned.with("policy", policy)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        imported_material::replaced_by(prior, planned)
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        key_reading::reads(place, object)
    }

    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let seen = external_key::observe(&self.schema, place, prior, answers, LABEL)?;
        let Some(object) = seen else { return Ok(None) };
        let kind = object.fact("multi_region_key_type");
        // A primary may become a replica, but what is imported as one must be one.
        let is_imported = prior.attribute("arn").is_null();
        if is_imported && kind == Some("REPLICA") {
            let id = shown_id(&object);
            let message = format!("{LABEL} ({id}) is not a multi-Region primary key");
            return Err(local_error(ErrorClass::Invalid, message));
        }
        let is_multi_region = Value::bool(kind.is_some());
        Ok(Some(object.with("multi_region", is_multi_region)))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => key_deletion::next(place, observed),
            (None, Some(wanted)) => Next::Call(Box::new(create(place, wanted))),
            (Some(observed), Some(wanted)) => external_key::next(place, observed, wanted),
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
            ("CreateKey", _, Some(wanted)) => Some(created(place, wanted, call, answer)),
            (_, observed, wanted) => {
                Some(external_key::after(place, observed?, wanted, call, answer))
            }
        }
    }

    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        let Some(before) = before else { return Vec::new() };
        let moved = config
            .and_then(|_| promotion::moved_outside(place, before, "aws_kms_replica_external_key"));
        key_state::notices(place, before, config).into_iter().chain(moved).collect()
    }

    /// The key that the configuration calls the primary leads where it is put.
    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        let there = promotion::with_role(key_reading::member_at(place, object)?, true);
        Some(external_key::of_origin(there))
    }

    fn set_identity(&self, object: &Object) -> Option<String> {
        key_reading::set_identity(object)
    }

    fn leads(&self, object: &Object) -> Option<bool> {
        key_reading::role(object).map(|role| role == "PRIMARY")
    }

    fn with_role(&self, object: Object, leads: bool) -> Object {
        promotion::with_role(object, leads)
    }

    fn waiting_period(&self, object: &Object) -> Option<WaitingPeriod> {
        Some(key_deletion::waiting_period(object))
    }

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        Some(key_reading::name_in(&place.region, object.text("key_id").or(object.text("id"))?))
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        match (call.operation, error.class) {
            ("CreateKey", ErrorClass::MalformedPolicy) => {
                Some(key_errors::refused_policy(call, error))
            }
            ("CreateKey", ErrorClass::LimitExceeded) => Some(key_errors::limit(call, error)),
            ("CreateKey", _) => key_errors::tag_error(error),
            ("ImportKeyMaterial", _) => material_errors::reaction(call, error, "key"),
            _ => key_errors::reaction(call, error),
        }
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        Ok(external_key::of_origin(import::key(&self.schema, place, id)?))
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateKey"]
    }

    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        if call.operation != "CreateKey" {
            return Recovery::None;
        }
        let list = Call::read(Service::Kms, "ListKeys", &place.region, []);
        Recovery::Search(Box::new(list.needs("kms:ListKeys", "*")))
    }

    fn candidates(&self, answer: &Value) -> Vec<Object> {
        let keys = answer.get("Keys").into_iter().flat_map(Value::children);
        let object = |key: &Value| {
            let attributes = self
                .schema
                .empty()
                .with("id", answered(key, "KeyId"))
                .with("arn", answered(key, "KeyArn"));
            let object = Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true));
            external_key::of_origin(object)
        };
        keys.map(object).collect()
    }
}

#[cfg(test)]
mod tests;
