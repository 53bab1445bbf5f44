//! From a value to YAML text in block style, with every text quoted or in lines of its own.

use std::fmt::Write as _;

use crate::{Kind, Value};

/// Columns after which a quoted text goes on in the next line, at the next space.
const WIDTH: usize = 80;
/// Longer keys are written with a question mark.
const GREATEST_KEY: usize = 128;

/// The text of a wholly known value.
pub(super) fn encoded(value: &Value) -> String {
    let mut writer = Writer { text: String::new(), column: 0 };
    writer.node(value, Place { indent: None, in_mapping: false, on_new_line: true });
    writer.text.push('\n');
    if is_plain(value) {
        writer.text.push_str("...\n");
    }
    writer.text
}

/// Where a node is written.
#[derive(Clone, Copy)]
struct Place {
    /// Indentation of what is around; none at the top.
    indent: Option<usize>,
    /// Whether it is the value of a key that stands before it in the same line.
    in_mapping: bool,
    /// Whether nothing but indentation and dashes stands before it.
    on_new_line: bool,
}

struct Writer {
    text: String,
    column: usize,
}

/// Whether a value is written without quotes.
fn is_plain(value: &Value) -> bool {
    matches!(value.kind(), Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_))
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self, indent: usize) {
        self.text.push('\n');
        self.column = 0;
        self.put(&" ".repeat(indent));
    }

    fn node(&mut self, value: &Value, place: Place) {
        let inner = place.indent.map_or(0, |indent| indent + 2);
        match value.kind() {
            Kind::Null(_) | Kind::Unknown(_) => self.put("null"),
            Kind::Bool(truth) => self.put(if *truth { "true" } else { "false" }),
            Kind::Number(number) => self.put(&number.to_string()),
            Kind::String(text) => self.string(text, place.indent.map_or(2, |it| it + 2), true),
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                if elements.is_empty() {
                    return self.put("[]");
                }
                // The dashes below a key stand in its column.
                let indent = match place.indent {
                    Some(indent) if place.in_mapping => indent,
                    _ => inner,
                };
                for (position, element) in elements.iter().enumerate() {
                    if position > 0 || !place.on_new_line {
                        self.line(indent);
                    }
                    self.put("- ");
                    let place =
                        Place { indent: Some(indent), in_mapping: false, on_new_line: true };
                    self.node(element, place);
                }
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                if entries.is_empty() {
                    return self.put("{}");
                }
                for (position, (key, value)) in entries.iter().enumerate() {
                    if position > 0 || !place.on_new_line {
                        self.line(inner);
                    }
                    self.entry(key, value, inner);
                }
            }
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        if key.len() > GREATEST_KEY || key.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        {
            self.put("? ");
            self.string(key, indent + 2, true);
            self.line(indent);
            self.put(": ");
            let place = Place { indent: Some(indent), in_mapping: false, on_new_line: true };
            return self.node(value, place);
        }
        self.string(key, indent + 2, false);
        self.put(":");
        let below = value.children().next().is_some();
        if !below {
            self.put(" ");
        }
        self.node(value, Place { indent: Some(indent), in_mapping: true, on_new_line: false });
    }

    /// Writes a text; one that may break has its further lines at `indent`.
    fn string(&mut self, text: &str, indent: usize, may_break: bool) {
        if may_break && text.contains('\n') && fits_block(text) {
            self.block(text, indent);
        } else {
            self.quoted(text, indent, may_break);
        }
    }

    fn block(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        let ends = text.chars().rev().take_while(|letter| *letter == '\n').count();
        match ends {
            0 => self.put("-"),
            1 if text.len() > 1 => {}
            _ => self.put("+"),
        }
        let body = text.strip_suffix('\n').unwrap_or(text);
        for line in body.split('\n') {
            if line.is_empty() {
                self.text.push('\n');
            } else {
                self.line(indent);
                self.put(line);
            }
        }
    }

    fn quoted(&mut self, text: &str, indent: usize, may_break: bool) {
        self.put("\"");
        let mut spaces = false;
        for (at, letter) in text.char_indices() {
            if letter == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                if may_break && !spaces && self.column > WIDTH && inside {
                    self.line(indent);
                    if text[at + 1..].starts_with(' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                spaces = true;
                continue;
            }
            spaces = false;
            self.letter(letter);
        }
        self.put("\"");
    }

    fn letter(&mut self, letter: char) {
        let short = match letter {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\0' => "\\0",
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\u{b}' => "\\v",
            '\u{c}' => "\\f",
            '\r' => "\\r",
            '\u{1b}' => "\\e",
            '\u{85}' => "\\N",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            _ => "",
        };
        if !short.is_empty() {
            return self.put(short);
        }
        let mut escaped = String::new();
        let code = u32::from(letter);
        // Writing to a text cannot fail.
        let _ = match code {
            _ if is_printable(letter) => write!(escaped, "{letter}"),
            0..=0xff => write!(escaped, "\\x{code:02X}"),
            0x100..=0xffff => write!(escaped, "\\u{code:04X}"),
            _ => write!(escaped, "\\U{code:08X}"),
        };
        self.put(&escaped);
    }
}

/// Whether a text of several lines can be written as it is.
fn fits_block(text: &str) -> bool {
    let shown = text.chars().all(|letter| letter == '\n' || is_printable(letter));
    let breaks = text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
    shown && !breaks && !text.ends_with(' ') && !text.contains(" \n")
}

fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && letter != '\u{feff}'
}
