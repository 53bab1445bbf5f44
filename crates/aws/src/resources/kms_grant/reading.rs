//! What a listed grant tells, and whether two grants are the same.

use std::collections::BTreeSet;

use meridian_lang::{Type, Value};
use meridian_resource::Object;

use super::arguments;
use super::constraints::Constraints;
use crate::resources::members::answered;

fn texts(value: &Value) -> BTreeSet<&str> {
    value.children().filter_map(Value::as_str).collect()
}

/// Who may do something by a grant: a principal, or a service.
fn principal(grant: &Value, role: &str) -> Value {
    let names = [format!("{role}Principal"), format!("{role}ServicePrincipal")];
    let mut found = names.iter().filter_map(|name| grant.get(name).cloned());
    found.next().unwrap_or_else(|| Value::null(Type::String))
}

/// A text of an answer, in the spelling of nothing that was there before.
fn or_nothing(value: Value, before: Value) -> Value {
    match (value.is_null(), before.as_str()) {
        (true, Some("")) => before,
        (true, _) => Value::null(Type::String),
        _ => value,
    }
}

/// Whether two objects ask for the same grant: the same request with the same name finds it.
pub(super) fn same_request(a: &Value, b: &Value) -> bool {
    let same_text = |name: &str| {
        let (a, b) = (answered(a, name), answered(b, name));
        let nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
        a.unmark_deep() == b.unmark_deep() || (nothing(&a) && nothing(&b))
    };
    let same_operations = {
        let (a, b) = (answered(a, "operations"), answered(b, "operations"));
        a.is_wholly_known() && b.is_wholly_known() && texts(&a) == texts(&b)
    };
    let constraints = |value: &Value| Constraints::of_blocks(&answered(value, "constraints"));
    same_operations
        && arguments::same_key(&answered(a, "key_id"), &answered(b, "key_id"))
        && ["name", "grantee_principal", "retiring_principal"].into_iter().all(same_text)
        && constraints(a).is_some_and(|a| constraints(b) == Some(a))
}

/// The attributes that a listed grant tells.
pub(super) fn read(attributes: Value, prior: &Object, grant: &Value) -> Value {
    let key = prior.attribute("key_id");
    let key = if key.is_null() { answered(grant, "KeyId") } else { key };
    let id = format!(
        "{}:{}",
        key.as_str().unwrap_or_default(),
        grant.get_str("GrantId").unwrap_or_default()
    );
    let operations = answered(grant, "Operations");
    let operations = Value::set(Type::String, operations.children().cloned());
    let retires = prior.attribute("retire_on_delete");
    let before = prior.attribute("constraints");
    let told = Constraints::of_answer(&answered(grant, "Constraints"));
    attributes
        .with("key_id", key)
        .with("id", Value::string(id))
        .with("grant_id", answered(grant, "GrantId"))
        .with("grantee_principal", principal(grant, "Grantee"))
        .with(
            "retiring_principal",
            or_nothing(principal(grant, "Retiring"), prior.attribute("retiring_principal")),
        )
        .with("name", or_nothing(answered(grant, "Name"), prior.attribute("name")))
        .with("operations", operations)
        .with("retire_on_delete", if retires.is_null() { Value::bool(false) } else { retires })
        .with("constraints", told.blocks(&before))
}
