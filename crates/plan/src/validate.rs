//! What can be found wrong without a state, a cloud, or the values of variables.

use meridian_config::{Config, Provider as ProviderBlock, Repetition, Resource};
use meridian_graph::{Graph, Node};
use meridian_lang::{Diagnostic, Diagnostics, Type, Value, nearest};
use meridian_resource::{Provider, ProviderKey, Registry};

use crate::declared::{self, Declared};
use crate::decode::{decode, locate};
use crate::outputs::check_exposure;
use crate::propose::propose;
use crate::repetition::check_for_each_type;
use crate::values::{Repeated, Values};

/// Checks types, arguments and expressions of a whole configuration. What depends on resources is
/// unknown; variables have the values that `values` gives them.
pub fn validate(
    config: &Config,
    graph: &Graph,
    registry: &Registry,
    values: &Values<'_>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let declared = Declared::of(config);
    for node in graph.in_order() {
        let Node::Resource(address) = node else {
            continue;
        };
        if let Some(resource) = declared.get(address) {
            validate_resource(resource, registry, values, &mut diagnostics);
        }
    }
    diagnostics.extend(values.check_locals());
    for output in &config.outputs {
        match values.evaluate(&output.value, &Repeated::default()) {
            Ok(value) => diagnostics.extend(check_exposure(output, &value)),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    for provider in &config.providers {
        if let Some(known) = registry.provider(&provider.name.text) {
            let evaluate = |expr: &_| values.evaluate(expr, &Repeated::default());
            let schema = known.schema();
            let header = provider.name.span;
            let value = decode(schema, &provider.body, header, &evaluate, &mut diagnostics);
            diagnostics.extend(check_place(provider, &**known, &propose(schema, None, &value)));
        }
    }
    diagnostics
}

/// What a provider says of its configuration, as far as it is known.
fn check_place(block: &ProviderBlock, provider: &dyn Provider, config: &Value) -> Diagnostics {
    let alias = block.alias.as_ref().map(|alias| alias.text.clone());
    let key = ProviderKey { name: block.name.text.clone(), alias };
    // A block without a Region may be unused; whoever uses it reports that.
    if !config.is_wholly_known() || config.get("region").is_none_or(Value::is_null) {
        return Diagnostics::new();
    }
    let problems = provider.place(&key, config).err().unwrap_or_default();
    let address = format!("provider[\"{}\"]", provider.source());
    problems
        .into_iter()
        .map(|problem| locate(problem, &block.body, block.name.span, &address))
        .collect()
}

fn validate_resource(
    resource: &Resource,
    registry: &Registry,
    values: &Values<'_>,
    diagnostics: &mut Diagnostics,
) {
    let address = declared::address(resource);
    let Some(known) = registry.resource_type(&address.type_name) else {
        diagnostics.push(unknown_type(resource, registry));
        return;
    };
    let repeated = match &resource.repetition {
        Repetition::Single => Repeated::default(),
        Repetition::Count(expr) => {
            diagnostics
                .extend(values.evaluate(expr, &Repeated::default()).err().unwrap_or_default());
            let index = Some(Value::unknown_not_null(Type::Number));
            Repeated { index, ..Repeated::default() }
        }
        Repetition::ForEach(expr) => {
            let checked = values
                .evaluate(expr, &Repeated::default())
                .and_then(|value| check_for_each_type(&value, expr.span));
            diagnostics.extend(checked.err().unwrap_or_default());
            let key = Value::unknown_not_null(Type::String);
            Repeated { each: Some((key, Value::unknown(Type::Dynamic))), ..Repeated::default() }
        }
    };
    let evaluate = |expr: &_| values.evaluate(expr, &repeated);
    let schema = known.schema();
    let config = decode(schema, &resource.body, resource.span, &evaluate, diagnostics);
    for problem in known.validate(&config) {
        diagnostics.push(locate(problem, &resource.body, resource.span, &address.to_string()));
    }
    // Attributes that the type does not have are found by whoever refers to them.
    let value = match &resource.repetition {
        Repetition::Single => unknown_object(&known.schema().ty()),
        Repetition::Count(_) | Repetition::ForEach(_) => Value::unknown(Type::Dynamic),
    };
    values.set_resource(address, value);
}

/// An object of which only the attributes' names and types are known.
fn unknown_object(ty: &Type) -> Value {
    match ty {
        Type::Object(fields) => Value::object(
            fields.iter().map(|(name, field)| (name.clone(), Value::unknown(field.ty.clone()))),
        ),
        other => Value::unknown(other.clone()),
    }
}

/// Says that a resource type is not built in, and which one may have been meant.
pub(crate) fn unknown_type(resource: &Resource, registry: &Registry) -> Diagnostic {
    let name = &*resource.type_name.text;
    let known = registry.resource_type_names();
    let error = Diagnostic::error(
        "Invalid resource type",
        format!("The provider does not support resource type \"{name}\"."),
    )
    .at(resource.type_name.span);
    match nearest(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean \"{near}\"?")),
        None => error.help(format!("built in are: {}", known.join(", "))),
    }
}
