//! `aws_kms_external_key`: a key whose material is imported, multi-Region primaries among them.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, ErrorClass, Object, Place, Schema};

use super::key_kind::{KeyKind, Role};
use super::key_reading::role;
use super::key_settings::{KeySettings, shown_id};
use super::key_type::KeyType;
use super::members::{answered, flag, given};
use super::{external_key, imported_material, primary_key, spelling};
use crate::checks;
use crate::error::local_error;

const LABEL: &str = "KMS External Key";

/// The type `aws_kms_external_key`.
pub type KmsExternalKey = KeyType<ExternalKey>;

/// What keys of imported material have alone.
#[derive(Debug)]
pub struct ExternalKey;

fn checked_policy(attribute: &str, value: &Value) -> checks::Verdict {
    checks::length(attribute, value, 0, 32_768)?;
    checks::json(attribute, value)
}

impl KeyKind for ExternalKey {
    const NAME: &'static str = "aws_kms_external_key";
    const ROLE: Role = Role::Primary { replicas: "aws_kms_replica_external_key" };
    const IMPORTED: bool = true;
    const SETTINGS: KeySettings = external_key::SETTINGS;

    fn schema() -> Schema {
        external_key::schema([
            Attribute::optional_computed("multi_region", Type::Bool).replaces(),
            Attribute::optional_computed("policy", Type::String)
                .check(checked_policy)
                .equivalent(spelling::same_policy),
        ])
    }

    fn creation(place: &Place, wanted: &Value) -> Call {
        let mut own = vec![
            ("Origin", Value::string(external_key::ORIGIN)),
            ("KeyUsage", Value::string("ENCRYPT_DECRYPT")),
        ];
        own.extend(given(wanted, "description").map(|text| ("Description", text)));
        primary_key::creation(place, wanted, own)
    }

    fn expected(wanted: &Value) -> Value {
        external_key::expected(wanted)
    }

    fn expected_facts(_wanted: &Value) -> Value {
        external_key::expected_facts()
    }

    fn answered(attributes: Value, metadata: &Value) -> Value {
        attributes
            .with("key_usage", answered(metadata, "KeyUsage"))
            .with("multi_region", Value::bool(flag(metadata, "MultiRegion")))
    }

    fn plan(prior: Option<&Object>, config: &Value, planned: Value) -> Value {
        external_key::plan(prior, config, planned)
    }

    fn replaced_by(prior: &Object, planned: &Value) -> Vec<Path> {
        imported_material::replaced_by(prior, planned)
    }

    fn observe(
        schema: &Schema,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let seen = external_key::observe(schema, place, prior, answers, LABEL)?;
        let Some(object) = seen else { return Ok(None) };
        // A primary may become a replica, but what is imported as one must be one.
        let is_imported = prior.attribute("arn").is_null();
        if is_imported && role(&object) == Some("REPLICA") {
            let id = shown_id(&object);
            let message = format!("{LABEL} ({id}) is not a multi-Region primary key");
            return Err(local_error(ErrorClass::Invalid, message));
        }
        let is_multi_region = Value::bool(role(&object).is_some());
        Ok(Some(object.with("multi_region", is_multi_region)))
    }
}

#[cfg(test)]
mod tests;
