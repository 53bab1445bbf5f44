//! Members of objects: arguments, attributes, and what a call carries.

use meridian_lang::{Type, Value};

/// A member; null if there is none.
pub(crate) fn member(object: &Value, name: &str) -> Value {
    object.get(name).cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// A known whole number of 64 bits.
pub(crate) fn whole(object: &Value, name: &str) -> Option<i64> {
    object.get(name)?.as_i64()
}

/// Whether a flag is set.
pub(crate) fn flag(object: &Value, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool) == Some(true)
}

/// The text of a member; empty if it is null or not known.
pub(crate) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get_str(name).unwrap_or_default()
}

/// Whether a member is given, known or not.
pub(crate) fn is_given(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|value| !value.is_null())
}

/// Whether a member is still open.
pub(crate) fn is_open(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|value| !value.is_known())
}

/// These members of an object, for a call to carry.
pub(crate) fn members<const N: usize>(
    object: &Value,
    names: [&'static str; N],
) -> [(&'static str, Value); N] {
    names.map(|name| (name, member(object, name)))
}

/// `object` with these members of `answer` under the same names.
pub(crate) fn taken<const N: usize>(object: Value, answer: &Value, names: [&str; N]) -> Value {
    names.into_iter().fold(object, |object, name| match answer.get(name) {
        Some(value) => object.with(name, value.clone()),
        None => object,
    })
}

/// Whether this holds for any of these members.
pub(crate) fn any_of(object: &Value, names: &[&str], holds: impl Fn(&Value) -> bool) -> bool {
    names.iter().filter_map(|name| object.get(name)).any(holds)
}
