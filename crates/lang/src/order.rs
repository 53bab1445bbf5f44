//! The order of the elements of sets, which is the order in which they are walked over.
//!
//! Terraform orders texts by their bytes, numbers and bools by what they are, and everything else by
//! a text that it makes of a value for its hash. That text is made here in the same way.

use std::cmp::Ordering;

use crate::number::Decimal;
use crate::{Kind, Number, Value};

/// Digits that a number has in the text.
const DIGITS: usize = 10;

/// Brings the unmarked elements of a set into order.
pub(crate) fn sort(elements: &mut [Value]) {
    let has_parts = |value: &Value| value.as_elements().is_some() || value.as_entries().is_some();
    if elements.iter().any(has_parts) {
        elements.sort_by_cached_key(|value| (rank(value), Text::of(value)));
        return;
    }
    elements.sort_by(compare);
}

impl Value {
    /// The order of two unmarked elements of a set.
    pub fn compare(a: &Value, b: &Value) -> Ordering {
        compare(a, b)
    }
}

/// What is known comes first, then nulls, then what is unknown.
fn rank(value: &Value) -> u8 {
    match value.kind() {
        Kind::Null(_) => 1,
        Kind::Unknown(_) => 2,
        _ => 0,
    }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.kind(), b.kind()) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
        (Kind::String(a), Kind::String(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)).then_with(|| Text::of(a).cmp(&Text::of(b))),
    }
}

/// The text that a value is ordered by.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Text {
    text: String,
    /// Numbers that have more digits than the text has, in full: so that only what is equal has
    /// the same place.
    exact: Vec<Number>,
}

impl Text {
    fn of(value: &Value) -> Text {
        let mut text = Text::default();
        write(value, &mut text);
        text
    }

    fn push(&mut self, character: char) {
        self.text.push(character);
    }
}

fn write(value: &Value, text: &mut Text) {
    match value.kind() {
        Kind::Unknown(_) => text.push('?'),
        Kind::Null(_) => text.push('~'),
        Kind::Bool(truth) => text.push(if *truth { 'T' } else { 'F' }),
        Kind::Number(number) => {
            text.text.push_str(&rounded(number));
            if !number.is_infinite() && Decimal::exact(number).digits.len() > DIGITS {
                text.exact.push(number.clone());
            }
        }
        Kind::String(content) => quote(content, text),
        Kind::List(_, elements) | Kind::Set(_, elements) => {
            write_all(('[', ']'), elements.iter(), text);
        }
        Kind::Tuple(elements) => write_all(('<', '>'), elements.iter(), text),
        Kind::Object(attributes) => write_all(('<', '>'), attributes.values(), text),
        Kind::Map(_, entries) => {
            text.push('{');
            for (key, value) in entries.iter() {
                quote(key, text);
                text.push(':');
                write(value, text);
                text.push(';');
            }
            text.push('}');
        }
    }
}

fn write_all<'v>(
    (open, close): (char, char),
    values: impl Iterator<Item = &'v Value>,
    text: &mut Text,
) {
    text.push(open);
    for value in values {
        write(value, text);
        text.push(';');
    }
    text.push(close);
}

/// The number with ten digits; with an exponent if it is very great or small.
fn rounded(number: &Number) -> String {
    if number.is_infinite() || number.is_zero() {
        return number.to_string();
    }
    let decimal = Decimal::exact(number).round(DIGITS);
    let exponent = decimal.point - 1;
    let digits = decimal.digits.len();
    // A whole number has all its digits before the exponent counts as great.
    let great = if digits < DIGITS && decimal.point <= digits as i64 { digits } else { DIGITS };
    if exponent < -4 || exponent >= great as i64 {
        decimal.scientific(digits - 1, 'e')
    } else {
        decimal.plain()
    }
}

fn quote(content: &str, text: &mut Text) {
    text.push('"');
    for character in content.chars() {
        match character {
            '"' | '\\' => text.text.extend(['\\', character]),
            '\n' => text.text.push_str("\\n"),
            '\t' => text.text.push_str("\\t"),
            '\r' => text.text.push_str("\\r"),
            control if control.is_ascii_control() => {
                text.text.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
