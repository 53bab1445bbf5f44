//! All providers that are built in.

use std::sync::Arc;

use crate::{DataSource, Provider, ResourceType};

/// The providers by local name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
}

impl Registry {
    /// A registry of these providers.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Registry {
        Registry { providers: providers.into_iter().collect() }
    }

    /// The providers.
    pub fn providers(&self) -> &[Arc<dyn Provider>] {
        &self.providers
    }

    /// The provider of that name.
    pub fn provider(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// The resource type of that name.
    pub fn resource_type(&self, name: &str) -> Option<&dyn ResourceType> {
        let types = self.providers.iter().flat_map(|provider| provider.resource_types());
        types.map(|boxed| &**boxed).find(|known| known.name() == name)
    }

    /// The data source of that name.
    pub fn data_source(&self, name: &str) -> Option<&dyn DataSource> {
        let sources = self.providers.iter().flat_map(|provider| provider.data_sources());
        sources.map(|boxed| &**boxed).find(|known| known.name() == name)
    }

    /// The type of ephemeral resource of that name.
    pub fn ephemeral_resource(&self, name: &str) -> Option<&dyn DataSource> {
        let types = self.providers.iter().flat_map(|provider| provider.ephemeral_resources());
        types.map(|boxed| &**boxed).find(|known| known.name() == name)
    }

    /// The provider that this source address names: `hashicorp/aws`, with or without its host.
    pub fn provider_of_source(&self, source: &str) -> Option<&Arc<dyn Provider>> {
        let full = match source.split('/').count() {
            1 => format!("registry.terraform.io/hashicorp/{source}"),
            2 => format!("registry.terraform.io/{source}"),
            _ => source.to_owned(),
        };
        self.providers.iter().find(|provider| provider.source() == full)
    }

    /// The names of all data sources.
    pub fn data_source_names(&self) -> Vec<&'static str> {
        let sources = self.providers.iter().flat_map(|provider| provider.data_sources());
        sources.map(|known| known.name()).collect()
    }

    /// The names of all resource types.
    pub fn resource_type_names(&self) -> Vec<&'static str> {
        let types = self.providers.iter().flat_map(|provider| provider.resource_types());
        types.map(|known| known.name()).collect()
    }
}
