//! Access to arguments whose types have been seen to.

use super::signature::FunctionError;
use crate::{Number, Value};

/// Bytes of the longest text that a function makes of shorter ones.
pub(super) const GREATEST_TEXT: usize = 256 << 20;

/// An error if a text of that many bytes would be too long.
pub(super) fn check_length(bytes: usize) -> Result<(), FunctionError> {
    if bytes > GREATEST_TEXT { Err(too_long()) } else { Ok(()) }
}

/// The error for a text that would be too long.
pub(super) fn too_long() -> FunctionError {
    FunctionError::new(format!("the result would be longer than {GREATEST_TEXT} bytes"))
}

/// The text of a known argument of type string.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("an argument for a string parameter is a known string")
}

/// The number of a known argument of type number.
pub(super) fn number(value: &Value) -> &Number {
    value.as_number().expect("an argument for a number parameter is a known number")
}

/// The elements of a known list, set or tuple.
pub(super) fn elements(value: &Value) -> &[Value] {
    value.as_elements().expect("the type of the argument has been checked")
}

/// The argument at a position as a whole number of 64 bits.
pub(super) fn whole(arguments: &[Value], position: usize) -> Result<i64, FunctionError> {
    number(&arguments[position]).to_i64().ok_or_else(|| {
        let (least, greatest) = (i64::MIN, i64::MAX);
        let reason = format!("value must be a whole number, between {least} and {greatest}");
        FunctionError::argument(position, reason)
    })
}
