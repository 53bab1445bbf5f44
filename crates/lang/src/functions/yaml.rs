//! Functions that read and write YAML.

mod decode;
mod encode;
mod scalar;

use super::argument::text;
use super::signature::{Function, FunctionError, Parameter, Shape};
use crate::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("yamldecode", &[Parameter::new("src", Shape::String)], Shape::Any, |arguments| {
        decode::decoded(text(&arguments[0])).map_err(|reason| FunctionError::new(reason).quoting())
    }),
    Function::new(
        "yamlencode",
        &[Parameter::nullable("value", Shape::Any)],
        Shape::String,
        |arguments| Ok(Value::string(encode::encoded(&arguments[0]))),
    ),
];
