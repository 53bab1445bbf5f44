//! `ignore_changes`: the configuration with parts of it put back to what is.

use meridian_config::IgnoreChanges;
use meridian_lang::{Kind, Path, Step, Value};
use meridian_resource::Schema;

use crate::propose::is_nothing;
use crate::secrets::holds_fingerprint;

/// The configuration with what is to be ignored put back to what is. A new object that takes the
/// place of the old one gets its secrets from the configuration all the same: of the old ones
/// only fingerprints are known.
pub(crate) fn ignore_changes(
    schema: &Schema,
    ignore: &IgnoreChanges,
    config: Value,
    prior: &Value,
    is_replacement: bool,
) -> Value {
    let restore = |config: Value, name: &str| match prior.get(name) {
        Some(value) if is_replacement && holds_fingerprint(schema, name, value) => config,
        Some(value) => config.with(name, value.clone()),
        None => config,
    };
    match ignore {
        IgnoreChanges::None => config,
        IgnoreChanges::All => {
            let names: Vec<_> = config.as_entries().into_iter().flatten().map(|(n, _)| n).collect();
            names.into_iter().fold(config.clone(), |config, name| restore(config, name))
        }
        IgnoreChanges::Some(paths) => {
            paths.iter().fold(config, |config, (path, _)| match path.0.as_slice() {
                [Step::Attribute(name)] => restore(config, name),
                [Step::Attribute(name), Step::Key(key) | Step::Attribute(key)] => {
                    restore_element(config, prior, name, key)
                }
                _ => config,
            })
        }
    }
}

fn restore_element(config: Value, prior: &Value, name: &str, key: &str) -> Value {
    let Some(before) = prior.at(&Path(vec![Step::Attribute(name.into()), Step::Key(key.into())]))
    else {
        return without_element(config, prior, name, key);
    };
    match config.get(name) {
        Some(map) if !map.is_null() => {
            let map = map.clone().with(key, before.clone());
            config.with(name, map)
        }
        _ => {
            let Some(whole) = prior.get(name) else {
                return config;
            };
            let only = Value::map(before.ty(), [(key, before.clone())]);
            if is_nothing(whole) { config } else { config.with(name, only) }
        }
    }
}

/// An element that is not there is not added either.
fn without_element(config: Value, prior: &Value, name: &str, key: &str) -> Value {
    let Some(map) = config.get(name) else { return config };
    let Kind::Map(ty, entries) = map.kind() else { return config };
    if !entries.contains_key(key) {
        return config;
    }
    let rest = entries.iter().filter(|(other, _)| ***other != *key);
    let rest: Vec<_> = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
    let rest = match prior.get(name) {
        Some(nothing) if rest.is_empty() && is_nothing(nothing) => nothing.clone(),
        _ => Value::map(ty.clone(), rest).mark(map.marks()),
    };
    config.with(name, rest)
}
