//! JSON text, exact in its numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Kind, Number, Type, Value};

/// How deeply arrays and objects may be nested in a text that is read.
const GREATEST_DEPTH: usize = 512;

/// The text of a wholly known value: without spaces, keys in order, and with the characters
/// escaped that HTML and JavaScript would take amiss.
pub(crate) fn write_text(value: &Value) -> Result<String, String> {
    let mut text = String::new();
    write_value(value, &mut text)?;
    Ok(text)
}

fn write_value(value: &Value, text: &mut String) -> Result<(), String> {
    match value.kind() {
        Kind::Null(_) => text.push_str("null"),
        Kind::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Kind::Number(number) if number.is_infinite() => {
            return Err("cannot serialize infinity as JSON".to_owned());
        }
        Kind::Number(number) => text.push_str(&number.to_string()),
        Kind::String(string) => write_string(string, text),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            text.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_value(element, text)?;
            }
            text.push(']');
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            text.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                write_value(value, text)?;
            }
            text.push('}');
        }
        Kind::Unknown(_) => return Err("value is not known".to_owned()),
    }
    Ok(())
}

/// Writes a string with its quotes.
pub(super) fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// The value that a text stands for: objects and tuples; of equal keys the last counts.
pub(crate) fn read_text(text: &str) -> Result<Value, String> {
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.skip_space();
    match reader.rest.chars().next() {
        None => Ok(value),
        Some(_) => Err("extraneous data after JSON object".to_owned()),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, expected: &str) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn unexpected<T>(&self, place: &str) -> Result<T, String> {
        Err(match self.rest.chars().next() {
            Some(letter) => format!("invalid character {letter:?} {place}"),
            None => "EOF".to_owned(),
        })
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > GREATEST_DEPTH {
            return Err("arrays and objects are nested too deeply".to_owned());
        }
        self.skip_space();
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::string),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take("null") => Ok(Value::null(Type::Dynamic)),
            _ if self.take("true") => Ok(Value::bool(true)),
            _ if self.take("false") => Ok(Value::bool(false)),
            _ => self.broken_literal(),
        }
    }

    /// The error for what may be a misspelt `null`, `true` or `false`.
    fn broken_literal<T>(&self) -> Result<T, String> {
        for literal in ["null", "true", "false"] {
            let spelt = literal.bytes().zip(self.rest.bytes()).take_while(|(a, b)| a == b).count();
            if spelt > 0 {
                let (rest, wanted) = (&self.rest[spelt..], &literal[spelt..]);
                return Err(match (rest.chars().next(), wanted.chars().next()) {
                    (Some(letter), Some(wanted)) => format!(
                        "invalid character {letter:?} in literal {literal} (expecting {wanted:?})"
                    ),
                    _ => "EOF".to_owned(),
                });
            }
        }
        self.unexpected("looking for beginning of value")
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        self.take("[");
        let mut elements = Vec::new();
        if self.take("]") {
            return Ok(Value::tuple(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.take("]") {
                return Ok(Value::tuple(elements));
            }
            if !self.take(",") {
                return self.unexpected("after array element");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        self.take("{");
        let mut entries: BTreeMap<String, Value> = BTreeMap::new();
        if self.take("}") {
            return Ok(Value::object(entries));
        }
        loop {
            self.skip_space();
            if !self.rest.starts_with('"') {
                return self.unexpected("looking for beginning of object key string");
            }
            let key = self.string()?;
            if !self.take(":") {
                return self.unexpected("after object key");
            }
            entries.insert(key, self.value(depth + 1)?);
            if self.take("}") {
                return Ok(Value::object(entries));
            }
            if !self.take(",") {
                return self.unexpected("after object key:value pair");
            }
        }
    }

    /// Strings are read by the JSON library, which knows all about escapes.
    fn string(&mut self) -> Result<String, String> {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            return Err("EOF".to_owned());
        };
        let (literal, rest) = self.rest.split_at(end + 2);
        self.rest = rest;
        serde_json::from_str(literal).map_err(|_| "invalid string literal".to_owned())
    }

    fn number(&mut self) -> Result<Value, String> {
        let end = self
            .rest
            .find(|letter: char| !matches!(letter, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        match Number::parse(literal) {
            Some(number) if is_well_formed(literal) => {
                self.rest = rest;
                Ok(Value::number(number))
            }
            _ => Err("invalid number literal".to_owned()),
        }
    }
}

/// JSON wants digits on both sides of a point, and no needless zero at the beginning.
fn is_well_formed(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    let mantissa = digits.split(['e', 'E']).next().unwrap_or(digits);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    !whole.is_empty() && !fraction.is_empty() && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_ordered() {
        let value = Value::object([
            ("z", Value::string("<a>&\u{2028}é\n\"")),
            ("a b", Value::number(Number::parse("0.1").expect("a number"))),
        ]);
        let expected = "{\"a b\":0.1,\"z\":\"\\u003ca\\u003e\\u0026\\u2028é\\n\\\"\"}";
        assert_eq!(write_text(&value).as_deref(), Ok(expected));
    }

    #[test]
    fn texts_are_read_exactly() {
        let value = read_text(" {\"a\":[1,null,true],\"b\":1.50,\"b\":12345678901234567890.5} ");
        let expected = Value::object([
            ("a", Value::tuple([Value::number(1), Value::null(Type::Dynamic), Value::bool(true)])),
            ("b", Value::number(Number::parse("12345678901234567890.5").expect("a number"))),
        ]);
        assert_eq!(value, Ok(expected));
        assert_eq!(read_text("\"\\u00e9\\\\\""), Ok(Value::string("é\\")));
        for text in ["", "{", "[1,]", "{\"a\" 1}", "01", "1.", "tru", "\"a", "1 2", "[\"a\" \"b\"]"]
        {
            assert!(read_text(text).is_err(), "{text}");
        }
    }
}
