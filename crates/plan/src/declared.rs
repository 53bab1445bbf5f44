//! The resource blocks of a configuration by their addresses.

use std::collections::HashMap;

use meridian_config::{Config, Resource};
use meridian_graph::ResourceAddress;

/// Finds resource blocks by their addresses.
#[derive(Clone, Debug, Default)]
pub struct Declared<'a> {
    blocks: HashMap<ResourceAddress, &'a Resource>,
}

impl<'a> Declared<'a> {
    /// The resource blocks of a configuration.
    pub fn of(config: &'a Config) -> Declared<'a> {
        let blocks = config.resources.iter();
        let blocks = blocks.map(|block| (address(block), block)).collect();
        Declared { blocks }
    }

    /// The block of that address.
    pub fn get(&self, address: &ResourceAddress) -> Option<&'a Resource> {
        self.blocks.get(address).copied()
    }
}

/// The address of a resource block.
pub(crate) fn address(block: &Resource) -> ResourceAddress {
    ResourceAddress { type_name: block.type_name.text.clone(), name: block.name.text.clone() }
}
