//! `aws_kms_replica_key`: a multi-Region key in another Region than its primary's.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, Object, Place, Problem, Schema};

use super::key_kind::{KeyKind, Role};
use super::key_settings::KeySettings;
use super::key_type::KeyType;
use super::members::{answered_text, given};
use super::{key_reading, replica_key, spelling};
use crate::checks;

const LABEL: &str = "KMS Replica Key";

/// The type `aws_kms_replica_key`.
pub type KmsReplicaKey = KeyType<ReplicaKey>;

/// What replicas of material that KMS makes have alone.
#[derive(Debug)]
pub struct ReplicaKey;

fn schema() -> Schema {
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional("deletion_window_in_days", Type::Number)
                .default(Value::number(30_i64))
                .check(|name, value| checks::in_range(name, value, 7, 30)),
            Attribute::optional("description", Type::String)
                .check(|name, value| checks::length(name, value, 0, 8192)),
            Attribute::optional("enabled", Type::Bool).default(Value::bool(true)),
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("key_id", Type::String),
            Attribute::computed("key_rotation_enabled", Type::Bool),
            Attribute::computed("key_spec", Type::String),
            Attribute::computed("key_usage", Type::String),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            replica_key::primary_argument(),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional_computed("tags_all", Type::map(Type::String)),
        ],
        blocks: Vec::new(),
    }
}

impl KeyKind for ReplicaKey {
    const NAME: &'static str = "aws_kms_replica_key";
    const ROLE: Role = Role::Replica;
    const IMPORTED: bool = false;
    const SETTINGS: KeySettings = KeySettings { enabled: "enabled", rotation: false };

    fn schema() -> Schema {
        schema()
    }

    fn creation(place: &Place, wanted: &Value) -> Call {
        replica_key::replicate(place, wanted)
    }

    fn expected(wanted: &Value) -> Value {
        let description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
        wanted.clone().with("description", description).with("enabled", Value::bool(true))
    }

    fn expected_facts(_wanted: &Value) -> Value {
        Value::object([("key_state", Value::string("Enabled"))])
    }

    fn answered(attributes: Value, metadata: &Value) -> Value {
        attributes
            .with("key_rotation_enabled", Value::bool(false))
            .with("key_spec", answered_text(metadata, "KeySpec"))
            .with("key_usage", answered_text(metadata, "KeyUsage"))
    }

    fn validate(config: &Value) -> Vec<Problem> {
        replica_key::validate(config)
    }

    fn observe(
        schema: &Schema,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let Some(reading) = key_reading::observe(schema, place, prior, answers)? else {
            return Ok(None);
        };
        let metadata = &reading.metadata;
        let object = reading
            .object
            .with("enabled", key_reading::enabled(metadata, prior.attribute("enabled")))
            .with("key_rotation_enabled", Value::bool(reading.rotation.0))
            .with("key_spec", answered_text(metadata, "KeySpec"))
            .with("key_usage", answered_text(metadata, "KeyUsage"));
        replica_key::observed(prior, object, LABEL)
    }
}

#[cfg(test)]
mod tests;
