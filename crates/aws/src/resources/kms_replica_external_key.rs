//! `aws_kms_replica_external_key`: a multi-Region key of imported material in another Region than
//! its primary's. Material does not travel: the very same is imported here too.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, Object, Place, Problem, Schema};

use super::key_kind::{KeyKind, Role};
use super::key_settings::KeySettings;
use super::key_type::KeyType;
use super::members::answered;
use super::{external_key, imported_material, replica_key, spelling};
use crate::checks;

const LABEL: &str = "KMS External Replica Key";

/// The type `aws_kms_replica_external_key`.
pub type KmsReplicaExternalKey = KeyType<ReplicaExternalKey>;

/// What replicas of imported material have alone.
#[derive(Debug)]
pub struct ReplicaExternalKey;

impl KeyKind for ReplicaExternalKey {
    const NAME: &'static str = "aws_kms_replica_external_key";
    const ROLE: Role = Role::Replica;
    const IMPORTED: bool = true;
    const SETTINGS: KeySettings = external_key::SETTINGS;

    fn schema() -> Schema {
        external_key::schema([
            Attribute::computed("key_id", Type::String),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            replica_key::primary_argument(),
        ])
    }

    fn creation(place: &Place, wanted: &Value) -> Call {
        replica_key::replicate(place, wanted)
    }

    fn expected(wanted: &Value) -> Value {
        external_key::expected(wanted)
    }

    fn expected_facts(_wanted: &Value) -> Value {
        external_key::expected_facts()
    }

    fn answered(attributes: Value, metadata: &Value) -> Value {
        attributes.with("key_usage", answered(metadata, "KeyUsage"))
    }

    fn validate(config: &Value) -> Vec<Problem> {
        replica_key::validate(config)
    }

    fn plan(prior: Option<&Object>, config: &Value, planned: Value) -> Value {
        external_key::plan(prior, config, planned)
    }

    fn replaced_by(prior: &Object, planned: &Value) -> Vec<Path> {
        // It takes the material of its primary only, and so would another in its place.
        if imported_material::is_missing(prior) {
            return Vec::new();
        }
        imported_material::replaced_by(prior, planned)
    }

    fn observe(
        schema: &Schema,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let seen = external_key::observe(schema, place, prior, answers, LABEL)?;
        seen.map_or(Ok(None), |object| replica_key::observed(prior, object, LABEL))
    }
}

#[cfg(test)]
mod tests;
