//! Equality as `==` and the collection functions see it.

use crate::unknown::Unknown;
use crate::{Kind, Type, Value};

/// Whether two values are equal, without regard to marks; none if it depends on what is unknown.
/// Values of different types never are; null equals null of any type.
pub(crate) fn equals(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Tuple(_), Kind::Tuple(_)) | (Kind::Object(_), Kind::Object(_))
            if !same_type(a, b) =>
        {
            Some(false)
        }
        _ => equal_of_one_type(a, b),
    }
}

/// Whether two values are of the same type, nulls and unknown values among their parts included.
fn same_type(a: &Value, b: &Value) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_type(a, b))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| same_type(a, b))
        }
        (Kind::List(a, _), Kind::List(b, _))
        | (Kind::Set(a, _), Kind::Set(b, _))
        | (Kind::Map(a, _), Kind::Map(b, _)) => may_match(a, b),
        (Kind::Bool(_), Kind::Bool(_))
        | (Kind::Number(_), Kind::Number(_))
        | (Kind::String(_), Kind::String(_)) => true,
        _ => may_be_same(a, b),
    }
}

fn may_be_same(a: &Value, b: &Value) -> bool {
    let open = |value: &Value| !value.is_known() && value.ty().has_dynamic();
    if open(a) || open(b) { may_match(&a.ty(), &b.ty()) } else { a.ty() == b.ty() }
}

fn equal_of_one_type(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Unknown(unknown), _) => against_unknown(unknown, b),
        (_, Kind::Unknown(unknown)) => against_unknown(unknown, a),
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::List(a, _), Kind::List(b, _))
        | (Kind::Set(a, _), Kind::Set(b, _))
        | (Kind::Map(a, _), Kind::Map(b, _))
            if !may_match(a, b) =>
        {
            Some(false)
        }
        (Kind::List(_, a), Kind::List(_, b)) | (Kind::Tuple(a), Kind::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b.iter()))
        }
        (Kind::Set(_, elements), Kind::Set(_, others)) => {
            if !a.is_wholly_known() || !b.is_wholly_known() {
                return None;
            }
            if elements.len() != others.len() {
                return Some(false);
            }
            all(elements.iter().zip(others.iter()))
        }
        (Kind::Map(_, a), Kind::Map(_, b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            all(a.values().zip(b.values()))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            any_differs(a.values().zip(b.values()))
        }
        _ => Some(false),
    }
}

/// In order: the first pair that differs or may differ decides, as in Terraform.
fn all<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    for (a, b) in pairs {
        match equals(a, b) {
            Some(true) => {}
            undecided => return undecided,
        }
    }
    Some(true)
}

/// Without an order: one pair that differs decides; else all must be known.
fn any_differs<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut result = Some(true);
    for (a, b) in pairs {
        match equals(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

fn against_unknown(unknown: &Unknown, other: &Value) -> Option<bool> {
    let differs = match other.kind() {
        Kind::Null(_) => unknown.not_null,
        // Both may be null, or the same.
        Kind::Unknown(_) => false,
        _ => !conforms(&unknown.ty, &other.ty()) || !unknown.may_become(other),
    };
    differs.then_some(false)
}

/// Whether a type is one that a constraint allows.
fn conforms(constraint: &Type, ty: &Type) -> bool {
    match (constraint, ty) {
        (Type::Dynamic, _) => true,
        (Type::List(constraint), Type::List(ty))
        | (Type::Set(constraint), Type::Set(ty))
        | (Type::Map(constraint), Type::Map(ty)) => conforms(constraint, ty),
        (Type::Tuple(constraints), Type::Tuple(types)) => {
            constraints.len() == types.len()
                && constraints.iter().zip(types.iter()).all(|(a, b)| conforms(a, b))
        }
        (Type::Object(constraints), Type::Object(fields)) => {
            constraints.keys().eq(fields.keys())
                && constraints.values().zip(fields.values()).all(|(a, b)| conforms(&a.ty, &b.ty))
        }
        _ => constraint == ty,
    }
}

/// Whether two types are the same as far as they are known.
fn may_match(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => may_match(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_match(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.keys().eq(b.keys())
                && a.values().zip(b.values()).all(|(a, b)| may_match(&a.ty, &b.ty))
        }
        _ => a == b,
    }
}
