//! Which provider configuration a module means by a name.

use std::sync::Arc;

use meridian_lang::ModulePath;

use crate::model::{Config, Module, Provider, ProviderReference, Resource};

/// A provider configuration by the place where it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderAddress {
    /// The module that configures it.
    pub module: ModulePath,
    /// What that module calls the provider.
    pub name: Arc<str>,
    /// The alias, if it is not the default configuration.
    pub alias: Option<Arc<str>>,
}

impl Provider {
    /// Where the configuration is written down.
    pub fn address(&self, module: &ModulePath) -> ProviderAddress {
        ProviderAddress {
            module: module.clone(),
            name: self.name.text.clone(),
            alias: self.alias.as_ref().map(|alias| alias.text.clone()),
        }
    }
}

impl Module {
    /// The source of a provider by its local name, such as `hashicorp/aws`.
    pub fn provider_source(&self, name: &str) -> String {
        let required = self.required_providers.iter().find(|it| &*it.name.text == name);
        match required.and_then(|required| required.source.clone()) {
            Some(source) => source,
            None if name == "terraform" => "terraform.io/builtin/terraform".to_owned(),
            None => format!("hashicorp/{name}"),
        }
    }

    /// Whether the module itself configures a provider so.
    fn configures(&self, name: &str, alias: Option<&str>) -> bool {
        self.providers.iter().any(|block| {
            &*block.name.text == name && block.alias.as_ref().map(|alias| &*alias.text) == alias
        })
    }
}

/// The source of a provider as messages name it: without the registry that is meant anyway.
pub(crate) fn displayed_source(module: &Module, name: &str) -> String {
    let source = module.provider_source(name).to_lowercase();
    let source = source.strip_prefix("registry.terraform.io/").unwrap_or(&source);
    if source.contains('/') { source.to_owned() } else { format!("hashicorp/{source}") }
}

impl Config {
    /// The provider configuration of a block: the one it names, or the default one of its type's
    /// prefix.
    pub fn provider_of(&self, module: &ModulePath, resource: &Resource) -> ProviderAddress {
        match &resource.provider {
            Some(reference) => self.provider(module, reference),
            None => {
                let type_name = &*resource.type_name.text;
                let prefix = type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix);
                self.resolve(module, prefix.into(), None)
            }
        }
    }

    /// The provider configuration that a reference in a module means: its own, or the one that
    /// its callers pass on, by name or because it is the default one.
    pub fn provider(&self, module: &ModulePath, reference: &ProviderReference) -> ProviderAddress {
        self.resolve(module, reference.name.clone(), reference.alias.clone())
    }

    fn resolve(
        &self,
        module: &ModulePath,
        name: Arc<str>,
        alias: Option<Arc<str>>,
    ) -> ProviderAddress {
        let mut here = ProviderAddress { module: module.clone(), name, alias };
        loop {
            let configured = self
                .module(&here.module)
                .is_some_and(|module| module.configures(&here.name, here.alias.as_deref()));
            let Some((parent, call)) = self.call(&here.module).filter(|_| !configured) else {
                return here;
            };
            let passed = call
                .providers
                .iter()
                .find(|(child, _)| child.name == here.name && child.alias == here.alias);
            here = match passed {
                Some((_, outer)) => ProviderAddress {
                    module: parent,
                    name: outer.name.clone(),
                    alias: outer.alias.clone(),
                },
                None if here.alias.is_none() => ProviderAddress {
                    name: self.same_provider(&here, &parent),
                    module: parent,
                    alias: None,
                },
                None => return here,
            };
        }
    }

    /// What a module calls the provider that an inner module calls by another name perhaps.
    fn same_provider(&self, inner: &ProviderAddress, outer: &ModulePath) -> Arc<str> {
        let source = |module: &Module, name: &str| module.provider_source(name);
        let wanted = self.module(&inner.module).map(|module| source(module, &inner.name));
        let required = self.module(outer).into_iter().flat_map(|module| &module.required_providers);
        let mut names = required.map(|it| &it.name.text);
        let outer = self.module(outer);
        names
            .find(|name| outer.map(|outer| source(outer, name)) == wanted)
            .unwrap_or(&inner.name)
            .clone()
    }
}
