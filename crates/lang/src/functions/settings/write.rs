//! Values as source text of the configuration language.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::{Kind, Value};

/// The expression that gives a wholly known value.
pub(super) fn expression(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

/// Settings, one below the other, with their signs of equality in one column.
pub(super) fn settings(entries: &BTreeMap<Arc<str>, Value>) -> String {
    let mut text = String::new();
    write_entries(entries, 0, &mut text);
    text
}

/// Whether a text is a name of the language.
pub(super) fn is_name(text: &str) -> bool {
    let is_first = |letter: char| letter.is_alphabetic() || letter == '_';
    let is_later = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    text.starts_with(is_first) && text.chars().all(is_later)
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => text.push_str("null"),
        Kind::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Kind::Number(number) => text.push_str(&number.to_string()),
        Kind::String(string) => write_string(string, text),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            text.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    text.push_str(", ");
                }
                write(element, depth, text);
            }
            text.push(']');
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            if entries.is_empty() {
                return text.push_str("{}");
            }
            text.push_str("{\n");
            write_entries(entries, depth + 1, text);
            text.push_str(&"  ".repeat(depth));
            text.push('}');
        }
    }
}

/// Entries, each in a line of its own. Signs of equality stand in one column, except that an
/// entry of several lines parts those before it from those behind it.
fn write_entries(entries: &BTreeMap<Arc<str>, Value>, depth: usize, text: &mut String) {
    let written: Vec<(String, String)> = entries
        .iter()
        .map(|(key, value)| {
            let mut name = String::new();
            if is_name(key) {
                name.push_str(key)
            } else {
                write_string(key, &mut name)
            }
            let mut shown = String::new();
            write(value, depth, &mut shown);
            (name, shown)
        })
        .collect();
    let mut start = 0;
    while start < written.len() {
        let lines = written[start..].iter().take_while(|(_, shown)| !shown.contains('\n')).count();
        let end = (start + lines + 1).min(written.len());
        let width = |(name, _): &(String, String)| name.chars().count();
        let widest = written[start..end].iter().map(width).max().unwrap_or(0);
        for entry in &written[start..end] {
            let padding = widest - width(entry);
            // Writing to a text cannot fail.
            let _ = writeln!(
                text,
                "{}{}{} = {}",
                "  ".repeat(depth),
                entry.0,
                " ".repeat(padding),
                entry.1
            );
        }
        start = end;
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    let mut rest = string.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                text.push(letter);
                text.push(letter);
            }
            other if other.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(other));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
