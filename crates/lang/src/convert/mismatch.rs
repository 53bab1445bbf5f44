//! Words for a type that does not fit another.

use super::converted_type;
use crate::Type;

/// The name of a type as a requirement: "list of string", "map of any single type".
pub(crate) fn constraint_name(ty: &Type) -> String {
    let element = |ty: &Type| match ty {
        Type::Dynamic => "any single type".to_owned(),
        other => constraint_name(other),
    };
    match ty {
        Type::Dynamic => "any type".to_owned(),
        Type::List(inner) => format!("list of {}", element(inner)),
        Type::Set(inner) => format!("set of {}", element(inner)),
        Type::Map(inner) => format!("map of {}", element(inner)),
        other => other.friendly_name(),
    }
}

/// Why a value of type `got` is none of type `want`.
pub(super) fn message(got: &Type, want: &Type) -> String {
    let fits = |got: &Type, want: &Type| converted_type(got, want).is_some();
    match (got, want) {
        (Type::Object(given), Type::Object(fields)) => {
            let required = fields.iter().filter(|(_, field)| !field.optional);
            let missing: Vec<_> = required
                .map(|(name, _)| name)
                .filter(|name| !given.contains_key(*name))
                .map(|name| format!("{:?}", &**name))
                .collect();
            match &*missing {
                [] => {}
                [only] => return format!("attribute {only} is required"),
                [first, second] => return format!("attributes {first} and {second} are required"),
                [head @ .., last] => {
                    return format!("attributes {}, and {last} are required", head.join(", "));
                }
            }
            let unfit = fields.iter().find_map(|(name, field)| {
                let got = &given.get(name)?.ty;
                (!fits(got, &field.ty)).then(|| (name, message(got, &field.ty)))
            });
            match unfit {
                Some((name, reason)) => format!("attribute {:?}: {reason}", &**name),
                None => "incorrect object attributes".to_owned(),
            }
        }
        (Type::Tuple(given), Type::Tuple(wanted)) if given.len() != wanted.len() => {
            format!("a tuple of {} elements is required", wanted.len())
        }
        (Type::Tuple(given), Type::List(element) | Type::Set(element)) => {
            let unfit = given.iter().enumerate().find(|(_, got)| !fits(got, element));
            match unfit {
                Some((at, got)) => format!("element {at}: {}", message(got, element)),
                None if matches!(want, Type::Set(_)) => {
                    "all set elements must have the same type".to_owned()
                }
                None => "all list elements must have the same type".to_owned(),
            }
        }
        (Type::Object(given), Type::Map(element)) => {
            let unfit = given.iter().find(|(_, field)| !fits(&field.ty, element));
            match unfit {
                Some((name, field)) => {
                    format!("element {:?}: {}", &**name, message(&field.ty, element))
                }
                None => "all map elements must have the same type".to_owned(),
            }
        }
        (Type::List(got), Type::List(want)) => {
            format!("incorrect list element type: {}", message(got, want))
        }
        (Type::Set(got), Type::Set(want)) => {
            format!("incorrect set element type: {}", message(got, want))
        }
        (Type::Map(got), Type::Map(want)) => {
            format!("incorrect map element type: {}", message(got, want))
        }
        _ => format!("{} required", constraint_name(want)),
    }
}
