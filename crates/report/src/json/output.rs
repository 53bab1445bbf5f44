//! Outputs for programs. These show values in clear, because whoever asks for them wants them.

use std::sync::Arc;

use meridian_lang::{Field, Kind, Type, Value, to_json};
use serde_json::{Value as Json, json};

use crate::value_text::Output;

/// Every output with its type, its value and whether it is sensitive.
pub fn outputs_json(outputs: &[Output<'_>]) -> Json {
    let representation = |output: &Output<'_>| {
        json!({
            "sensitive": output.sensitive,
            "type": type_json(&output.value.ty()),
            "value": to_json(output.value),
        })
    };
    outputs.iter().map(|output| (output.name.to_owned(), representation(output))).collect()
}

/// The bare text of a string, number or bool; nothing for any other value.
pub fn output_raw(value: &Value) -> Option<String> {
    match value.kind() {
        Kind::String(text) => Some(text.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The type as Terraform's JSON spells it: `"string"`, `["map", "string"]`,
/// `["object", {"a": "number"}]`.
pub fn type_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(element) => json!(["list", type_json(element)]),
        Type::Set(element) => json!(["set", type_json(element)]),
        Type::Map(element) => json!(["map", type_json(element)]),
        Type::Object(fields) => {
            let field =
                |(name, field): (&Arc<str>, &Field)| (name.to_string(), type_json(&field.ty));
            json!(["object", Json::Object(fields.iter().map(field).collect())])
        }
        Type::Tuple(elements) => {
            json!(["tuple", elements.iter().map(type_json).collect::<Vec<_>>()])
        }
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::Marks;

    use super::*;

    #[test]
    fn outputs_have_types_and_are_in_clear() {
        let object = Value::object([
            ("a", Value::null(Type::Dynamic)),
            ("b", Value::map(Type::set(Type::Number), [("x", Value::set(Type::Number, []))])),
            ("c", Value::tuple([Value::bool(true)])),
        ]);
        let secret = Value::string("x").mark(Marks::SENSITIVE);
        let outputs = [
            Output { name: "object", value: &object, sensitive: false },
            Output { name: "secret", value: &secret, sensitive: true },
        ];
        assert_eq!(
            outputs_json(&outputs),
            json!({
                "object": {
                    "sensitive": false,
                    "type": ["object", {
                        "a": "dynamic",
                        "b": ["map", ["set", "number"]],
                        "c": ["tuple", ["bool"]],
                    }],
                    "value": {"a": null, "b": {"x": []}, "c": [true]},
                },
                "secret": {"sensitive": true, "type": "string", "value": "x"},
            })
        );
    }

    #[test]
    fn only_what_is_plain_has_a_raw_text() {
        assert_eq!(output_raw(&Value::string("a\nb")).as_deref(), Some("a\nb"));
        assert_eq!(output_raw(&Value::number(5)).as_deref(), Some("5"));
        assert_eq!(output_raw(&Value::tuple([])), None);
    }
}
