//! Functions of sets.

use super::argument::elements;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Marks, Type, Value, convert, unify};

/// How many combinations `setproduct` gives at most.
const GREATEST_PRODUCT: usize = 1_000_000;

const ANY_SET: Shape = Shape::Set(&Shape::Any);
const FIRST_SET: Parameter = Parameter::new("first_set", ANY_SET);
const OTHER_SETS: Parameter = Parameter::new("other_sets", ANY_SET);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[FIRST_SET], ANY_SET, |arguments| {
        combine(arguments, |kept, next| kept.retain(|value| next.contains(value)))
    })
    .and(OTHER_SETS),
    Function::new("setproduct", &[], Shape::Any, setproduct)
        .and(Parameter::new("sets", Shape::Any))
        .sees_unknown()
        .sees_marks(),
    Function::new(
        "setsubtract",
        &[Parameter::new("a", ANY_SET), Parameter::new("b", ANY_SET)],
        ANY_SET,
        |arguments| combine(arguments, |kept, next| kept.retain(|value| !next.contains(value))),
    ),
    Function::new("setunion", &[FIRST_SET], ANY_SET, |arguments| {
        combine(arguments, |kept, next| kept.extend_from_slice(next))
    })
    .and(OTHER_SETS)
    .sees_unknown(),
];

/// Brings sets to one type and combines each with those before it.
fn combine(sets: &[Value], step: fn(&mut Vec<Value>, &[Value])) -> Outcome {
    if !sets.iter().all(Value::is_known) {
        return Ok(Value::unknown_not_null(Type::set(Type::Dynamic)));
    }
    // An empty set of no type in particular goes with any other.
    let decided: Vec<Type> = sets
        .iter()
        .filter(|set| !elements(set).is_empty())
        .filter_map(|set| match set.ty() {
            Type::Set(element) => Some((*element).clone()),
            _ => None,
        })
        .collect();
    let element = match &*decided {
        [] => sets.first().map_or(Type::Dynamic, |set| match set.ty() {
            Type::Set(element) => (*element).clone(),
            _ => Type::Dynamic,
        }),
        types => unify(types).ok_or_else(|| {
            FunctionError::new("given sets must all have compatible element types")
        })?,
    };
    let ty = Type::set(element.clone());
    let mut converted = Vec::new();
    for (position, set) in sets.iter().enumerate() {
        let set = convert(set, &ty)
            .map_err(|error| FunctionError::argument(position, error.to_string()))?;
        converted.push(set);
    }
    let mut all = converted.iter().map(elements);
    let mut kept = all.next().map(<[Value]>::to_vec).unwrap_or_default();
    all.for_each(|next| step(&mut kept, next));
    Ok(Value::set(element, kept))
}

fn setproduct(arguments: &[Value]) -> Outcome {
    if arguments.len() < 2 {
        return Err(FunctionError::new("at least two arguments are required"));
    }
    let mut types = Vec::new();
    let mut any_set = false;
    let mut known = true;
    let mut marks = Marks::NONE;
    let mut products: Vec<Vec<Value>> = vec![Vec::new()];
    for (position, argument) in arguments.iter().enumerate() {
        let listed = convert(argument, &Type::list(Type::Dynamic)).map_err(|error| {
            let reason = match argument.ty() {
                Type::Tuple(_) => error.to_string(),
                _ => "a set or a list is required".to_owned(),
            };
            FunctionError::argument(position, reason)
        })?;
        any_set |= matches!(argument.ty(), Type::Set(_));
        marks |= argument.marks();
        types.push(match listed.ty() {
            Type::List(element) => (*element).clone(),
            _ => Type::Dynamic,
        });
        let Some(elements) = listed.as_elements().filter(|_| argument.is_known()) else {
            known = false;
            continue;
        };
        if products.len().saturating_mul(elements.len()) > GREATEST_PRODUCT {
            let reason = format!("the product would have more than {GREATEST_PRODUCT} elements");
            return Err(FunctionError::new(reason));
        }
        products = products
            .iter()
            .flat_map(|head| {
                elements.iter().map(|next| {
                    let mut product = head.clone();
                    product.push(next.clone());
                    product
                })
            })
            .collect();
    }
    let ty = Type::Tuple(types.into());
    let tuples = products.into_iter().map(Value::tuple);
    let product = match (known, any_set) {
        (false, true) => Value::unknown_not_null(Type::set(ty)),
        (false, false) => Value::unknown_not_null(Type::list(ty)),
        (true, true) => Value::set(ty, tuples),
        (true, false) => Value::list(ty, tuples),
    };
    Ok(product.mark(marks))
}
