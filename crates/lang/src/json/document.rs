//! JSON as it is written: numbers are texts, so that none of their digits is lost.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::text::write_string;
use crate::{Kind, Marks, Number, Value};

/// A JSON document to be written. Its text is on one line ([`fmt::Display`]), or indented
/// ([`Json::pretty`]); members of objects come in alphabetical order.
#[derive(Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// A text.
    String(String),
    /// `[…]`
    Array(Vec<Json>),
    /// `{…}`
    Object(BTreeMap<String, Json>),
}

/// What it holds may be a secret that was meant for one reader and has no mark any more.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(JSON document)")
    }
}

impl Json {
    /// An object of these members.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The text on several lines, indented by two spaces.
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        text
    }

    /// Writes the text; `indent` is the depth, if it is to be on several lines.
    fn write(&self, text: &mut String, indent: Option<usize>) {
        match self {
            Json::Null => text.push_str("null"),
            Json::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
            Json::Number(number) if number.is_infinite() => text.push_str("null"),
            Json::Number(number) => text.push_str(&number.to_string()),
            Json::String(string) => write_string(string, text),
            Json::Array(elements) => {
                let elements = elements.iter().map(|element| (None, element));
                write_parts(text, indent, ['[', ']'], elements);
            }
            Json::Object(members) => {
                let members = members.iter().map(|(name, value)| (Some(&**name), value));
                write_parts(text, indent, ['{', '}'], members);
            }
        }
    }
}

/// Writes what an array or an object holds; members of objects have names.
fn write_parts<'a>(
    text: &mut String,
    indent: Option<usize>,
    [open, close]: [char; 2],
    parts: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Json)>,
) {
    let is_empty = parts.len() == 0;
    let inner = indent.map(|depth| depth + 1);
    text.push(open);
    for (position, (name, part)) in parts.enumerate() {
        if position > 0 {
            text.push(',');
        }
        break_line(text, inner);
        if let Some(name) = name {
            write_string(name, text);
            text.push_str(if inner.is_some() { ": " } else { ":" });
        }
        part.write(text, inner);
    }
    if !is_empty {
        break_line(text, indent);
    }
    text.push(close);
}

fn break_line(text: &mut String, indent: Option<usize>) {
    if let Some(depth) = indent {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, None);
        f.write_str(&text)
    }
}

impl From<serde_json::Value> for Json {
    fn from(json: serde_json::Value) -> Json {
        match json {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(truth) => Json::Bool(truth),
            serde_json::Value::Number(number) => {
                Number::parse(&number.to_string()).map_or(Json::Null, Json::Number)
            }
            serde_json::Value::String(text) => Json::String(text),
            serde_json::Value::Array(elements) => elements.into_iter().map(Json::from).collect(),
            serde_json::Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, Json::from(value))).collect()
            }
        }
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Json {
        Json::Bool(truth)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Json {
        Json::Number(Number::from(number))
    }
}

impl From<usize> for Json {
    fn from(number: usize) -> Json {
        Json::from(number as u64)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Json {
        value.map_or(Json::Null, Into::into)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(elements: Vec<T>) -> Json {
        Json::Array(elements.into_iter().map(Into::into).collect())
    }
}

impl From<BTreeMap<String, Json>> for Json {
    fn from(members: BTreeMap<String, Json>) -> Json {
        Json::Object(members)
    }
}

impl FromIterator<Json> for Json {
    fn from_iter<I: IntoIterator<Item = Json>>(elements: I) -> Json {
        Json::Array(elements.into_iter().collect())
    }
}

impl FromIterator<(String, Json)> for Json {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Json {
        Json::Object(members.into_iter().collect())
    }
}

/// The value as JSON. What is null or unknown is null.
pub fn to_json(value: &Value) -> Json {
    to_json_except(value, Marks::NONE)
}

/// The value as JSON with null in the place of whatever is sensitive.
pub fn to_json_sensitive_as_null(value: &Value) -> Json {
    to_json_except(value, Marks::SENSITIVE)
}

fn to_json_except(value: &Value, hidden: Marks) -> Json {
    if !hidden.is_none() && value.marks().contains(hidden) {
        return Json::Null;
    }
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => Json::Null,
        Kind::Bool(truth) => Json::Bool(*truth),
        Kind::Number(number) => Json::Number(number.clone()),
        Kind::String(text) => Json::String(text.to_string()),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            elements.iter().map(|element| to_json_except(element, hidden)).collect()
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            let entry = |(key, value): (&Arc<str>, &Value)| {
                (key.to_string(), to_json_except(value, hidden))
            };
            entries.iter().map(entry).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;

    fn number(text: &str) -> Value {
        Value::number(Number::parse(text).expect(text))
    }

    #[test]
    fn what_it_holds_is_in_no_debug_text() {
        let secret = Json::object([("password", Json::String("hunter2".to_owned()))]);
        assert_eq!(format!("{secret:?}"), "(JSON document)");
    }

    #[test]
    fn values_become_json() {
        let value = Value::object([
            ("a", Value::tuple([Value::number(1), Value::null(Type::String)])),
            ("b", Value::unknown(Type::String)),
            ("e", Value::tuple([])),
            ("s", Value::string("<x>\n").mark(Marks::SENSITIVE)),
        ]);
        assert_eq!(
            to_json(&value).to_string(),
            r#"{"a":[1,null],"b":null,"e":[],"s":"\u003cx\u003e\n"}"#
        );
        assert_eq!(
            to_json_sensitive_as_null(&value).pretty(),
            "{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": null,\n  \"e\": [],\n  \"s\": null\n}"
        );
    }

    /// What `terraform output -json` of 1.11.4 prints of these.
    #[test]
    fn numbers_keep_their_digits() {
        for text in [
            "0",
            "-3",
            "0.3",
            "18446744073709551616",
            "-170141183460469231731687303715884105728",
            "123456789012345678901234567890.123456789",
            "0.1000000000000000055511151231257827021181583404541015625",
        ] {
            assert_eq!(to_json(&number(text)).to_string(), text);
        }
        let million = number("1e30");
        assert_eq!(to_json(&million).to_string(), "1000000000000000000000000000000");
    }
}
