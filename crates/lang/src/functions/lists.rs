//! Functions of sequences.

use super::argument::{elements, number, whole};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::eval::equals;
use crate::{Kind, Marks, Number, Type, Value, convert, unify};

/// How many numbers `range` gives at most.
const GREATEST_RANGE: usize = 1024;

const ANY_LIST: Shape = Shape::List(&Shape::Any);
const STRINGS: Parameter = Parameter::new("list", Shape::List(&Shape::String));
const LIST: Parameter = Parameter::new("list", Shape::Any);
const INDEX: Parameter = Parameter::new("index", Shape::Number);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "chunklist",
        &[Parameter::new("list", ANY_LIST), Parameter::new("size", Shape::Number)],
        Shape::List(&ANY_LIST),
        chunklist,
    )
    .sees_unknown()
    .sees_marks(),
    Function::new("compact", &[STRINGS], Shape::List(&Shape::String), |arguments| {
        let kept = elements(&arguments[0])
            .iter()
            .filter(|value| !matches!(value.as_str(), None | Some("")));
        Ok(Value::list(Type::String, kept.cloned()))
    }),
    Function::new("concat", &[], Shape::Any, concat)
        .and(Parameter::new("seqs", Shape::Any))
        .sees_unknown()
        .sees_marks(),
    Function::new("distinct", &[Parameter::new("list", ANY_LIST)], ANY_LIST, distinct),
    Function::new("element", &[LIST, INDEX], Shape::Any, element).sees_unknown().sees_marks(),
    Function::new("flatten", &[LIST], Shape::Any, flatten).sees_unknown().sees_marks(),
    Function::new("index", &[LIST, Parameter::new("value", Shape::Any)], Shape::Number, index)
        .sees_unknown(),
    Function::new(
        "matchkeys",
        &[
            Parameter::new("values", ANY_LIST),
            Parameter::new("keys", ANY_LIST),
            Parameter::new("searchset", ANY_LIST),
        ],
        ANY_LIST,
        matchkeys,
    ),
    Function::new("range", &[], Shape::List(&Shape::Number), range)
        .and(Parameter::new("params", Shape::Number)),
    Function::new("reverse", &[LIST], Shape::Any, reverse).sees_unknown().sees_marks(),
    Function::new(
        "slice",
        &[
            LIST,
            Parameter::new("start_index", Shape::Number),
            Parameter::new("end_index", Shape::Number),
        ],
        Shape::Any,
        slice,
    )
    .sees_unknown()
    .sees_marks(),
    Function::new("sort", &[STRINGS], Shape::List(&Shape::String), sort).sees_unknown(),
];

fn element_type(list: &Value) -> Type {
    match list.ty() {
        Type::List(element) | Type::Set(element) => (*element).clone(),
        _ => Type::Dynamic,
    }
}

/// A sequence of the kind of `like` with other elements.
fn rebuilt(like: &Value, elements: Vec<Value>) -> Value {
    match like.kind() {
        Kind::Tuple(_) => Value::tuple(elements),
        _ => Value::list(element_type(like), elements),
    }
    .mark(like.marks())
}

fn chunklist(arguments: &[Value]) -> Outcome {
    let ty = element_type(&arguments[0]);
    let marks = arguments[0].marks() | arguments[1].marks();
    let (Some(all), true) = (arguments[0].as_elements(), arguments[1].is_known()) else {
        return Ok(Value::unknown_not_null(Type::list(Type::list(ty))).mark(marks));
    };
    let size = whole(arguments, 1)
        .map_err(|error| FunctionError::new(format!("invalid size: {}", error.message)))?;
    let size = usize::try_from(size)
        .map_err(|_| FunctionError::new("the size argument must be positive"))?;
    // Size zero puts everything into one chunk.
    let size = if size == 0 { all.len().max(1) } else { size };
    let chunks = all.chunks(size).map(|chunk| Value::list(ty.clone(), chunk.iter().cloned()));
    Ok(Value::list(Type::list(ty.clone()), chunks.collect::<Vec<_>>()).mark(marks))
}

fn concat(arguments: &[Value]) -> Outcome {
    let mut marks = Marks::NONE;
    let mut types = Vec::new();
    let mut known = true;
    let mut all = Vec::new();
    for (position, argument) in arguments.iter().enumerate() {
        marks |= argument.marks();
        match argument.ty() {
            ty @ Type::List(_) => types.push(ty),
            Type::Tuple(_) => {}
            Type::Dynamic => known = false,
            ty => {
                let reason =
                    format!("all arguments must be lists or tuples; got {}", ty.friendly_name());
                return Err(FunctionError::argument(position, reason));
            }
        }
        match argument.as_elements() {
            Some(elements) => all.extend(elements.iter().cloned()),
            None => known = false,
        }
    }
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    // Only lists make a list; as soon as there is a tuple, each element keeps its type.
    let shared = if types.len() == arguments.len() { unify(&types) } else { None };
    let element = match &shared {
        Some(Type::List(element)) => Some((**element).clone()),
        _ => None,
    };
    let value = match (element, known) {
        (Some(element), false) => Value::unknown_not_null(Type::list(element)),
        (None, false) => Value::unknown(Type::Dynamic),
        (Some(element), true) => {
            let converted: Result<Vec<Value>, _> =
                all.iter().map(|value| convert(value, &element)).collect();
            let converted = converted.map_err(|error| FunctionError::new(error.to_string()))?;
            Value::list(element, converted)
        }
        (None, true) => Value::tuple(all),
    };
    Ok(value.mark(marks))
}

fn distinct(arguments: &[Value]) -> Outcome {
    let mut kept: Vec<Value> = Vec::new();
    for value in elements(&arguments[0]) {
        if !kept.iter().any(|other| equals(other, value) == Some(true)) {
            kept.push(value.clone());
        }
    }
    Ok(Value::list(element_type(&arguments[0]), kept))
}

fn element(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let ty = match list.ty() {
        Type::List(element) => (*element).clone(),
        Type::Tuple(_) | Type::Dynamic => Type::Dynamic,
        other => {
            let reason = format!("cannot read elements from {}", other.friendly_name());
            return Err(FunctionError::new(reason));
        }
    };
    let marks = list.marks() | arguments[1].marks();
    let (Some(elements), true) = (list.as_elements(), arguments[1].is_known()) else {
        return Ok(Value::unknown(ty).mark(marks));
    };
    if elements.is_empty() {
        return Err(FunctionError::new("cannot use element function with an empty list"));
    }
    let index = whole(arguments, 1)
        .map_err(|error| FunctionError::new(format!("invalid index: {}", error.message)))?;
    let position = usize::try_from(index)
        .map_err(|_| FunctionError::new("cannot use element function with a negative index"))?;
    Ok(elements[position % elements.len()].clone().mark(marks))
}

fn flatten(arguments: &[Value]) -> Outcome {
    let mut marks = Marks::NONE;
    let mut flat = Some(Vec::new());
    match arguments[0].ty() {
        Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_) => {}
        _ => return Err(FunctionError::new("can only flatten lists, sets and tuples")),
    }
    flatten_into(&arguments[0], &mut flat, &mut marks);
    let value = flat.map_or_else(|| Value::unknown(Type::Dynamic), Value::tuple);
    Ok(value.mark(marks))
}

/// Adds what is in `sequence`; the result becomes none where it is not known how much that is.
fn flatten_into(sequence: &Value, flat: &mut Option<Vec<Value>>, marks: &mut Marks) {
    *marks |= sequence.marks();
    let countable = !matches!(sequence.kind(), Kind::Set(..)) || sequence.is_wholly_known();
    let Some(elements) = sequence.as_elements().filter(|_| countable) else {
        *flat = None;
        return;
    };
    for element in elements {
        match element.ty() {
            Type::List(_) | Type::Set(_) | Type::Tuple(_) if !element.is_null() => {
                flatten_into(element, flat, marks);
            }
            // It may turn out to be a sequence itself.
            Type::Dynamic if !element.is_known() => *flat = None,
            _ => {
                if let Some(flat) = flat {
                    flat.push(element.clone());
                }
            }
        }
    }
}

fn index(arguments: &[Value]) -> Outcome {
    let elements = match arguments[0].kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => elements,
        Kind::Unknown(unknown)
            if matches!(unknown.ty, Type::Dynamic | Type::List(_) | Type::Tuple(_)) =>
        {
            return Ok(Value::unknown_not_null(Type::Number));
        }
        _ => return Err(FunctionError::new("argument must be a list or tuple")),
    };
    if elements.is_empty() {
        return Err(FunctionError::new("cannot search an empty list"));
    }
    for (position, element) in elements.iter().enumerate() {
        match equals(element, &arguments[1]) {
            Some(true) => return Ok(Value::number(position)),
            Some(false) => {}
            None => return Ok(Value::unknown_not_null(Type::Number)),
        }
    }
    Err(FunctionError::new("item not found"))
}

fn matchkeys(arguments: &[Value]) -> Outcome {
    let (values, keys) = (elements(&arguments[0]), elements(&arguments[1]));
    if values.len() != keys.len() {
        return Err(FunctionError::new("length of keys and values should be equal"));
    }
    let ty = unify(&[arguments[1].ty(), arguments[2].ty()])
        .ok_or_else(|| FunctionError::new("keys and searchset must be of the same type"))?;
    let same = |position: usize| {
        convert(&arguments[position], &ty)
            .map_err(|error| FunctionError::argument(position, error.to_string()))
    };
    let (keys, searched) = (same(1)?, same(2)?);
    let kept = values.iter().zip(elements(&keys)).filter(|(_, key)| {
        elements(&searched).iter().any(|wanted| equals(key, wanted) == Some(true))
    });
    Ok(Value::list(element_type(&arguments[0]), kept.map(|(value, _)| value.clone())))
}

fn range(arguments: &[Value]) -> Outcome {
    let numbers: Vec<&Number> = arguments.iter().map(number).collect();
    let zero = Number::ZERO;
    let towards = |start: &Number, limit: &Number| {
        if limit < start { Number::ONE.neg() } else { Number::ONE }
    };
    let (start, limit, step) = match *numbers {
        [limit] => (&zero, limit, towards(&zero, limit)),
        [start, limit] => (start, limit, towards(start, limit)),
        [start, limit, step] => (start, limit, step.clone()),
        _ => return Err(FunctionError::new("must have one, two, or three arguments")),
    };
    if step.is_negative() && limit > start {
        let reason = "end must be less than start when step is negative";
        return Err(FunctionError::argument(1, reason));
    }
    if !step.is_negative() && limit < start {
        let reason = "end must be greater than start when step is positive";
        return Err(FunctionError::argument(1, reason));
    }
    let mut values = Vec::new();
    let mut next = start.clone();
    while if step.is_negative() { next > *limit } else { next < *limit } {
        if values.len() == GREATEST_RANGE {
            return Err(FunctionError::new(format!(
                "more than {GREATEST_RANGE} values were generated; either decrease the difference \
                 between start and end or use a smaller step"
            )));
        }
        values.push(Value::number(next.clone()));
        next = next.add(&step).ok_or_else(|| FunctionError::new("step must be finite"))?;
    }
    Ok(Value::list(Type::Number, values))
}

fn reverse(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    match (list.ty(), list.as_elements()) {
        (Type::List(_) | Type::Set(_) | Type::Tuple(_), Some(elements)) => {
            Ok(rebuilt(list, elements.iter().rev().cloned().collect()))
        }
        (Type::List(element) | Type::Set(element), None) => {
            Ok(Value::unknown_not_null(Type::List(element)).mark(list.marks()))
        }
        (Type::Tuple(_) | Type::Dynamic, _) => Ok(Value::unknown(Type::Dynamic).mark(list.marks())),
        (ty, _) => {
            let reason =
                format!("can only reverse list or tuple values, not {}", ty.friendly_name());
            Err(FunctionError::argument(0, reason))
        }
    }
}

fn slice(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    match list.ty() {
        Type::List(_) | Type::Tuple(_) | Type::Dynamic => {}
        Type::Set(_) => {
            let reason = "cannot slice a set, because its elements do not have indices; explicitly \
                          convert to a list if the ordering of the result is not important";
            return Err(FunctionError::argument(0, reason));
        }
        _ => return Err(FunctionError::argument(0, "must be a list or tuple value")),
    }
    let marks = list.marks() | arguments[1].marks() | arguments[2].marks();
    let bounds_known = arguments[1].is_known() && arguments[2].is_known();
    let Some(elements) = list.as_elements().filter(|_| bounds_known) else {
        let unknown = match list.ty() {
            ty @ Type::List(_) => Value::unknown_not_null(ty),
            _ => Value::unknown(Type::Dynamic),
        };
        return Ok(unknown.mark(marks));
    };
    let bound = |position: usize, name: &str| {
        let index = whole(arguments, position).map_err(|error| {
            let reason = format!("invalid {name} index: {}", error.message);
            FunctionError::argument(position, reason)
        })?;
        let index = usize::try_from(index).map_err(|_| {
            FunctionError::argument(position, format!("{name} index must not be less than zero"))
        })?;
        if index > elements.len() {
            let reason = format!("{name} index must not be greater than the length of the list");
            return Err(FunctionError::argument(position, reason));
        }
        Ok(index)
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    if start > end {
        let reason = "start index must not be greater than end index";
        return Err(FunctionError::argument(1, reason));
    }
    Ok(rebuilt(list, elements[start..end].to_vec()).mark(marks))
}

fn sort(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        // Whatever their order will be, there will be as many.
        return Ok(match list.as_elements() {
            Some(elements) => {
                let unknown = Value::unknown(Type::String);
                Value::list(Type::String, vec![unknown; elements.len()])
            }
            None => Value::unknown_not_null(Type::list(Type::String)),
        });
    }
    let mut texts = Vec::new();
    for (position, value) in elements(list).iter().enumerate() {
        texts.push(value.as_str().ok_or_else(|| {
            let reason =
                format!("given list element {position} is null; a null string cannot be sorted");
            FunctionError::new(reason)
        })?);
    }
    texts.sort_unstable();
    Ok(Value::list(Type::String, texts.into_iter().map(Value::string)))
}
