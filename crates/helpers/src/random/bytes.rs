//! `random_bytes`: bytes for keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};
use zeroize::Zeroizing;

use super::id::hexadecimal;
use crate::arguments::{is_open, member, text};
use crate::calls;
use crate::keepers;
use crate::problems::{LARGEST, in_range};
use crate::recipe::Recipe;

/// The type.
pub(crate) struct RandomBytes;

impl Recipe for RandomBytes {
    fn name(&self) -> &'static str {
        "random_bytes"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            Attribute::computed("base64", Type::String).sensitive(),
            Attribute::computed("hex", Type::String).sensitive(),
            super::id(),
            super::keepers(),
            Attribute::required("length", Type::Number).replaces(),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        in_range(config, &["length"], 1, LARGEST)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        let input = [("length", member(wanted, "length")), ("secret", Value::bool(true))];
        calls::make(calls::GENERATE_BYTES, input)
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "base64") {
            return wanted;
        }
        let bytes = Zeroizing::new(STANDARD.decode(text(answer, "base64")).unwrap_or_default());
        wanted
            .with("base64", member(answer, "base64"))
            .with("hex", Value::string(hexadecimal(&bytes)))
            .with("id", Value::string("none"))
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let Ok(bytes) = STANDARD.decode(id).map(Zeroizing::new) else {
            return Some(Err(Problem::new(
                "Import Random bytes Error",
                "There was an error during the parsing of the base64 string.",
            )));
        };
        let object = empty
            .with("base64", Value::string(id))
            .with("hex", Value::string(hexadecimal(&bytes)))
            .with("id", Value::string("none"))
            .with("length", Value::number(i64::try_from(bytes.len()).unwrap_or(i64::MAX)));
        Some(Ok(Object::new(object)))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_BYTES).then_some("Create Random bytes error")
    }
}
