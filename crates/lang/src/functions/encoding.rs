//! Functions that encode and decode.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::json::{read_text, write_text};
use crate::Value;

const STR: Parameter = Parameter::new("str", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[STR], Shape::String, base64decode),
    Function::new("base64encode", &[STR], Shape::String, |arguments| {
        Ok(Value::string(STANDARD.encode(text(&arguments[0]))))
    }),
    Function::new("base64gzip", &[STR], Shape::String, base64gzip),
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

/// With an empty block before the end, which is how Terraform flushes its compressor.
fn base64gzip(arguments: &[Value]) -> Outcome {
    let failed = |_| FunctionError::new("failed to compress the text");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text(&arguments[0]).as_bytes()).map_err(failed)?;
    encoder.flush().map_err(failed)?;
    let compressed = encoder.finish().map_err(failed)?;
    Ok(Value::string(STANDARD.encode(compressed)))
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
