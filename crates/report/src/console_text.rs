//! Values and types as the console shows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use meridian_lang::{Kind, Marks, Type, Value};

use crate::quote::{is_hidden, visible};
use crate::value_text::null_text;

/// The value as the console answers with it. What is sensitive or ephemeral is not shown.
pub fn console_text(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0);
    text
}

/// The type as the console's function `type` shows it.
pub fn console_type_text(ty: &Type) -> String {
    let mut text = String::new();
    write_type(&mut text, ty, 0);
    text
}

fn write_value(out: &mut String, value: &Value, indent: usize) {
    if !value.is_known() {
        return out.push_str("(known after apply)");
    }
    if value.is_sensitive() {
        return out.push_str("(sensitive value)");
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return out.push_str("(ephemeral value)");
    }
    match value.kind() {
        Kind::Unknown(_) => {}
        Kind::Null(ty) => out.push_str(&null_text(ty)),
        Kind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => write_string(out, text, indent),
        Kind::List(_, elements) => write_elements(out, ("tolist(", ")"), elements, indent),
        Kind::Set(_, elements) => write_elements(out, ("toset(", ")"), elements, indent),
        Kind::Tuple(elements) => write_elements(out, ("", ""), elements, indent),
        Kind::Map(_, entries) => write_entries(out, ("tomap(", ")"), entries, indent),
        Kind::Object(entries) => write_entries(out, ("", ""), entries, indent),
    }
}

/// A text of several lines as a heredoc, any other in quotes.
fn write_string(out: &mut String, text: &str, indent: usize) {
    if !text.contains('\n') {
        return write_quoted(out, text);
    }
    let mut marker = "EOT".to_owned();
    while text.split('\n').any(|line| line.trim() == marker) {
        marker.push('_');
    }
    let margin = " ".repeat(indent);
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&marker);
    for line in text.split('\n') {
        out.push('\n');
        out.push_str(&margin);
        out.push_str(&visible(line));
    }
    out.push('\n');
    out.push_str(&margin);
    out.push_str(&marker);
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        let code = u32::from(letter);
        // Writing to a text cannot fail.
        let _ = match letter {
            '"' => write!(out, "\\\""),
            '\\' => write!(out, "\\\\"),
            '\u{7}' => write!(out, "\\a"),
            '\u{8}' => write!(out, "\\b"),
            '\t' => write!(out, "\\t"),
            '\n' => write!(out, "\\n"),
            '\u{b}' => write!(out, "\\v"),
            '\u{c}' => write!(out, "\\f"),
            '\r' => write!(out, "\\r"),
            '\0'..='\u{1f}' | '\u{7f}' => write!(out, "\\x{code:02x}"),
            hidden if is_hidden(hidden) && code <= 0xffff => write!(out, "\\u{code:04x}"),
            hidden if is_hidden(hidden) => write!(out, "\\U{code:08x}"),
            shown => write!(out, "{shown}"),
        };
    }
    out.push('"');
}

fn write_elements(
    out: &mut String,
    (open, close): (&str, &str),
    elements: &[Value],
    indent: usize,
) {
    out.push_str(open);
    out.push('[');
    for element in elements {
        new_line(out, indent + 2);
        write_value(out, element, indent + 2);
        out.push(',');
    }
    if !elements.is_empty() {
        new_line(out, indent);
    }
    out.push(']');
    out.push_str(close);
}

fn write_entries(
    out: &mut String,
    (open, close): (&str, &str),
    entries: &BTreeMap<Arc<str>, Value>,
    indent: usize,
) {
    out.push_str(open);
    out.push('{');
    for (key, value) in entries {
        new_line(out, indent + 2);
        write_string(out, key, indent + 2);
        out.push_str(" = ");
        write_value(out, value, indent + 2);
    }
    if !entries.is_empty() {
        new_line(out, indent);
    }
    out.push('}');
    out.push_str(close);
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_type(out: &mut String, ty: &Type, indent: usize) {
    let collection = |out: &mut String, name: &str, element: &Type| {
        out.push_str(name);
        if !matches!(element, Type::Object(_) | Type::Tuple(_)) {
            out.push('(');
            write_type(out, element, indent);
        } else {
            out.push('(');
            new_line(out, indent + 4);
            write_type(out, element, indent + 4);
            out.push(',');
            new_line(out, indent);
        }
        out.push(')');
    };
    match ty {
        Type::Dynamic => out.push_str("dynamic"),
        Type::Bool | Type::Number | Type::String => out.push_str(&ty.friendly_name()),
        Type::List(element) => collection(out, "list", element),
        Type::Set(element) => collection(out, "set", element),
        Type::Map(element) => collection(out, "map", element),
        Type::Tuple(elements) => {
            out.push_str("tuple([");
            for element in elements.iter() {
                new_line(out, indent + 4);
                write_type(out, element, indent + 4);
                out.push(',');
            }
            if !elements.is_empty() {
                new_line(out, indent);
            }
            out.push_str("])");
        }
        Type::Object(fields) => {
            out.push_str("object({");
            for (name, field) in fields.iter() {
                new_line(out, indent + 4);
                out.push_str(&visible(name));
                out.push_str(": ");
                write_type(out, &field.ty, indent + 4);
                out.push(',');
            }
            if !fields.is_empty() {
                new_line(out, indent);
            }
            out.push_str("})");
        }
    }
}
