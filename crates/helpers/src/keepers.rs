//! `keepers` and `triggers`: maps whose change asks for a new object.

use meridian_lang::{Path, Value};
use meridian_resource::Object;

/// The path of the map `name` if its change leads to a new object. A key that is new and null
/// changes nothing, as in the providers.
pub(crate) fn replacing(prior: &Object, planned: &Value, name: &str) -> Vec<Path> {
    let before = prior.attribute(name).unmark_deep();
    match planned.get(name).map(Value::unmark_deep) {
        Some(after) if is_other(&before, &after) => vec![Path::attribute(name)],
        _ => Vec::new(),
    }
}

fn is_other(before: &Value, after: &Value) -> bool {
    if !after.is_known() {
        return true;
    }
    let none = Default::default();
    let before = before.as_entries().unwrap_or(&none);
    let after = after.as_entries().unwrap_or(&none);
    let is_changed = after.iter().any(|(key, value)| match before.get(key) {
        Some(before) => before != value,
        None => !value.is_null(),
    });
    is_changed || before.keys().any(|key| !after.contains_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_lang::Type;

    fn map(entries: &[(&str, Option<&str>)]) -> Value {
        let value = |text: &Option<&str>| text.map_or(Value::null(Type::String), Value::string);
        Value::map(Type::String, entries.iter().map(|(key, text)| (*key, value(text))))
    }

    #[test]
    fn only_what_is_new_and_not_null_or_gone_replaces() {
        let null = || Value::null(Type::map(Type::String));
        let unknown = Value::unknown(Type::map(Type::String));
        let cases = [
            (null(), null(), false),
            (null(), map(&[]), false),
            (map(&[]), null(), false),
            (null(), map(&[("a", None)]), false),
            (null(), map(&[("a", Some("1"))]), true),
            (map(&[("a", Some("1"))]), map(&[("a", Some("1"))]), false),
            (map(&[("a", Some("1"))]), map(&[("a", Some("1")), ("b", None)]), false),
            (map(&[("a", Some("1"))]), map(&[("a", Some("2"))]), true),
            (map(&[("a", Some("1"))]), map(&[("a", None)]), true),
            (map(&[("a", None)]), map(&[]), true),
            (map(&[("a", Some("1"))]), null(), true),
            (null(), unknown, true),
        ];
        for (before, after, expected) in cases {
            let prior = Object::new(Value::object([("keepers", before.clone())]));
            let planned = Value::object([("keepers", after.clone())]);
            let paths = replacing(&prior, &planned, "keepers");
            assert_eq!(!paths.is_empty(), expected, "{before:?} to {after:?}");
        }
    }
}
