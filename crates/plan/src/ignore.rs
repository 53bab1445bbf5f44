//! `ignore_changes`: the configuration with parts of it put back to what is.

use meridian_config::IgnoreChanges;
use meridian_lang::{Diagnostic, Diagnostics, Kind, Path, Span, Step, Type, Value};
use meridian_resource::{Presence, Schema};

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
                [Step::Attribute(name), Step::Key(key) | Step::Attribute(key)]
                    if is_map(config.get(name)) =>
                {
                    restore_element(config, prior, name, key)
                }
                // In what is no map, the key of an element stands for the whole.
                [Step::Attribute(name), Step::Key(_)] => restore(config, name),
                steps => restore_part(config, prior, steps),
            })
        }
    }
}

/// Whether the elements of a value are looked at one by one; a map may be null, or not be known.
fn is_map(value: Option<&Value>) -> bool {
    value.is_some_and(|value| matches!(value.ty(), Type::Map(_)))
}

/// The part that the steps lead to, put back; nothing if it is not there before and now.
fn restore_part(config: Value, prior: &Value, steps: &[Step]) -> Value {
    let Some((last, outer)) = steps.split_last() else { return config };
    let parent = Path(outer.to_vec());
    let (Some(now), Some(before)) = (config.at(&parent), prior.at(&parent)) else { return config };
    let (path, part) = match (last, now.kind()) {
        (Step::Key(key) | Step::Attribute(key), Kind::Map(ty, entries)) => {
            let mut entries = (**entries).clone();
            match before.get(key) {
                Some(value) => entries.insert(key.clone(), value.clone()),
                None => entries.remove(key),
            };
            (parent, Value::map(ty.clone(), entries).mark(now.marks()))
        }
        (Step::Key(_), _) => (parent, before.clone()),
        _ => match before.at(&Path(vec![last.clone()])) {
            Some(value) => (Path(steps.to_vec()), value.clone()),
            None => return config,
        },
    };
    config.map_at(&path.0, &|_| part.clone())
}

/// Says which paths of `ignore_changes` lead nowhere, or to what is not configured anyway.
/// `header` is that of the block.
pub(crate) fn check_ignored(schema: &Schema, ignore: &IgnoreChanges, header: Span) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let IgnoreChanges::Some(paths) = ignore else { return diagnostics };
    for (path, span) in paths {
        let Some(Step::Attribute(name)) = path.0.first() else { continue };
        match schema.attribute(name) {
            Some(attribute) if attribute.presence == Presence::Computed => {
                let detail = format!(
                    "Adding an attribute name to ignore_changes tells Meridian to ignore future \
                     changes to the argument in configuration after the object has been created, \
                     retaining the value originally configured.\n\nThe attribute {name} is decided \
                     by the provider alone and therefore there can be no configured value to \
                     compare with. Including this attribute in ignore_changes has no effect. Remove \
                     the attribute from ignore_changes to quiet this warning."
                );
                let warning = Diagnostic::warning("Redundant ignore_changes element", detail);
                diagnostics.push(warning.at(header));
            }
            None if schema.block(name).is_none() => {
                let detail = format!(
                    "This object has no argument, nested block, or exported attribute named \
                     \"{name}\"."
                );
                diagnostics.push(Diagnostic::error("Unsupported attribute", detail).at(*span));
            }
            _ => {}
        }
    }
    diagnostics
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
