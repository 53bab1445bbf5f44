//! Equality as `==` and the collection functions see it.

use crate::{Kind, Type, Value};

/// Whether two values are equal, without regard to marks; none if it depends on what is unknown.
/// Values of different types never are; null equals null of any type.
pub(crate) fn equals(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Unknown(unknown), _) => against_unknown(unknown.not_null, &unknown.ty, b),
        (_, Kind::Unknown(unknown)) => against_unknown(unknown.not_null, &unknown.ty, a),
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
        (Kind::Map(_, a), Kind::Map(_, b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            all(a.values().zip(b.values()))
        }
        _ => Some(false),
    }
}

/// One difference decides; without one, all must be known.
fn all<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
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

fn against_unknown(not_null: bool, ty: &Type, other: &Value) -> Option<bool> {
    let differs = match other.kind() {
        Kind::Null(_) => not_null,
        Kind::Unknown(unknown) => {
            // Both may be null, unless one is known not to be.
            (not_null || unknown.not_null) && !may_match(ty, &unknown.ty)
        }
        _ => !may_match(ty, &other.ty()),
    };
    differs.then_some(false)
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
