//! `aws_kms_key`: a key, multi-Region primaries among them.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, NestedBlock, Nesting, Object, Place, Problem, Schema,
};

use super::key_kind::{KeyKind, Role};
use super::key_settings::KeySettings;
use super::key_type::KeyType;
use super::members::{answered, answered_text, decided, flag, given};
use super::{conflicts, key_reading, primary_key, spelling};
use crate::checks;

const USAGES: &[&str] = &["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"];

const SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
];

/// The type `aws_kms_key`.
pub type KmsKey = KeyType<Key>;

/// What keys of material that KMS makes have alone.
#[derive(Debug)]
pub struct Key;

fn schema() -> Schema {
    let timeouts = Schema {
        attributes: vec![Attribute::optional("create", Type::String).check(checks::timeout)],
        ..Schema::default()
    };
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional("custom_key_store_id", Type::String)
                .replaces()
                .check(|name, value| checks::length(name, value, 1, 22)),
            Attribute::optional("customer_master_key_spec", Type::String)
                .replaces()
                .default(Value::string("SYMMETRIC_DEFAULT"))
                .check(|name, value| checks::one_of(name, value, SPECS)),
            Attribute::optional("deletion_window_in_days", Type::Number)
                .check(|name, value| checks::in_range(name, value, 7, 30)),
            Attribute::optional_computed("description", Type::String)
                .check(|name, value| checks::length(name, value, 0, 8192)),
            Attribute::optional("enable_key_rotation", Type::Bool).default(Value::bool(false)),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional("is_enabled", Type::Bool).default(Value::bool(true)),
            Attribute::computed("key_id", Type::String),
            Attribute::optional("key_usage", Type::String)
                .replaces()
                .default(Value::string("ENCRYPT_DECRYPT"))
                .check(|name, value| checks::one_of(name, value, USAGES)),
            Attribute::optional_computed("multi_region", Type::Bool).replaces(),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            Attribute::optional_computed("rotation_period_in_days", Type::Number)
                .check(|name, value| checks::in_range(name, value, 90, 2560)),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional_computed("tags_all", Type::map(Type::String)),
            Attribute::optional("xks_key_id", Type::String)
                .replaces()
                .check(|name, value| checks::length(name, value, 1, 128)),
        ],
        blocks: vec![NestedBlock {
            name: "timeouts",
            nesting: Nesting::Single,
            max: 1,
            schema: timeouts,
            key: None,
            settings: true,
        }],
    }
}

fn or_empty(wanted: &Value, name: &str) -> Value {
    given(wanted, name).unwrap_or_else(|| Value::string(""))
}

fn origin(wanted: &Value) -> &'static str {
    if given(wanted, "xks_key_id").is_some() {
        "EXTERNAL_KEY_STORE"
    } else if given(wanted, "custom_key_store_id").is_some() {
        "AWS_CLOUDHSM"
    } else {
        "AWS_KMS"
    }
}

impl KeyKind for Key {
    const NAME: &'static str = "aws_kms_key";
    const ROLE: Role = Role::Primary { replicas: "aws_kms_replica_key" };
    const IMPORTED: bool = false;
    const SETTINGS: KeySettings = KeySettings { enabled: "is_enabled", rotation: true };

    fn schema() -> Schema {
        schema()
    }

    fn creation(place: &Place, wanted: &Value) -> Call {
        let members = [
            ("Description", decided(wanted, "description")),
            ("KeyUsage", given(wanted, "key_usage")),
            ("KeySpec", given(wanted, "customer_master_key_spec")),
            ("CustomKeyStoreId", given(wanted, "custom_key_store_id")),
            ("XksKeyId", given(wanted, "xks_key_id")),
        ];
        let given = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let mut own: Vec<_> = given.collect();
        if origin(wanted) != "AWS_KMS" {
            own.push(("Origin", Value::string(origin(wanted))));
        }
        primary_key::creation(place, wanted, own)
    }

    fn expected(wanted: &Value) -> Value {
        wanted
            .clone()
            .with("is_enabled", Value::bool(true))
            .with("enable_key_rotation", Value::bool(false))
            .with("custom_key_store_id", or_empty(wanted, "custom_key_store_id"))
            .with("xks_key_id", or_empty(wanted, "xks_key_id"))
    }

    fn expected_facts(wanted: &Value) -> Value {
        Value::object([
            ("key_state", Value::string("Enabled")),
            ("origin", Value::string(origin(wanted))),
        ])
    }

    fn answered(attributes: Value, metadata: &Value) -> Value {
        attributes
            .with("description", answered_text(metadata, "Description"))
            .with("multi_region", Value::bool(flag(metadata, "MultiRegion")))
            .with("rotation_period_in_days", Value::number(0_i64))
    }

    fn validate(config: &Value) -> Vec<Problem> {
        let period = "rotation_period_in_days";
        let mut problems = conflicts::required_with(config, period, "enable_key_rotation");
        let store = "custom_key_store_id";
        problems.extend(conflicts::required_with(config, "xks_key_id", store));
        let spec = config.get_str("customer_master_key_spec");
        let is_symmetric = spec.is_none_or(|spec| spec == "SYMMETRIC_DEFAULT");
        if flag(config, "enable_key_rotation") && !is_symmetric {
            let problem = Problem::new(
                "only symmetric encryption keys can be rotated",
                format!("A key of spec {} has no rotation.", spec.unwrap_or_default()),
            );
            problems.push(
                problem
                    .at(Path::attribute("enable_key_rotation"))
                    .help("Leave enable_key_rotation out for this key."),
            );
        }
        problems
    }

    fn plan(prior: Option<&Object>, _config: &Value, planned: Value) -> Value {
        keep_period_while_off(prior, planned)
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
        let spec = metadata.get("KeySpec").or_else(|| metadata.get("CustomerMasterKeySpec"));
        let store = answered(metadata, "XksKeyConfiguration");
        let (rotates, period) = reading.rotation;
        Ok(Some(
            reading
                .object
                .with("custom_key_store_id", answered_text(metadata, "CustomKeyStoreId"))
                .with(
                    "customer_master_key_spec",
                    spec.cloned().unwrap_or_else(|| Value::string("")),
                )
                .with("enable_key_rotation", Value::bool(rotates))
                .with("is_enabled", key_reading::enabled(metadata, prior.attribute("is_enabled")))
                .with("key_usage", answered_text(metadata, "KeyUsage"))
                .with("multi_region", Value::bool(flag(metadata, "MultiRegion")))
                .with("rotation_period_in_days", Value::number(period))
                .with("xks_key_id", answered_text(&store, "Id")),
        ))
    }
}

/// A period means nothing while rotation is and stays off: AWS does not keep it.
fn keep_period_while_off(prior: Option<&Object>, planned: Value) -> Value {
    let is_off = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(false);
    match prior {
        Some(prior)
            if is_off(planned.get("enable_key_rotation"))
                && is_off(prior.attributes.get("enable_key_rotation")) =>
        {
            planned.with("rotation_period_in_days", prior.attribute("rotation_period_in_days"))
        }
        _ => planned,
    }
}

#[cfg(test)]
mod tests;
