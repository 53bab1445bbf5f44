//! The framework of AWS's services at work: types first, then constraints, and
//! all that is wrong in one message.

use std::fmt::{self, Display};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::error::ApiError;
use crate::inferred::{self, Inferred};

use super::shape::{Kind, Model, Shape};

/// A check of one input.
pub(super) struct Check<'a> {
    model: &'a Model,
    violations: Vec<String>,
}

/// Where a value is: `tags.1.member.tagKey`.
#[derive(Clone, Copy)]
enum Path<'a> {
    Input,
    Member(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
}

impl Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => Ok(()),
            Self::Element(list, number) => write!(formatter, "{list}.{number}.member"),
            Self::Member(parent, name) => {
                if !matches!(parent, Self::Input) {
                    write!(formatter, "{parent}.")?;
                }
                let length = name.chars().next().map_or(0, char::len_utf8);
                let (first, rest) = name.split_at(length);
                write!(formatter, "{}{rest}", first.to_ascii_lowercase())
            }
        }
    }
}

impl<'a> Check<'a> {
    pub fn new(model: &'a Model) -> Self {
        Self { model, violations: Vec::new() }
    }

    /// Checks an operation's input; gives the first value of a wrong type.
    pub fn input(&mut self, shape: &'a Shape, input: &Value) -> Result<(), ApiError> {
        self.value(Path::Input, shape, input)
    }

    /// All broken constraints as one error.
    pub fn verdict(self) -> Result<(), ApiError> {
        let errors = match self.violations.len() {
            0 => return Ok(()),
            1 => "1 validation error".to_owned(),
            count => format!("{count} validation errors"),
        };
        Err(ApiError::new(
            "com.amazon.coral.validate#ValidationException",
            format!("{errors} detected: {}", self.violations.join("; ")),
        ))
    }

    fn value(&mut self, path: Path<'_>, shape: &'a Shape, value: &Value) -> Result<(), ApiError> {
        match (&shape.kind, value) {
            (Kind::Structure { members, required }, Value::Object(values)) => {
                for (name, member) in members {
                    let path = Path::Member(&path, name);
                    match values.get(name) {
                        Some(value) => self.value(path, self.model.shape(member), value)?,
                        None if required.contains(name) => self.violations.push(format!(
                            "Value null at '{path}' failed to satisfy constraint: Member must not \
                             be null"
                        )),
                        None => {}
                    }
                }
                Ok(())
            }
            (Kind::Map { value: member }, Value::Object(values)) => {
                let member = self.model.shape(member);
                values.iter().try_for_each(|(key, value)| {
                    self.value(Path::Member(&path, key), member, value)
                })
            }
            (Kind::List { member }, Value::Array(elements)) => {
                self.list(path, shape, self.model.shape(member), elements)
            }
            _ => {
                for rule in broken_rules(shape, value)? {
                    self.report(path, shape.sensitive, &shown(value, shape), &rule);
                }
                Ok(())
            }
        }
    }

    fn list(
        &mut self,
        path: Path<'_>,
        shape: &Shape,
        member: &'a Shape,
        elements: &[Value],
    ) -> Result<(), ApiError> {
        let show = || {
            let elements: Vec<String> =
                elements.iter().map(|element| shown(element, member)).collect();
            format!("[{}]", elements.join(", "))
        };
        if let Some(rule) = bounds("length", length(elements.len()), shape) {
            self.report(path, shape.sensitive || member.sensitive, &show(), &rule);
        }
        if matches!(member.kind, Kind::Structure { .. }) {
            return elements.iter().enumerate().try_for_each(|(index, element)| {
                self.value(Path::Element(&path, index + 1), member, element)
            });
        }
        let mut is_broken = false;
        for element in elements {
            is_broken |= !broken_rules(member, element)?.is_empty();
        }
        if is_broken {
            let rule =
                format!("Member must satisfy constraint: [{}]", all_rules(member).join(", "));
            self.report(path, member.sensitive, &show(), &rule);
        }
        Ok(())
    }

    fn report(&mut self, path: Path<'_>, sensitive: bool, value: &str, rule: &str) {
        let value = if sensitive { "Value".to_owned() } else { format!("Value '{value}'") };
        self.violations.push(format!("{value} at '{path}' failed to satisfy constraint: {rule}"));
    }
}

/// The rules that a value of a simple type breaks.
fn broken_rules(shape: &Shape, value: &Value) -> Result<Vec<String>, ApiError> {
    let mut broken = Vec::new();
    match (&shape.kind, value) {
        (Kind::String, Value::String(text)) => {
            broken.extend(bounds("length", length(text.chars().count()), shape));
            if let Some(pattern) = shape.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
                broken.push(pattern_rule(&pattern.text));
            }
            if let Some(values) = shape.values.as_ref().filter(|values| !values.contains(text)) {
                broken.push(enum_rule(values));
            }
        }
        (Kind::Blob, Value::String(text)) => {
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| ApiError::inferred(&inferred::SERIALIZATION_BASE64, Vec::new()))?;
            broken.extend(bounds("length", length(bytes.len()), shape));
        }
        (Kind::Integer | Kind::Long, Value::Number(number)) => {
            let number = number.as_i64().ok_or_else(|| wrong_type(&shape.kind, value))?;
            broken.extend(bounds("value", number, shape));
        }
        (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => {}
        _ => return Err(wrong_type(&shape.kind, value)),
    }
    Ok(broken)
}

fn bounds(measure: &str, actual: i64, shape: &Shape) -> Option<String> {
    if let Some(max) = shape.max.filter(|max| actual > *max) {
        return Some(at_most(measure, max));
    }
    shape.min.filter(|min| actual < *min).map(|min| at_least(measure, min))
}

/// Every rule of a simple type, as the framework lists them for a list's members.
fn all_rules(shape: &Shape) -> Vec<String> {
    let measure = match shape.kind {
        Kind::Integer | Kind::Long => "value",
        _ => "length",
    };
    let rules = [
        shape.max.map(|max| at_most(measure, max)),
        shape.min.map(|min| at_least(measure, min)),
        shape.pattern.as_ref().map(|pattern| pattern_rule(&pattern.text)),
        shape.values.as_ref().map(|values| enum_rule(values)),
    ];
    rules.into_iter().flatten().collect()
}

fn at_most(measure: &str, max: i64) -> String {
    format!("Member must have {measure} less than or equal to {max}")
}

fn at_least(measure: &str, min: i64) -> String {
    format!("Member must have {measure} greater than or equal to {min}")
}

fn pattern_rule(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn enum_rule(values: &[String]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// A value as Java writes it.
fn shown(value: &Value, shape: &Shape) -> String {
    match (&shape.kind, value) {
        (Kind::Blob, Value::String(text)) => {
            let length = STANDARD.decode(text).map_or(0, |bytes| bytes.len());
            format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]")
        }
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The refusal of a value that is not of the type which the model has.
fn wrong_type(kind: &Kind, value: &Value) -> ApiError {
    let plain = |text: &'static Inferred| ApiError::inferred(text, Vec::new());
    let wanted = match kind {
        Kind::List { .. } if !value.is_object() => {
            return plain(&inferred::SERIALIZATION_NO_LIST);
        }
        Kind::Map { .. } | Kind::Structure { .. } if !value.is_array() => {
            return plain(&inferred::SERIALIZATION_NO_MAP);
        }
        Kind::List { .. } | Kind::Map { .. } | Kind::Structure { .. } => "",
        Kind::String => "a String",
        Kind::Integer => "an Integer",
        Kind::Long => "a Long",
        Kind::Boolean => "a Boolean",
        Kind::Timestamp => "milliseconds since epoch",
        Kind::Blob => "a Blob",
    };
    let found = match value {
        Value::Object(_) => return plain(&inferred::SERIALIZATION_STRUCTURE),
        Value::Array(_) => return plain(&inferred::SERIALIZATION_LIST),
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    let parameters = vec![("found", found.to_owned()), ("wanted", wanted.to_owned())];
    ApiError::inferred(&inferred::SERIALIZATION_TYPE, parameters)
}
