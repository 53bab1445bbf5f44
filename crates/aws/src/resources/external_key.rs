//! What the two types of keys with imported material share.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Object, Place, Schema,
};

use super::key_settings::{KeySettings, shown_id};
use super::members::{answered_text, given};
use super::{imported_material, key_deletion, key_reading, key_state, promotion, run_facts};
use crate::checks;
use crate::error::local_error;

/// What can be changed of keys of imported material.
pub const SETTINGS: KeySettings = KeySettings { enabled: "enabled", rotation: false };

/// The origin of keys of imported material.
pub const ORIGIN: &str = "EXTERNAL";

/// The schema of both, with what one type has alone.
pub fn schema(own: impl IntoIterator<Item = Attribute>) -> Schema {
    let mut attributes = vec![
        Attribute::computed("arn", Type::String),
        Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
            .default(Value::bool(false)),
        Attribute::optional("deletion_window_in_days", Type::Number)
            .default(Value::number(30_i64))
            .check(|name, value| checks::in_range(name, value, 7, 30)),
        Attribute::optional("description", Type::String)
            .check(|name, value| checks::length(name, value, 0, 8192)),
        Attribute::optional_computed("enabled", Type::Bool),
        Attribute::computed("expiration_model", Type::String),
        Attribute::optional_computed("id", Type::String),
        // Other material needs another key, which `imported_material::replaced_by` says.
        Attribute::optional(imported_material::MATERIAL, Type::String)
            .sensitive()
            .check(imported_material::check),
        Attribute::computed("key_state", Type::String),
        Attribute::computed("key_usage", Type::String),
        Attribute::optional("tags", Type::map(Type::String)),
        Attribute::optional_computed("tags_all", Type::map(Type::String)),
        Attribute::optional("valid_to", Type::String)
            .check(checks::rfc3339)
            .equivalent(imported_material::same_date),
    ];
    attributes.extend(own);
    attributes.sort_by_key(|attribute| attribute.name);
    Schema { version: 0, attributes, blocks: Vec::new() }
}

/// What is planned for a key, as far as its material has a part in it.
pub fn plan(prior: Option<&Object>, config: &Value, planned: Value) -> Value {
    match prior {
        Some(prior) => imported_material::plan(prior, config, planned),
        None => planned,
    }
}

/// The attributes of a new key as far as they can be foreseen: it waits for its material.
pub fn expected(wanted: &Value) -> Value {
    let description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
    wanted
        .clone()
        .with("description", description)
        .with("enabled", Value::bool(false))
        .with("expiration_model", Value::string(""))
}

/// The facts of a new key as far as they can be foreseen.
pub fn expected_facts() -> Value {
    Value::object([("key_state", Value::string("PendingImport"))])
}

/// The object with the state of the key as its fact has it.
pub fn with_state(object: Object) -> Object {
    match object.facts.get("key_state").cloned() {
        Some(state) => object.with("key_state", state),
        None => object,
    }
}

/// What an import into the state begins with, or a search: the origin is known.
pub fn of_origin(object: Object) -> Object {
    object.with_fact("origin", Value::string(ORIGIN))
}

/// What was read of a key; `label` names its type in an error.
///
/// # Errors
/// It could not be read, or is of another origin.
pub fn observe(
    schema: &Schema,
    place: &Place,
    prior: &Object,
    answers: &[Answer],
    label: &str,
) -> Result<Option<Object>, CloudError> {
    let Some(reading) = key_reading::observe(schema, place, prior, answers)? else {
        return Ok(None);
    };
    let metadata = &reading.metadata;
    let origin = metadata.get_str("Origin").unwrap_or_default();
    if origin != ORIGIN {
        // Among all keys one is looked for that was made.
        if run_facts::holds(prior, run_facts::CREATED) {
            return Ok(None);
        }
        let message = format!("{label} ({}) has invalid Origin: {origin}", shown_id(prior));
        return Err(local_error(ErrorClass::Invalid, message));
    }
    let object = reading
        .object
        .with("enabled", enabled(prior, metadata))
        .with("expiration_model", answered_text(metadata, "ExpirationModel"))
        .with("key_state", answered_text(metadata, "KeyState"))
        .with("key_usage", answered_text(metadata, "KeyUsage"))
        .with("valid_to", imported_material::observed_date(prior, metadata));
    let had_material = Value::bool(metadata.get_str("CurrentKeyMaterialId").is_some());
    Ok(Some(object.with_fact(imported_material::HAD_MATERIAL, had_material)))
}

/// Without material a key is neither enabled nor disabled: what was asked for holds on.
fn enabled(prior: &Object, metadata: &Value) -> Value {
    let before = prior.attribute("enabled");
    match metadata.get_str("KeyState") {
        Some("PendingImport") if before.as_bool().is_some() => before.unmark(),
        _ => key_reading::enabled(metadata, before),
    }
}

/// The next step of a key that is there. Material that is missing comes first, since little can be
/// done without it; a new date comes before the key is disabled.
pub fn next(settings: KeySettings, place: &Place, observed: &Object, wanted: &Value) -> Next {
    if let Some(step) = key_state::settled(place, observed, "to be ready for its material") {
        return step;
    }
    if run_facts::holds(observed, run_facts::UNREAD) {
        return key_state::wait(place, observed, "to be read again");
    }
    let import = imported_material::next(place, observed, wanted);
    let setting = settings.next(place, observed, wanted);
    match (import, setting) {
        (Some(import), _) if imported_material::is_missing(observed) => import,
        (Some(failure @ Next::Fail(_)), _) => failure,
        (Some(import), Some(Next::Call(call))) if call.operation == "DisableKey" => import,
        (_, Some(setting)) => setting,
        (Some(import), None) => import,
        (None, None) => promotion::settling(place, observed).unwrap_or(Next::Done),
    }
}

/// The key after a call that changed it.
pub fn after(
    settings: KeySettings,
    place: &Place,
    observed: &Object,
    wanted: Option<&Value>,
    call: &Call,
    answer: Option<&Value>,
) -> Object {
    let object = match (call.operation, wanted) {
        ("ScheduleKeyDeletion", _) => key_deletion::after(observed, answer),
        // Only a reading tells whether it still has its material.
        ("CancelKeyDeletion", Some(wanted)) => {
            let object = settings.after(place, observed, wanted, call, answer);
            object.with_fact(run_facts::UNREAD, Value::bool(answer.is_some()))
        }
        ("ImportKeyMaterial", Some(wanted)) => imported_material::imported(observed, wanted),
        (_, Some(wanted)) => settings.after(place, observed, wanted, call, answer),
        (_, None) => observed.clone(),
    };
    with_state(object)
}
