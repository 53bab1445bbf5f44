//! A state as JSON.

use std::collections::BTreeMap;

use meridian_graph::{InstanceAddress, ModuleInstance};
use meridian_lang::{Json, Value};
use meridian_resource::Registry;

use super::dependencies::Dependencies;
use super::mask::known;
use super::modules::module_tree;
use super::output::type_json;
use super::resource::value_representation;
use super::{STATE_FORMAT, TERRAFORM_VERSION};
use crate::value_text::Output;

/// An object of a state.
#[derive(Clone, Debug)]
pub struct StateObject<'a> {
    /// The instance.
    pub address: &'a InstanceAddress,
    /// For an object that a replacement left behind: its key.
    pub deposed: Option<&'a str>,
    /// Its attributes.
    pub attributes: &'a Value,
    /// Addresses of the blocks that it refers to.
    pub dependencies: Vec<String>,
}

/// The state in Terraform's format 1.0. Secrets are null, with their masks true.
pub fn state_json(
    objects: &[StateObject<'_>],
    outputs: &[Output<'_>],
    registry: &Registry,
) -> Json {
    if objects.is_empty() && outputs.is_empty() {
        return Json::object([("format_version", STATE_FORMAT.into())]);
    }
    let mut dependencies = Dependencies::default();
    for object in objects {
        let block = object.address.resource.config().to_string();
        dependencies.add(block, object.dependencies.iter().cloned());
    }
    let resource = |object: &StateObject<'_>| {
        let block = object.address.resource.config().to_string();
        let dependencies = dependencies.all(&block, object.dependencies.iter().cloned());
        let mut members = value_representation(object.address, object.attributes, registry);
        if !dependencies.is_empty() {
            let dependencies = dependencies.into_iter().map(Json::from);
            members.insert("depends_on".to_owned(), dependencies.collect());
        }
        if let Some(key) = object.deposed {
            members.insert("deposed_key".to_owned(), key.into());
        }
        Json::Object(members)
    };
    let modules = objects.iter().map(|object| object.address.resource.module.clone());
    state_members(modules.zip(objects.iter().map(resource)).collect(), outputs)
}

/// A state of these resources and outputs.
pub(super) fn state_members(
    resources: Vec<(ModuleInstance, Json)>,
    outputs: &[Output<'_>],
) -> Json {
    let mut values = BTreeMap::new();
    if !outputs.is_empty() {
        let outputs = outputs.iter();
        let outputs =
            outputs.map(|output| (output.name.to_owned(), output_representation(*output)));
        values.insert("outputs".to_owned(), outputs.collect());
    }
    values.insert("root_module".to_owned(), module_tree(resources));
    Json::object([
        ("format_version", STATE_FORMAT.into()),
        ("terraform_version", TERRAFORM_VERSION.into()),
        ("values", values.into()),
    ])
}

/// An output with its type; null if it is a secret.
pub(super) fn output_representation(output: Output<'_>) -> Json {
    let value = if output.sensitive { None } else { known(output.value) };
    Json::object([
        ("sensitive", output.sensitive.into()),
        ("type", type_json(&output.value.ty())),
        ("value", value.into()),
    ])
}
