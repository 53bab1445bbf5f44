//! What the files say, as a plan's JSON has it for programs that look for references.

mod expression;
mod provider;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_config::{
    Config, Module, ModuleCall, Output, Repetition, Resource, Variable, canonical_constraints,
};
use meridian_lang::{
    ConfigResource, Expr, Json, ModuleInstance, ModulePath, ResourceMode, to_json,
};
use meridian_resource::Registry;

use expression::{depends_on, expression, expression_or_secret, expressions};
use provider::ProviderConfigs;

/// The configuration as Terraform lists it, without the blocks that the plan generated. Of what is
/// secret only the references are there.
pub(super) fn configuration(
    config: &Config,
    generated: &BTreeSet<ConfigResource>,
    registry: &Registry,
) -> Json {
    let providers = ProviderConfigs::of(config, registry);
    let view = View { config, generated, registry, providers: &providers };
    let root_module = view.module(&ModulePath::root(), config.root());
    let mut members = BTreeMap::from([("root_module".to_owned(), root_module)]);
    let provider_config = providers.into_json();
    if provider_config != Json::object([]) {
        members.insert("provider_config".to_owned(), provider_config);
    }
    Json::Object(members)
}

#[derive(Clone, Copy)]
struct View<'a> {
    config: &'a Config,
    generated: &'a BTreeSet<ConfigResource>,
    registry: &'a Registry,
    providers: &'a ProviderConfigs,
}

impl View<'_> {
    /// Modules cannot be nested without end: loading bounds their depth.
    fn module(self, path: &ModulePath, module: &Module) -> Json {
        let mut members = BTreeMap::new();
        let mut put = |name: &str, value: Json| {
            if value != Json::object([]) && value != Json::Array(Vec::new()) {
                members.insert(name.to_owned(), value);
            }
        };
        put("outputs", named(&module.outputs, |output| (&output.name.text, output_json(output))));
        put("resources", self.resources(path, module));
        put("module_calls", named(&module.calls, |call| (&call.name.text, self.call(path, call))));
        put("variables", named(&module.variables, |it| (&it.name.text, variable_json(it))));
        Json::Object(members)
    }

    /// Managed resources first, then data sources, then ephemeral ones, each by their addresses.
    fn resources(self, path: &ModulePath, module: &Module) -> Json {
        let mut listed: Vec<(u8, String, &Resource)> = module
            .resources
            .iter()
            .filter(|resource| !self.generated.contains(&resource.address(path)))
            .map(|resource| {
                let order = match resource.mode {
                    ResourceMode::Managed => 0,
                    ResourceMode::Data => 1,
                    ResourceMode::Ephemeral => 2,
                };
                (order, resource.address(&ModulePath::root()).to_string(), resource)
            })
            .collect();
        listed.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        listed.into_iter().map(|(_, address, it)| self.resource(path, address, it)).collect()
    }

    fn resource(self, path: &ModulePath, address: String, resource: &Resource) -> Json {
        let mode = match resource.mode {
            ResourceMode::Managed => "managed",
            ResourceMode::Data => "data",
            ResourceMode::Ephemeral => "ephemeral",
        };
        let mut members = BTreeMap::from([
            ("address".to_owned(), address.into()),
            ("mode".to_owned(), mode.into()),
            ("type".to_owned(), (&*resource.type_name.text).into()),
            ("name".to_owned(), (&*resource.name.text).into()),
            ("provider_config_key".to_owned(), self.providers.key_of(path, resource).into()),
        ]);
        let block: ConfigResource = resource.address(path);
        let schema = self.registry.schema(&block.within(ModuleInstance::root()));
        let version = schema.map_or(0, |schema| schema.version);
        members.insert("schema_version".to_owned(), u64::from(version).into());
        if let Some(schema) = schema {
            let expressions = expressions(&resource.body, schema);
            if expressions != Json::object([]) {
                members.insert("expressions".to_owned(), expressions);
            }
        }
        common(&mut members, &resource.repetition, &resource.depends_on);
        Json::Object(members)
    }

    fn call(self, path: &ModulePath, call: &ModuleCall) -> Json {
        let mut members = BTreeMap::from([("source".to_owned(), (&*call.source.text).into())]);
        let version = call.version.as_ref().map(|version| &*version.text);
        if let Some(version) = canonical_constraints(version) {
            members.insert("version_constraint".to_owned(), version.into());
        }
        let path = path.child(&call.name.text);
        if let Some(module) = self.config.module(&path) {
            let arguments = call.arguments.attributes.iter().filter_map(|argument| {
                let variable = module.variables.iter().find(|it| it.name.text == argument.name)?;
                let shown = expression_or_secret(&argument.expr, is_secret(variable));
                Some((argument.name.to_string(), shown))
            });
            let arguments: BTreeMap<String, Json> = arguments.collect();
            if !arguments.is_empty() {
                members.insert("expressions".to_owned(), arguments.into());
            }
            members.insert("module".to_owned(), self.module(&path, module));
        }
        common(&mut members, &call.repetition, &call.depends_on);
        Json::Object(members)
    }
}

/// What resources and calls of modules share.
fn common(members: &mut BTreeMap<String, Json>, repetition: &Repetition, dependencies: &[Expr]) {
    let repeated = match repetition {
        Repetition::Single => None,
        Repetition::Count(count) => Some(("count_expression", count)),
        Repetition::ForEach(each) => Some(("for_each_expression", each)),
    };
    if let Some((name, expr)) = repeated
        && let Some(shown) = expression(expr)
    {
        members.insert(name.to_owned(), shown);
    }
    if let Some(dependencies) = depends_on(dependencies) {
        members.insert("depends_on".to_owned(), dependencies);
    }
}

fn named<'a, T>(blocks: &'a [T], of: impl Fn(&'a T) -> (&'a Arc<str>, Json)) -> Json {
    let entry = |block| {
        let (name, json) = of(block);
        (name.to_string(), json)
    };
    blocks.iter().map(entry).collect()
}

fn output_json(output: &Output) -> Json {
    let is_secret = output.sensitive || output.ephemeral;
    let mut members =
        BTreeMap::from([("expression".to_owned(), expression_or_secret(&output.value, is_secret))]);
    if output.sensitive {
        members.insert("sensitive".to_owned(), true.into());
    }
    if let Some(description) = output.description.as_ref().filter(|it| !it.is_empty()) {
        members.insert("description".to_owned(), (&**description).into());
    }
    if let Some(dependencies) = depends_on(&output.depends_on) {
        members.insert("depends_on".to_owned(), dependencies);
    }
    Json::Object(members)
}

fn variable_json(variable: &Variable) -> Json {
    let mut members = BTreeMap::new();
    if let Some(default) = &variable.default {
        let shown = if is_secret(variable) { Json::Null } else { to_json(default) };
        members.insert("default".to_owned(), shown);
    }
    if let Some(description) = variable.description.as_ref().filter(|it| !it.is_empty()) {
        members.insert("description".to_owned(), (&**description).into());
    }
    if variable.sensitive {
        members.insert("sensitive".to_owned(), true.into());
    }
    Json::Object(members)
}

fn is_secret(variable: &Variable) -> bool {
    variable.sensitive || variable.ephemeral
}
