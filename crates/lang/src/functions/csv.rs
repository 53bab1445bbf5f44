//! Reading comma-separated values by Go's rules, which are those of RFC 4180.

use std::collections::BTreeSet;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Type, Value};

pub(super) const FUNCTIONS: &[Function] =
    &[Function::new("csvdecode", &[Parameter::new("str", Shape::String)], Shape::Any, decode)];

fn decode(arguments: &[Value]) -> Outcome {
    let failed = |(line, reason): Fault| {
        FunctionError::new(format!("CSV parse error on line {line}: {reason}"))
    };
    let mut reader = Reader { rest: text(&arguments[0]), line: 0 };
    let Some((_, names)) = reader.record().map_err(failed)? else {
        return Err(FunctionError::new("missing header line"));
    };
    let mut seen = BTreeSet::new();
    for name in &names {
        if !seen.insert(name) {
            return Err(FunctionError::new(format!("duplicate column name {name:?}")).quoting());
        }
    }
    let ty = Type::object(names.iter().map(|name| (name.as_str(), Type::String)));
    let mut rows = Vec::new();
    while let Some((line, fields)) = reader.record().map_err(failed)? {
        if fields.len() != names.len() {
            return Err(failed((line, "wrong number of fields")));
        }
        let fields = fields.iter().map(Value::string);
        rows.push(Value::object(names.iter().map(String::as_str).zip(fields)));
    }
    Ok(Value::list(ty, rows))
}

/// The line that a record begins in, and its fields.
type Record = (usize, Vec<String>);

/// A line and what is wrong with it.
type Fault = (usize, &'static str);

struct Reader<'a> {
    rest: &'a str,
    /// Lines that have been taken.
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next line with its end, which a carriage return may stand before.
    fn take_line(&mut self) -> Option<(&'a str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, rest, ended) = match self.rest.split_once('\n') {
            Some((line, rest)) => (line.strip_suffix('\r').unwrap_or(line), rest, true),
            None => (self.rest.strip_suffix('\r').unwrap_or(self.rest), "", false),
        };
        self.rest = rest;
        Some((line, ended))
    }

    /// The fields of the next record and the line that it begins in; empty lines are left out.
    fn record(&mut self) -> Result<Option<Record>, Fault> {
        const QUOTE: &str = "extraneous or missing \" in quoted-field";
        let (mut line, mut ended) = loop {
            match self.take_line() {
                None => return Ok(None),
                Some(("", _)) => {}
                Some(found) => break found,
            }
        };
        let first = self.line;
        let mut fields = Vec::new();
        loop {
            let Some(mut quoted) = line.strip_prefix('"') else {
                let (field, rest) = match line.split_once(',') {
                    Some((field, rest)) => (field, Some(rest)),
                    None => (line, None),
                };
                if field.contains('"') {
                    return Err((self.line, "bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match rest {
                    Some(rest) => line = rest,
                    None => return Ok(Some((first, fields))),
                }
                continue;
            };
            let mut field = String::new();
            loop {
                let Some((before, after)) = quoted.split_once('"') else {
                    // The field goes on in the next line.
                    field.push_str(quoted);
                    if ended {
                        field.push('\n');
                    }
                    (quoted, ended) = self.take_line().ok_or((self.line, QUOTE))?;
                    continue;
                };
                field.push_str(before);
                if let Some(rest) = after.strip_prefix('"') {
                    field.push('"');
                    quoted = rest;
                    continue;
                }
                fields.push(field);
                if after.is_empty() {
                    return Ok(Some((first, fields)));
                }
                line = after.strip_prefix(',').ok_or((self.line, QUOTE))?;
                break;
            }
        }
    }
}
