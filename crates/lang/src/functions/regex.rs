//! Functions of regular expressions.

mod pattern;

use std::borrow::Cow;

use regex::{Captures, Regex, RegexBuilder};

use super::signature::{Function, FunctionError, Parameter, Shape};
use crate::{Type, Value};

/// Bytes that a compiled expression may take.
const GREATEST_SIZE: usize = 4 << 20;

const PATTERN: Parameter = Parameter::new("pattern", Shape::String);
const STRING: Parameter = Parameter::new("string", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[PATTERN, STRING], Shape::Any, |arguments| {
        let Some(pattern) = arguments[0].as_str() else {
            return Ok(Value::unknown(Type::Dynamic));
        };
        let expression = Expression::new(pattern)
            .map_err(|reason| FunctionError::argument(0, reason).quoting())?;
        let ty = expression.result_type().map_err(|reason| FunctionError::argument(0, reason))?;
        let Some(string) = arguments[1].as_str() else {
            return Ok(Value::unknown(ty));
        };
        let captures = expression.regex.captures(string).ok_or_else(|| {
            FunctionError::new("pattern did not match any part of the given string")
        })?;
        Ok(expression.result(&captures))
    })
    .sees_unknown(),
    Function::new("regexall", &[PATTERN, STRING], Shape::List(&Shape::Any), |arguments| {
        let Some(pattern) = arguments[0].as_str() else {
            return Ok(Value::unknown(Type::list(Type::Dynamic)));
        };
        let expression = Expression::new(pattern)
            .map_err(|reason| FunctionError::argument(0, reason).quoting())?;
        let ty = expression.result_type().map_err(|reason| FunctionError::argument(0, reason))?;
        let Some(string) = arguments[1].as_str() else {
            return Ok(Value::unknown_not_null(Type::list(ty)));
        };
        let found = expression.regex.captures_iter(string);
        let found: Vec<Value> = found.map(|captures| expression.result(&captures)).collect();
        Ok(Value::list(ty, found))
    })
    .sees_unknown(),
];

/// A compiled regular expression with the names of its groups.
pub(super) struct Expression {
    regex: Regex,
    /// The name of each group in parentheses, where it has one.
    names: Vec<Option<String>>,
}

impl Expression {
    /// Compiles an expression in the language of RE2.
    pub(super) fn new(pattern: &str) -> Result<Expression, String> {
        let invalid = |reason: String| format!("invalid regexp pattern: {reason}");
        let translated = pattern::translate(pattern).map_err(invalid)?;
        let regex = RegexBuilder::new(&translated.text).size_limit(GREATEST_SIZE).build().map_err(
            |error| {
                invalid(match error {
                    regex::Error::CompiledTooBig(_) => "the expression is too large".to_owned(),
                    _ => format!("the expression cannot be read: {pattern}"),
                })
            },
        )?;
        Ok(Expression { regex, names: translated.names })
    }

    /// The type of what a match gives: text, a tuple of groups, or an object of named groups.
    fn result_type(&self) -> Result<Type, &'static str> {
        let named = self.names.iter().flatten().count();
        if named > 0 && named < self.names.len() {
            return Err("invalid regexp pattern: cannot mix both named and unnamed capture groups");
        }
        Ok(match self.names.len() {
            0 => Type::String,
            _ if named > 0 => {
                Type::object(self.names.iter().flatten().map(|name| (name.as_str(), Type::String)))
            }
            count => Type::Tuple(vec![Type::String; count].into()),
        })
    }

    fn result(&self, captures: &Captures<'_>) -> Value {
        if self.names.is_empty() {
            return Value::string(&captures[0]);
        }
        let groups = captures.iter().skip(1).map(|group| match group {
            Some(group) => Value::string(group.as_str()),
            None => Value::null(Type::String),
        });
        if self.names.iter().any(Option::is_some) {
            return Value::object(self.names.iter().flatten().map(String::as_str).zip(groups));
        }
        Value::tuple(groups)
    }

    /// The text with every match replaced, in which `$1`, `${1}` and `$name` stand for groups;
    /// none if it would be longer than `limit` bytes.
    pub(super) fn replace_all(&self, text: &str, with: &str, limit: usize) -> Option<String> {
        let mut result = String::new();
        let mut end = 0;
        for captures in self.regex.captures_iter(text) {
            let found = captures.get_match();
            result.push_str(&text[end..found.start()]);
            self.expand(&captures, with, &mut result);
            end = found.end();
            if result.len() > limit {
                return None;
            }
        }
        result.push_str(&text[end..]);
        Some(result)
    }

    fn expand(&self, captures: &Captures<'_>, with: &str, result: &mut String) {
        let mut rest = with;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                result.push('$');
                rest = after;
                continue;
            }
            match group_name(after) {
                Some((name, after)) => {
                    result.push_str(self.group(captures, name).as_ref());
                    rest = after;
                }
                None => {
                    result.push('$');
                    rest = after;
                }
            }
        }
        result.push_str(rest);
    }

    /// What a group matched; nothing if it did not take part or does not exist.
    fn group<'t>(&self, captures: &Captures<'t>, name: &str) -> Cow<'t, str> {
        let number = match name.parse::<usize>() {
            Ok(number) => Some(number),
            Err(_) => self
                .names
                .iter()
                .position(|known| known.as_deref() == Some(name))
                .map(|position| position + 1),
        };
        let group = number.and_then(|number| captures.get(number));
        group.map_or(Cow::Borrowed(""), |group| Cow::Borrowed(group.as_str()))
    }
}

/// The name of a group behind a dollar sign, and what follows it.
fn group_name(text: &str) -> Option<(&str, &str)> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    if let Some(braced) = text.strip_prefix('{') {
        let (name, after) = braced.split_once('}')?;
        return (!name.is_empty() && name.chars().all(is_name)).then_some((name, after));
    }
    let end = text.find(|letter| !is_name(letter)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
