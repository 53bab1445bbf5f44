//! Which of several spellings of the same is kept.

use meridian_lang::Value;
use meridian_resource::{Object, Presence, Schema};

use crate::policy;

/// Everything null but for what `prior` holds: what an observation starts from.
pub fn base(schema: &Schema, prior: &Object) -> Value {
    let entries = prior.attributes.as_entries().into_iter().flatten();
    entries.fold(schema.empty(), |all, (name, value)| all.with(name, value.clone()))
}

/// Nothing, as the provider has it: null, empty text, an empty collection.
fn is_blank(value: &Value) -> bool {
    if !value.is_known() {
        return false;
    }
    let is_empty_collection = value.as_elements().is_some_and(<[Value]>::is_empty)
        || matches!(value.as_entries(), Some(entries) if entries.is_empty());
    value.is_null() || value.as_str() == Some("") || is_empty_collection
}

/// Keeps the prior spelling of optional arguments that were and are nothing.
pub fn keep_blank(schema: &Schema, prior: Option<&Object>, proposed: Value) -> Value {
    let Some(prior) = prior else {
        return proposed;
    };
    let optional =
        schema.attributes.iter().filter(|attribute| attribute.presence == Presence::Optional);
    optional.fold(proposed, |proposed, attribute| {
        let before = prior.attribute(attribute.name);
        match proposed.get(attribute.name) {
            Some(value) if is_blank(value) && is_blank(&before) => {
                proposed.with(attribute.name, before)
            }
            _ => proposed,
        }
    })
}

/// An empty policy in the configuration is as good as none: the cloud's stays. Of a new object the
/// provider plans it as it is written.
pub fn keep_policy_unless_given(prior: Option<&Object>, proposed: Value) -> Value {
    match prior {
        Some(prior) if proposed.get_str("policy") == Some("") => {
            proposed.with("policy", prior.attribute("policy"))
        }
        _ => proposed,
    }
}

/// A policy as it is kept: as before if it means the same, otherwise in normal form.
pub fn kept_policy(before: Option<&Value>, policy: &Value) -> Value {
    let Some(text) = policy.as_str() else {
        return policy.clone();
    };
    let same =
        |before: &&Value| before.as_str().is_some_and(|before| policy::equivalent(before, text));
    match before.filter(same) {
        Some(before) => before.clone(),
        None => Value::string(policy::normalise(text)).mark(policy.marks()),
    }
}

/// Whether two policies mean the same.
pub fn same_policy(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => policy::equivalent(a, b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;
    use meridian_resource::Attribute;

    use super::*;

    #[test]
    fn nothing_keeps_its_spelling() {
        let schema = Schema {
            attributes: vec![
                Attribute::optional("store", Type::String),
                Attribute::optional("text", Type::String),
            ],
            ..Schema::default()
        };
        let null = Value::null(Type::String);
        let prior = Object::new(Value::object([
            ("store", Value::string("")),
            ("text", Value::string("x")),
        ]));
        let proposed = Value::object([("store", null.clone()), ("text", null.clone())]);
        let kept = keep_blank(&schema, Some(&prior), proposed.clone());
        assert_eq!(kept.get_str("store"), Some(""));
        assert_eq!(kept.get("text"), Some(&null));
        assert_eq!(keep_blank(&schema, None, proposed.clone()), proposed);
    }
}
