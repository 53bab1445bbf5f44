//! `random_id`: bytes as an identity, in several spellings.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dashu_int::UBig;
use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, member, text};
use crate::calls;
use crate::keepers;
use crate::problems::{LARGEST, in_range};
use crate::recipe::Recipe;

/// The type.
pub(crate) struct RandomId;

/// Bytes in hexadecimal, two digits each.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The spellings of an identity, all but `id` with the prefix before them.
fn spelled(object: Value, prefix: &str, bytes: &[u8]) -> Value {
    let id = URL_SAFE_NO_PAD.encode(bytes);
    let with_prefix = |text: &str| Value::string(format!("{prefix}{text}"));
    object
        .with("b64_std", with_prefix(&STANDARD.encode(bytes)))
        .with("b64_url", with_prefix(&id))
        .with("dec", with_prefix(&UBig::from_be_bytes(bytes).to_string()))
        .with("hex", with_prefix(&hexadecimal(bytes)))
        .with("id", Value::string(id))
}

impl Recipe for RandomId {
    fn name(&self) -> &'static str {
        "random_id"
    }

    fn schema(&self) -> Schema {
        let spellings = ["b64_std", "b64_url", "dec", "hex"]
            .map(|name| Attribute::computed(name, Type::String));
        let mut attributes = vec![
            Attribute::required("byte_length", Type::Number).replaces(),
            super::id(),
            super::keepers(),
            Attribute::optional("prefix", Type::String).replaces(),
        ];
        attributes.extend(spellings);
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        in_range(config, &["byte_length"], 1, LARGEST)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::GENERATE_BYTES, [("length", member(wanted, "byte_length"))])
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "id") {
            return wanted;
        }
        let bytes = STANDARD.decode(text(answer, "base64")).unwrap_or_default();
        let prefix = text(&wanted, "prefix").to_owned();
        spelled(wanted, &prefix, &bytes)
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let (prefix, id) = id.rsplit_once(',').unwrap_or(("", id));
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(id) else {
            return Some(Err(Problem::new(
                "Import Random ID Error",
                "While attempting to import a random id there was a decoding error.",
            )
            .help("give the id in base64 for URLs, after a prefix and a comma if it has one")));
        };
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let object = spelled(empty, prefix, &bytes).with("byte_length", Value::number(length));
        let object = match prefix {
            "" => object,
            prefix => object.with("prefix", Value::string(prefix)),
        };
        Some(Ok(Object::new(object)))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_BYTES).then_some("Random Read Error")
    }
}
