//! Values as expressions of the language that give them back.

use std::fmt::Write;

use meridian_lang::{Kind, Value};
use serde_json::Value as Document;

use crate::quote::is_hidden;

/// How deep a document is written as an expression; deeper ones stay texts.
const DEEPEST: usize = 64;

/// Names that mean something else where a key of an object stands.
const KEYWORDS: [&str; 6] = ["for", "if", "in", "null", "true", "false"];

/// The value as an expression. What is sensitive or unknown is null.
pub(super) fn expression(value: &Value) -> String {
    if value.is_sensitive() {
        return "null".to_owned();
    }
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => "null".to_owned(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => quoted(text),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            list(elements.iter().map(expression))
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            object(entries.iter().map(|(key, value)| (&**key, expression(value))))
        }
    }
}

/// A call of `jsonencode` that gives a document back. Unless it is compared by its meaning, it must
/// be the very same text.
pub(super) fn json_call(text: &str, by_meaning: bool) -> Option<String> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let document: Document = serde_json::from_str(text).ok()?;
    // `jsonencode` escapes these as HTML would need it.
    let is_same = || {
        !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}'])
            && serde_json::to_string(&document).is_ok_and(|again| again == text)
    };
    if !(by_meaning || is_same()) {
        return None;
    }
    Some(format!("jsonencode({})", part(&document, 0)?))
}

fn part(document: &Document, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    Some(match document {
        Document::Null => "null".to_owned(),
        Document::Bool(truth) => truth.to_string(),
        // A number that is no whole one may be spelled otherwise afterwards.
        Document::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        Document::Number(_) => return None,
        Document::String(text) => quoted(text),
        Document::Array(elements) => {
            let parts = elements.iter().map(|element| part(element, depth + 1));
            list(parts.collect::<Option<Vec<_>>>()?)
        }
        Document::Object(members) => {
            let parts = members.iter();
            let parts = parts.map(|(key, value)| Some((&**key, part(value, depth + 1)?)));
            let mut parts = parts.collect::<Option<Vec<_>>>()?;
            parts.sort_by_key(|(key, _)| *key);
            object(parts)
        }
    })
}

fn list(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    format!("[{}]", parts.join(", "))
}

fn object<'a>(parts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members: String =
        parts.into_iter().map(|(key, value)| format!("{} = {value}\n", name(key))).collect();
    if members.is_empty() { "{}".to_owned() } else { format!("{{\n{members}}}") }
}

/// A key: as it is where the language allows that, else in quotes.
fn name(text: &str) -> String {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_later = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_name = text.starts_with(is_first) && text.chars().all(is_later);
    if is_name && !KEYWORDS.contains(&text) { text.to_owned() } else { quoted(text) }
}

/// The text as a literal in which nothing is a template.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                quoted.push(character);
                quoted.push(character);
            }
            hidden if is_hidden(hidden) => {
                // Writing to a string cannot fail.
                let _ = match u32::from(hidden) {
                    code @ 0..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
            shown => quoted.push(shown),
        }
    }
    quoted.push('"');
    quoted
}
