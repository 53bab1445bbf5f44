//! A key that has just been made: as the answer has it, or as far as can be foreseen.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Object, Place};

use super::key_kind::{KeyKind, Role};
use super::members::{answered, decided};
use super::{external_key, key_reading, run_facts};
use crate::arn::Arn;
use crate::{policy, tags};

/// The key after the call that made it.
pub fn made<K: KeyKind>(
    place: &Place,
    wanted: &Value,
    call: &Call,
    answer: Option<&Value>,
) -> Object {
    let put = call.input.get("Tags").cloned();
    let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let attributes = K::expected(wanted).with("tags_all", tags::shown(place, &put));
    let (attributes, facts) = match answer {
        None => (attributes, K::expected_facts(wanted)),
        Some(answer) => {
            let member = match K::ROLE {
                Role::Primary { .. } => "KeyMetadata",
                Role::Replica => "ReplicaKeyMetadata",
            };
            let metadata = answered(answer, member);
            let attributes = key_reading::with_identity(attributes, &metadata)
                .with("policy", policy_of(wanted, answer, &metadata));
            let start = Object::new(Value::object::<&str>([]));
            (K::answered(attributes, &metadata), key_reading::facts(&start, &metadata))
        }
    };
    let actual = match K::ROLE {
        // The mark was put on with the tags.
        Role::Primary { .. } => {
            let mark = Value::map(Type::String, [(tags::INTENT, Value::string(""))]);
            tags::with(&mark, &put)
        }
        Role::Replica => put,
    };
    let object = Object { attributes, facts }
        .with_fact("tags", actual)
        .with_fact(run_facts::CREATED, Value::bool(true));
    if K::IMPORTED { external_key::with_state(object) } else { object }
}

/// The policy that a new key has: the given one, or AWS's own.
fn policy_of(wanted: &Value, answer: &Value, metadata: &Value) -> Value {
    if let Some(policy) = decided(wanted, "policy") {
        return policy;
    }
    let arn = Arn::parse(metadata.get_str("Arn").unwrap_or_default());
    match (answer.get_str("ReplicaPolicy"), arn) {
        (Some(text), _) => Value::string(policy::normalise(text)),
        (None, Ok(arn)) => Value::string(policy::default_for_key(arn.partition, arn.account)),
        (None, Err(_)) => Value::string(""),
    }
}
