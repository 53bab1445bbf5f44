//! What of a value is known and what is secret, in the shape of the value.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Json, Kind, Type, Value, to_json_sensitive_as_null};

/// The value with null in the place of secrets and without what is not known. Elements that are
/// not known are null, so that the others keep their places.
pub(super) fn known(value: &Value) -> Option<Json> {
    if value.is_sensitive() {
        return value.is_known().then_some(Json::Null);
    }
    match value.kind() {
        Kind::Unknown(_) => None,
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            Some(elements.iter().map(|element| known(element).unwrap_or(Json::Null)).collect())
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            let entry = |(key, value): (&Arc<str>, &Value)| Some((key.to_string(), known(value)?));
            Some(Json::Object(entries.iter().filter_map(entry).collect()))
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
            Some(to_json_sensitive_as_null(value))
        }
    }
}

/// True where the value is not known.
pub(super) fn unknown_mask(value: &Value) -> Json {
    match value.kind() {
        Kind::Unknown(_) => Json::Bool(true),
        _ => parts_mask(value, unknown_mask),
    }
}

/// True where the value is secret.
pub(super) fn sensitive_mask(value: &Value) -> Json {
    if value.is_sensitive() {
        return Json::Bool(true);
    }
    match value.kind() {
        Kind::Unknown(unknown) => match unknown.ty {
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => Json::Array(Vec::new()),
            Type::Map(_) | Type::Object(_) => Json::object([]),
            _ => Json::Bool(false),
        },
        _ => parts_mask(value, sensitive_mask),
    }
}

/// The masks of the parts. Arrays keep every place; objects leave out what is false.
fn parts_mask(value: &Value, mask: fn(&Value) -> Json) -> Json {
    let entries = |entries: &BTreeMap<Arc<str>, Value>| -> Json {
        let entry = |(key, value): (&Arc<str>, &Value)| (key.to_string(), mask(value));
        entries.iter().map(entry).filter(|(_, mask)| *mask != Json::Bool(false)).collect()
    };
    match value.kind() {
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            elements.iter().map(mask).collect()
        }
        Kind::Map(_, parts) | Kind::Object(parts) => entries(parts),
        _ => Json::Bool(false),
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::Marks;

    use super::*;

    #[test]
    fn masks_have_the_shape_of_the_value() {
        let secret = || Value::string("hunter2").mark(Marks::SENSITIVE);
        let value = Value::object([
            ("known", Value::string("k")),
            ("list", Value::tuple([Value::number(1), Value::unknown(Type::String)])),
            ("set", Value::set(Type::String, [Value::string("a"), Value::unknown(Type::String)])),
            ("empty", Value::tuple([])),
            ("none", Value::null(Type::list(Type::String))),
            ("secret", secret()),
            ("later", Value::unknown(Type::map(Type::String))),
            ("later_secret", Value::unknown(Type::String).mark(Marks::SENSITIVE)),
        ]);
        let shown = [known(&value).expect("a value"), unknown_mask(&value), sensitive_mask(&value)];
        assert_eq!(
            shown.map(|json| json.to_string()),
            [
                r#"{"empty":[],"known":"k","list":[1,null],"none":null,"secret":null,"set":["a",null]}"#,
                r#"{"empty":[],"later":true,"later_secret":true,"list":[false,true],"set":[false,true]}"#,
                r#"{"empty":[],"later":{},"later_secret":true,"list":[false,false],"secret":true,"set":[false,false]}"#,
            ]
        );
    }
}
