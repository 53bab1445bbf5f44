//! Functions of collections of any kind.

use unicode_segmentation::UnicodeSegmentation;

use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::eval::equals;
use crate::{Kind, Marks, Type, Value, convert, unify};

const BOOLS: Parameter = Parameter::new("list", Shape::List(&Shape::Bool));
const VALS: Parameter = Parameter::nullable("vals", Shape::Any);
const LIST: Parameter = Parameter::new("list", Shape::Any);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[BOOLS], Shape::Bool, alltrue).sees_unknown(),
    Function::new("anytrue", &[BOOLS], Shape::Bool, anytrue).sees_unknown(),
    Function::new("coalesce", &[], Shape::Any, coalesce).and(VALS).sees_unknown(),
    Function::new("coalescelist", &[], Shape::Any, coalescelist).and(VALS).sees_unknown(),
    Function::new("contains", &[LIST, Parameter::new("value", Shape::Any)], Shape::Bool, contains)
        .sees_unknown(),
    Function::new("length", &[Parameter::new("value", Shape::Any)], Shape::Number, length)
        .sees_unknown()
        .sees_marks(),
    Function::new("one", &[LIST], Shape::Any, one).sees_unknown(),
];

/// The first element that is unknown or not true decides.
fn alltrue(arguments: &[Value]) -> Outcome {
    let Some(elements) = arguments[0].as_elements() else {
        return Ok(Value::unknown_not_null(Type::Bool));
    };
    Ok(match elements.iter().find(|element| element.as_bool() != Some(true)) {
        Some(element) if !element.is_known() => Value::unknown_not_null(Type::Bool),
        decisive => Value::bool(decisive.is_none()),
    })
}

/// An element that is true decides, whatever the unknown ones turn out to be.
fn anytrue(arguments: &[Value]) -> Outcome {
    let Some(elements) = arguments[0].as_elements() else {
        return Ok(Value::unknown_not_null(Type::Bool));
    };
    let any = elements.iter().any(|element| element.as_bool() == Some(true));
    Ok(if any || elements.iter().all(Value::is_known) {
        Value::bool(any)
    } else {
        Value::unknown_not_null(Type::Bool)
    })
}

fn coalesce(arguments: &[Value]) -> Outcome {
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    let ty =
        unify(&types).ok_or_else(|| FunctionError::new("all arguments must have the same type"))?;
    for argument in arguments {
        let value =
            convert(argument, &ty).map_err(|error| FunctionError::new(error.to_string()))?;
        if !value.is_known() {
            return Ok(Value::unknown(ty));
        }
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err(FunctionError::new("no non-null, non-empty-string arguments"))
}

fn coalescelist(arguments: &[Value]) -> Outcome {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    for argument in arguments {
        match argument.kind() {
            Kind::Null(Type::List(_) | Type::Tuple(_)) => {}
            Kind::Unknown(_) => return Ok(Value::unknown(Type::Dynamic)),
            Kind::List(_, elements) | Kind::Tuple(elements) => {
                if !elements.is_empty() {
                    return Ok(argument.clone());
                }
            }
            _ => return Err(FunctionError::new("coalescelist arguments must be lists or tuples")),
        }
    }
    Err(FunctionError::new("no non-null arguments"))
}

fn contains(arguments: &[Value]) -> Outcome {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    match list.ty() {
        Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_) => {}
        _ => return Err(FunctionError::new("argument must be list, tuple, or set")),
    }
    let Some(elements) = list.as_elements().filter(|_| wanted.is_wholly_known()) else {
        return Ok(Value::unknown_not_null(Type::Bool));
    };
    let answers: Vec<Option<bool>> =
        elements.iter().map(|element| equals(element, wanted)).collect();
    Ok(if answers.contains(&Some(true)) {
        Value::bool(true)
    } else if answers.contains(&None) {
        Value::unknown_not_null(Type::Bool)
    } else {
        Value::bool(false)
    })
}

fn length(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    let length = match value.kind() {
        Kind::String(text) => Some(text.graphemes(true).count()),
        // Unknown elements of a set may turn out to be equal to others.
        Kind::Set(_, elements) if elements.len() > 1 && !value.is_wholly_known() => None,
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            Some(elements.len())
        }
        Kind::Map(_, entries) | Kind::Object(entries) => Some(entries.len()),
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(elements) => Some(elements.len()),
            Type::Object(fields) => Some(fields.len()),
            Type::Bool | Type::Number => return Err(no_length()),
            _ => None,
        },
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => return Err(no_length()),
    };
    let length = length.map_or_else(|| Value::unknown_not_null(Type::Number), Value::number);
    // Marks of elements say nothing about how many there are, but those of a set lie on itself.
    let marks: Marks = value.marks();
    Ok(length.mark(marks))
}

fn no_length() -> FunctionError {
    FunctionError::new("argument must be a string, a collection type, or a structural type")
}

fn one(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let wrong = || {
        let reason = "must be a list, set, or tuple value with either zero or one elements";
        FunctionError::argument(0, reason)
    };
    let element = match list.ty() {
        Type::List(element) | Type::Set(element) => (*element).clone(),
        Type::Tuple(_) | Type::Dynamic => Type::Dynamic,
        _ => return Err(wrong()),
    };
    match (list.kind(), list.as_elements()) {
        (_, None) => Ok(Value::unknown(element)),
        (Kind::Set(..), Some([_, _, ..])) if !list.is_wholly_known() => Ok(Value::unknown(element)),
        (_, Some([])) => Ok(Value::null(element)),
        (_, Some([only])) => Ok(only.clone()),
        _ => Err(wrong()),
    }
}
