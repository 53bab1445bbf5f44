//! The material of a key that KMS did not make: when it is imported, and until when it is valid.
//!
//! KMS never gives it out. The state keeps its fingerprint, and the configuration alone has it.

use std::time::Duration;

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{Call, Next, Object, Place, Problem, Service};

use super::key_reading::{is_pending_deletion, key_id};
use super::key_settings::shown_id;
use super::members::{answered_text, given, permission_arn};
use crate::{checks, go_time};

/// The argument that holds the material.
pub const MATERIAL: &str = "key_material_base64";

/// The fact whether material was ever imported into a key or, if it is a replica, its primary.
pub const HAD_MATERIAL: &str = "had_material";

/// The state of a key that has no material.
const PENDING_IMPORT: &str = "PendingImport";
const EXPIRES: &str = "KEY_MATERIAL_EXPIRES";
const DOES_NOT_EXPIRE: &str = "KEY_MATERIAL_DOES_NOT_EXPIRE";

/// A symmetric key has 256 bits, and 128 in the Regions of China.
const LENGTHS: [usize; 2] = [32, 16];

/// The states Updating and Creating pass by themselves.
const PASSING: Duration = Duration::from_secs(20 * 60);

/// Material that a symmetric key can have, or nothing.
pub fn check(attribute: &str, value: &Value) -> checks::Verdict {
    let Some(text) = value.as_str().filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    match aws_smithy_types::base64::decode(without_line_breaks(text)) {
        Ok(bytes) if LENGTHS.contains(&bytes.len()) => Ok(()),
        Ok(bytes) => Err(format!(
            "{attribute:?} must hold 32 bytes (16 in the Regions of China), got {}",
            bytes.len()
        )),
        Err(_) => Err(format!("{attribute:?} must be base64-encoded")),
    }
}

/// Go's decoder, and so Terraform, reads over line breaks.
fn without_line_breaks(text: &str) -> String {
    text.replace(['\n', '\r'], "")
}

/// Whether two dates are the same second, however they are written. KMS knows no parts of one.
pub fn same_date(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a == b || go_time::same(a, b),
        _ => a.unmark_deep() == b.unmark_deep(),
    }
}

/// Nothing, as configuration and AWS write it.
fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// The material that is wanted, known or not.
fn material(wanted: &Value) -> Option<Value> {
    given(wanted, MATERIAL).filter(|value| !is_blank(value))
}

/// Whether the key waits for material.
pub fn is_missing(object: &Object) -> bool {
    object.fact("key_state") == Some(PENDING_IMPORT)
}

/// Whether the state knows the material of the key.
fn is_ours(object: &Object) -> bool {
    !is_blank(&object.attribute(MATERIAL))
}

/// Whether the wanted date is another than that of the material that is there.
fn date_differs(observed: &Object, wanted: &Value) -> bool {
    let before = observed.attribute("valid_to");
    let after = given(wanted, "valid_to");
    match after.filter(|date| !is_blank(date)) {
        Some(date) => !same_date(&before, &date),
        None => !is_blank(&before),
    }
}

/// The plan for a key that is there: what a new import of the same material will change.
pub fn plan(prior: &Object, config: &Value, planned: Value) -> Value {
    if material(&planned).is_none() {
        // AWS takes a date with the material only: without it the date is whoever's imported it.
        let is_open = config.get("valid_to").is_none_or(is_blank) && !is_missing(prior);
        return match is_open {
            true => planned.with("valid_to", prior.attribute("valid_to")),
            false => planned,
        };
    }
    // A key that is brought back may have lost its material, and gets it again.
    if !is_missing(prior) && !is_pending_deletion(prior) {
        return planned;
    }
    let planned = match config.get("enabled").is_none_or(Value::is_null) {
        true => planned.with("enabled", Value::bool(true)),
        false => planned,
    };
    let state = match planned.get("enabled").map(Value::as_bool) {
        Some(Some(false)) => Value::string("Disabled"),
        Some(Some(true)) => Value::string("Enabled"),
        _ => Value::unknown_not_null(Type::String),
    };
    let model = expiration_model(&planned);
    planned.with("key_state", state).with("expiration_model", model)
}

/// Other material is another key, but for two cases. Material of which the state knows nothing (the
/// key was imported into the state) may well be that of the configuration: KMS accepts no other, so
/// it is tried. And a key into which none has come yet, since its creation was not finished, takes
/// any.
pub fn replaced_by(prior: &Object, planned: &Value) -> Vec<Path> {
    let (before, after) = (prior.attribute(MATERIAL), planned.get(MATERIAL));
    let after = after.cloned().unwrap_or_else(|| Value::null(Type::String));
    let is_same = before.unmark_deep() == after.unmark_deep();
    let is_nothing = is_blank(&before) && is_blank(&after);
    let is_stranger = is_blank(&before) && !is_missing(prior);
    let is_unused = prior.facts.get(HAD_MATERIAL).and_then(Value::as_bool) == Some(false);
    let is_first = !is_blank(&before) && is_missing(prior) && is_unused;
    match is_same || is_nothing || is_stranger || is_first {
        true => Vec::new(),
        false => vec![Path::attribute(MATERIAL)],
    }
}

/// The next step towards the wanted material and date.
pub fn next(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let is_dated = !is_missing(observed) && date_differs(observed, wanted);
    let Some(material) = material(wanted) else {
        return is_dated.then(|| Next::Fail(Box::new(date_without_material(observed))));
    };
    let is_there = is_ours(observed) && !is_missing(observed);
    if is_there && !is_dated {
        return None;
    }
    if observed.fact("key_state") == Some("Updating") {
        return Some(Next::Wait {
            what: format!("KMS key {} to leave the state Updating", shown_id(observed)),
            at_most: PASSING,
        });
    }
    Some(Next::Call(Box::new(import(place, observed, wanted, material))))
}

fn expiration_model(wanted: &Value) -> Value {
    match given(wanted, "valid_to").filter(|date| !is_blank(date)) {
        // It may turn out to be null.
        Some(date) if !date.is_known() => Value::unknown_not_null(Type::String),
        Some(_) => Value::string(EXPIRES),
        None => Value::string(DOES_NOT_EXPIRE),
    }
}

fn import(place: &Place, observed: &Object, wanted: &Value, material: Value) -> Call {
    let plain = material.as_str().map(|text| Value::string(without_line_breaks(text)));
    let marks = material.marks() | Marks::SENSITIVE;
    let date = given(wanted, "valid_to").filter(|date| !is_blank(date));
    let input = [
        ("KeyId", key_id(observed)),
        ("KeyMaterial", plain.unwrap_or(material).mark(marks)),
        ("ExpirationModel", expiration_model(wanted)),
    ];
    let input = input.into_iter().chain(date.map(|date| ("ValidTo", date)));
    let arn = permission_arn(observed);
    Call::change(Service::Kms, "ImportKeyMaterial", &place.region, input)
        .needs("kms:GetParametersForImport", &arn)
        .needs("kms:ImportKeyMaterial", &arn)
}

/// The key after an import.
pub fn imported(observed: &Object, wanted: &Value) -> Object {
    let date = given(wanted, "valid_to").unwrap_or_else(|| Value::string(""));
    let material = wanted.get(MATERIAL).cloned();
    let material = material.unwrap_or_else(|| Value::null(Type::String));
    let object = observed
        .clone()
        .with(MATERIAL, material)
        .with("valid_to", date)
        .with("expiration_model", expiration_model(wanted));
    match is_missing(observed) {
        true => object
            .with("enabled", Value::bool(true))
            .with_fact("key_state", Value::string("Enabled")),
        false => object,
    }
}

/// The date as it is kept: as it was written, if it is that of AWS.
pub fn observed_date(prior: &Object, metadata: &Value) -> Value {
    let before = prior.attribute("valid_to");
    let date = answered_text(metadata, "ValidTo");
    let is_missing = metadata.get_str("KeyState") == Some(PENDING_IMPORT);
    // A date that no import has used yet is what was written, and nothing else is known of it.
    let is_unused = is_missing && !is_ours(prior) && !before.is_null();
    if is_unused || same_date(&before, &date) { before } else { date }
}

fn date_without_material(observed: &Object) -> Problem {
    let now = match observed.text("valid_to") {
        Some(date) if !date.is_empty() => format!("is valid until {date}"),
        _ => "does not expire".to_owned(),
    };
    Problem::new(
        format!(
            "valid_to of KMS key {} cannot be changed without its material",
            shown_id(observed)
        ),
        format!(
            "The material was imported elsewhere and {now}. AWS takes another date only together \
             with the material."
        ),
    )
    .at(Path::attribute("valid_to"))
    .help(format!(
        "Leave valid_to out, or give {MATERIAL} the material that the key has: it is then \
         imported again with this date."
    ))
}

#[cfg(test)]
mod tests;
