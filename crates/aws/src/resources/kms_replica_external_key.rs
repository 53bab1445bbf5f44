//! `aws_kms_replica_external_key`: a multi-Region key of imported material in another Region than
//! its primary's. Material does not travel: the very same is imported here too.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Notice, Object, Place, Problem,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, WaitingPeriod,
};

use super::key_settings::shown_id;
use super::kms_replica_key::{self, KmsReplicaKey};
use super::members::{answered, decided};
use super::{
    external_key, import, imported_material, key_deletion, key_errors, key_reading, key_state,
    material_errors, promotion, replica_key_errors, run_facts, spelling,
};
use crate::arn::{key_id, same_key};
use crate::checks;
use crate::error::local_error;

const LABEL: &str = "KMS External Replica Key";

/// The type `aws_kms_replica_external_key`.
#[derive(Debug)]
pub struct KmsReplicaExternalKey {
    schema: Schema,
    /// What holds for all replicas is its to say.
    replica: KmsReplicaKey,
}

impl Default for KmsReplicaExternalKey {
    fn default() -> KmsReplicaExternalKey {
        KmsReplicaExternalKey::new()
    }
}

impl KmsReplicaExternalKey {
    /// The type.
    pub fn new() -> KmsReplicaExternalKey {
        let own = [
            Attribute::computed("key_id", Type::String),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            // A primary that moved to another Region is still the same key.
            Attribute::required("primary_key_arn", Type::String)
                .replaces()
                .check(checks::arn)
                .equivalent(kms_replica_key::same_primary),
        ];
        KmsReplicaExternalKey { schema: external_key::schema(own), replica: KmsReplicaKey::new() }
    }

    /// The replica of a key, to be read.
    fn found_by(&self, id: &str) -> Object {
        let id = Value::string(id);
        Object::new(self.schema.empty().with("id", id.clone()).with("key_id", id))
    }
}

fn replicated(place: &Place, wanted: &Value, call: &Call, answer: Option<&Value>) -> Object {
    let put = call.input.get("Tags").cloned();
    let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let mut attributes = external_key::made(place, wanted, &put);
    let mut facts = Value::object([("key_state", Value::string("PendingImport"))]);
    if let Some(answer) = answer {
        let metadata = answered(answer, "ReplicaKeyMetadata");
        let policy = decided(wanted, "policy");
        let policy = policy.unwrap_or_else(|| kms_replica_key::created_policy(answer, &metadata));
        attributes = key_reading::with_identity(attributes, &metadata)
            .with("key_usage", answered(&metadata, "KeyUsage"))
            .with("policy", policy);
        facts = key_reading::facts(&Object::new(Value::object::<&str>([])), &metadata);
    }
    let object = Object { attributes, facts }
        .with_fact("tags", put)
        .with_fact(run_facts::CREATED, Value::bool(true));
    external_key::with_state(object)
}

impl ResourceType for KmsReplicaExternalKey {
    fn name(&self) -> &'static str {
        "aws_kms_replica_external_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        self.replica.validate(config)
    }

    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        external_key::plan(&self.schema, place, prior, config, proposed)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        // It takes the material of its primary only, and so would another in its place.
        if imported_material::is_missing(prior) {
            return Vec::new();
        }
        imported_material::replaced_by(prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        self.replica.replacement_order(prior, planned)
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
        let is_replica = object.fact("multi_region_key_type") == Some("REPLICA");
        if !is_replica && run_facts::holds(prior, run_facts::TAKEN_OVER) {
            return Ok(None);
        }
        let written = prior.attribute("primary_key_arn");
        // A replica may become the primary, but what is imported as one must be one.
        let is_imported = written.is_null() && !run_facts::holds(prior, run_facts::CREATED);
        if is_imported && !is_replica {
            let id = shown_id(&object);
            let message = format!("{LABEL} ({id}) is not a multi-Region replica key");
            return Err(local_error(ErrorClass::Invalid, message));
        }
        // The same key stays as it was written, also after it has become the primary itself.
        let primary = match (written.as_str(), object.fact("primary_arn")) {
            (Some(before), Some(primary)) if same_key(before, primary) => written,
            (_, Some(primary)) => Value::string(primary),
            (_, None) => written,
        };
        Ok(Some(object.with("primary_key_arn", primary)))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => key_deletion::next(place, observed),
            (None, Some(wanted)) => match kms_replica_key::misplaced(place, wanted) {
                Some(problem) => Next::Fail(Box::new(problem)),
                None => Next::Call(Box::new(kms_replica_key::replicate(place, wanted))),
            },
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
            ("ReplicateKey", _, Some(wanted)) => Some(replicated(place, wanted, call, answer)),
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
        key_state::notices(place, before, config)
    }

    fn existing(&self, place: &Place, planned: &Value) -> Option<Object> {
        let id = kms_replica_key::replica_id(place, planned)?;
        let object = self.found_by(id).with_fact(run_facts::TAKEN_OVER, Value::bool(true));
        Some(external_key::of_origin(object))
    }

    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        self.replica.is_adoptable(call, found)
    }

    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        self.replica.member_at(place, object).map(external_key::of_origin)
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

    fn joins(&self, planned: &Value) -> Option<String> {
        self.replica.joins(planned)
    }

    fn led_by(&self, planned: &Value, member: &Object) -> Option<(Value, Notice)> {
        self.replica.led_by(planned, member)
    }

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        Some(key_reading::name_in(&place.region, object.text("key_id").or(object.text("id"))?))
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        match (call.operation, error.class) {
            ("ReplicateKey", ErrorClass::AlreadyExists) => Some(taken(call, error)),
            ("ReplicateKey", ErrorClass::Disabled) => Some(disabled(call, error)),
            ("ReplicateKey", _) => replica_key_errors::reaction(call, error),
            ("ImportKeyMaterial", _) => material_errors::reaction(call, error, "replica key"),
            _ => key_errors::reaction(call, error),
        }
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        Ok(external_key::of_origin(import::key(&self.schema, place, id)?))
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["ReplicateKey"]
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        let id = call.input.get_str("KeyId").map(key_id);
        match id {
            Some(id) if call.operation == "ReplicateKey" => {
                let object = self.found_by(id);
                let object = object.with_fact(run_facts::CREATED, Value::bool(true));
                Recovery::Read(Box::new(external_key::of_origin(object)))
            }
            _ => Recovery::None,
        }
    }
}

fn taken(call: &Call, error: &CloudError) -> Reaction {
    let (key, replica) =
        (key_errors::member(call, "KeyId"), key_errors::member(call, "ReplicaRegion"));
    key_errors::fail(
        error,
        format!("{replica} already holds a replica of {key} that is not in the state"),
        format!(
            "If it is to be managed here, import it:\n\
             \x20 import {{\n\
             \x20   to = aws_kms_replica_external_key.NAME\n\
             \x20   id = \"{key}\"\n\
             \x20 }}\n\
             If it is scheduled for deletion, take that back first: \
             aws kms cancel-key-deletion --region {replica} --key-id {key}"
        ),
    )
}

fn disabled(call: &Call, error: &CloudError) -> Reaction {
    let (key, primary) = (key_errors::member(call, "KeyId"), &call.region);
    key_errors::fail(
        error,
        format!("the primary key {key} in {primary} is disabled"),
        format!(
            "Only an enabled key can be replicated: set enabled = true on the primary, or run \
             aws kms enable-key --region {primary} --key-id {key}"
        ),
    )
}

#[cfg(test)]
mod tests;
