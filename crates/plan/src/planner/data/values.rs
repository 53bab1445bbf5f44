//! The arguments of a data source or ephemeral resource, and the object that they become.

use meridian_config::Resource;
use meridian_graph::{InstanceAddress, ResourceMode};
use meridian_lang::{Diagnostics, Marks, Value};
use meridian_resource::{DataSource, Schema, with_marks_of_arguments};

use crate::decode::{decode, locate};
use crate::ephemeral::refuse_ephemeral;
use crate::propose::propose;
use crate::values::{Values, Viewpoint};

/// The arguments of an instance of a data source or ephemeral resource.
///
/// # Errors
/// What is wrong with them.
pub fn arguments(
    kind: &dyn DataSource,
    resource: &Resource,
    address: &InstanceAddress,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Value, Diagnostics> {
    let schema = kind.schema();
    let evaluate = |expr: &_, bound: &_| values.evaluate_with(expr, viewpoint, bound);
    let mut problems = Diagnostics::new();
    let config = decode(schema, &resource.body, resource.span, &evaluate, &mut problems);
    if address.resource.mode != ResourceMode::Ephemeral {
        refuse_ephemeral(schema, &resource.body, resource.span, &config, &mut problems);
    }
    for problem in kind.validate(&config) {
        problems.push(locate(problem, &resource.body, resource.span, &address.to_string()));
    }
    if problems.has_errors() {
        return Err(problems.into_iter().map(|it| it.about(address.to_string())).collect());
    }
    Ok(config)
}

/// An object of which only the arguments are known. What will be secret is so already; defaults are
/// put in when it is read.
pub(super) fn unread(kind: &dyn DataSource, config: Option<&Value>) -> Value {
    let schema = without_defaults(kind.schema());
    let value = match config {
        Some(config) => propose(&schema, None, config),
        None => propose(&schema, None, &schema.empty()),
    };
    let value = match config {
        Some(config) => with_marks_of_arguments(kind, value, config),
        None => value,
    };
    with_secrets_marked(&schema, value)
}

fn without_defaults(schema: &Schema) -> Schema {
    let mut bare = schema.clone();
    bare.attributes.iter_mut().for_each(|attribute| attribute.default = None);
    bare.blocks.iter_mut().for_each(|block| block.schema = without_defaults(&block.schema));
    bare
}

/// An answer with the marks of the arguments, also on what shows them, and of what the schema calls
/// sensitive.
pub fn remarked(kind: &dyn DataSource, value: Value, config: &Value) -> Value {
    let value = [Marks::SENSITIVE, Marks::EPHEMERAL].into_iter().fold(value, |value, mark| {
        config
            .marked_paths(mark)
            .iter()
            .fold(value, |value, path| value.map_at(&path.0, &|part| part.mark(mark)))
    });
    with_secrets_marked(kind.schema(), with_marks_of_arguments(kind, value, config))
}

/// The object with marks on what the schema calls sensitive.
fn with_secrets_marked(schema: &Schema, value: Value) -> Value {
    let sensitive = schema.attributes.iter().filter(|attribute| attribute.sensitive);
    sensitive.fold(value, |value, attribute| match value.get(attribute.name) {
        Some(secret) => {
            let secret = secret.clone().mark(Marks::SENSITIVE);
            value.with(attribute.name, secret)
        }
        None => value,
    })
}
