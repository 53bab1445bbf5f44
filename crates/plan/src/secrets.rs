//! Secrets of the configuration: the state keeps their fingerprints in their place.

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Value};
use meridian_resource::{Object, Schema};

use crate::nested_secrets;

/// How the state marks a fingerprint that stands for a secret.
const FINGERPRINT: &str = "hmac-sha256:";
/// The length of a digest in hexadecimal.
const DIGEST: usize = 64;
/// What stands between a fingerprint and the address that it is bound to, if that is not the
/// object's own.
const BOUND_TO: char = '@';

/// Whether the value of an attribute stands for a secret that only the configuration knows.
pub(crate) fn holds_fingerprint(schema: &Schema, name: &str, value: &Value) -> bool {
    let is_secret = schema.attribute(name).is_some_and(|it| it.sensitive && !it.is_computed());
    is_secret && value.as_str().is_some_and(is_fingerprint)
}

/// The state keeps a fingerprint in the place of a secret argument. If the configuration's value
/// has the same one, it is what was applied.
pub fn recall_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    observed: Object,
    config: &Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Object {
    let observed = nested_secrets::recall(schema, address, observed, config, fingerprint);
    let secrets = schema.attributes.iter().filter(|it| it.sensitive && !it.is_computed());
    secrets.fold(observed, |object, attribute| {
        let Some(kept) = object.text(attribute.name).filter(|kept| is_fingerprint(kept)) else {
            return object;
        };
        let (print, bound_to) = match kept.split_once(BOUND_TO) {
            Some((print, bound_to)) => (print, bound_to.to_owned()),
            None => (kept, address.to_string()),
        };
        let context = secret_context(&bound_to, attribute.name);
        let written = config.get_str(attribute.name);
        match written.or_else(|| write_only_twin(schema, config, attribute.name)) {
            Some(text) if keep(fingerprint, &context, text) == print => {
                object.with(attribute.name, Value::string(text).mark(Marks::SENSITIVE))
            }
            _ => object,
        }
    })
}

/// The value of the write-only argument that can stand for this one: it has the same name with
/// `_wo` behind it.
fn write_only_twin<'v>(schema: &Schema, config: &'v Value, name: &str) -> Option<&'v str> {
    let twin = schema.attribute(&format!("{name}_wo")).filter(|it| it.write_only)?;
    config.get_str(twin.name)
}

/// What the fingerprint of a secret argument is bound to.
fn secret_context(address: &dyn std::fmt::Display, attribute: &str) -> String {
    format!("{address}.{attribute}")
}

/// The attributes of an object that gets another address while its secrets are not at hand: each
/// fingerprint says from now on which address it is bound to.
pub fn rebound_secrets(schema: &Schema, address: &InstanceAddress, attributes: Value) -> Value {
    let secrets = schema.attributes.iter().filter(|it| it.sensitive && !it.is_computed());
    secrets.fold(attributes, |attributes, attribute| {
        match attributes.get_str(attribute.name).filter(|kept| is_fingerprint(kept)) {
            Some(kept) if !kept.contains(BOUND_TO) => {
                let kept = Value::string(format!("{kept}{BOUND_TO}{address}"));
                attributes.with(attribute.name, kept.mark(Marks::SENSITIVE))
            }
            _ => attributes,
        }
    })
}

pub(crate) fn keep(
    fingerprint: &dyn Fn(&str, &str) -> String,
    context: &str,
    secret: &str,
) -> String {
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
    let attributes = nested_secrets::without(schema, address, attributes, fingerprint);
    schema.attributes.iter().filter(|it| it.sensitive || it.write_only).fold(
        attributes,
        |attributes, attribute| {
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
            let kept = keep(fingerprint, &secret_context(address, attribute.name), secret);
            attributes.with(attribute.name, Value::string(kept).mark(Marks::SENSITIVE))
        },
    )
}

/// Whether a text of the state stands for a secret of the configuration.
pub fn is_fingerprint(text: &str) -> bool {
    let print = text.strip_prefix(FINGERPRINT).unwrap_or_default();
    let digest = print.split_once(BOUND_TO).map_or(print, |(digest, _)| digest);
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
    use meridian_lang::Type;
    use meridian_resource::Attribute;

    use super::*;

    #[test]
    fn a_secret_that_begins_like_a_fingerprint_is_none() {
        assert!(!is_fingerprint("hmac-sha256:hunter2"));
        assert!(is_fingerprint(&format!("hmac-sha256:{}", "0".repeat(64))));
        assert!(is_fingerprint(&format!("hmac-sha256:{}@a.b", "0".repeat(64))));
        assert!(!is_fingerprint("hmac-sha256:hunter2@a.b"));
    }

    #[test]
    fn a_secret_is_known_again_at_another_address() {
        let secret = Attribute::optional("password", Type::String).sensitive();
        let schema = Schema { attributes: vec![secret], ..Schema::default() };
        let [first, second, third] = ["t.a", "t.b", "module.m.t.c[\"x@y\"]"]
            .map(|text| InstanceAddress::parse(text).expect("an address"));
        // Stands for a keyed hash: its text tells both what it was made of, and is as long.
        let print = |context: &str, secret: &str| {
            let digest = context.bytes().chain(secret.bytes());
            format!("{:064x}", digest.fold(7u64, |all, it| all.wrapping_mul(31) ^ u64::from(it)))
        };
        let config = |text: &str| Value::object([("password", Value::string(text))]);
        let known = |address: &InstanceAddress, kept: &Value, text: &str| {
            let object = Object::new(kept.clone());
            let found = recall_secrets(&schema, address, object, &config(text), &print);
            found.text("password") == Some(text)
        };
        let kept = without_secrets(&schema, &first, config("hunter2"), &print);
        assert!(known(&first, &kept, "hunter2") && !known(&second, &kept, "hunter2"));
        let moved = rebound_secrets(&schema, &first, kept);
        assert!(known(&second, &moved, "hunter2") && !known(&second, &moved, "hunter3"));
        let again = rebound_secrets(&schema, &second, moved.clone());
        assert_eq!(again.get_str("password"), moved.get_str("password"));
        assert!(known(&third, &again, "hunter2"));
        let far =
            rebound_secrets(&schema, &third, without_secrets(&schema, &third, config("x"), &print));
        assert!(known(&first, &far, "x"));
    }
}
