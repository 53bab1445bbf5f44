//! All providers that are built in.

use std::sync::Arc;

use crate::{Provider, ResourceType};

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

    /// The names of all resource types.
    pub fn resource_type_names(&self) -> Vec<&'static str> {
        let types = self.providers.iter().flat_map(|provider| provider.resource_types());
        types.map(|known| known.name()).collect()
    }
}
