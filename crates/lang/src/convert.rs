//! Conversion of values to types.

mod mismatch;
mod unify;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Field, Kind, Number, Path, Range, Step, Type, Unknown, Value};

pub(crate) use mismatch::constraint_name;
pub(crate) use unify::converted_type;
pub use unify::unify;

/// Why a value has no counterpart in a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    /// The part of the value that is at fault.
    pub path: Path,
    /// What is wrong with it, without a full stop. Never shows the value.
    pub message: String,
}

impl ConvertError {
    fn new(message: impl Into<String>) -> ConvertError {
        ConvertError { path: Path::root(), message: message.into() }
    }

    /// The same error, seen from the value that `step` leads out of.
    fn within(mut self, step: Step) -> ConvertError {
        self.path.0.insert(0, step);
        self
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.0.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConvertError {}

/// The value as one of type `ty`, with its marks. Optional attributes that are missing or null
/// become their defaults, and attributes that the type does not declare are left out.
///
/// # Errors
/// When the value has no counterpart in the type.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    match convert_kind(value, ty) {
        Ok(converted) => Ok(converted.mark(value.marks())),
        // The keys of what is sensitive are as secret as its values.
        Err(error) if value.is_sensitive() => Err(ConvertError { path: Path::root(), ..error }),
        Err(error) => Err(error),
    }
}

fn convert_kind(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    let mismatch = || ConvertError::new(mismatch::message(&value.ty(), ty));
    if *ty == Type::Dynamic {
        return Ok(value.clone());
    }
    match value.kind() {
        Kind::Null(from) => converted_type(from, ty).map(Value::null).ok_or_else(mismatch),
        Kind::Unknown(unknown) => {
            let ty = converted_type(&unknown.ty, ty).ok_or_else(mismatch)?;
            Ok(convert_unknown(value, unknown, ty))
        }
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => match ty {
            Type::Bool => to_bool(value),
            Type::Number => to_number(value),
            Type::String => to_string(value),
            _ => Err(mismatch()),
        },
        Kind::List(_, elements) | Kind::Set(_, elements) => match ty {
            Type::List(element) => {
                to_list(elements, element).map_err(|e| e.unwrap_or_else(mismatch))
            }
            Type::Set(element) => to_set(elements, element).map_err(|e| e.unwrap_or_else(mismatch)),
            _ => Err(mismatch()),
        },
        Kind::Tuple(elements) => match ty {
            Type::List(element) => {
                to_list(elements, element).map_err(|e| e.unwrap_or_else(mismatch))
            }
            Type::Set(element) => to_set(elements, element).map_err(|e| e.unwrap_or_else(mismatch)),
            Type::Tuple(types) if types.len() == elements.len() => to_tuple(elements, types),
            _ => Err(mismatch()),
        },
        Kind::Map(_, entries) | Kind::Object(entries) => match ty {
            Type::Map(element) => {
                to_map(value, entries, element).map_err(|e| e.unwrap_or_else(mismatch))
            }
            Type::Object(fields) => to_object(value, entries, fields, mismatch),
            _ => Err(mismatch()),
        },
    }
}

/// What stays known of an unknown value when it becomes one of another type.
fn convert_unknown(value: &Value, unknown: &Unknown, ty: Type) -> Value {
    if ty == unknown.ty {
        return value.clone().unmark();
    }
    let (least, greatest) = value.length_bounds();
    let range = match (&unknown.ty, &ty) {
        // Elements may turn out to be the same.
        (Type::List(_) | Type::Tuple(_), Type::Set(_)) => Range::Length(least.min(1), greatest),
        // A set of unknown size may only shrink when its elements become more alike.
        (Type::Set(_), Type::Set(_) | Type::List(_)) => Range::Length(least.min(1), greatest),
        (Type::List(_) | Type::Tuple(_), Type::List(_))
        | (Type::Map(_) | Type::Object(_), Type::Map(_)) => Range::Length(least, greatest),
        _ => Range::Any,
    };
    Value::unknown_within(ty, unknown.not_null, range)
}

fn to_bool(value: &Value) -> Result<Value, ConvertError> {
    let hint = |word: &str| {
        ConvertError::new(format!(
            "a bool is required; to convert from string, use lowercase {word:?}"
        ))
    };
    match value.kind() {
        Kind::Bool(_) => Ok(value.clone()),
        Kind::String(text) => match &**text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            "TRUE" | "True" if value.marks().is_none() => Err(hint("true")),
            "FALSE" | "False" if value.marks().is_none() => Err(hint("false")),
            _ => Err(ConvertError::new("a bool is required")),
        },
        _ => Err(ConvertError::new("bool required")),
    }
}

fn to_number(value: &Value) -> Result<Value, ConvertError> {
    match value.kind() {
        Kind::Number(_) => Ok(value.clone()),
        Kind::String(text) => Number::parse(text)
            .map(Value::number)
            .ok_or_else(|| ConvertError::new("a number is required")),
        _ => Err(ConvertError::new("number required")),
    }
}

fn to_string(value: &Value) -> Result<Value, ConvertError> {
    match value.kind() {
        Kind::Number(number) => Ok(Value::string(number.to_string())),
        Kind::Bool(truth) => Ok(Value::string(truth.to_string())),
        _ => Ok(value.clone().unmark()),
    }
}

/// Elements converted to a constraint and the type that they then share. The inner error is
/// `None` when each of them is all right but they share no type.
fn to_elements(
    elements: &[Value],
    constraint: &Type,
) -> Result<(Type, Vec<Value>), Option<ConvertError>> {
    let each = |ty: &Type, elements: &[Value]| -> Result<Vec<Value>, ConvertError> {
        let steps = elements.iter().enumerate();
        steps.map(|(at, value)| convert(value, ty).map_err(|e| e.within(Step::Index(at)))).collect()
    };
    let converted = each(constraint, elements)?;
    if !constraint.has_dynamic() || converted.is_empty() {
        return Ok((unify::concrete(constraint), converted));
    }
    let types: Vec<Type> = converted.iter().map(Value::ty).collect();
    let shared = unify(&types).ok_or(None)?;
    // Next to a null of no type, what has parts finds no type to share.
    if shared == Type::Dynamic && types.iter().any(|ty| *ty != Type::Dynamic) {
        return Err(None);
    }
    let converted = each(&shared, &converted)?;
    Ok((shared, converted))
}

fn to_list(elements: &[Value], constraint: &Type) -> Result<Value, Option<ConvertError>> {
    let (element, elements) = to_elements(elements, constraint)?;
    Ok(Value::list(element, elements))
}

fn to_set(elements: &[Value], constraint: &Type) -> Result<Value, Option<ConvertError>> {
    let (element, elements) = to_elements(elements, constraint)?;
    Ok(Value::set(element, elements))
}

fn to_tuple(elements: &[Value], types: &[Type]) -> Result<Value, ConvertError> {
    let pairs = elements.iter().zip(types).enumerate();
    let converted: Vec<Value> = pairs
        .map(|(at, (value, ty))| convert(value, ty).map_err(|e| e.within(Step::Index(at))))
        .collect::<Result<_, _>>()?;
    Ok(Value::tuple(converted))
}

/// The step to an entry of a map or to an attribute of an object.
fn entry_step(whole: &Value, name: &Arc<str>) -> Step {
    match whole.kind() {
        Kind::Map(..) => Step::Key(name.clone()),
        _ => Step::Attribute(name.clone()),
    }
}

fn to_map(
    whole: &Value,
    entries: &BTreeMap<Arc<str>, Value>,
    constraint: &Type,
) -> Result<Value, Option<ConvertError>> {
    let each = |ty: &Type, entries: &BTreeMap<Arc<str>, Value>| {
        let convert_entry = |(name, value): (&Arc<str>, &Value)| match convert(value, ty) {
            Ok(value) => Ok((name.clone(), value)),
            Err(error) => Err(error.within(entry_step(whole, name))),
        };
        entries.iter().map(convert_entry).collect::<Result<BTreeMap<_, _>, ConvertError>>()
    };
    let converted = each(constraint, entries)?;
    if !constraint.has_dynamic() || converted.is_empty() {
        return Ok(Value::map(unify::concrete(constraint), converted));
    }
    let types: Vec<Type> = converted.values().map(Value::ty).collect();
    let shared = unify(&types).ok_or(None)?;
    let converted = each(&shared, &converted)?;
    Ok(Value::map(shared, converted))
}

fn to_object(
    whole: &Value,
    entries: &BTreeMap<Arc<str>, Value>,
    fields: &BTreeMap<Arc<str>, Field>,
    mismatch: impl Fn() -> ConvertError,
) -> Result<Value, ConvertError> {
    let mut attributes = BTreeMap::new();
    for (name, field) in fields {
        let given = entries.get(name);
        let value = match (given, &field.default) {
            (Some(value), Some(default)) if value.is_null() => {
                convert(default, &field.ty).map(|default| default.mark(value.marks()))
            }
            (Some(value), _) => convert(value, &field.ty),
            (None, Some(default)) => convert(default, &field.ty),
            (None, None) if field.optional => Ok(Value::null(unify::concrete(&field.ty))),
            (None, None) if matches!(whole.kind(), Kind::Map(..)) => Err(ConvertError::new(
                format!("map has no element for required attribute {:?}", &**name),
            )),
            (None, None) => return Err(mismatch()),
        };
        let value = value.map_err(|error| match given {
            Some(_) => error.within(entry_step(whole, name)),
            None => error,
        })?;
        attributes.insert(name.clone(), value);
    }
    Ok(Value::object(attributes))
}

#[cfg(test)]
mod tests;
