//! Members of requests, taken from what is wanted.

use meridian_lang::{Type, Value};
use meridian_resource::Object;

/// The value of an argument that the configuration gives, known or not.
pub fn given(wanted: &Value, name: &str) -> Option<Value> {
    wanted.get(name).filter(|value| !value.is_null()).cloned()
}

/// The value of an argument that is left to the cloud unless it is known and not empty.
pub fn decided(wanted: &Value, name: &str) -> Option<Value> {
    given(wanted, name).filter(|value| value.is_known() && value.as_str() != Some(""))
}

/// Whether a flag is set.
pub fn flag(wanted: &Value, name: &str) -> bool {
    wanted.get(name).and_then(Value::as_bool) == Some(true)
}

/// What must be changed of an attribute: the wanted value where it differs. What is unknown about
/// an object of this run is for the cloud to say.
pub fn asked(observed: &Object, wanted: &Value, name: &str) -> Option<Value> {
    let value = given(wanted, name)?;
    let is_open = !value.is_known() && super::run_facts::holds(observed, super::run_facts::CREATED);
    let is_so = observed.attribute(name).unmark_deep() == value.unmark_deep();
    (!is_open && !is_so).then_some(value)
}

/// A member of an answer; null if it is not there.
pub fn answered(answer: &Value, name: &str) -> Value {
    answer.get(name).cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// A text of an answer; empty if it is not there.
pub fn answered_text(answer: &Value, name: &str) -> Value {
    Value::string(answer.get_str(name).unwrap_or_default())
}

/// The ARN on which a permission is needed; `*` while it is unknown.
pub fn permission_arn(object: &Object) -> String {
    let arn = object.text("arn");
    let id = object.text("id").filter(|id| id.starts_with("arn:"));
    arn.or(id).unwrap_or("*").to_owned()
}
