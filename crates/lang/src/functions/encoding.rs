//! Functions that encode and decode.

use std::io::Write as _;

use base64::Engine as _;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::Value;
use crate::json::{read_text, write_text};

/// Like the standard, but what is left over of the last character may be anything.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&STANDARD_ALPHABET, PAD.with_decode_allow_trailing_bits(true));

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
    let bytes = LENIENT.decode(given.replace(['\r', '\n'], "")).map_err(|_| {
        FunctionError::new(format!("failed to decode base64 data {given:?}")).quoting()
    })?;
    let decoded = String::from_utf8(bytes).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::string(decoded))
}

/// A gzip member with the blocks at the end that Terraform's compressor writes: an empty one
/// to flush, and an empty stored one as the last.
fn base64gzip(arguments: &[Value]) -> Outcome {
    // No time, no name, and no word on the system that it was made on (RFC 1952).
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];
    let content = text(&arguments[0]).as_bytes();
    let failed = |_| FunctionError::new("failed to compress the text");
    let mut encoder = DeflateEncoder::new(HEADER.to_vec(), Compression::default());
    encoder.write_all(content).map_err(failed)?;
    encoder.flush().map_err(failed)?;
    let mut member = encoder.get_ref().clone();
    let mut checksum = Crc::new();
    checksum.update(content);
    member.extend(LAST_BLOCK);
    member.extend(checksum.sum().to_le_bytes());
    member.extend(checksum.amount().to_le_bytes());
    Ok(Value::string(STANDARD.encode(member)))
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
