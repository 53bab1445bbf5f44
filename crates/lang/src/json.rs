//! Values as JSON.

mod document;
mod text;

use serde_json::Value as Parsed;

use crate::{ConvertError, Number, Type, Value, convert};

pub use document::{Json, to_json, to_json_sensitive_as_null};
pub(crate) use text::{read_text, write_text};

/// The value of type `ty` that JSON stands for. Where the type is open, objects become objects and
/// arrays become tuples.
///
/// # Errors
/// When the JSON has no counterpart in the type.
pub fn from_json(json: &Parsed, ty: &Type) -> Result<Value, ConvertError> {
    convert(&implied(json), ty)
}

fn implied(json: &Parsed) -> Value {
    match json {
        Parsed::Null => Value::null(Type::Dynamic),
        Parsed::Bool(truth) => Value::bool(*truth),
        Parsed::Number(number) => {
            // Every number that JSON can hold here has a decimal text.
            Value::number(Number::parse(&number.to_string()).unwrap_or(Number::ZERO))
        }
        Parsed::String(text) => Value::string(text),
        Parsed::Array(elements) => Value::tuple(elements.iter().map(implied)),
        Parsed::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (key.as_str(), implied(value))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_becomes_values_of_a_type() {
        let json = json!({"a": ["x"], "n": 5});
        let ty = Type::object([("a", Type::set(Type::String)), ("n", Type::String)]);
        let expected = Value::object([
            ("a", Value::set(Type::String, [Value::string("x")])),
            ("n", Value::string("5")),
        ]);
        assert_eq!(from_json(&json, &ty), Ok(expected));
        let implied =
            Value::object([("a", Value::tuple([Value::string("x")])), ("n", Value::number(5))]);
        assert_eq!(from_json(&json, &Type::Dynamic), Ok(implied));
        let error = from_json(&json!({"a": "x", "n": 5}), &ty).expect_err("no set");
        assert_eq!(error.to_string(), "a: set of string required");
    }
}
