//! Outputs for programs. These show values in clear, because whoever asks for them wants them.

use std::sync::Arc;

use meridian_lang::{Field, Json, Kind, Marks, Type, Value, to_json};

use crate::value_text::Output;

/// Every output with its type, its value and whether it is sensitive.
pub fn outputs_json(outputs: &[Output<'_>]) -> Json {
    let all = outputs.iter();
    all.map(|output| (output.name.to_owned(), representation(output, true))).collect()
}

/// The same without the values of those that are sensitive.
pub(crate) fn outputs_without_secrets(outputs: &[Output<'_>]) -> Json {
    let shown = |output: &Output<'_>| {
        !output.sensitive && !output.value.deep_marks().contains(Marks::SENSITIVE)
    };
    let all = outputs.iter();
    all.map(|output| (output.name.to_owned(), representation(output, shown(output)))).collect()
}

fn representation(output: &Output<'_>, with_value: bool) -> Json {
    let mut members =
        vec![("sensitive", output.sensitive.into()), ("type", type_json(&output.value.ty()))];
    if with_value {
        members.push(("value", to_json(output.value)));
    }
    Json::object(members)
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
    let of = |kind: &str, inner: Json| Json::Array(vec![kind.into(), inner]);
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => of("list", type_json(element)),
        Type::Set(element) => of("set", type_json(element)),
        Type::Map(element) => of("map", type_json(element)),
        Type::Object(fields) => {
            let field =
                |(name, field): (&Arc<str>, &Field)| (name.to_string(), type_json(&field.ty));
            of("object", fields.iter().map(field).collect())
        }
        Type::Tuple(elements) => of("tuple", elements.iter().map(type_json).collect()),
    }
}

#[cfg(test)]
mod tests {

    use serde_json::json;

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
        let written: serde_json::Value =
            serde_json::from_str(&outputs_json(&outputs).to_string()).expect("JSON");
        assert_eq!(
            written,
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
