//! The Region of an instance: that of its provider configuration, or the one that its own argument
//! says.

use meridian_config::{IgnoreChanges, Resource};
use meridian_graph::ResourceAddress;
use meridian_lang::{Diagnostic, Step, Type, Value, convert};
use meridian_resource::{Object, Place, ResourceType};

use crate::decode::locate;
use crate::inputs::PriorObject;
use crate::values::{Values, Viewpoint};

/// A block in one instance of its module.
#[derive(Clone, Copy)]
pub(crate) struct Block<'b> {
    pub(crate) address: &'b ResourceAddress,
    pub(crate) resource: &'b Resource,
    pub(crate) kind: &'b dyn ResourceType,
    /// That of its provider configuration.
    pub(crate) place: &'b Place,
}

/// Where an instance lives, and what is wrong with what it says of that.
pub(crate) fn home(
    values: &Values<'_>,
    block: &Block<'_>,
    viewpoint: &Viewpoint,
    prior: Option<&PriorObject>,
) -> (Place, Option<Diagnostic>) {
    let Block { address, resource, kind, place } = *block;
    let provided = || (place.clone(), None);
    let Some(name) = kind.region_argument() else { return provided() };
    if let Some(prior) = prior.filter(|_| is_ignored(resource, name)) {
        return (Place { region: prior.region.clone(), ..place.clone() }, None);
    }
    let Some(argument) = resource.body.attribute(name) else { return provided() };
    // What is wrong with the expression is told with all other arguments.
    let value = values.evaluate(&argument.expr, viewpoint).ok();
    let Some(region) = value.and_then(|value| convert(&value, &Type::String).ok()) else {
        return provided();
    };
    match kind.home(place, &region) {
        Ok(home) => (home, None),
        Err(problem) => {
            let told = locate(*problem, &resource.body, resource.span, &address.to_string());
            (place.clone(), Some(told))
        }
    }
}

/// The object with its Region written as the configuration writes it, which leaves it out where it
/// is that of the provider configuration.
pub(crate) fn respelt(
    kind: &dyn ResourceType,
    resource: &Resource,
    object: Object,
    config: &Value,
) -> Object {
    let Some(name) = kind.region_argument().filter(|name| !is_ignored(resource, name)) else {
        return object;
    };
    match config.get(name) {
        Some(written) if written.is_known() => object.with(name, written.clone()),
        _ => object,
    }
}

fn is_ignored(resource: &Resource, name: &str) -> bool {
    match &resource.lifecycle.ignore_changes {
        IgnoreChanges::None => false,
        IgnoreChanges::All => true,
        IgnoreChanges::Some(paths) => paths
            .iter()
            .any(|(path, _)| matches!(path.0.first(), Some(Step::Attribute(it)) if **it == *name)),
    }
}
