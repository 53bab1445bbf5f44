//! Provider configurations, and by which key resources name theirs.

use std::collections::{BTreeMap, BTreeSet};

use meridian_config::{
    Config, Module, ProviderReference, RequiredProvider, Resource, canonical_constraints,
};
use meridian_lang::{Json, ModulePath};
use meridian_resource::Registry;

use super::expression::expressions;

/// The host of providers whose source names none.
const PUBLIC_REGISTRY: &str = "registry.terraform.io";

/// All provider configurations by their keys.
pub(super) struct ProviderConfigs {
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    source: String,
    members: BTreeMap<String, Json>,
    /// The configuration that is handed down to this name, if it is none of its own.
    parent: Option<String>,
}

impl ProviderConfigs {
    pub(super) fn of(config: &Config, registry: &Registry) -> ProviderConfigs {
        let mut configs = ProviderConfigs { entries: BTreeMap::new() };
        // Outer modules come first, so that what they hand down is there.
        let mut modules: Vec<(&ModulePath, &Module)> =
            config.modules.iter().map(|(path, module)| (path, &**module)).collect();
        modules.sort_by_key(|(path, _)| path.names().len());
        for (path, module) in modules {
            configs.own(path, module, registry);
            configs.required(path, module);
            configs.implied(path, module);
            configs.passed(config, path, module);
        }
        configs
    }

    /// The configurations that are none of an outer module.
    pub(super) fn into_json(self) -> Json {
        let own = self.entries.into_iter().filter(|(_, entry)| entry.parent.is_none());
        own.map(|(key, entry)| (key, Json::Object(entry.members))).collect()
    }

    /// The key of the configuration that a resource uses.
    pub(super) fn key_of(&self, path: &ModulePath, resource: &Resource) -> String {
        let key = key(path, &local_name(resource));
        let parent = self.entries.get(&key).and_then(|entry| entry.parent.as_ref());
        parent.filter(|parent| self.entries.contains_key(*parent)).cloned().unwrap_or(key)
    }

    /// `provider` blocks.
    fn own(&mut self, path: &ModulePath, module: &Module, registry: &Registry) {
        for block in &module.providers {
            let source = source(module, &block.name.text);
            let mut members = members(&block.name.text, &source, path, module);
            let mut name = block.name.text.to_string();
            if let Some(alias) = &block.alias {
                members.insert("alias".to_owned(), (&*alias.text).into());
                name = format!("{name}.{}", alias.text);
            }
            if let Some(provider) = registry.provider_of_source(&source) {
                let expressions = expressions(&block.body, provider.schema());
                if expressions != Json::object([]) {
                    members.insert("expressions".to_owned(), expressions);
                }
            }
            self.entries.insert(key(path, &name), Entry { source, members, parent: None });
        }
    }

    /// `required_providers`, with their `configuration_aliases`.
    fn required(&mut self, path: &ModulePath, module: &Module) {
        for required in &module.required_providers {
            let RequiredProvider { name, aliases, .. } = required;
            let source = source(module, &name.text);
            let members = members(&name.text, &source, path, module);
            for alias in aliases {
                let entry =
                    Entry { source: source.clone(), members: members.clone(), parent: None };
                self.entries.entry(key(path, &alias.to_string())).or_insert(entry);
            }
            self.inherit(path, &name.text, source, members);
        }
    }

    /// Providers that no one requires, but resources use.
    fn implied(&mut self, path: &ModulePath, module: &Module) {
        let used = module.resources.iter().map(local_provider);
        let named = module.providers.iter().map(|block| &*block.name.text);
        let sources: BTreeSet<String> = used.chain(named).map(|it| source(module, it)).collect();
        for source in sources {
            // Such a provider goes by its type's name.
            let name = source.rsplit('/').next().unwrap_or(&source).to_owned();
            let members = members(&name, &source, path, module);
            self.inherit(path, &name, source, members);
        }
    }

    /// Configurations that calls hand to modules by name.
    fn passed(&mut self, config: &Config, path: &ModulePath, module: &Module) {
        for call in &module.calls {
            let inner = path.child(&call.name.text);
            let Some(called) = config.module(&inner) else {
                continue;
            };
            for (child, outer) in &call.providers {
                let source = source(called, &child.name);
                let members = BTreeMap::from([
                    ("name".to_owned(), child.to_string().into()),
                    ("full_name".to_owned(), (&*source).into()),
                    ("module_address".to_owned(), inner.to_string().into()),
                ]);
                let parent = self.source_of(key(path, &outer.to_string()), &source);
                let entry = Entry { source, members, parent };
                self.entries.insert(key(&inner, &child.to_string()), entry);
            }
        }
    }

    /// Adds what a module knows by this name, unless it is there, from the module around it.
    fn inherit(
        &mut self,
        path: &ModulePath,
        name: &str,
        source: String,
        members: BTreeMap<String, Json>,
    ) {
        let key_here = key(path, name);
        if self.entries.contains_key(&key_here) {
            return;
        }
        let around = path.parent().map(|(outer, _)| key(&outer, name));
        let parent = around.and_then(|key| self.source_of(key, &source));
        self.entries.insert(key_here, Entry { source, members, parent });
    }

    /// The outermost configuration that is handed down under this key.
    fn source_of(&self, mut key: String, source: &str) -> Option<String> {
        let mut found = None;
        while let Some(entry) = self.entries.get(&key).filter(|entry| entry.source == source) {
            let next = entry.parent.clone();
            found = Some(key);
            match next {
                Some(parent) => key = parent,
                None => break,
            }
        }
        found
    }
}

fn members(name: &str, source: &str, path: &ModulePath, module: &Module) -> BTreeMap<String, Json> {
    let mut members =
        BTreeMap::from([("name".to_owned(), name.into()), ("full_name".to_owned(), source.into())]);
    if !path.is_root() {
        members.insert("module_address".to_owned(), path.to_string().into());
    }
    let required = module.required_providers.iter();
    let versions = required
        .filter(|it| self::source(module, &it.name.text) == source)
        .filter_map(|it| it.version.as_deref());
    if let Some(version) = canonical_constraints(versions) {
        members.insert("version_constraint".to_owned(), version.into());
    }
    members
}

/// A provider's source with its host, by what a module calls it.
fn source(module: &Module, name: &str) -> String {
    let source = module.provider_source(name).to_lowercase();
    match source.split('/').count() {
        1 => format!("{PUBLIC_REGISTRY}/hashicorp/{source}"),
        2 => format!("{PUBLIC_REGISTRY}/{source}"),
        _ => source,
    }
}

fn key(path: &ModulePath, name: &str) -> String {
    if path.is_root() { name.to_owned() } else { format!("{path}:{name}") }
}

/// What a resource calls its provider configuration.
fn local_name(resource: &Resource) -> String {
    resource
        .provider
        .as_ref()
        .map_or_else(|| local_provider(resource).to_owned(), ProviderReference::to_string)
}

/// What a resource calls its provider.
fn local_provider(resource: &Resource) -> &str {
    match &resource.provider {
        Some(reference) => &reference.name,
        None => {
            let type_name = &*resource.type_name.text;
            type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix)
        }
    }
}
