//! Resource instances as JSON.

use meridian_graph::{InstanceAddress, InstanceKey, ResourceAddress, ResourceMode};
use meridian_lang::Value;
use meridian_plan::Action;
use meridian_resource::Registry;
use serde_json::{Map, Value as Json, json};

use super::mask::{known, sensitive_mask, unknown_mask};
use crate::secrecy::marked;

/// The members by which an instance is known, wherever it is listed.
pub(super) fn identity(address: &InstanceAddress, registry: &Registry) -> Map<String, Json> {
    let resource = &address.resource;
    let mode = match resource.mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    };
    let mut members = Map::new();
    members.insert("address".to_owned(), json!(address.to_string()));
    members.insert("mode".to_owned(), json!(mode));
    members.insert("type".to_owned(), json!(*resource.type_name));
    members.insert("name".to_owned(), json!(*resource.name));
    match &address.key {
        Some(InstanceKey::Index(index)) => members.insert("index".to_owned(), json!(index)),
        Some(InstanceKey::Text(text)) => members.insert("index".to_owned(), json!(**text)),
        None => None,
    };
    let source = registry.provider_of(resource).map(|provider| provider.source());
    members.insert("provider_name".to_owned(), json!(source));
    members
}

/// The same with the module, for lists that are not sorted by modules.
pub(super) fn full_identity(address: &InstanceAddress, registry: &Registry) -> Map<String, Json> {
    let mut members = identity(address, registry);
    let module = &address.resource.module;
    if !module.is_root() {
        members.insert("module_address".to_owned(), json!(module.to_string()));
    }
    members
}

/// The object with its schema's secrets marked.
pub(super) fn guarded(object: &Value, resource: &ResourceAddress, registry: &Registry) -> Value {
    match registry.schema(resource) {
        Some(schema) => marked(object, schema),
        None => object.clone(),
    }
}

/// An instance as a state or the planned values list it.
pub(super) fn value_representation(
    address: &InstanceAddress,
    object: &Value,
    registry: &Registry,
) -> Map<String, Json> {
    let object = guarded(object, &address.resource, registry);
    let version = registry.schema(&address.resource).map_or(0, |schema| schema.version);
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
