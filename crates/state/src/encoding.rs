//! Values as JSON that reads back exactly, without a schema and without showing a secret.
//!
//! A value is written as its type and plain JSON of that type. Where plain JSON does not
//! say enough, an object of one of these forms stands in its place:
//!
//! | form | meaning |
//! |---|---|
//! | `{"type": T, "value": V}` | `V` is of type `T`, which the context did not tell |
//! | `{"sealed": "…"}` | sensitive, and sealed |
//! | `{"sensitive": V}` | sensitive, but there is nothing to hide in it, or it is inside a seal |
//! | `{"ephemeral": V}` | existed during one phase only; `V` is unknown |
//! | `{"unknown": T}` | not known yet |
//! | `{"unknown_not_null": T}` | not known yet, but certainly not null |
//! | `{"plain": V}` | `V` is a map or an object that only looks like one of these forms |

mod read;
mod reseal;
mod write;

use meridian_lang::Value;
use serde_json::{Value as Json, json};

use crate::{Sealer, StateError, type_to_json};

pub(crate) use read::decode_text;
pub(crate) use reseal::reseal;
pub(crate) use write::encode_parts;

const FORMS: [&str; 6] =
    ["ephemeral", "plain", "sealed", "sensitive", "unknown", "unknown_not_null"];

/// A value as JSON. What is sensitive is sealed for this context.
pub fn encode(value: &Value, sealer: &Sealer, context: &str) -> Json {
    let (ty, value) = encode_parts(value, sealer, context);
    json!({ "type": type_to_json(&ty), "value": value })
}

/// Reads what [`encode`] wrote in the same context. What is sealed under another key reads as
/// an unknown sensitive value of any type.
///
/// # Errors
/// The JSON is something else, or what is sealed was tampered with.
pub fn decode(json: &Json, sealer: &Sealer, context: &str) -> Result<Value, StateError> {
    read::decode(json, sealer, context)
}

/// The way from the whole to a part, kept on the stack.
enum Place<'a> {
    Root,
    Name(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// What a seal at this place is bound to.
    fn bound_to(&self, context: &str) -> Vec<u8> {
        let mut steps = Vec::new();
        let mut place = self;
        loop {
            place = match place {
                Place::Root => break,
                Place::Name(whole, name) => {
                    steps.push(json!(name));
                    whole
                }
                Place::Index(whole, index) => {
                    steps.push(json!(index));
                    whole
                }
            };
        }
        steps.push(json!(context));
        steps.reverse();
        Json::from(steps).to_string().into_bytes()
    }
}

/// Whether an object whose first key this is may be one of the forms.
fn begins_form(key: &str) -> bool {
    key == "type" || FORMS.contains(&key)
}

/// Whether an object with these keys would be taken for one of the forms.
fn looks_like_form<'k>(mut keys: impl ExactSizeIterator<Item = &'k str>) -> bool {
    match keys.len() {
        1 => keys.next().is_some_and(|key| FORMS.contains(&key)),
        2 => keys.eq(["type", "value"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
