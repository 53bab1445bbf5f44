//! Values as Terraform's state files spell them: plain JSON of a type that the schema tells, with
//! the type beside a value wherever the schema leaves it open.

use meridian_lang::{Kind, Type, Value, from_json};
use serde_json::{Map, Value as Json, json};

use crate::{type_from_json, type_to_json};

/// The value of a type that JSON of a state file stands for. What the type does not know is left
/// out, and what is missing is null.
///
/// # Errors
/// What does not fit, by its place; the value itself is not told.
pub fn from_terraform(json: &Json, ty: &Type) -> Result<Value, String> {
    match (ty, json) {
        (_, Json::Null) => Ok(Value::null(ty.clone())),
        (Type::Dynamic, _) => {
            let (Some(value), Some(ty)) = (json.get("value"), json.get("type")) else {
                return Err("a value of an open type must come with its type".to_owned());
            };
            let ty = type_from_json(ty).ok_or("there is no such type")?;
            from_terraform(value, &ty)
        }
        (Type::Tuple(types), Json::Array(elements)) if types.len() == elements.len() => {
            let elements = elements.iter().zip(types.iter());
            let elements = elements.map(|(element, ty)| from_terraform(element, ty));
            Ok(Value::tuple(elements.collect::<Result<Vec<_>, _>>()?))
        }
        (Type::List(element), Json::Array(elements)) => {
            Ok(Value::list((**element).clone(), all(elements, element)?))
        }
        (Type::Set(element), Json::Array(elements)) => {
            Ok(Value::set((**element).clone(), all(elements, element)?))
        }
        (Type::Map(element), Json::Object(entries)) => {
            let entries = entries.iter().map(|(name, entry)| {
                let value = from_terraform(entry, element);
                value.map(|value| (name.as_str(), value)).map_err(|why| within(name, &why))
            });
            Ok(Value::map((**element).clone(), entries.collect::<Result<Vec<_>, _>>()?))
        }
        (Type::Object(fields), Json::Object(members)) => {
            let attributes = fields.iter().map(|(name, field)| {
                let member = members.get(&**name).unwrap_or(&Json::Null);
                let value = from_terraform(member, &field.ty);
                value.map(|value| (name.clone(), value)).map_err(|why| within(name, &why))
            });
            Ok(Value::object(attributes.collect::<Result<Vec<_>, _>>()?))
        }
        _ => from_json(json, ty).map_err(|error| error.to_string()),
    }
}

fn all(elements: &[Json], ty: &Type) -> Result<Vec<Value>, String> {
    elements.iter().map(|element| from_terraform(element, ty)).collect()
}

fn within(name: &str, why: &str) -> String {
    format!("{name}: {why}")
}

/// The JSON that stands for a value in a state file, where the schema says that it is of a type.
/// What is not known is null.
pub fn to_terraform(value: &Value, ty: &Type) -> Json {
    match (ty, value.kind()) {
        (_, Kind::Null(_) | Kind::Unknown(_)) => Json::Null,
        (Type::Dynamic, _) => {
            let ty = value.ty();
            json!({ "value": to_terraform(value, &ty), "type": type_to_json(&ty) })
        }
        (Type::List(element) | Type::Set(element), _) => {
            let elements = value.as_elements().unwrap_or_default();
            elements.iter().map(|it| to_terraform(it, element)).collect()
        }
        (Type::Tuple(types), _) => {
            let elements = value.as_elements().unwrap_or_default();
            types.iter().zip(elements).map(|(ty, it)| to_terraform(it, ty)).collect()
        }
        (Type::Map(element), _) => {
            let entries = value.as_entries().into_iter().flatten();
            entries.map(|(name, it)| (name.to_string(), to_terraform(it, element))).collect()
        }
        (Type::Object(fields), _) => {
            let member = |(name, field): (&std::sync::Arc<str>, &meridian_lang::Field)| {
                let member = value.get(name).map_or(Json::Null, |it| to_terraform(it, &field.ty));
                (name.to_string(), member)
            };
            Json::Object(fields.iter().map(member).collect::<Map<_, _>>())
        }
        // A number beyond 64 bits becomes the nearest double, as in the states of most tools.
        (Type::Bool | Type::Number | Type::String, _) => {
            let text = meridian_lang::to_json(value).to_string();
            serde_json::from_str(&text).unwrap_or(Json::Null)
        }
    }
}
