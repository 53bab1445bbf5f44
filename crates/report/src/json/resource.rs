//! Resource instances as JSON.

use std::collections::BTreeMap;

use meridian_graph::{InstanceAddress, InstanceKey, ResourceAddress, ResourceMode};
use meridian_lang::{Json, Value};
use meridian_plan::Action;
use meridian_resource::{Registry, Schema};

use super::mask::{known, sensitive_mask, unknown_mask};
use crate::secrecy::marked;

/// The members by which an instance is known, wherever it is listed.
pub(super) fn identity(address: &InstanceAddress, registry: &Registry) -> BTreeMap<String, Json> {
    let resource = &address.resource;
    let mode = match resource.mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    };
    let mut members = BTreeMap::new();
    members.insert("address".to_owned(), address.to_string().into());
    members.insert("mode".to_owned(), mode.into());
    members.insert("type".to_owned(), (&*resource.type_name).into());
    members.insert("name".to_owned(), (&*resource.name).into());
    if let Some(key) = &address.key {
        members.insert("index".to_owned(), key_json(key));
    }
    let source = registry.provider_of(resource).map(|provider| provider.source());
    members.insert("provider_name".to_owned(), source.into());
    members
}

/// The key of an instance: a number or a text.
pub(crate) fn key_json(key: &InstanceKey) -> Json {
    match key {
        InstanceKey::Index(index) => Json::from(*index),
        InstanceKey::Text(text) => Json::from(&**text),
    }
}

/// The same with the module, for lists that are not sorted by modules.
pub(super) fn full_identity(
    address: &InstanceAddress,
    registry: &Registry,
) -> BTreeMap<String, Json> {
    let mut members = identity(address, registry);
    let module = &address.resource.module;
    if !module.is_root() {
        members.insert("module_address".to_owned(), module.to_string().into());
    }
    members
}

/// The object with its schema's secrets marked, and without what is supplementary and null.
pub(super) fn guarded(object: &Value, resource: &ResourceAddress, registry: &Registry) -> Value {
    match registry.schema(resource) {
        Some(schema) => marked(&without_the_supplementary(object, schema), schema),
        None => object.clone(),
    }
}

fn without_the_supplementary(object: &Value, schema: &Schema) -> Value {
    let is_left_out = |name: &str, value: &Value| {
        value.is_null() && schema.attribute(name).is_some_and(|it| it.supplementary)
    };
    let Some(entries) = object.as_entries() else { return object.clone() };
    let kept = entries.iter().filter(|(name, value)| !is_left_out(name, value));
    let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
    Value::object(kept.collect::<Vec<_>>()).mark(object.marks())
}

/// An instance as a state or the planned values list it.
pub(super) fn value_representation(
    address: &InstanceAddress,
    object: &Value,
    registry: &Registry,
) -> BTreeMap<String, Json> {
    let object = guarded(object, &address.resource, registry);
    let version = registry.schema(&address.resource).map_or(0, |schema| schema.version);
    let mut members = identity(address, registry);
    members.insert("schema_version".to_owned(), u64::from(version).into());
    // Terraform leaves out what it knows nothing of.
    if let Some(values) = known(&object).filter(|values| *values != Json::object([])) {
        members.insert("values".to_owned(), values);
    }
    members.insert("sensitive_values".to_owned(), sensitive_mask(&object));
    members
}

/// The two sides of a change of an object. What is absent on a side is null there.
pub(super) fn change_members(
    actions: Json,
    before: Option<&Value>,
    after: Option<&Value>,
) -> BTreeMap<String, Json> {
    let mask = |value: Option<&Value>| value.map_or(Json::Bool(false), sensitive_mask);
    let unknown = after.filter(|value| !value.is_wholly_known());
    let mut members = BTreeMap::new();
    members.insert("actions".to_owned(), actions);
    members.insert("before".to_owned(), before.and_then(known).into());
    members.insert("after".to_owned(), after.and_then(known).into());
    members.insert("after_unknown".to_owned(), unknown.map_or(Json::object([]), unknown_mask));
    members.insert("before_sensitive".to_owned(), mask(before));
    members.insert("after_sensitive".to_owned(), mask(after));
    members
}

/// The action as Terraform lists it.
pub(super) fn actions(action: Action, create_first: bool) -> Json {
    let names: &[&str] = match action {
        Action::NoOp => &["no-op"],
        Action::Create => &["create"],
        Action::Update => &["update"],
        Action::Replace if create_first => &["create", "delete"],
        Action::Replace => &["delete", "create"],
        Action::Delete => &["delete"],
        Action::Forget => &["forget"],
        Action::Read => &["read"],
        Action::Open => &["open"],
    };
    names.iter().map(|name| Json::from(*name)).collect()
}
