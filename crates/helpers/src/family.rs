//! A provider without configuration.

use meridian_lang::Value;
use meridian_resource::{DataSource, Place, Problem, Provider, ProviderKey, ResourceType, Schema};

/// A provider whose block has no arguments, and which works on this machine.
pub struct Family {
    name: &'static str,
    source: &'static str,
    schema: Schema,
    resource_types: Vec<Box<dyn ResourceType>>,
    data_sources: Vec<Box<dyn DataSource>>,
    ephemeral_resources: Vec<Box<dyn DataSource>>,
}

impl Family {
    /// The provider of this name and full source address, with these types in alphabetical order.
    pub(crate) fn new(
        name: &'static str,
        source: &'static str,
        resource_types: Vec<Box<dyn ResourceType>>,
    ) -> Family {
        Family {
            name,
            source,
            schema: Schema::default(),
            resource_types,
            data_sources: Vec::new(),
            ephemeral_resources: Vec::new(),
        }
    }

    /// The same provider, with these data sources in alphabetical order.
    pub(crate) fn with_data_sources(mut self, sources: Vec<Box<dyn DataSource>>) -> Family {
        self.data_sources = sources;
        self
    }

    /// The same provider, with these types of ephemeral resources in alphabetical order.
    pub(crate) fn with_ephemeral(mut self, types: Vec<Box<dyn DataSource>>) -> Family {
        self.ephemeral_resources = types;
        self
    }
}

impl Provider for Family {
    fn name(&self) -> &'static str {
        self.name
    }

    fn source(&self) -> &'static str {
        self.source
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> &[Box<dyn ResourceType>] {
        &self.resource_types
    }

    fn data_sources(&self) -> &[Box<dyn DataSource>] {
        &self.data_sources
    }

    fn ephemeral_resources(&self) -> &[Box<dyn DataSource>] {
        &self.ephemeral_resources
    }

    /// There is only one place, this machine. It has no Region.
    fn place(&self, key: &ProviderKey, _config: &Value) -> Result<Place, Vec<Problem>> {
        Ok(Place {
            provider: key.clone(),
            region: String::new(),
            default_tags: Default::default(),
            ignored_tag_keys: Vec::new(),
            ignored_tag_prefixes: Vec::new(),
            sensitive_default_tags: std::collections::BTreeSet::new(),
        })
    }
}
