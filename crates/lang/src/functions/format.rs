//! `format` and `formatlist`.

mod render;
mod verb;

use super::argument::{GREATEST_TEXT, text, too_long};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Kind, Type, Value};

use verb::Piece;

const FORMAT: Parameter = Parameter::new("format", Shape::String);
const ARGS: Parameter = Parameter::nullable("args", Shape::Any);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[FORMAT], Shape::String, |arguments| {
        if arguments.iter().any(is_untyped_null) {
            return Ok(Value::unknown_not_null(Type::String));
        }
        formatted(text(&arguments[0]), &arguments[1..]).map(Value::string).map_err(|error| {
            let error = match error {
                FormatError::TooMany(reason) => FunctionError::argument(1, reason),
                FormatError::Other(reason) => FunctionError::new(reason),
            };
            error.quoting()
        })
    })
    .and(ARGS),
    Function::new("formatlist", &[FORMAT], Shape::List(&Shape::String), formatlist)
        .and(ARGS)
        .sees_unknown(),
];

/// Why arguments cannot be put into a format.
enum FormatError {
    /// Some of them are not used.
    TooMany(String),
    /// Anything else.
    Other(String),
}

impl From<String> for FormatError {
    fn from(reason: String) -> FormatError {
        FormatError::Other(reason)
    }
}

impl FormatError {
    fn reason(self) -> String {
        match self {
            FormatError::TooMany(reason) | FormatError::Other(reason) => reason,
        }
    }
}

/// Terraform takes a null that is of no type in particular for something unknown.
fn is_untyped_null(value: &Value) -> bool {
    matches!(value.kind(), Kind::Null(Type::Dynamic))
}

fn formatted(format: &str, arguments: &[Value]) -> Result<String, FormatError> {
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
            Some(one_based) => one_based.saturating_sub(1),
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
        if !"vtbdoxXeEfFgGsq".contains(verb.letter) {
            return Err(FormatError::Other(format!(
                "unsupported format verb {:?} in {:?} at offset {}",
                verb.letter, verb.raw, verb.offset
            )));
        }
        let shown = render::render(&verb, argument).map_err(|reason| {
            format!("unsupported value for {:?} at {}: {reason}", verb.raw, verb.offset)
        })?;
        result.push_str(&shown);
        if result.len() > GREATEST_TEXT {
            return Err(FormatError::Other(too_long().message));
        }
    }
    if used < arguments.len() {
        return Err(FormatError::TooMany(match used {
            0 => "too many arguments; no verbs in format string".to_owned(),
            used => format!("too many arguments; only {used} used by format string"),
        }));
    }
    Ok(result)
}

fn formatlist(arguments: &[Value]) -> Outcome {
    let unknown = || Ok(Value::unknown_not_null(Type::list(Type::String)));
    let (Some(format), arguments) = (arguments[0].as_str(), &arguments[1..]) else {
        return unknown();
    };
    // It may turn out to be a list of any length.
    let is_open = |value: &Value| match value.kind() {
        Kind::Unknown(unknown) => !unknown.ty.is_primitive(),
        Kind::Set(..) => !value.is_wholly_known(),
        _ => is_untyped_null(value),
    };
    if arguments.iter().any(is_open) {
        return unknown();
    }
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
    let mut bytes = 0;
    for at in 0..length.map_or(1, |(_, length)| length) {
        // What is no list takes part in each line as it is.
        let row: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument.as_elements() {
                Some(elements) => elements[at].clone(),
                None => argument.clone(),
            })
            .collect();
        if !row.iter().all(Value::is_wholly_known) {
            lines.push(Value::unknown(Type::String));
            continue;
        }
        let line = formatted(format, &row).map_err(|error| {
            let reason = if arguments.is_empty() {
                error.reason()
            } else {
                format!("error on format iteration {at}: {}", error.reason())
            };
            FunctionError::new(reason).quoting()
        })?;
        bytes += line.len();
        if bytes > GREATEST_TEXT {
            return Err(too_long());
        }
        lines.push(Value::string(line));
    }
    Ok(Value::list(Type::String, lines))
}
