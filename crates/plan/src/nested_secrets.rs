//! Secrets in nested blocks: they are kept as those of the object itself are, each bound to its
//! place. Blocks of a set have no place of their own, so no secret can be kept in one.

use meridian_graph::InstanceAddress;
use meridian_lang::{Kind, Marks, Value};
use meridian_resource::{NestedBlock, Nesting, Object, Schema};

use crate::secrets::{is_fingerprint, keep};

type Fingerprint<'f> = &'f dyn Fn(&str, &str) -> String;

/// The object with each secret of a block whose fingerprint the configuration's value has.
pub(crate) fn recall(
    schema: &Schema,
    address: &InstanceAddress,
    observed: Object,
    config: &Value,
    fingerprint: Fingerprint<'_>,
) -> Object {
    let attributes = observed.attributes.clone();
    let attributes = recall_in(schema, &address.to_string(), attributes, config, fingerprint);
    Object { attributes, ..observed }
}

fn recall_in(
    schema: &Schema,
    here: &str,
    kept: Value,
    config: &Value,
    fingerprint: Fingerprint<'_>,
) -> Value {
    in_blocks(schema, here, kept, &|block, here, index, element| {
        let written = config.get(block.name).and_then(|blocks| match block.nesting {
            Nesting::Single => Some(blocks),
            _ => blocks.as_elements()?.get(index),
        });
        let Some(written) = written else { return element };
        let element = secrets(&block.schema).fold(element, |element, name| {
            let held = element.get_str(name).filter(|held| is_fingerprint(held));
            match (held, written.get_str(name)) {
                (Some(held), Some(text))
                    if keep(fingerprint, &format!("{here}.{name}"), text) == held =>
                {
                    element.with(name, Value::string(text).mark(Marks::SENSITIVE))
                }
                _ => element,
            }
        });
        recall_in(&block.schema, here, element, written, fingerprint)
    })
}

/// The attributes with fingerprints in the place of secrets of blocks.
pub(crate) fn without(
    schema: &Schema,
    address: &InstanceAddress,
    attributes: Value,
    fingerprint: Fingerprint<'_>,
) -> Value {
    without_in(schema, &address.to_string(), attributes, fingerprint)
}

fn without_in(
    schema: &Schema,
    here: &str,
    attributes: Value,
    fingerprint: Fingerprint<'_>,
) -> Value {
    in_blocks(schema, here, attributes, &|block, here, _, element| {
        let element = secrets(&block.schema).fold(element, |element, name| {
            match element.get_str(name).filter(|text| !(text.is_empty() || is_fingerprint(text))) {
                Some(text) => {
                    let kept = keep(fingerprint, &format!("{here}.{name}"), text);
                    element.with(name, Value::string(kept).mark(Marks::SENSITIVE))
                }
                None => element,
            }
        });
        without_in(&block.schema, here, element, fingerprint)
    })
}

/// The arguments that hold secrets of the configuration.
fn secrets(schema: &Schema) -> impl Iterator<Item = &'static str> {
    schema.attributes.iter().filter(|it| it.sensitive && !it.is_computed()).map(|it| it.name)
}

/// The object with each of its blocks changed by what is told the block's type, its place by
/// address, and its number.
fn in_blocks(
    schema: &Schema,
    here: &str,
    object: Value,
    change: &dyn Fn(&NestedBlock, &str, usize, Value) -> Value,
) -> Value {
    let blocks = schema.blocks.iter().filter(|block| has_secrets(&block.schema));
    blocks.fold(object, |object, block| {
        let place = |index: usize| format!("{here}.{}[{index}]", block.name);
        let changed = object.get(block.name).and_then(|value| match value.kind() {
            Kind::List(ty, elements) => {
                let elements = elements.iter().enumerate();
                let changed = elements
                    .map(|(index, it)| change(block, &place(index), index, it.clone()))
                    .collect::<Vec<_>>();
                Some(Value::list(ty.clone(), changed).mark(value.marks()))
            }
            Kind::Object(_) => Some(change(block, &place(0), 0, value.clone())),
            _ => None,
        });
        match changed {
            Some(changed) => object.with(block.name, changed),
            None => object,
        }
    })
}

fn has_secrets(schema: &Schema) -> bool {
    secrets(schema).next().is_some() || schema.blocks.iter().any(|block| has_secrets(&block.schema))
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;
    use meridian_resource::Attribute;

    use super::*;

    fn schema() -> Schema {
        let attributes = vec![Attribute::required("pin", Type::String).sensitive()];
        let block = NestedBlock {
            name: "credential",
            nesting: Nesting::List,
            max: 1,
            schema: Schema { attributes, ..Schema::default() },
            key: None,
            settings: false,
        };
        Schema { blocks: vec![block], ..Schema::default() }
    }

    fn with_pin(pin: &str) -> Value {
        let block = Value::object([("pin", Value::string(pin))]);
        Value::object([("credential", Value::list(block.ty(), [block]))])
    }

    #[test]
    fn a_secret_of_a_block_is_kept_as_a_fingerprint_and_known_again() {
        let address = InstanceAddress::parse("t.a").expect("an address");
        // Stands for a keyed hash; its length is that of one.
        let print = |context: &str, secret: &str| {
            let all = context.bytes().chain(secret.bytes());
            format!("{:064x}", all.fold(7u64, |sum, it| sum.wrapping_mul(31) ^ u64::from(it)))
        };
        let kept = without(&schema(), &address, with_pin("hunter2"), &print);
        assert!(!format!("{kept:?}").contains("hunter2"));
        assert_eq!(without(&schema(), &address, kept.clone(), &print), kept);
        let known = |config: &str| {
            let object = Object::new(kept.clone());
            recall(&schema(), &address, object, &with_pin(config), &print).attributes.unmark_deep()
        };
        assert_eq!(known("hunter2"), with_pin("hunter2"));
        assert_eq!(known("hunter3"), kept.unmark_deep());
    }
}
