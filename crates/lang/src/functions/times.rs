//! Functions of dates and times.

mod duration;
mod layout;
mod timestamp;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::Value;

use timestamp::Timestamp;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "formatdate",
        &[Parameter::new("format", Shape::String), Parameter::new("time", Shape::String)],
        Shape::String,
        |arguments| {
            let time = timestamp(arguments, 1)?;
            layout::formatted(text(&arguments[0]), &time)
                .map(Value::string)
                .map_err(|reason| FunctionError::argument(0, reason).quoting())
        },
    ),
    Function::new(
        "timeadd",
        &[Parameter::new("timestamp", Shape::String), Parameter::new("duration", Shape::String)],
        Shape::String,
        add,
    ),
    Function::new(
        "timecmp",
        &[
            Parameter::new("timestamp_a", Shape::String),
            Parameter::new("timestamp_b", Shape::String),
        ],
        Shape::Number,
        |arguments| {
            let (a, b) = (timestamp(arguments, 0)?, timestamp(arguments, 1)?);
            Ok(Value::number(a.instant().cmp(&b.instant()) as i64))
        },
    ),
];

fn timestamp(arguments: &[Value], position: usize) -> Result<Timestamp, FunctionError> {
    Timestamp::parse(text(&arguments[position])).map_err(|reason| {
        let reason = format!("not a valid RFC3339 timestamp: {reason}");
        FunctionError::argument(position, reason).quoting()
    })
}

fn add(arguments: &[Value]) -> Outcome {
    let time =
        timestamp(arguments, 0).map_err(|error| FunctionError { argument: None, ..error })?;
    let nanoseconds = duration::parse(text(&arguments[1]))
        .map_err(|reason| FunctionError::new(format!("time: {reason}")).quoting())?;
    Ok(Value::string(time.after(nanoseconds).to_string()))
}

/// A timestamp in the form in which the functions give one; none if it is none.
pub(super) fn normal(text: &str) -> Option<String> {
    Timestamp::parse(text).ok().map(|time| time.to_string())
}
