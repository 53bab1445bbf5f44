//! What the types that keep a moment have in common.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Problem};
use time::OffsetDateTime;

use super::calendar::{self, PARTS};
use crate::arguments::{any_of, member, taken};
use crate::kept::texts_by_key;

/// The attributes that spell a moment out, its identity, and what asks for a new one.
pub(super) fn attributes() -> Vec<Attribute> {
    let parts = PARTS.map(|name| Attribute::computed(name, Type::Number));
    let others = [
        Attribute::computed("id", Type::String),
        Attribute::optional("triggers", texts_by_key()).replaces(),
    ];
    parts.into_iter().chain(others).collect()
}

/// The argument must be a moment.
pub(super) fn must_be_moment(config: &Value, name: &str) -> Option<Problem> {
    let value = config.get(name)?;
    let given = value.as_str()?;
    if calendar::parse(given).is_some() {
        return None;
    }
    let given = if value.is_sensitive() { "(sensitive value)" } else { given };
    let detail = format!(
        "A string value was provided that is not valid RFC3339 string format.\n\nPath: {name}\n\
         Given Value: {given}"
    );
    let problem = Problem::new("Invalid RFC3339 String Value", detail);
    Some(problem.at(Path::attribute(name)))
}

/// The members of a call that tells the time: where it begins, and how it is moved. A base that
/// is still open is the present.
pub(super) fn input<const N: usize>(
    wanted: &Value,
    base: &str,
    moves: [(&'static str, &str); N],
) -> Vec<(&'static str, Value)> {
    let base = match member(wanted, base) {
        base if base.is_known() => base,
        _ => Value::null(Type::String),
    };
    let moves = moves.map(|(name, argument)| (name, member(wanted, argument)));
    [("base", base)].into_iter().chain(moves).collect()
}

/// What will be answered to such a call, if it is known now.
pub(super) fn foretold<const N: usize>(
    wanted: &Value,
    base: &str,
    moves: [(&'static str, &str); N],
) -> Option<Value> {
    let is_fixed = wanted.get_str(base).is_some_and(|text| !text.is_empty());
    if !is_fixed || any_of(wanted, &moves.map(|(_, argument)| argument), |it| !it.is_known()) {
        return None;
    }
    // With a base the present does not matter.
    calendar::tell(&Value::object(input(wanted, base, moves)), OffsetDateTime::UNIX_EPOCH)
}

/// The object with the parts of the moment that was told.
pub(super) fn spelled(object: Value, answer: &Value) -> Value {
    taken(object, answer, PARTS)
}

/// `object` with `value` under `name`, unless that is decided already.
pub(super) fn unless_decided(object: Value, name: &str, value: Value) -> Value {
    match object.get(name) {
        Some(decided) if decided.is_known() && !decided.is_null() => object,
        _ => object.with(name, value),
    }
}

/// Reads the whole numbers of an import id; an empty one is null.
pub(super) fn numbers<const N: usize>(
    object: Value,
    parts: &[&str],
    names: [&str; N],
    refused: &dyn Fn(&str) -> Problem,
) -> Result<Value, Problem> {
    parts.iter().zip(names).try_fold(object, |object, (part, name)| match *part {
        "" => Ok(object),
        part => match part.parse::<i64>() {
            Ok(number) => Ok(object.with(name, Value::number(number))),
            Err(_) => Err(refused(&format!(
                "The {name} parameter that was supplied could not be parsed as Int64."
            ))),
        },
    })
}
