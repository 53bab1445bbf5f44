//! The type that values of several types can be brought to.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Field, Type};

/// The type that values of all these types can be converted to; none if there is no such type.
pub fn unify(types: &[Type]) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    let dynamics = count(types, |ty| *ty == Type::Dynamic);
    let lists = count(types, |ty| matches!(ty, Type::List(_)));
    let sets = count(types, |ty| matches!(ty, Type::Set(_)));
    let maps = count(types, |ty| matches!(ty, Type::Map(_)));
    let objects = count(types, |ty| matches!(ty, Type::Object(_)));
    let tuples = count(types, |ty| matches!(ty, Type::Tuple(_)));
    let all = types.len() - dynamics;
    // What is structural and not known yet may turn out to be anything.
    let open = (dynamics > 0).then_some(Type::Dynamic);
    if all > 0 {
        if maps == all || lists == all || sets == all {
            return open.or_else(|| unify_collections(types));
        }
        if objects == all {
            return open.or_else(|| unify_objects(types));
        }
        if tuples == all {
            return open.or_else(|| unify_tuples(types));
        }
        if objects > 0 && tuples > 0 {
            return None;
        }
        if maps > 0
            && maps + objects == all
            && let Some(ty) =
                unify_disguised(types, |ty| matches!(ty, Type::Object(_)), objects_as_map)
        {
            return Some(ty);
        }
        if lists > 0
            && lists + tuples == all
            && let Some(ty) =
                unify_disguised(types, |ty| matches!(ty, Type::Tuple(_)), tuples_as_list)
        {
            return Some(ty);
        }
    }
    let mut preferred: Vec<&Type> = types.iter().collect();
    preferred.sort_by(|a, b| preference(a, b));
    preferred
        .into_iter()
        .find(|want| types.iter().all(|ty| converted_type(ty, want).is_some()))
        .cloned()
}

fn count(types: &[Type], is: impl Fn(&Type) -> bool) -> usize {
    types.iter().filter(|ty| is(ty)).count()
}

/// Orders types so that those that more can be converted to come first.
fn preference(a: &Type, b: &Type) -> Ordering {
    fn rank(ty: &Type) -> u8 {
        match ty {
            Type::String | Type::List(_) | Type::Map(_) => 0,
            Type::Set(_) => 1,
            Type::Bool | Type::Number | Type::Object(_) | Type::Tuple(_) => 2,
            Type::Dynamic => 3,
        }
    }
    match (a, b) {
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => preference(a, b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// All are lists, all are sets or all are maps.
fn unify_collections(types: &[Type]) -> Option<Type> {
    let elements: Vec<Type> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::List(element) | Type::Set(element) | Type::Map(element) => {
                Some((**element).clone())
            }
            _ => None,
        })
        .collect();
    let element = unify(&elements)?;
    Some(match types.first()? {
        Type::Set(_) => Type::set(element),
        Type::Map(_) => Type::map(element),
        _ => Type::list(element),
    })
}

fn unify_objects(types: &[Type]) -> Option<Type> {
    let all: Vec<_> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Object(fields) => Some(fields),
            _ => None,
        })
        .collect();
    let first = all.first()?;
    if all.iter().all(|fields| fields.keys().eq(first.keys())) {
        let attribute = |name: &Arc<str>| {
            let types: Vec<Type> = all
                .iter()
                .filter_map(|fields| fields.get(name))
                .map(|field| field.ty.clone())
                .collect();
            Some((name.clone(), Field::required(unify(&types)?)))
        };
        if let Some(fields) = first.keys().map(attribute).collect::<Option<BTreeMap<_, _>>>() {
            return Some(Type::Object(Arc::new(fields)));
        }
    }
    objects_as_map(types)
}

fn objects_as_map(types: &[Type]) -> Option<Type> {
    let mut elements = Vec::new();
    for ty in types {
        if let Type::Object(fields) = ty {
            elements.extend(fields.values().map(|field| field.ty.clone()));
        }
    }
    unify(&elements).map(Type::map)
}

fn unify_tuples(types: &[Type]) -> Option<Type> {
    let all: Vec<_> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Tuple(elements) => Some(elements),
            _ => None,
        })
        .collect();
    let length = all.first()?.len();
    if all.iter().all(|elements| elements.len() == length) {
        let element = |at: usize| {
            let types: Vec<Type> = all.iter().map(|elements| elements[at].clone()).collect();
            unify(&types)
        };
        if let Some(elements) = (0..length).map(element).collect::<Option<Arc<[Type]>>>() {
            return Some(Type::Tuple(elements));
        }
    }
    tuples_as_list(types)
}

fn tuples_as_list(types: &[Type]) -> Option<Type> {
    let mut elements = Vec::new();
    for ty in types {
        if let Type::Tuple(types) = ty {
            elements.extend(types.iter().cloned());
        }
    }
    unify(&elements).map(Type::list)
}

/// Objects next to maps are often maps in disguise, tuples next to lists lists: takes the
/// disguise off and tries again.
fn unify_disguised(
    types: &[Type],
    is_disguised: impl Fn(&Type) -> bool,
    reveal: impl Fn(&[Type]) -> Option<Type>,
) -> Option<Type> {
    let disguised: Vec<Type> = types.iter().filter(|ty| is_disguised(ty)).cloned().collect();
    let collection = reveal(&disguised)?;
    let revealed: Vec<Type> = types
        .iter()
        .map(|ty| if is_disguised(ty) { collection.clone() } else { ty.clone() })
        .collect();
    unify(&revealed).filter(|ty| matches!(ty, Type::Map(_) | Type::List(_)))
}

/// The type itself, without what only a constraint says: which attributes are optional.
pub(super) fn concrete(ty: &Type) -> Type {
    match ty {
        Type::List(element) => Type::list(concrete(element)),
        Type::Set(element) => Type::set(concrete(element)),
        Type::Map(element) => Type::map(concrete(element)),
        Type::Tuple(elements) => Type::Tuple(elements.iter().map(concrete).collect()),
        Type::Object(fields) => {
            Type::object(fields.iter().map(|(name, field)| (name.clone(), concrete(&field.ty))))
        }
        other => other.clone(),
    }
}

/// The type of what a value of type `from` becomes under the constraint `to`; none if no value of
/// the one can become one of the other. Texts are given the benefit of the doubt.
pub(crate) fn converted_type(from: &Type, to: &Type) -> Option<Type> {
    match (from, to) {
        (_, Type::Dynamic) => Some(from.clone()),
        (Type::Dynamic, _) => Some(concrete(to)),
        (Type::Bool | Type::Number | Type::String, Type::String)
        | (Type::Number | Type::String, Type::Number)
        | (Type::Bool | Type::String, Type::Bool) => Some(to.clone()),
        (Type::List(from) | Type::Set(from), Type::List(to)) => {
            converted_type(from, to).map(Type::list)
        }
        (Type::List(from) | Type::Set(from), Type::Set(to)) => {
            converted_type(from, to).map(Type::set)
        }
        (Type::Map(from), Type::Map(to)) => converted_type(from, to).map(Type::map),
        (Type::Tuple(from), Type::List(to)) => converted_element(from.iter(), to).map(Type::list),
        (Type::Tuple(from), Type::Set(to)) => converted_element(from.iter(), to).map(Type::set),
        (Type::Object(fields), Type::Map(to)) => {
            converted_element(fields.values().map(|field| &field.ty), to).map(Type::map)
        }
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            let pairs = from.iter().zip(to.iter());
            let types = pairs.map(|(from, to)| converted_type(from, to));
            Some(Type::Tuple(types.collect::<Option<_>>()?))
        }
        (Type::Map(from), Type::Object(to)) => converted_fields(to, |_| Some(&**from)),
        (Type::Object(from), Type::Object(to)) => {
            converted_fields(to, |name| from.get(name).map(|field| &field.ty))
        }
        _ => None,
    }
}

fn converted_fields<'a>(
    to: &BTreeMap<Arc<str>, Field>,
    from: impl Fn(&str) -> Option<&'a Type>,
) -> Option<Type> {
    let attribute = |(name, field): (&Arc<str>, &Field)| {
        let ty = match from(name) {
            Some(from) => converted_type(from, &field.ty)?,
            None if field.optional => concrete(&field.ty),
            None => return None,
        };
        Some((name.clone(), ty))
    };
    Some(Type::object(to.iter().map(attribute).collect::<Option<Vec<_>>>()?))
}

fn converted_element<'a>(from: impl IntoIterator<Item = &'a Type>, to: &Type) -> Option<Type> {
    let types: Vec<Type> =
        from.into_iter().map(|from| converted_type(from, to)).collect::<Option<_>>()?;
    if types.is_empty() || !to.has_dynamic() {
        return Some(concrete(to));
    }
    unify(&types)
}
