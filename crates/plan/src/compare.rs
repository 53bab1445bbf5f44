//! Where two values of an object differ, and what follows from it.

use meridian_lang::{Kind, Marks, Path, Step, Value};
use meridian_resource::{Nesting, Presence, Schema};

use crate::propose::is_nothing;

/// Whether going from `prior` to `planned` changes anything that is kept, marks aside.
pub(crate) fn differs(prior: &Value, planned: &Value) -> bool {
    prior.unmark_deep() != planned.unmark_deep()
}

/// Whether only the marks of the two differ.
pub(crate) fn marks_differ(prior: &Value, planned: &Value) -> bool {
    prior.marked_paths(Marks::SENSITIVE) != planned.marked_paths(Marks::SENSITIVE)
}

/// The paths whose change cannot be made in place, by the schema.
pub(crate) fn replacing_paths(schema: &Schema, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect(schema, &Path::root(), prior, planned, &mut paths);
    paths
}

fn collect(schema: &Schema, here: &Path, prior: &Value, planned: &Value, paths: &mut Vec<Path>) {
    for attribute in schema.attributes.iter().filter(|attribute| attribute.replaces) {
        let before = prior.get(attribute.name);
        let after = planned.get(attribute.name);
        if let (Some(before), Some(after)) = (before, after)
            && before.unmark_deep() != after.unmark_deep()
            && !(is_nothing(before)
                && is_nothing(after)
                && attribute.presence != Presence::Required)
        {
            paths.push(here.then(Step::Attribute(attribute.name.into())));
        }
    }
    for block in schema.blocks.iter().filter(|block| block.nesting == Nesting::Single) {
        if let (Some(before), Some(after)) = (prior.get(block.name), planned.get(block.name)) {
            let here = here.then(Step::Attribute(block.name.into()));
            collect(&block.schema, &here, before, after, paths);
        }
    }
}

/// Whether what was read differs from what the state has in a way that people should hear of:
/// not by what changes by itself, and not by another spelling of nothing.
pub(crate) fn drifted(schema: &Schema, stored: &Value, observed: &Value) -> bool {
    let attribute_drifted = schema.attributes.iter().any(|attribute| {
        let (Some(before), Some(after)) =
            (stored.get(attribute.name), observed.get(attribute.name))
        else {
            return false;
        };
        let is_noise =
            attribute.volatile || attribute.sensitive || (is_nothing(before) && is_nothing(after));
        !is_noise && before.unmark_deep() != after.unmark_deep()
    });
    attribute_drifted
        || schema.blocks.iter().filter(|block| !block.settings).any(|block| {
            match (stored.get(block.name), observed.get(block.name)) {
                (Some(before), Some(after)) => {
                    steady(&block.schema, before) != steady(&block.schema, after)
                }
                _ => false,
            }
        })
}

/// A value of blocks without the parts that change by themselves, and with one spelling of nothing.
fn steady(schema: &Schema, value: &Value) -> Value {
    let strip = |element: &Value| {
        let is_nothing = |name| element.get(name).is_some_and(is_nothing);
        schema
            .attributes
            .iter()
            .filter(|attribute| attribute.volatile || is_nothing(attribute.name))
            .fold(element.unmark_deep(), |element, attribute| {
                element.with(attribute.name, Value::null(attribute.ty.clone()))
            })
    };
    match value.kind() {
        Kind::Set(ty, elements) => Value::set(ty.clone(), elements.iter().map(strip)),
        Kind::List(ty, elements) => Value::list(ty.clone(), elements.iter().map(strip)),
        Kind::Object(_) => strip(value),
        _ => value.clone(),
    }
}

/// What was read, with null wherever the state has null and the read spells nothing in another way.
pub(crate) fn with_nulls_of(stored: &Value, read: Value) -> Value {
    let spelt = match (stored.kind(), read.kind()) {
        (Kind::Null(_), _) if is_nothing(&read) => return stored.clone(),
        (Kind::Object(_), Kind::Object(entries)) => {
            let entries = entries.iter().map(|(name, value)| {
                let stored = stored.get(name);
                let spelt = stored.map(|stored| with_nulls_of(stored, value.clone()));
                (name.clone(), spelt.unwrap_or_else(|| value.clone()))
            });
            Value::object(entries)
        }
        (Kind::List(_, these), Kind::List(ty, those)) if these.len() == those.len() => {
            let spelt = these.iter().zip(those.iter());
            Value::list(ty.clone(), spelt.map(|(stored, read)| with_nulls_of(stored, read.clone())))
        }
        (Kind::Set(_, these), Kind::Set(ty, those)) => {
            // Of a set it is not said which element was which: the one that it can be.
            let spelt = those.iter().map(|read| {
                let same = |stored: &&Value| with_nulls_of(stored, read.clone()) == **stored;
                these.iter().find(same).unwrap_or(read).clone()
            });
            Value::set(ty.clone(), spelt)
        }
        _ => return read,
    };
    spelt.mark(read.marks())
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;

    use super::*;

    #[test]
    fn nothing_is_spelt_as_the_state_spells_it_at_any_depth() {
        let map = || Value::map::<&str>(Type::String, []);
        let none = || Value::null(Type::map(Type::String));
        let block = |name: &str, tags: Value| {
            Value::object([("name", Value::string(name)), ("tags", tags)])
        };
        let ty = || block("", none()).ty();
        let set = |blocks: Vec<Value>| Value::set(ty(), blocks);
        let list = |blocks: Vec<Value>| Value::list(ty(), blocks);
        let full = Value::map(Type::String, [("a", Value::string("b"))]);
        let cases = [
            (none(), map(), none()),
            (none(), full.clone(), full.clone()),
            (map(), none(), none()),
            (Value::null(Type::String), Value::string(""), Value::null(Type::String)),
            (
                set(vec![block("a", none()), block("b", map())]),
                set(vec![block("b", map()), block("a", map()), block("c", map())]),
                set(vec![block("a", none()), block("b", map()), block("c", map())]),
            ),
            (
                list(vec![block("a", none()), block("b", none())]),
                list(vec![block("a", map()), block("b", full.clone())]),
                list(vec![block("a", none()), block("b", full.clone())]),
            ),
            (list(vec![block("a", none())]), list(vec![]), list(vec![])),
            (
                block("a", none()).mark(Marks::SENSITIVE),
                block("x", map()).mark(Marks::SENSITIVE),
                block("x", none()).mark(Marks::SENSITIVE),
            ),
        ];
        for (index, (stored, read, expected)) in cases.into_iter().enumerate() {
            assert_eq!(with_nulls_of(&stored, read), expected, "{index}");
        }
    }
}
