//! What can be found wrong without a state, a cloud, or the values of variables.

use meridian_config::{Config, Provider as ProviderBlock, Repetition, Resource};
use meridian_graph::{ConfigResource, Graph, ModuleInstance, ModulePath, Node, ResourceMode};
use meridian_lang::{Diagnostic, Diagnostics, ModuleStep, Severity, Type, Value};
use meridian_resource::{Provider, ProviderKey, Registry, Schema};

use crate::Options;
use crate::conditioned::{Conditioned, conditioned};
use crate::conditions::check_variable;
use crate::declared::Declared;
use crate::decode::{decode, locate};
use crate::ephemeral::refuse_ephemeral;
use crate::foreign::foreign_types;
use crate::ignore::check_ignored;
use crate::outputs::check_exposure;
use crate::places::key_of;
use crate::propose::propose;
use crate::repetition::{check_for_each_type, placeholder};
use crate::values::{Values, Viewpoint};

/// Checks types, arguments and expressions of a whole configuration. What depends on resources is
/// unknown, as are the values of variables, and repeated modules are looked at once
/// ([`Values::unexpanded`]). Of types that are not built in only those count that `options` leave.
pub fn validate(
    config: &Config,
    graph: &Graph,
    registry: &Registry,
    values: &Values<'_>,
    options: &Options,
) -> Diagnostics {
    let declared = Declared::of(config);
    let mut validation = Validation { config, registry, values, diagnostics: Diagnostics::new() };
    for node in graph.in_order() {
        match node {
            Node::Resource(address) => {
                if let Some(resource) = declared.get(address) {
                    validation.block(address, resource);
                }
            }
            Node::Variable(path, name) => {
                values.variable(&validation.instance(path), name);
            }
            Node::Local(path, name) => values.settle_local(&validation.instance(path), name),
            Node::Output(path, name) => {
                let value = values.output(&validation.instance(path), name);
                let output = config
                    .module(path)
                    .and_then(|module| module.outputs.iter().find(|it| it.name.text == *name));
                if let (true, Some(value), Some(output)) = (path.is_root(), value, output) {
                    validation.diagnostics.extend(check_exposure(output, &value));
                }
            }
            Node::Module(_) | Node::Check(..) | Node::Provider(_) => {}
        }
    }
    validation.diagnostics.extend(values.take_diagnostics());
    validation.module_variables();
    validation.provider_blocks();
    validation.diagnostics.extend(foreign_types(config, Some(graph), registry, options));
    validation.diagnostics
}

struct Validation<'v, 'a> {
    config: &'v Config,
    registry: &'v Registry,
    values: &'v Values<'a>,
    diagnostics: Diagnostics,
}

impl<'v> Validation<'v, '_> {
    /// The only instance of a module that is looked at.
    fn instance(&self, path: &ModulePath) -> ModuleInstance {
        path.names().iter().map(|name| ModuleStep { name: name.clone(), key: None }).collect()
    }

    fn block(&mut self, address: &ConfigResource, resource: &'v Resource) {
        let module = self.instance(&address.module);
        let outer = Viewpoint::of(module.clone());
        let (registry, name) = (self.registry, &*address.type_name);
        let schema = match address.mode {
            ResourceMode::Managed => registry.resource_type(name).map(|kind| kind.schema()),
            ResourceMode::Data => registry.data_source(name).map(|kind| kind.schema()),
            ResourceMode::Ephemeral => registry.ephemeral_resource(name).map(|kind| kind.schema()),
        };
        // That there is no such type is told of all such blocks together.
        let Some(schema) = schema else { return };
        if address.mode == ResourceMode::Managed {
            let ignored = &resource.lifecycle.ignore_changes;
            let found = check_ignored(schema, ignored, resource.span);
            // What is only worth a warning is told with the plan.
            let errors = found.into_iter().filter(|it| it.severity == Severity::Error);
            self.diagnostics.extend(errors.collect());
        }
        self.repetition(resource, &outer);
        let viewpoint = placeholder(&resource.repetition, &outer);
        let values = self.values;
        let evaluate = |expr: &_, bound: &_| values.evaluate_with(expr, &viewpoint, bound);
        let diagnostics = &mut self.diagnostics;
        let config = decode(schema, &resource.body, resource.span, &evaluate, diagnostics);
        if address.mode == ResourceMode::Managed {
            refuse_ephemeral(schema, &resource.body, resource.span, &config, diagnostics);
        }
        warn_of_deprecated(schema, resource, address, &config, diagnostics);
        let problems = match address.mode {
            ResourceMode::Managed => registry.resource_type(name).map(|it| it.validate(&config)),
            ResourceMode::Data => registry.data_source(name).map(|it| it.validate(&config)),
            ResourceMode::Ephemeral => {
                registry.ephemeral_resource(name).map(|it| it.validate(&config))
            }
        };
        for problem in problems.into_iter().flatten() {
            diagnostics.push(locate(problem, &resource.body, resource.span, &address.to_string()));
        }
        // Attributes that the type does not have are found by whoever refers to them.
        let value = match &resource.repetition {
            Repetition::Single => unknown_object(schema),
            Repetition::Count(_) | Repetition::ForEach(_) => Value::unknown(Type::Dynamic),
        };
        self.values.set_resource(address.within(module), value);
    }

    fn repetition(&mut self, resource: &Resource, outer: &Viewpoint) {
        let found = match &resource.repetition {
            Repetition::Single => return,
            Repetition::Count(expr) => self.values.evaluate(expr, outer).map(|_| ()),
            Repetition::ForEach(expr) => self
                .values
                .evaluate(expr, outer)
                .and_then(|value| check_for_each_type(&value, expr.span)),
        };
        self.diagnostics.extend(found.err().unwrap_or_default());
    }

    fn provider_blocks(&mut self) {
        for (path, module) in &self.config.modules {
            for block in &module.providers {
                let key = key_of(self.config, self.registry, &block.address(path));
                let Some(known) = self.registry.provider(&key.name) else { continue };
                let viewpoint = Viewpoint::of(self.instance(path));
                let values = self.values;
                let evaluate = |expr: &_, bound: &_| values.evaluate_with(expr, &viewpoint, bound);
                let (schema, header) = (known.schema(), block.name.span);
                let diagnostics = &mut self.diagnostics;
                let value = decode(schema, &block.body, header, &evaluate, diagnostics);
                let value = propose(schema, None, &value);
                self.diagnostics.extend(check_place(&key, block, &**known, &value));
            }
        }
    }

    /// What is known of the variables of called modules by the calls alone must be valid.
    fn module_variables(&mut self) {
        let values = self.values.with_arguments();
        for (node, block) in conditioned(self.config) {
            let (Node::Variable(path, _), Conditioned::Variable(variable)) = (node, block) else {
                continue;
            };
            if !path.is_root() {
                let checked = check_variable(variable, &values, &self.instance(&path));
                self.diagnostics.extend(checked.diagnostics);
            }
        }
    }
}

/// Warns of arguments that are given and should no longer be.
fn warn_of_deprecated(
    schema: &Schema,
    resource: &Resource,
    address: &ConfigResource,
    config: &Value,
    diagnostics: &mut Diagnostics,
) {
    for attribute in &schema.attributes {
        let Some(why) = attribute.deprecated else { continue };
        let given = config.get(attribute.name).filter(|value| value.is_known() && !value.is_null());
        if given.is_some() {
            let place = resource.body.attribute(attribute.name).map(|it| it.expr.span);
            let warning = Diagnostic::warning("Argument is deprecated", why)
                .at(place.unwrap_or(resource.span))
                .about(address.to_string());
            diagnostics.push(warning);
        }
    }
}

/// What a provider says of its configuration, as far as it is known.
fn check_place(
    key: &ProviderKey,
    block: &ProviderBlock,
    provider: &dyn Provider,
    config: &Value,
) -> Diagnostics {
    // A block without a Region may be unused; whoever uses it reports that.
    if !config.is_wholly_known() || config.get("region").is_none_or(Value::is_null) {
        return Diagnostics::new();
    }
    let problems = provider.place(key, config).err().unwrap_or_default();
    let address = format!("provider[\"{}\"]", provider.source());
    problems
        .into_iter()
        .map(|problem| locate(problem, &block.body, block.name.span, &address))
        .collect()
}

/// An object of which only the attributes' names and types are known.
fn unknown_object(schema: &Schema) -> Value {
    match schema.ty() {
        Type::Object(fields) => Value::object(
            fields.iter().map(|(name, field)| (name.clone(), Value::unknown(field.ty.clone()))),
        ),
        other => Value::unknown(other),
    }
}
