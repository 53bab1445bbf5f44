//! Functions of text.

use unicode_segmentation::UnicodeSegmentation;

use super::argument::{GREATEST_TEXT, check_length, elements, text, too_long, whole};
use super::regex::Expression;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Type, Value};

const STR: Parameter = Parameter::new("str", Shape::String);
const SEPARATOR: Parameter = Parameter::new("separator", Shape::String);
const PREFIX: Parameter = Parameter::new("prefix", Shape::String);
const SUFFIX: Parameter = Parameter::new("suffix", Shape::String);
const SUBSTR: Parameter = Parameter::new("substr", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[STR], Shape::String, |arguments| {
        Ok(Value::string(text(&arguments[0]).trim_end_matches(['\r', '\n'])))
    }),
    Function::new("endswith", &[STR, SUFFIX], Shape::Bool, |arguments| {
        Ok(Value::bool(text(&arguments[0]).ends_with(text(&arguments[1]))))
    }),
    Function::new("indent", &[Parameter::new("spaces", Shape::Number), STR], Shape::String, indent),
    Function::new("join", &[SEPARATOR], Shape::String, join)
        .and(Parameter::new("lists", Shape::List(&Shape::String))),
    Function::new("lower", &[STR], Shape::String, |arguments| {
        Ok(Value::string(text(&arguments[0]).chars().map(to_lower).collect::<String>()))
    }),
    Function::new(
        "replace",
        &[STR, SUBSTR, Parameter::new("replace", Shape::String)],
        Shape::String,
        replace,
    ),
    Function::new("split", &[SEPARATOR, STR], Shape::List(&Shape::String), split),
    Function::new("startswith", &[STR, PREFIX], Shape::Bool, |arguments| {
        Ok(match (arguments[0].as_str(), arguments[1].as_str()) {
            // Every text begins with nothing.
            (None, Some("")) => Value::bool(true),
            (Some(whole), Some(prefix)) => Value::bool(whole.starts_with(prefix)),
            _ => Value::unknown_not_null(Type::Bool),
        })
    })
    .sees_unknown(),
    Function::new("strcontains", &[STR, SUBSTR], Shape::Bool, |arguments| {
        Ok(Value::bool(text(&arguments[0]).contains(text(&arguments[1]))))
    }),
    Function::new("strrev", &[STR], Shape::String, |arguments| {
        Ok(Value::string(text(&arguments[0]).graphemes(true).rev().collect::<String>()))
    }),
    Function::new(
        "substr",
        &[STR, Parameter::new("offset", Shape::Number), Parameter::new("length", Shape::Number)],
        Shape::String,
        substr,
    ),
    Function::new("title", &[STR], Shape::String, title),
    Function::new("trim", &[STR, Parameter::new("cutset", Shape::String)], Shape::String, trim),
    Function::new("trimprefix", &[STR, PREFIX], Shape::String, |arguments| {
        let given = text(&arguments[0]);
        Ok(Value::string(given.strip_prefix(text(&arguments[1])).unwrap_or(given)))
    }),
    Function::new("trimspace", &[STR], Shape::String, |arguments| {
        Ok(Value::string(text(&arguments[0]).trim()))
    }),
    Function::new("trimsuffix", &[STR, SUFFIX], Shape::String, |arguments| {
        let given = text(&arguments[0]);
        Ok(Value::string(given.strip_suffix(text(&arguments[1])).unwrap_or(given)))
    }),
    Function::new("upper", &[STR], Shape::String, |arguments| {
        Ok(Value::string(text(&arguments[0]).chars().map(to_upper).collect::<String>()))
    }),
];

/// One letter for one letter: a letter whose capital would be two stays as it is.
fn to_upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => letter,
    }
}

/// A capital at the beginning of a word: of two letters in one, only the first becomes large.
fn to_title(letter: char) -> char {
    match letter {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        letter => to_upper(letter),
    }
}

/// One letter for one letter, the first where there would be two.
fn to_lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn indent(arguments: &[Value]) -> Outcome {
    let spaces = whole(arguments, 0).map_err(|error| FunctionError::new(error.message))?;
    let spaces = usize::try_from(spaces)
        .map_err(|_| FunctionError::new("the number of spaces must not be negative"))?;
    let given = text(&arguments[1]);
    let lines = given.matches('\n').count();
    check_length(lines.saturating_mul(spaces).saturating_add(given.len()))?;
    if lines == 0 {
        return Ok(arguments[1].clone());
    }
    let line_break = format!("\n{}", " ".repeat(spaces));
    Ok(Value::string(given.replace('\n', &line_break)))
}

fn join(arguments: &[Value]) -> Outcome {
    let (separator, lists) = arguments.split_at(1);
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    let mut parts = Vec::new();
    for (list, values) in lists.iter().map(elements).enumerate() {
        for (position, value) in values.iter().enumerate() {
            let part = value.as_str().ok_or_else(|| {
                let which =
                    if lists.len() > 1 { format!(" of list {}", list + 1) } else { String::new() };
                let reason =
                    format!("element {position}{which} is null; cannot concatenate null values");
                FunctionError::argument(list + 1, reason)
            })?;
            parts.push(part);
        }
    }
    let separator = text(&separator[0]);
    let length: usize = parts.iter().map(|part| part.len()).sum();
    check_length(separator.len().saturating_mul(parts.len()).saturating_add(length))?;
    Ok(Value::string(parts.join(separator)))
}

fn replace(arguments: &[Value]) -> Outcome {
    let (string, search, with) = (text(&arguments[0]), text(&arguments[1]), text(&arguments[2]));
    if search.len() > 1 && search.starts_with('/') && search.ends_with('/') {
        let expression = Expression::new(&search[1..search.len() - 1]).map_err(|reason| {
            let reason = reason.trim_start_matches("invalid regexp pattern: ");
            let (what, place) = reason.split_once(" in ").unwrap_or((reason, search));
            FunctionError::new(format!("error parsing regexp: {what}: `{place}`")).quoting()
        })?;
        let replaced = expression.replace_all(string, with, GREATEST_TEXT).ok_or_else(too_long)?;
        return Ok(Value::string(replaced));
    }
    let matches = string.matches(search).count();
    check_length(matches.saturating_mul(with.len()).saturating_add(string.len()))?;
    Ok(Value::string(string.replace(search, with)))
}

fn split(arguments: &[Value]) -> Outcome {
    let (separator, whole) = (text(&arguments[0]), text(&arguments[1]));
    let parts: Vec<Value> = if separator.is_empty() {
        whole.chars().map(|letter| Value::string(letter.to_string())).collect()
    } else {
        whole.split(separator).map(Value::string).collect()
    };
    Ok(Value::list(Type::String, parts))
}

fn substr(arguments: &[Value]) -> Outcome {
    let graphemes: Vec<&str> = text(&arguments[0]).graphemes(true).collect();
    let integer =
        |position| whole(arguments, position).map_err(|error| FunctionError::new(error.message));
    let (offset, length) = (integer(1)?, integer(2)?);
    let start = match usize::try_from(offset) {
        Ok(offset) => offset.min(graphemes.len()),
        // From the end, but not beyond the beginning.
        Err(_) => graphemes
            .len()
            .saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let rest = &graphemes[start..];
    // A negative length stands for all that is left.
    let taken = usize::try_from(length).map_or(rest.len(), |length| length.min(rest.len()));
    Ok(Value::string(rest[..taken].concat()))
}

fn title(arguments: &[Value]) -> Outcome {
    let mut inside = false;
    let letters = text(&arguments[0]).chars().map(|letter| {
        let begins = !inside;
        inside = if letter.is_ascii() {
            letter.is_ascii_alphanumeric() || letter == '_'
        } else {
            !letter.is_whitespace()
        };
        if begins { to_title(letter) } else { letter }
    });
    Ok(Value::string(letters.collect::<String>()))
}

fn trim(arguments: &[Value]) -> Outcome {
    let cutset = text(&arguments[1]);
    Ok(Value::string(text(&arguments[0]).trim_matches(|letter| cutset.contains(letter))))
}
