//! Secrets of the configuration: the state keeps their fingerprints in their place.

use meridian_graph::InstanceAddress;
use meridian_lang::{Kind, Marks, Value};
use meridian_resource::{NestedBlock, Nesting, Object, Schema};

/// How the state marks a fingerprint that stands for a secret.
const FINGERPRINT: &str = "hmac-sha256:";
/// The length of a digest in hexadecimal.
const DIGEST: usize = 64;

/// Whether the value of an attribute stands for a secret that only the configuration knows.
pub(crate) fn holds_fingerprint(schema: &Schema, name: &str, value: &Value) -> bool {
    let is_secret = schema.attribute(name).is_some_and(|it| it.sensitive && !it.is_computed());
    is_secret && value.as_str().is_some_and(is_fingerprint)
}

/// The state keeps a fingerprint in the place of a secret argument. If the configuration's value
/// has the same one, it is what was applied.
pub(crate) fn recall_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    observed: Object,
    config: &Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Object {
    let attributes = recall(schema, &address.to_string(), observed.attributes, config, fingerprint);
    Object { attributes, ..observed }
}

fn recall(
    schema: &Schema,
    here: &str,
    kept: Value,
    config: &Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Value {
    let secrets = schema.attributes.iter().filter(|it| it.sensitive && !it.is_computed());
    let attributes = secrets.fold(kept, |object, attribute| {
        let held = object.get_str(attribute.name).filter(|kept| is_fingerprint(kept));
        let Some(held) = held else { return object };
        let context = format!("{here}.{}", attribute.name);
        match config.get_str(attribute.name) {
            Some(text) if keep(fingerprint, &context, text) == held => {
                object.with(attribute.name, Value::string(text).mark(Marks::SENSITIVE))
            }
            _ => object,
        }
    });
    in_blocks(schema, here, attributes, &|block, here, index, element| {
        let written = config.get(block.name).and_then(|blocks| match block.nesting {
            Nesting::Single => Some(blocks),
            _ => blocks.as_elements()?.get(index),
        });
        match written {
            Some(written) => recall(&block.schema, here, element, written, fingerprint),
            None => element,
        }
    })
}

/// The object with each of its nested blocks changed; each is told its place. Elements of a set
/// have no place of their own, so no secret can be kept in one.
fn in_blocks(
    schema: &Schema,
    here: &str,
    object: Value,
    change: &dyn Fn(&NestedBlock, &str, usize, Value) -> Value,
) -> Value {
    schema.blocks.iter().filter(|block| has_secrets(&block.schema)).fold(object, |object, block| {
        let Some(value) = object.get(block.name) else { return object };
        let place = |index: usize| format!("{here}.{}[{index}]", block.name);
        let changed = match value.kind() {
            Kind::List(ty, elements) => {
                let elements = elements.iter().enumerate();
                let changed = elements
                    .map(|(index, it)| change(block, &place(index), index, it.clone()))
                    .collect::<Vec<_>>();
                Value::list(ty.clone(), changed).mark(value.marks())
            }
            Kind::Object(_) => change(block, &place(0), 0, value.clone()),
            _ => return object,
        };
        object.with(block.name, changed)
    })
}

fn has_secrets(schema: &Schema) -> bool {
    schema.attributes.iter().any(|it| it.sensitive || it.write_only)
        || schema.blocks.iter().any(|block| has_secrets(&block.schema))
}

/// What the fingerprint of a secret argument is bound to.
fn secret_context(address: &InstanceAddress, attribute: &str) -> String {
    format!("{address}.{attribute}")
}

fn keep(fingerprint: &dyn Fn(&str, &str) -> String, context: &str, secret: &str) -> String {
    format!("{FINGERPRINT}{}", fingerprint(context, secret))
}

/// The attributes as the state keeps them: secrets from the configuration by their fingerprints,
/// what is write-only not at all.
pub fn without_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    attributes: Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Value {
    without(schema, &address.to_string(), attributes, fingerprint)
}

fn without(
    schema: &Schema,
    here: &str,
    attributes: Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Value {
    let secrets = schema.attributes.iter().filter(|it| it.sensitive || it.write_only);
    let attributes = secrets.fold(attributes, |attributes, attribute| {
        if attribute.write_only {
            return attributes.with(attribute.name, Value::null(attribute.ty.clone()));
        }
        let Some(secret) = attributes.get_str(attribute.name) else {
            return attributes;
        };
        let is_kept = secret.is_empty() || is_fingerprint(secret);
        if is_kept || attribute.is_computed() {
            return attributes;
        }
        let kept = keep(fingerprint, &format!("{here}.{}", attribute.name), secret);
        attributes.with(attribute.name, Value::string(kept).mark(Marks::SENSITIVE))
    });
    in_blocks(schema, here, attributes, &|block, here, _, element| {
        without(&block.schema, here, element, fingerprint)
    })
}

/// Whether a text of the state stands for a secret of the configuration.
pub(crate) fn is_fingerprint(text: &str) -> bool {
    let digest = text.strip_prefix(FINGERPRINT).unwrap_or_default();
    digest.len() == DIGEST && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The fingerprints of the secrets that the configuration gives a new object, whatever they look
/// like: none of them is a fingerprint yet.
pub fn kept_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    wanted: &Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Value {
    let secrets =
        schema.attributes.iter().filter(|it| it.sensitive && !it.write_only && !it.is_computed());
    let kept = secrets.filter_map(|attribute| {
        let secret = wanted.get_str(attribute.name).filter(|secret| !secret.is_empty())?;
        let kept = keep(fingerprint, &secret_context(address, attribute.name), secret);
        Some((attribute.name, Value::string(kept)))
    });
    Value::object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_begins_like_a_fingerprint_is_none() {
        assert!(!is_fingerprint("hmac-sha256:hunter2"));
        assert!(is_fingerprint(&format!("hmac-sha256:{}", "0".repeat(64))));
    }
}
