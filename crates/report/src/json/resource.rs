//! Resource instances as JSON.

use meridian_graph::{InstanceAddress, InstanceKey};
use meridian_lang::Value;
use meridian_plan::Action;
use meridian_resource::Registry;
use serde_json::{Map, Value as Json, json};

use super::mask::{known, sensitive_mask, unknown_mask};
use crate::secrecy::marked;

/// The members by which an instance is known, wherever it is listed.
pub(super) fn identity(address: &InstanceAddress, registry: &Registry) -> Map<String, Json> {
    let type_name = &*address.resource.type_name;
    let mut members = Map::new();
    members.insert("address".to_owned(), json!(address.to_string()));
    members.insert("mode".to_owned(), json!("managed"));
    members.insert("type".to_owned(), json!(type_name));
    members.insert("name".to_owned(), json!(*address.resource.name));
    match &address.key {
        Some(InstanceKey::Index(index)) => members.insert("index".to_owned(), json!(index)),
        Some(InstanceKey::Text(text)) => members.insert("index".to_owned(), json!(**text)),
        None => None,
    };
    let owner = registry
        .providers()
        .iter()
        .find(|provider| provider.resource_types().iter().any(|known| known.name() == type_name));
    let source = owner.map(|provider| provider.source());
    members.insert("provider_name".to_owned(), json!(source));
    members
}

/// The object with its schema's secrets marked.
pub(super) fn guarded(object: &Value, type_name: &str, registry: &Registry) -> Value {
    match registry.resource_type(type_name) {
        Some(known) => marked(object, known.schema()),
        None => object.clone(),
    }
}

/// An instance as a state or the planned values list it.
pub(super) fn value_representation(
    address: &InstanceAddress,
    object: &Value,
    registry: &Registry,
) -> Map<String, Json> {
    let type_name = &address.resource.type_name;
    let object = guarded(object, type_name, registry);
    let version = registry.resource_type(type_name).map_or(0, |known| known.schema().version);
    let mut members = identity(address, registry);
    members.insert("schema_version".to_owned(), json!(version));
    members.insert("values".to_owned(), json!(known(&object)));
    members.insert("sensitive_values".to_owned(), sensitive_mask(&object));
    members
}

/// The two sides of a change of an object. What is absent on a side is null there.
pub(super) fn change_members(
    actions: Json,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Map<String, Json> {
    let mask = |value: Option<&Value>| value.map_or(json!(false), sensitive_mask);
    let unknown = after.filter(|value| !value.is_wholly_known());
    let mut members = Map::new();
    members.insert("actions".to_owned(), actions);
    members.insert("before".to_owned(), json!(before.and_then(known)));
    members.insert("after".to_owned(), json!(after.and_then(known)));
    members.insert("after_unknown".to_owned(), unknown.map_or(json!({}), unknown_mask));
    members.insert("before_sensitive".to_owned(), mask(before));
    members.insert("after_sensitive".to_owned(), mask(after));
    members
}

/// The action as Terraform lists it.
pub(super) fn actions(action: Action, create_first: bool) -> Json {
    match action {
        Action::NoOp => json!(["no-op"]),
        Action::Create => json!(["create"]),
        Action::Update => json!(["update"]),
        Action::Replace if create_first => json!(["create", "delete"]),
        Action::Replace => json!(["delete", "create"]),
        Action::Delete => json!(["delete"]),
        Action::Forget => json!(["forget"]),
        Action::Read => json!(["read"]),
        Action::Open => json!(["open"]),
    }
}
