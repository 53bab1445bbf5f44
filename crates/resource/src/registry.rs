//! All providers that are built in.

use std::sync::Arc;

use meridian_lang::{ResourceAddress, ResourceMode};

use crate::{DataSource, Provider, ResourceType, Schema};

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

    /// The schema of whatever an address is of.
    pub fn schema(&self, address: &ResourceAddress) -> Option<&Schema> {
        let name = &*address.type_name;
        match address.mode {
            ResourceMode::Managed => self.resource_type(name).map(ResourceType::schema),
            ResourceMode::Data => self.data_source(name).map(DataSource::schema),
            ResourceMode::Ephemeral => self.ephemeral_resource(name).map(DataSource::schema),
        }
    }

    /// The provider of whatever an address is of.
    pub fn provider_of(&self, address: &ResourceAddress) -> Option<&Arc<dyn Provider>> {
        let name = &*address.type_name;
        let is_among = |list: &[Box<dyn DataSource>]| list.iter().any(|it| it.name() == name);
        self.providers.iter().find(|provider| match address.mode {
            ResourceMode::Managed => {
                provider.resource_types().iter().any(|known| known.name() == name)
            }
            ResourceMode::Data => is_among(provider.data_sources()),
            ResourceMode::Ephemeral => is_among(provider.ephemeral_resources()),
        })
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
