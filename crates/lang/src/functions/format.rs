//! `format` and `formatlist`.

mod render;
mod verb;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Type, Value};

use verb::Piece;

const FORMAT: Parameter = Parameter::new("format", Shape::String);
const ARGS: Parameter = Parameter::nullable("args", Shape::Any);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[FORMAT], Shape::String, |arguments| {
        formatted(text(&arguments[0]), &arguments[1..])
            .map(Value::string)
            .map_err(|reason| FunctionError::new(reason).quoting())
    })
    .and(ARGS),
    Function::new("formatlist", &[FORMAT], Shape::List(&Shape::String), formatlist).and(ARGS),
];

fn formatted(format: &str, arguments: &[Value]) -> Result<String, String> {
    let mut result = String::new();
    let mut next = 0;
    let mut used = 0;
    for piece in verb::pieces(format)? {
        let verb = match piece {
            Piece::Literal(literal) => {
                result.push_str(literal);
                continue;
            }
            Piece::Verb(verb) => verb,
        };
        let position = match verb.argument {
            Some(0) => {
                return Err(format!(
                    "invalid argument index 0 in {:?} at {}",
                    verb.raw, verb.offset
                ));
            }
            Some(one_based) => one_based - 1,
            None => next,
        };
        next = position + 1;
        used = used.max(next);
        let argument = arguments.get(position).ok_or_else(|| {
            format!(
                "not enough arguments for {:?} at {}: need index {} but have {} total",
                verb.raw,
                verb.offset,
                position + 1,
                arguments.len()
            )
        })?;
        let shown = render::render(&verb, argument).map_err(|reason| {
            format!("unsupported value for {:?} at {}: {reason}", verb.raw, verb.offset)
        })?;
        result.push_str(&shown);
    }
    if used < arguments.len() {
        return Err(match used {
            0 => "too many arguments; no verbs in format string".to_owned(),
            used => format!("too many arguments; only {used} used by format string"),
        });
    }
    Ok(result)
}

fn formatlist(arguments: &[Value]) -> Outcome {
    let (format, arguments) = (text(&arguments[0]), &arguments[1..]);
    let mut length: Option<(usize, usize)> = None;
    for (position, argument) in arguments.iter().enumerate() {
        let Some(elements) = argument.as_elements() else { continue };
        match length {
            Some((first, length)) if length != elements.len() => {
                let reason = format!(
                    "argument {} has length {}, which is inconsistent with argument {} of length {length}",
                    position + 1,
                    elements.len(),
                    first + 1
                );
                return Err(FunctionError::argument(position + 1, reason));
            }
            Some(_) => {}
            None => length = Some((position, elements.len())),
        }
    }
    let mut lines = Vec::new();
    for at in 0..length.map_or(1, |(_, length)| length) {
        // What is no list takes part in each line as it is.
        let row: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument.as_elements() {
                Some(elements) => elements[at].clone(),
                None => argument.clone(),
            })
            .collect();
        let line = formatted(format, &row).map_err(|reason| {
            FunctionError::new(format!("error on format iteration {at}: {reason}")).quoting()
        })?;
        lines.push(Value::string(line));
    }
    Ok(Value::list(Type::String, lines))
}
