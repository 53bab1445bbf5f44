//! Types as JSON, in Terraform's spelling: `"string"`, `["map", "string"]`,
//! `["object", {"a": "number"}]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Field, Type};
use serde_json::{Map, Value as Json, json};

/// A type as JSON. Defaults of optional attributes belong to constraints and are left out.
pub fn type_to_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(element) => json!(["list", type_to_json(element)]),
        Type::Set(element) => json!(["set", type_to_json(element)]),
        Type::Map(element) => json!(["map", type_to_json(element)]),
        Type::Tuple(elements) => {
            json!(["tuple", elements.iter().map(type_to_json).collect::<Vec<_>>()])
        }
        Type::Object(fields) => {
            let types: Map<String, Json> = fields
                .iter()
                .map(|(name, field)| (name.to_string(), type_to_json(&field.ty)))
                .collect();
            let optional: Vec<&str> = fields
                .iter()
                .filter(|(_, field)| field.optional)
                .map(|(name, _)| &**name)
                .collect();
            if optional.is_empty() {
                json!(["object", types])
            } else {
                json!(["object", types, optional])
            }
        }
    }
}

/// Reads what [`type_to_json`] writes; none if it is not a type.
pub fn type_from_json(json: &Json) -> Option<Type> {
    if let Some(name) = json.as_str() {
        return match name {
            "dynamic" => Some(Type::Dynamic),
            "bool" => Some(Type::Bool),
            "number" => Some(Type::Number),
            "string" => Some(Type::String),
            _ => None,
        };
    }
    let (kind, parts) = json.as_array()?.split_first()?;
    match (kind.as_str()?, parts) {
        ("list", [element]) => Some(Type::list(type_from_json(element)?)),
        ("set", [element]) => Some(Type::set(type_from_json(element)?)),
        ("map", [element]) => Some(Type::map(type_from_json(element)?)),
        ("tuple", [elements]) => {
            let elements: Option<Arc<[Type]>> =
                elements.as_array()?.iter().map(type_from_json).collect();
            elements.map(Type::Tuple)
        }
        ("object", [types]) => object_from_json(types, &[]),
        ("object", [types, optional]) => object_from_json(types, optional.as_array()?),
        _ => None,
    }
}

fn object_from_json(types: &Json, optional: &[Json]) -> Option<Type> {
    let mut fields: BTreeMap<Arc<str>, Field> = types
        .as_object()?
        .iter()
        .map(|(name, ty)| Some((name.as_str().into(), Field::required(type_from_json(ty)?))))
        .collect::<Option<_>>()?;
    for name in optional {
        fields.get_mut(name.as_str()?)?.optional = true;
    }
    Some(Type::Object(Arc::new(fields)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_back_as_they_are_written() {
        for text in [
            r#""dynamic""#,
            r#"["list","string"]"#,
            r#"["set",["map","number"]]"#,
            r#"["tuple",["bool",["tuple",[]]]]"#,
            r#"["object",{"a":"string","b":["object",{}]},["b"]]"#,
        ] {
            let json: Json = serde_json::from_str(text).unwrap();
            let ty = type_from_json(&json).expect(text);
            assert_eq!(type_to_json(&ty).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for text in [r#""text""#, "1", "[]", r#"["list"]"#, r#"["object",{},["a"]]"#] {
            assert_eq!(type_from_json(&serde_json::from_str(text).unwrap()), None, "{text}");
        }
    }
}
