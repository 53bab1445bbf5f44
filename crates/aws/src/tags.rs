//! Tags: what is wanted of them, what is shown of them, and what leads from one to the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Object, Place};

/// The tag by which a key that a lost answer left behind is found again. It goes once the key is
/// known.
pub const INTENT: &str = "meridian:intent";

/// Prefix of the tags that belong to this tool and are never shown.
const OURS: &str = "meridian:";

type Entries = BTreeMap<Arc<str>, Value>;

/// Whether a tag is neither AWS's own, nor this tool's, nor told to be left alone.
fn is_managed(place: &Place, key: &str) -> bool {
    let ignored = place.ignored_tag_keys.iter().any(|ignored| ignored == key);
    let prefixes = &place.ignored_tag_prefixes;
    let prefixed = prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()));
    !(ignored || prefixed || key.starts_with("aws:") || key.starts_with(OURS))
}

fn map(entries: Entries) -> Value {
    Value::map(Type::String, entries)
}

/// A resource's own tags (`tags`) on top of the provider's. Unknown while those are.
pub fn merged(place: &Place, own: &Value) -> Value {
    if !own.is_known() {
        return Value::unknown(Type::map(Type::String)).mark(own.marks());
    }
    let defaults = place.default_tags.iter();
    let mut all: Entries = defaults
        .map(|(key, text)| (key.as_str().into(), with_mark(place, key, Value::string(text))))
        .collect();
    for (key, value) in own.as_entries().into_iter().flatten() {
        if !value.is_null() {
            all.insert(key.clone(), value.clone());
        }
    }
    all.retain(|key, _| is_managed(place, key));
    map(all).mark(own.marks())
}

/// A tag's value, which is sensitive if it is that of a sensitive default tag.
fn with_mark(place: &Place, key: &str, value: Value) -> Value {
    let is_default = place.default_tags.get(key).map(String::as_str) == value.as_str();
    match is_default && place.sensitive_default_tags.contains(key) {
        true => value.mark(Marks::SENSITIVE),
        false => value,
    }
}

/// What of the actual tags is shown as `tags_all`.
pub fn shown(place: &Place, actual: &Value) -> Value {
    match actual.as_entries() {
        Some(entries) => {
            let mut entries = entries.clone();
            entries.retain(|key, _| is_managed(place, key));
            let marked = entries.into_iter().map(|(key, value)| {
                let value = with_mark(place, &key, value);
                (key, value)
            });
            map(marked.collect())
        }
        None => actual.clone(),
    }
}

/// What of the actual tags is shown as `tags`: all but those that are the provider's defaults,
/// unless the resource had them too.
pub fn own(place: &Place, prior: &Value, actual: &Value) -> Value {
    let shown = shown(place, actual);
    let Some(entries) = shown.as_entries() else {
        return shown;
    };
    let is_default = |key: &str, value: &Value| {
        place.default_tags.get(key).map(String::as_str) == value.as_str()
            && place.default_tags.contains_key(key)
    };
    let had = |key: &str, value: &Value| prior.get_str(key) == value.as_str();
    let mut entries = entries.clone();
    entries.retain(|key, value| !is_default(key, value) || had(key, value));
    map(entries)
}

/// What `tags_all` will be, as the provider plans it; `None` if it stays as proposed.
fn planned_all(place: &Place, prior: Option<&Object>, tags: &Value) -> Option<Value> {
    let unknown = || Some(Value::unknown(Type::map(Type::String)));
    if !tags.is_wholly_known() {
        return unknown();
    }
    let all = merged(place, tags);
    let entries = all.as_entries()?;
    let has_empty_text = |tags: &Value| tags.children().any(|value| value.as_str() == Some(""));
    let before = prior.map(|object| object.attribute("tags"));
    let changed = match &before {
        Some(before) => !same(before, tags),
        None => tags.children().next().is_some(),
    };
    if changed {
        if entries.is_empty() || (has_empty_text(tags) && has_empty_text(&all)) {
            return unknown();
        }
        return Some(all);
    }
    if entries.is_empty() {
        return None;
    }
    if !has_empty_text(&all) {
        return Some(all);
    }
    let stays = prior.is_some_and(|object| same(&object.attribute("tags_all"), &all));
    if stays { None } else { unknown() }
}

/// The planned attributes with `tags_all` put in. An empty map where there were no tags is none:
/// the provider sees no difference between them. Nor does it know anything of a map in which
/// something is not known.
pub fn plan(place: &Place, prior: Option<&Object>, planned: Value) -> Value {
    let none = || Value::null(Type::map(Type::String));
    let own = planned.get("tags").cloned().unwrap_or_else(none);
    let had_none = prior.is_none_or(|object| object.attribute("tags").is_null());
    let is_empty = own.is_known() && own.as_entries().is_some_and(Entries::is_empty);
    let planned = match had_none && is_empty {
        true => planned.with("tags", none().mark(own.marks())),
        false => undecided_map(planned, "tags"),
    };
    match planned_all(place, prior, &own) {
        Some(all) => planned.with("tags_all", all),
        None => planned,
    }
}

/// The planned attributes, with a map in which something is not known as one that is not known.
pub fn undecided_map(planned: Value, name: &str) -> Value {
    match planned.get(name) {
        Some(map) if !map.is_wholly_known() => {
            let unknown = Value::unknown(Type::map(Type::String)).mark(map.deep_marks());
            planned.with(name, unknown)
        }
        _ => planned,
    }
}

/// Whether two maps hold the same, no map and an empty one being the same.
fn same(a: &Value, b: &Value) -> bool {
    let none = Entries::new();
    let a = a.unmark_deep();
    let b = b.unmark_deep();
    a.as_entries().unwrap_or(&none) == b.as_entries().unwrap_or(&none)
}

/// A change of tags.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// Take away the tags with these keys.
    Remove(Value),
    /// Put these on, a map.
    Put(Value),
}

/// The first change that leads from the actual tags to those wanted.
pub fn change(place: &Place, actual: &Value, own: &Value) -> Option<Change> {
    let wanted = merged(place, own);
    let none = Entries::new();
    let have = actual.as_entries().unwrap_or(&none);
    let Some(want) = wanted.as_entries() else {
        let left = have.keys().filter(|key| key.starts_with(OURS));
        return removal(actual, left).or_else(|| {
            let agreed = !actual.is_known();
            (!agreed).then_some(Change::Put(wanted))
        });
    };
    let superfluous = have.keys().filter(|key| {
        key.starts_with(OURS) || (is_managed(place, key) && !want.contains_key(*key))
    });
    removal(actual, superfluous).or_else(|| {
        let mut missing = want.clone();
        missing.retain(|key, value| {
            have.get(key).map(Value::unmark_deep) != Some(value.unmark_deep())
        });
        (!missing.is_empty()).then(|| Change::Put(map(missing).mark(wanted.marks())))
    })
}

/// Names in a map have no marks of their own: they are as secret as the map.
fn removal<'a>(actual: &Value, keys: impl Iterator<Item = &'a Arc<str>>) -> Option<Change> {
    let keys: Vec<Value> = keys.map(Value::string).collect();
    let removed = || Value::list(Type::String, keys.clone()).mark(actual.marks());
    (!keys.is_empty()).then(|| Change::Remove(removed()))
}

/// The actual tags after some were taken away.
pub fn without(actual: &Value, keys: &Value) -> Value {
    let mut left = actual.as_entries().cloned().unwrap_or_default();
    left.retain(|key, _| keys.children().all(|gone| gone.as_str() != Some(key)));
    map(left).mark(actual.marks())
}

/// The actual tags after some were put on.
pub fn with(actual: &Value, put: &Value) -> Value {
    let Some(put_entries) = put.as_entries() else {
        return put.clone();
    };
    let mut all = actual.as_entries().cloned().unwrap_or_default();
    all.extend(put_entries.clone());
    map(all).mark(actual.marks() | put.marks())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::testing::place;

    fn tags<const N: usize>(entries: [(&str, &str); N]) -> Value {
        Value::map(Type::String, entries.map(|(key, text)| (key, Value::string(text))))
    }

    fn place_with_defaults() -> Place {
        let mut place = place("us-east-1");
        place.default_tags.insert("Team".into(), "core".into());
        place.ignored_tag_prefixes.push("auto/".into());
        place
    }

    #[test]
    fn own_tags_win_over_defaults_and_ignored_ones_are_left_out() {
        let place = place_with_defaults();
        let own = tags([("Team", "app"), ("auto/x", "1"), ("B", "2")]);
        assert_eq!(merged(&place, &own), tags([("B", "2"), ("Team", "app")]));
    }

    #[test]
    fn actual_tags_are_split_into_own_and_all() {
        let place = place_with_defaults();
        let actual =
            tags([("A", "1"), ("Team", "core"), ("aws:x", "y"), (INTENT, "7"), ("auto/x", "1")]);
        assert_eq!(shown(&place, &actual), tags([("A", "1"), ("Team", "core")]));
        let none = Value::null(Type::map(Type::String));
        assert_eq!(own(&place, &none, &actual), tags([("A", "1")]));
        let had = tags([("Team", "core")]);
        assert_eq!(own(&place, &had, &actual), tags([("A", "1"), ("Team", "core")]));
    }

    #[test]
    fn removal_comes_before_putting_on() {
        let place = place_with_defaults();
        let wanted = tags([("A", "2")]);
        let actual = tags([("A", "1"), ("old", ""), (INTENT, "7"), ("auto/x", "1")]);
        let Some(Change::Remove(keys)) = change(&place, &actual, &wanted) else {
            panic!("the old tag and the mark must go");
        };
        let texts: Vec<_> = keys.children().filter_map(Value::as_str).collect();
        assert_eq!(texts, [INTENT, "old"]);
        let actual = without(&actual, &keys);
        let Some(Change::Put(put)) = change(&place, &actual, &wanted) else {
            panic!("A and Team are missing");
        };
        assert_eq!(put, tags([("A", "2"), ("Team", "core")]));
        assert_eq!(change(&place, &with(&actual, &put), &wanted), None);
    }

    #[test]
    fn unknown_tags_are_put_once() {
        let place = place("us-east-1");
        let wanted = Value::unknown(Type::map(Type::String));
        let actual = tags([("A", "1")]);
        let Some(Change::Put(put)) = change(&place, &actual, &wanted) else {
            panic!("unknown tags must be put on");
        };
        assert_eq!(change(&place, &with(&actual, &put), &wanted), None);
    }

    #[test]
    fn all_tags_are_planned_as_the_provider_plans_them() {
        let bare = place("us-east-1");
        let unknown = Some(Value::unknown(Type::map(Type::String)));
        let null = Value::null(Type::map(Type::String));
        assert_eq!(planned_all(&bare, None, &null), None);
        assert_eq!(planned_all(&bare, None, &tags([("A", "1")])), Some(tags([("A", "1")])));
        let prior = Object::new(Value::object([
            ("tags", tags([("A", "1")])),
            ("tags_all", tags([("A", "1")])),
        ]));
        assert_eq!(planned_all(&bare, Some(&prior), &null), unknown);
        let defaults = place_with_defaults();
        let empty = Value::object([("tags", tags([])), ("tags_all", null.clone())]);
        assert_eq!(plan(&bare, None, empty.clone()).get("tags"), Some(&null));
        assert_eq!(plan(&bare, Some(&prior), empty.clone()).get("tags"), Some(&tags([])));
        let secret = empty.clone().with("tags", tags([]).mark(meridian_lang::Marks::SENSITIVE));
        assert!(plan(&bare, None, secret).get("tags").is_some_and(Value::is_sensitive));
        assert_eq!(planned_all(&defaults, None, &null), Some(tags([("Team", "core")])));
        let open = with(&tags([("A", "1")]), &tags([("B", "2")]));
        let open = open.with("C", Value::unknown(Type::String));
        for name in ["tags", "tags_all"] {
            let planned = plan(&bare, Some(&prior), empty.clone().with("tags", open.clone()));
            assert_eq!(planned.get(name).cloned(), unknown, "{name}");
        }
    }
}
