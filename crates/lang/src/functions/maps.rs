//! Functions of maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::argument::{elements, text};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Kind, Marks, Type, Value, convert};

const INPUT_MAP: Parameter = Parameter::new("inputMap", Shape::Any);
const STRING_LISTS: Shape = Shape::Map(&Shape::List(&Shape::String));

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("keys", &[INPUT_MAP], Shape::Any, keys).sees_unknown().sees_marks(),
    Function::new("lookup", &[INPUT_MAP, Parameter::new("key", Shape::String)], Shape::Any, lookup)
        .and(Parameter::nullable("default", Shape::Any))
        .sees_unknown()
        .sees_marks(),
    Function::new("merge", &[], Shape::Any, merge)
        .and(Parameter::nullable("maps", Shape::Any))
        .sees_unknown()
        .sees_marks(),
    Function::new("transpose", &[Parameter::new("values", STRING_LISTS)], STRING_LISTS, transpose),
    Function::new("values", &[Parameter::new("mapping", Shape::Any)], Shape::Any, values)
        .sees_unknown()
        .sees_marks(),
    Function::new(
        "zipmap",
        &[
            Parameter::new("keys", Shape::List(&Shape::String)),
            Parameter::new("values", Shape::Any),
        ],
        Shape::Any,
        zipmap,
    )
    .sees_unknown()
    .sees_marks(),
];

fn not_a_map() -> FunctionError {
    FunctionError::argument(0, "must have map or object type")
}

fn keys(arguments: &[Value]) -> Outcome {
    let map = &arguments[0];
    let names = |names: Vec<&Arc<str>>| names.into_iter().map(Value::string).collect::<Vec<_>>();
    let result = match (map.kind(), map.ty()) {
        (Kind::Map(_, entries), _) => Value::list(Type::String, names(entries.keys().collect())),
        (Kind::Object(attributes), _) => Value::tuple(names(attributes.keys().collect())),
        (_, Type::Map(_)) => Value::unknown_not_null(Type::list(Type::String)),
        (_, Type::Object(fields)) => Value::tuple(names(fields.keys().collect())),
        (_, Type::Dynamic) => Value::unknown(Type::Dynamic),
        _ => return Err(not_a_map()),
    };
    Ok(result.mark(map.marks()))
}

fn values(arguments: &[Value]) -> Outcome {
    let not_a_map = || FunctionError::new("values() requires a map as the first argument");
    let map = &arguments[0];
    let result = match (map.kind(), map.ty()) {
        (Kind::Map(element, entries), _) => Value::list(element.clone(), entries.values().cloned()),
        (Kind::Object(attributes), _) => Value::tuple(attributes.values().cloned()),
        (_, Type::Map(element)) => Value::unknown_not_null(Type::List(element)),
        (_, Type::Object(fields)) => {
            Value::tuple(fields.values().map(|field| Value::unknown(field.ty.clone())))
        }
        (_, Type::Dynamic) => Value::unknown(Type::Dynamic),
        _ => return Err(not_a_map()),
    };
    Ok(result.mark(map.marks()))
}

fn lookup(arguments: &[Value]) -> Outcome {
    let (map, key) = (&arguments[0], &arguments[1]);
    let default = match arguments {
        [_, _] => None,
        [_, _, default] => Some(default),
        _ => {
            let given = arguments.len();
            let reason = format!("lookup() takes two or three arguments, got {given}");
            return Err(FunctionError::new(reason));
        }
    };
    let ty = map.ty();
    let marks = map.marks() | key.marks();
    let element = match &ty {
        Type::Map(element) => (**element).clone(),
        Type::Object(_) | Type::Dynamic => Type::Dynamic,
        _ => {
            let reason = "lookup() requires a map as the first argument";
            return Err(FunctionError::argument(0, reason));
        }
    };
    let default = match default.map(|default| convert(default, &element)).transpose() {
        Ok(default) => default,
        Err(_) => {
            let reason = "the default value must have the same type as the map elements";
            return Err(FunctionError::argument(2, reason));
        }
    };
    let (Some(entries), Some(key)) = (map.as_entries(), key.as_str()) else {
        return Ok(Value::unknown(element).mark(marks));
    };
    match (entries.get(key), default) {
        (Some(value), _) => Ok(value.clone().mark(marks)),
        (None, Some(default)) => Ok(default.mark(marks)),
        (None, None) => {
            let error = match map.kind() {
                Kind::Object(_) => {
                    let reason = format!("the given object has no attribute {key:?}");
                    FunctionError::argument(0, reason)
                }
                _ => FunctionError::new(format!("lookup failed to find key {key:?}")),
            };
            Err(error.quoting())
        }
    }
}

fn merge(arguments: &[Value]) -> Outcome {
    let mut marks = Marks::NONE;
    let mut merged: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut types = Vec::new();
    let mut known = true;
    for argument in arguments {
        marks |= argument.marks();
        match argument.ty() {
            Type::Dynamic if argument.is_null() => continue,
            Type::Dynamic => known = false,
            ty @ (Type::Map(_) | Type::Object(_)) => types.push(ty),
            ty => {
                let reason =
                    format!("arguments must be maps or objects, got {:?}", ty.friendly_name());
                return Err(FunctionError::new(reason));
            }
        }
        match argument.as_entries() {
            Some(entries) => {
                merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            None => known &= argument.is_null(),
        }
    }
    // Maps of one type stay a map; anything else becomes an object.
    let map = match types.split_first() {
        Some((first @ Type::Map(element), rest)) if rest.iter().all(|ty| ty == first) => {
            Some((**element).clone())
        }
        _ => None,
    };
    let result = match (map, known) {
        (Some(element), true) => Value::map(element, merged),
        (Some(element), false) if types.len() == arguments.len() => {
            Value::unknown_not_null(Type::map(element))
        }
        (_, false) => Value::unknown(Type::Dynamic),
        (None, true) => Value::object(merged),
    };
    Ok(result.mark(marks))
}

fn transpose(arguments: &[Value]) -> Outcome {
    let mut transposed: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    let entries = arguments[0].as_entries().into_iter().flatten();
    for (key, list) in entries {
        let Some(list) = list.as_elements() else {
            return Err(FunctionError::new("input must not contain null list"));
        };
        for element in list {
            let Some(name) = element.as_str() else {
                return Err(FunctionError::new("input list must not contain null string"));
            };
            transposed.entry(name.into()).or_default().push(Value::string(key));
        }
    }
    let lists = transposed.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys)));
    Ok(Value::map(Type::list(Type::String), lists))
}

fn zipmap(arguments: &[Value]) -> Outcome {
    let (keys, values) = (&arguments[0], &arguments[1]);
    let marks = keys.deep_marks() | values.marks();
    match values.ty() {
        Type::List(_) | Type::Tuple(_) | Type::Dynamic => {}
        _ => {
            return Err(FunctionError::new("values argument must be a list or tuple value"));
        }
    }
    let Some(given) = values.as_elements().filter(|_| keys.is_wholly_known()) else {
        let unknown = match values.ty() {
            Type::List(element) => Value::unknown_not_null(Type::Map(element)),
            _ => Value::unknown(Type::Dynamic),
        };
        return Ok(unknown.mark(marks));
    };
    let keys = elements(keys);
    if keys.len() != given.len() {
        let reason = format!(
            "number of keys ({}) does not match number of values ({})",
            keys.len(),
            given.len()
        );
        return Err(FunctionError::new(reason));
    }
    if let Some(index) = keys.iter().position(Value::is_null) {
        let reason = format!("keys list has null value at index {index}");
        return Err(FunctionError::new(reason));
    }
    let pairs: BTreeMap<Arc<str>, Value> =
        keys.iter().map(text).map(Arc::from).zip(given.iter().cloned()).collect();
    let result = match values.kind() {
        Kind::List(element, _) => Value::map(element.clone(), pairs),
        _ => Value::object(pairs),
    };
    Ok(result.mark(marks))
}
