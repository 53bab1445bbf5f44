//! Objects of a schema compared.

use std::collections::HashMap;

use meridian_lang::{Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Schema};

use super::sequence::pair_members;
use super::{Block, Body, Change, Diff, Forcing, Parts, Rules, Sides, compare};

/// Compares two objects of a schema, whose secrets are marked.
pub(crate) fn compare_objects(schema: &Schema, sides: Sides, forcing: &Forcing) -> Diff {
    compare_keyed(schema, None, sides, forcing)
}

fn compare_keyed(
    schema: &Schema,
    key: Option<&'static str>,
    sides: Sides,
    forcing: &Forcing,
) -> Diff {
    let mut change = sides.presence();
    let mut attributes = Parts::new();
    for attribute in &schema.attributes {
        let forcing = forcing.part(attribute.name);
        if let Some(diff) = compare_attribute(attribute, sides, &forcing) {
            change = change.with_part(diff.change);
            attributes.insert(attribute.name.into(), diff);
        }
    }
    let mut blocks = Vec::new();
    for block in &schema.blocks {
        let diffs = compare_blocks(block, sides.part(block.name), &forcing.part(block.name));
        change = diffs.iter().map(|diff| diff.change).fold(change, Change::with_part);
        blocks.push((block.name, diffs));
    }
    blocks.retain(|(_, diffs)| !diffs.is_empty());
    let body = Body::Block(Block { attributes, blocks, key });
    Diff { change, forces: forcing.here(), body }
}

/// Nothing if the attribute is null on both sides.
fn compare_attribute(attribute: &Attribute, object: Sides, forcing: &Forcing) -> Option<Diff> {
    if attribute.write_only {
        // Its value is never kept, so all that can be told is that the object comes or goes.
        return Some(Diff {
            change: object.presence(),
            forces: forcing.here(),
            body: Body::WriteOnly,
        });
    }
    let mut sides = object.part(attribute.name).without_null();
    let is_later = sides.after.is_some_and(|value| !value.is_known());
    if attribute.volatile && is_later && object.before.is_some() {
        // It would change without the plan too.
        sides.after = sides.before;
    }
    if sides.is_absent() {
        return None;
    }
    let rules = if attribute.ty == Type::Dynamic { Rules::Open } else { Rules::Typed };
    // The cloud does not tell an empty text from none.
    Some(compare(sides.without(is_empty_text), rules, forcing))
}

fn is_empty_text(value: &Value) -> bool {
    value.as_str() == Some("")
}

fn compare_blocks(block: &NestedBlock, sides: Sides, forcing: &Forcing) -> Vec<Diff> {
    let sides = sides.without_null();
    if sides.any(Value::is_sensitive) {
        return vec![compare(sides, Rules::Typed, forcing)];
    }
    if sides.after.is_some_and(|value| !value.is_known()) {
        let is_none = |value: &Value| value.as_elements().is_some_and(<[Value]>::is_empty);
        let change = match sides.before {
            Some(value) if !is_none(value) => Change::Update,
            _ => Change::Create,
        };
        return vec![Diff::new(change, Body::Unknown { before: None })];
    }
    let (before, after) = sides.elements();
    let pairs = match (block.nesting, block.key) {
        (Nesting::Single, _) if sides.is_absent() => Vec::new(),
        (Nesting::Single, _) => vec![sides],
        (Nesting::List, _) => {
            let count = before.len().max(after.len());
            (0..count).map(|at| Sides::new(before.get(at), after.get(at))).collect()
        }
        (Nesting::Set, Some(key)) => pair_by_key(before, after, key),
        (Nesting::Set, None) => pair_members(before, after),
    };
    let compare_pair = |(at, pair): (usize, Sides)| {
        let inner = match block.nesting {
            Nesting::List => forcing.element(at),
            _ => forcing.clone(),
        };
        let mut diff = compare_keyed(&block.schema, block.key, pair, &inner);
        // What forces the replacement is the whole of the blocks, so each of them that changes.
        diff.forces |= forcing.here();
        diff
    };
    pairs.into_iter().enumerate().map(compare_pair).collect()
}

/// Pairs the blocks that have the same text under `key`, such as replicas in one Region: so a
/// block that is not touched is not shown as one that goes and comes back.
fn pair_by_key<'a>(before: &'a [Value], after: &'a [Value], key: &str) -> Vec<Sides<'a>> {
    let mut new: HashMap<&str, &Value> =
        after.iter().filter_map(|block| Some((block.get_str(key)?, block))).collect();
    let mut pairs: Vec<Sides> = before
        .iter()
        .map(|old| Sides::new(Some(old), old.get_str(key).and_then(|text| new.remove(text))))
        .collect();
    let is_left = |block: &&Value| block.get_str(key).is_none_or(|text| new.contains_key(text));
    pairs.extend(after.iter().filter(is_left).map(Sides::created));
    pairs
}
