//! JSON as Go's standard library reads and writes it. The provider's documents and messages are
//! Go's, so spelling and words are those.

mod read;

use std::collections::BTreeMap;
use std::fmt::Write;

pub use read::parse;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; Go keeps 64-bit floats.
    Number(f64),
    /// Text.
    Text(String),
    /// Elements.
    Array(Vec<Json>),
    /// Members in the order in which they are read or written; names may repeat.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The kind of value, as Go's messages name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::Text(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }

    /// The value as Go holds it in a map: members sorted by name, the last of a name alone.
    #[must_use]
    pub fn sorted(self) -> Json {
        match self {
            Json::Array(elements) => Json::Array(elements.into_iter().map(Json::sorted).collect()),
            Json::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, value.sorted()));
                let members: BTreeMap<String, Json> = members.collect();
                Json::Object(members.into_iter().collect())
            }
            other => other,
        }
    }

    /// The text without spaces.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        write_json(self, None, &mut out);
        out
    }

    /// The text with one member or element a line, each level two spaces further in.
    pub fn to_indented_text(&self) -> String {
        let mut out = String::new();
        write_json(self, Some(0), &mut out);
        out
    }
}

fn write_json(json: &Json, depth: Option<usize>, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => write_number(*number, out),
        Json::Text(text) => write_text(text, out),
        Json::Array(elements) => {
            write_parts('[', elements, ']', depth, out, |element, depth, out| {
                write_json(element, depth, out);
            })
        }
        Json::Object(members) => {
            write_parts('{', members, '}', depth, out, |(name, value), depth, out| {
                write_text(name, out);
                out.push_str(if depth.is_some() { ": " } else { ":" });
                write_json(value, depth, out);
            });
        }
    }
}

fn write_parts<T>(
    open: char,
    parts: &[T],
    close: char,
    depth: Option<usize>,
    out: &mut String,
    write_part: impl Fn(&T, Option<usize>, &mut String),
) {
    let inner = depth.map(|depth| depth + 1);
    out.push(open);
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        start_line(inner, out);
        write_part(part, inner, out);
    }
    if !parts.is_empty() {
        start_line(depth, out);
    }
    out.push(close);
}

fn start_line(depth: Option<usize>, out: &mut String) {
    if let Some(depth) = depth {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
}

/// A number: digits alone in the middle range, an exponent outside of it.
pub fn write_number(number: f64, out: &mut String) {
    let size = number.abs();
    // Writing to a string cannot fail.
    let _ = if size == 0.0 || (1e-6..1e21).contains(&size) {
        write!(out, "{number}")
    } else {
        let text = format!("{number:e}");
        write!(out, "{}", if text.contains("e-") { text } else { text.replace('e', "e+") })
    };
}

/// A string; `<`, `>` and `&` are escaped so that the text may stand in HTML.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
