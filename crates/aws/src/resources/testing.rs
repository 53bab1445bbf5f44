//! What tests of resource types share: a place, objects, and the predicted way of calls.

use meridian_lang::Value;
use meridian_resource::{Call, Next, Object, Place, ProviderKey, ResourceType};

/// A place without default tags.
pub(crate) fn place(region: &str) -> Place {
    Place {
        provider: ProviderKey::parse("aws"),
        region: region.to_owned(),
        default_tags: Default::default(),
        ignored_tag_keys: Vec::new(),
        ignored_tag_prefixes: Vec::new(),
        sensitive_default_tags: std::collections::BTreeSet::new(),
    }
}

/// What is wanted: defaults and these attributes, all else as the planner fills it on creation.
pub(crate) fn wanted<const N: usize>(
    kind: &dyn ResourceType,
    attributes: [(&str, Value); N],
) -> Value {
    let schema = kind.schema();
    let filled = schema.attributes.iter().fold(schema.empty(), |all, it| {
        let value = match &it.default {
            Some(default) => default.clone(),
            None if it.is_computed() => Value::unknown(it.ty.clone()),
            None => Value::null(it.ty.clone()),
        };
        all.with(it.name, value)
    });
    attributes.into_iter().fold(filled, |all, (name, value)| all.with(name, value))
}

/// The calls and the end of the predicted way.
pub(crate) fn way(
    kind: &dyn ResourceType,
    place: &Place,
    observed: Option<Object>,
    wanted: Option<&Value>,
) -> (Vec<Call>, Next, Option<Object>) {
    let mut object = observed;
    let mut calls = Vec::new();
    for _ in 0..30 {
        match kind.next(place, object.as_ref(), wanted) {
            Next::Call(call) => {
                object = kind.after(place, object.as_ref(), wanted, &call, None);
                calls.push(*call);
            }
            end => return (calls, end, object),
        }
    }
    panic!("the way does not end: {calls:?}");
}

/// The operations of a predicted way that must arrive.
pub(crate) fn operations(
    kind: &dyn ResourceType,
    place: &Place,
    observed: Option<Object>,
    wanted: Option<&Value>,
) -> Vec<&'static str> {
    let (calls, end, _) = way(kind, place, observed, wanted);
    assert_eq!(end, Next::Done);
    calls.into_iter().map(|call| call.operation).collect()
}

/// An object answer.
pub(crate) fn answer<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::object(members)
}

/// Text.
pub(crate) fn text(text: &str) -> Value {
    Value::string(text)
}
