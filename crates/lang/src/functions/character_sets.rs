//! Text in other character encodings than UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::Value;

const ENCODING: Parameter = Parameter::new("encoding", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "textdecodebase64",
        &[Parameter::new("source", Shape::String), ENCODING],
        Shape::String,
        decode,
    ),
    Function::new(
        "textencodebase64",
        &[Parameter::new("string", Shape::String), ENCODING],
        Shape::String,
        encode,
    ),
];

/// A way to write text as bytes.
enum CharacterSet {
    Ascii,
    Latin1,
    Utf16 { big_endian: bool, marked: bool },
    Other(&'static Encoding),
}

/// The names that the web knows and IANA does not.
const WEB_ONLY: [&str; 6] = ["cp", "x-", "unicode-", "utf8", "ansi_x3.4-1968", "dos-"];

fn character_set(arguments: &[Value]) -> Result<CharacterSet, FunctionError> {
    let given = text(&arguments[1]);
    let name = given.to_ascii_lowercase();
    let utf16 = |big_endian, marked| Ok(CharacterSet::Utf16 { big_endian, marked });
    match &*name {
        "us-ascii" | "ascii" | "iso646-us" | "us" => return Ok(CharacterSet::Ascii),
        "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" | "l1" | "ibm819" => {
            return Ok(CharacterSet::Latin1);
        }
        "utf-16" => return utf16(true, true),
        "utf-16be" => return utf16(true, false),
        "utf-16le" => return utf16(false, false),
        _ => {}
    }
    let known = (!WEB_ONLY.iter().any(|prefix| name.starts_with(prefix)))
        .then(|| Encoding::for_label_no_replacement(name.as_bytes()));
    known.flatten().map(CharacterSet::Other).ok_or_else(|| {
        let reason = format!("{given:?} is not a supported IANA encoding name or alias");
        FunctionError::argument(1, reason).quoting()
    })
}

fn encode(arguments: &[Value]) -> Outcome {
    let string = text(&arguments[0]);
    let bytes = match character_set(arguments)? {
        CharacterSet::Ascii => string.is_ascii().then(|| string.as_bytes().to_vec()),
        CharacterSet::Latin1 => {
            string.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
        }
        CharacterSet::Utf16 { big_endian, marked } => {
            let units = marked.then_some(0xfeff).into_iter().chain(string.encode_utf16());
            let pair = |unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
            Some(units.flat_map(pair).collect())
        }
        CharacterSet::Other(encoding) => {
            let (bytes, _, unmappable) = encoding.encode(string);
            (!unmappable).then(|| bytes.into_owned())
        }
    };
    bytes.map(|bytes| Value::string(STANDARD.encode(bytes))).ok_or_else(|| {
        let name = text(&arguments[1]);
        let reason =
            format!("the given string contains characters that cannot be represented in {name}");
        FunctionError::argument(0, reason).quoting()
    })
}

fn decode(arguments: &[Value]) -> Outcome {
    let character_set = character_set(arguments)?;
    let source = text(&arguments[0]).replace(['\r', '\n'], "");
    let bytes = STANDARD.decode(&source).map_err(|error| {
        let offset = match error {
            base64::DecodeError::InvalidByte(offset, _) => offset,
            _ => source.len() / 4 * 4,
        };
        let reason = format!("the given value is has an invalid base64 symbol at offset {offset}");
        FunctionError::argument(0, reason)
    })?;
    let decoded = match character_set {
        CharacterSet::Ascii => String::from_utf8(bytes).ok().filter(|text| text.is_ascii()),
        CharacterSet::Latin1 => Some(bytes.iter().copied().map(char::from).collect()),
        CharacterSet::Utf16 { big_endian, marked } => from_utf16(&bytes, big_endian, marked),
        CharacterSet::Other(encoding) => encoding
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .map(std::borrow::Cow::into_owned),
    };
    decoded.map(Value::string).ok_or_else(|| {
        let name = text(&arguments[1]);
        let reason = format!("the given string contains symbols that are not defined for {name}");
        FunctionError::argument(0, reason).quoting()
    })
}

/// The text, if all of it is well-formed; a mark at the beginning may tell the order of bytes.
fn from_utf16(bytes: &[u8], big_endian: bool, marked: bool) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let (big_endian, pairs) = match pairs {
        [[0xfe, 0xff], after @ ..] if marked => (true, after),
        [[0xff, 0xfe], after @ ..] if marked => (false, after),
        _ => (big_endian, pairs),
    };
    let unit = |pair: &[u8; 2]| {
        if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) }
    };
    let units: Vec<u16> = pairs.iter().map(unit).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}
