//! Functions that change a value's type or marks.

use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::convert::{constraint_name, converted_type};
use crate::{Kind, Marks, Type, Value, convert};

const V: Parameter = Parameter::nullable("v", Shape::Any);
const VALUE: Parameter = Parameter::nullable("value", Shape::Any);

pub(super) const FUNCTIONS: &[Function] = &[
    converting("tobool", Shape::Bool, |arguments| to_type(arguments, &Type::Bool)),
    converting("tonumber", Shape::Number, |arguments| to_type(arguments, &Type::Number)),
    converting("tostring", Shape::String, |arguments| to_type(arguments, &Type::String)),
    converting("tolist", Shape::List(&Shape::Any), |arguments| {
        to_type(arguments, &Type::list(Type::Dynamic))
    }),
    converting("toset", Shape::Set(&Shape::Any), |arguments| {
        to_type(arguments, &Type::set(Type::Dynamic))
    }),
    converting("tomap", Shape::Map(&Shape::Any), |arguments| {
        to_type(arguments, &Type::map(Type::Dynamic))
    }),
    Function::new("ephemeralasnull", &[VALUE], Shape::Any, |arguments| {
        Ok(without_ephemeral(&arguments[0]))
    })
    .sees_unknown()
    .sees_marks(),
    Function::new("sensitive", &[VALUE], Shape::Any, |arguments| {
        Ok(arguments[0].clone().mark(Marks::SENSITIVE))
    })
    .sees_unknown()
    .sees_marks(),
    Function::new("nonsensitive", &[VALUE], Shape::Any, |arguments| {
        let marks = arguments[0].marks().without(Marks::SENSITIVE);
        Ok(arguments[0].clone().unmark().mark(marks))
    })
    .sees_unknown()
    .sees_marks(),
    Function::new("issensitive", &[VALUE], Shape::Bool, |arguments| {
        // What is unknown may yet turn out to be sensitive.
        Ok(match (arguments[0].is_sensitive(), arguments[0].is_known()) {
            (true, _) => Value::bool(true),
            (false, true) => Value::bool(false),
            (false, false) => Value::unknown_not_null(Type::Bool),
        })
    })
    .sees_unknown()
    .sees_marks(),
];

/// The value with null in the place of each part that is ephemeral.
fn without_ephemeral(value: &Value) -> Value {
    if !value.deep_marks().contains(Marks::EPHEMERAL) {
        return value.clone();
    }
    let marks = value.marks().without(Marks::EPHEMERAL);
    if value.marks().contains(Marks::EPHEMERAL) {
        return Value::null(value.ty()).mark(marks);
    }
    let bare = match value.kind() {
        Kind::List(element, elements) => {
            Value::list(element.clone(), elements.iter().map(without_ephemeral))
        }
        Kind::Set(element, elements) => {
            Value::set(element.clone(), elements.iter().map(without_ephemeral))
        }
        Kind::Tuple(elements) => Value::tuple(elements.iter().map(without_ephemeral)),
        Kind::Map(element, entries) => Value::map(
            element.clone(),
            entries.iter().map(|(key, value)| (key.clone(), without_ephemeral(value))),
        ),
        Kind::Object(entries) => Value::object(
            entries.iter().map(|(key, value)| (key.clone(), without_ephemeral(value))),
        ),
        _ => value.clone().unmark(),
    };
    bare.mark(marks)
}

const fn converting(name: &'static str, shape: Shape, body: fn(&[Value]) -> Outcome) -> Function {
    Function::new(name, &[V], shape, body).sees_unknown().sees_marks()
}

fn to_type(arguments: &[Value], ty: &Type) -> Outcome {
    let value = &arguments[0];
    convert(value, ty).map_err(|_| {
        let (from, to) = (value.ty(), constraint_name(ty));
        let name = from.friendly_name();
        if converted_type(&from, ty).is_none() {
            return FunctionError::argument(0, format!("cannot convert {name} to {to}"));
        }
        if value.is_sensitive() {
            return FunctionError::argument(0, format!("cannot convert this sensitive {name} to {to}"));
        }
        let reason = match (value.as_str(), ty) {
            (Some(text), Type::Bool) => format!(
                "cannot convert {text:?} to bool; only the strings \"true\" or \"false\" are allowed"
            ),
            (Some(text), Type::Number) => format!(
                "cannot convert {text:?} to number; given string must be a decimal representation of a number"
            ),
            _ => format!("cannot convert {name} to {to}"),
        };
        FunctionError::argument(0, reason).quoting()
    })
}
