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
