//! Functions that encode and decode.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::json::{read_text, write_text};
use crate::{Scope, Value};

const STR: Parameter = Parameter::new("str", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[STR], Shape::String, base64decode),
    Function::new("base64encode", &[STR], Shape::String, |arguments| {
        Ok(Value::string(STANDARD.encode(text(&arguments[0]))))
    }),
    Function::reading("file", &[Parameter::new("path", Shape::String)], Shape::String, file),
    Function::new("jsondecode", &[STR], Shape::Any, |arguments| {
        read_text(text(&arguments[0])).map_err(|reason| FunctionError::new(reason).quoting())
    }),
    Function::new(
        "jsonencode",
        &[Parameter::nullable("val", Shape::Any)],
        Shape::String,
        |arguments| write_text(&arguments[0]).map(Value::string).map_err(FunctionError::new),
    ),
    Function::new("urlencode", &[STR], Shape::String, urlencode),
];

fn base64decode(arguments: &[Value]) -> Outcome {
    let given = text(&arguments[0]);
    // Line breaks may stand anywhere in the text.
    let bytes = STANDARD.decode(given.replace(['\r', '\n'], "")).map_err(|_| {
        FunctionError::new(format!("failed to decode base64 data {given:?}")).quoting()
    })?;
    let decoded = String::from_utf8(bytes).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::string(decoded))
}

fn file(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    let path = text(&arguments[0]);
    let bytes =
        scope.read_file(path).map_err(|reason| FunctionError::argument(0, reason).quoting())?;
    let content = String::from_utf8(bytes).map_err(|_| {
        let reason = format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead"
        );
        FunctionError::argument(0, reason).quoting()
    })?;
    Ok(Value::string(content))
}

fn urlencode(arguments: &[Value]) -> Outcome {
    let mut encoded = String::new();
    for byte in text(&arguments[0]).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::string(encoded))
}
