//! Values compared.

use std::collections::BTreeSet;
use std::sync::Arc;

use meridian_lang::{Kind, Value};

use super::sequence::{pair_elements, pair_members};
use super::text::compare_text;
use super::{Body, Change, Diff, Forcing, Parts, Remark, Sides};

/// What collections mean to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// A type is fixed by the schema: an attribute that is null is none, sets have no order.
    Typed,
    /// As in JSON, where there are only arrays and objects.
    Open,
}

/// Compares two values.
pub(crate) fn compare(sides: Sides, rules: Rules, forcing: &Forcing) -> Diff {
    let mut diff = match (sides.before, sides.after) {
        _ if sides.any(Value::is_sensitive) => sensitive(sides, rules),
        (before, Some(after)) if !after.is_known() => unknown(before, rules),
        (Some(before), Some(after)) if Shape::of(before) != Shape::of(after) => {
            other_type(before, after, rules)
        }
        _ => alike(sides, rules, forcing),
    };
    diff.forces = forcing.here();
    diff
}

/// How JSON would spell a value. Values of different shapes are not compared part by part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Shape {
    pub(super) fn of(value: &Value) -> Shape {
        match value.kind() {
            Kind::Null(_) | Kind::Unknown(_) => Shape::Null,
            Kind::Bool(_) => Shape::Bool,
            Kind::Number(_) => Shape::Number,
            Kind::String(_) => Shape::String,
            Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => Shape::Array,
            Kind::Map(..) | Kind::Object(_) => Shape::Object,
        }
    }
}

fn sensitive(sides: Sides, rules: Rules) -> Diff {
    let bare = |value: Option<&Value>| value.map(Value::unmark_deep);
    let (before, after) = (bare(sides.before), bare(sides.after));
    let inner = compare(Sides::new(before.as_ref(), after.as_ref()), rules, &Forcing::default());
    let remark = match (sides.before, sides.after) {
        (Some(before), Some(after)) if before.is_sensitive() != after.is_sensitive() => {
            Some(Remark {
                becomes_sensitive: after.is_sensitive(),
                value_unchanged: inner.change == Change::Same,
            })
        }
        _ => None,
    };
    let change = match remark {
        Some(Remark { value_unchanged: true, .. }) => Change::Update,
        _ => inner.change,
    };
    Diff::new(change, Body::Sensitive(remark))
}

fn unknown(before: Option<&Value>, rules: Rules) -> Diff {
    let Some(before) = before.filter(|value| !value.is_null()) else {
        return Diff::new(Change::Create, Body::Unknown { before: None });
    };
    let before = compare(Sides::deleted(before), rules, &Forcing::default());
    Diff::new(Change::Update, Body::Unknown { before: Some(Box::new(before)) })
}

fn other_type(before: &Value, after: &Value, rules: Rules) -> Diff {
    let before = compare(Sides::deleted(before), rules, &Forcing::default());
    let after = compare(Sides::created(after), rules, &Forcing::default());
    let body = Body::OtherType { before: Box::new(before), after: Box::new(after) };
    Diff::new(Change::Update, body)
}

/// Compares values of the same shape.
fn alike(sides: Sides, rules: Rules, forcing: &Forcing) -> Diff {
    let Some(either) = sides.either() else {
        return Diff::new(Change::Same, Body::Scalar { before: None, after: None });
    };
    match either.kind() {
        Kind::String(_) => compare_text(sides),
        Kind::Set(..) if rules == Rules::Typed => members(sides),
        Kind::List(..) | Kind::Tuple(_) | Kind::Set(..) => elements(sides, rules, forcing),
        Kind::Map(..) if rules == Rules::Typed => {
            let (change, parts) = parts(sides, rules, forcing);
            Diff::new(change, Body::Map(parts))
        }
        Kind::Object(_) | Kind::Map(..) => {
            let (change, parts) = parts(sides, rules, forcing);
            Diff::new(change, Body::Object(parts))
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => scalar(sides),
    }
}

fn scalar(sides: Sides) -> Diff {
    let text = |value: &Value| match value.kind() {
        Kind::Bool(truth) => Some(truth.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let before = sides.before.and_then(text);
    let after = sides.after.and_then(text);
    let change = match sides.presence() {
        Change::Same if before != after => Change::Update,
        presence => presence,
    };
    Diff::new(change, Body::Scalar { before, after })
}

fn parts(sides: Sides, rules: Rules, forcing: &Forcing) -> (Change, Parts) {
    let skips_null =
        rules == Rules::Typed && sides.any(|value| matches!(value.kind(), Kind::Object(_)));
    let entries = [sides.before, sides.after].into_iter().flatten().filter_map(Value::as_entries);
    let names: BTreeSet<&Arc<str>> = entries.flat_map(|entries| entries.keys()).collect();
    let mut change = sides.presence();
    let mut parts = Parts::new();
    for name in names {
        let mut part = sides.part(name);
        if skips_null {
            part = part.without_null();
        }
        if part.is_absent() {
            continue;
        }
        let diff = compare(part, rules, &forcing.part(name));
        change = change.with_part(diff.change);
        parts.insert(name.clone(), diff);
    }
    (change, parts)
}

fn elements(sides: Sides, rules: Rules, forcing: &Forcing) -> Diff {
    let (before, after) = sides.elements();
    let compare_pair = |(old, new): (Option<usize>, Option<usize>)| {
        let pair = Sides::new(old.map(|at| &before[at]), new.map(|at| &after[at]));
        let forcing = new.or(old).map_or_else(Forcing::default, |at| forcing.element(at));
        compare(pair, rules, &forcing)
    };
    let elements = pair_elements(before, after).into_iter().map(compare_pair).collect();
    sequence(sides, elements, true)
}

fn members(sides: Sides) -> Diff {
    let (before, after) = sides.elements();
    let compare_pair = |pair| compare(pair, Rules::Typed, &Forcing::default());
    let elements = pair_members(before, after).into_iter().map(compare_pair).collect();
    sequence(sides, elements, false)
}

fn sequence(sides: Sides, elements: Vec<Diff>, ordered: bool) -> Diff {
    let changes = elements.iter().map(|element| element.change);
    let change = changes.fold(sides.presence(), Change::with_part);
    Diff::new(change, Body::Sequence { elements, ordered })
}
