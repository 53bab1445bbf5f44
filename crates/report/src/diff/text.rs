//! Strings compared, and the JSON documents in them.

use meridian_lang::{Kind, Type, Value, from_json};

use super::{Body, Change, Diff, Forcing, Rules, Sides, compare};

/// Compares two strings: as documents where both hold one, else as text.
pub(super) fn compare_text(sides: Sides) -> Diff {
    let before = sides.before.map(|value| (value, document(value)));
    let after = sides.after.map(|value| (value, document(value)));
    match (&before, &after) {
        (Some((old, Some(_))), Some((new, None))) | (Some((old, None)), Some((new, Some(_)))) => {
            let body = Body::OtherType {
                before: Box::new(compare_text(Sides::deleted(old))),
                after: Box::new(compare_text(Sides::created(new))),
            };
            Diff::new(Change::Update, body)
        }
        (Some((_, None)), _) | (_, Some((_, None))) => plain(sides),
        _ => {
            let document = |side: &Option<(&Value, Option<Value>)>| {
                side.as_ref().and_then(|(_, document)| document.clone())
            };
            documents(sides, document(&before).as_ref(), document(&after).as_ref())
        }
    }
}

fn plain(sides: Sides) -> Diff {
    let text = |value: &Value| match value.kind() {
        Kind::String(text) => Some(text.clone()),
        _ => None,
    };
    let before = sides.before.and_then(text);
    let after = sides.after.and_then(text);
    Diff::new(change(sides), Body::Text { before, after })
}

fn documents(sides: Sides, before: Option<&Value>, after: Option<&Value>) -> Diff {
    let document = compare(Sides::new(before, after), Rules::Open, &Forcing::default());
    let change = change(sides);
    let reformatted = change == Change::Update && document.change == Change::Same;
    Diff::new(change, Body::Json { document: Box::new(document), reformatted })
}

fn change(sides: Sides) -> Change {
    match sides.presence() {
        Change::Same if sides.before.map(Value::kind) != sides.after.map(Value::kind) => {
            Change::Update
        }
        presence => presence,
    }
}

/// The JSON object or array that a string holds.
fn document(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    from_json(&json, &Type::Dynamic).ok()
}
