//! Values as JSON.

mod text;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{ConvertError, Kind, Marks, Number, Type, Value, convert};

pub(crate) use text::{read_text, write_text};

/// The value as JSON, numbers with all their digits. What is null or unknown is null.
pub fn to_json(value: &Value) -> Json {
    to_json_except(value, Marks::NONE)
}

/// The value as JSON with null in the place of whatever is sensitive.
pub fn to_json_sensitive_as_null(value: &Value) -> Json {
    to_json_except(value, Marks::SENSITIVE)
}

fn to_json_except(value: &Value, hidden: Marks) -> Json {
    if !hidden.is_none() && value.marks().contains(hidden) {
        return Json::Null;
    }
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => Json::Null,
        Kind::Bool(truth) => Json::Bool(*truth),
        Kind::Number(number) => number_to_json(number),
        Kind::String(text) => Json::String(text.to_string()),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            elements.iter().map(|element| to_json_except(element, hidden)).collect()
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            let entry = |(key, value): (&Arc<str>, &Value)| {
                (key.to_string(), to_json_except(value, hidden))
            };
            entries.iter().map(entry).collect()
        }
    }
}

fn number_to_json(number: &Number) -> Json {
    if let Some(small) = number.to_i64() {
        return small.into();
    }
    // Every decimal text is a number of JSON.
    number.to_string().parse::<serde_json::Number>().map_or(Json::Null, Json::Number)
}

/// The value of type `ty` that JSON stands for. Where the type is open, objects become objects and
/// arrays become tuples.
///
/// # Errors
/// When the JSON has no counterpart in the type.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, ConvertError> {
    convert(&implied(json), ty)
}

fn implied(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Dynamic),
        Json::Bool(truth) => Value::bool(*truth),
        Json::Number(number) => {
            // Every number that JSON can hold here has a decimal text.
            Value::number(Number::parse(&number.to_string()).unwrap_or(Number::ZERO))
        }
        Json::String(text) => Value::string(text),
        Json::Array(elements) => Value::tuple(elements.iter().map(implied)),
        Json::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (key.as_str(), implied(value))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_json() {
        let value = Value::object([
            ("a", Value::tuple([Value::number(1), Value::null(Type::String)])),
            ("b", Value::unknown(Type::String)),
            ("c", Value::number(u64::MAX)),
            ("d", Value::number(Number::parse("0.5").expect("a number"))),
            ("e", Value::number(Number::parse("123456789012345678901234567890.5").expect("it"))),
            ("s", Value::string("x").mark(Marks::SENSITIVE)),
        ]);
        let expected = json!({"a": [1, null], "b": null, "c": u64::MAX, "d": 0.5, "s": "x"});
        let mut found = to_json(&value);
        assert_eq!(to_json(&value)["e"].to_string(), "123456789012345678901234567890.5");
        found.as_object_mut().expect("an object").remove("e");
        assert_eq!(found, expected);
        assert_eq!(to_json_sensitive_as_null(&value)["s"], Json::Null);
    }

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
