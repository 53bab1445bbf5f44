//! Functions of numbers.

use super::argument::{number, text, whole};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Number, Type, Value, convert};

const NUMBER: Parameter = Parameter::new("num", Shape::Number);
const NUMBERS: Parameter = Parameter::new("numbers", Shape::Number);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[NUMBER], Shape::Number, |arguments| {
        Ok(Value::number(number(&arguments[0]).abs()))
    }),
    Function::new("ceil", &[NUMBER], Shape::Number, |arguments| {
        Ok(Value::number(number(&arguments[0]).ceil()))
    }),
    Function::new("floor", &[NUMBER], Shape::Number, |arguments| {
        Ok(Value::number(number(&arguments[0]).floor()))
    }),
    Function::new("log", &[NUMBER, Parameter::new("base", Shape::Number)], Shape::Number, log),
    Function::new("max", &[], Shape::Number, max).and(NUMBERS),
    Function::new("min", &[], Shape::Number, min).and(NUMBERS),
    Function::new(
        "parseint",
        &[Parameter::new("number", Shape::Any), Parameter::new("base", Shape::Number)],
        Shape::Number,
        parseint,
    ),
    Function::new("pow", &[NUMBER, Parameter::new("power", Shape::Number)], Shape::Number, pow),
    Function::new("signum", &[NUMBER], Shape::Number, |arguments| {
        // Terraform takes whole numbers only.
        let given = whole(arguments, 0).map_err(|error| FunctionError::new(error.message))?;
        Ok(Value::number(given.signum()))
    }),
    Function::new("sum", &[Parameter::new("list", Shape::Any)], Shape::Number, sum),
];

fn max(arguments: &[Value]) -> Outcome {
    best(arguments.iter().map(number).max())
}

fn min(arguments: &[Value]) -> Outcome {
    best(arguments.iter().map(number).min())
}

fn best(number: Option<&Number>) -> Outcome {
    number
        .map(|number| Value::number(number.clone()))
        .ok_or_else(|| FunctionError::new("must pass at least one number"))
}

fn pow(arguments: &[Value]) -> Outcome {
    number(&arguments[0])
        .pow(number(&arguments[1]))
        .map(Value::number)
        .ok_or_else(|| FunctionError::new("the result is not a real number"))
}

fn log(arguments: &[Value]) -> Outcome {
    number(&arguments[0])
        .log(number(&arguments[1]))
        .map(Value::number)
        .ok_or_else(|| FunctionError::new("the result is not a real number"))
}

fn parseint(arguments: &[Value]) -> Outcome {
    let ty = arguments[0].ty();
    if ty != Type::String {
        let reason = format!("first argument must be a string, not {}", ty.friendly_name());
        return Err(FunctionError::argument(0, reason));
    }
    let text = text(&arguments[0]);
    let base = u32::try_from(whole(arguments, 1)?)
        .ok()
        .filter(|base| (2..=62).contains(base))
        .ok_or_else(|| {
            let reason = "base must be a whole number between 2 and 62 inclusive";
            FunctionError::argument(1, reason)
        })?;
    Number::parse_radix(text, base).map(Value::number).ok_or_else(|| {
        let reason = format!("cannot parse {text:?} as a base {base} integer");
        FunctionError::argument(0, reason).quoting()
    })
}

fn sum(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let elements = list.as_elements().ok_or_else(|| {
        let ty = list.ty();
        let reason = if ty.is_primitive() {
            "cannot sum noniterable".to_owned()
        } else {
            format!("argument must be list, set, or tuple. Received {}", ty.friendly_name())
        };
        FunctionError::argument(0, reason)
    })?;
    if elements.is_empty() {
        return Err(FunctionError::argument(0, "cannot sum an empty list"));
    }
    let not_numbers =
        || FunctionError::argument(0, "argument must be list, set, or tuple of number values");
    let mut total = Number::ZERO;
    for element in elements {
        let element = convert(element, &Type::Number).map_err(|_| not_numbers())?;
        let addend = element.as_number().ok_or_else(not_numbers)?;
        total = total
            .add(addend)
            .ok_or_else(|| FunctionError::new("can't compute sum of opposing infinities"))?;
    }
    Ok(Value::number(total))
}
