//! The blocks of a configuration by their addresses.

use std::collections::HashMap;

use meridian_config::{Config, Removed, Resource};
use meridian_graph::{ConfigResource, InstanceAddress, ModulePath, Target};

/// Finds blocks by their addresses.
#[derive(Clone, Debug, Default)]
pub struct Declared<'a> {
    blocks: HashMap<ConfigResource, &'a Resource>,
    removed: Vec<(ModulePath, &'a Removed)>,
}

impl<'a> Declared<'a> {
    /// The blocks of a configuration.
    pub fn of(config: &'a Config) -> Declared<'a> {
        let mut declared = Declared::default();
        for (path, module) in &config.modules {
            let blocks = module.resources.iter();
            declared.blocks.extend(blocks.map(|block| (block.address(path), block)));
            let removed = module.removed.iter();
            declared.removed.extend(removed.map(|block| (path.clone(), block)));
        }
        declared
    }

    /// The block of that address.
    pub fn get(&self, address: &ConfigResource) -> Option<&'a Resource> {
        self.blocks.get(address).copied()
    }

    /// All blocks.
    pub fn iter(&self) -> impl Iterator<Item = (&ConfigResource, &'a Resource)> {
        self.blocks.iter().map(|(address, block)| (address, *block))
    }

    /// The `removed` block that speaks of an instance.
    pub(crate) fn removed(&self, address: &InstanceAddress) -> Option<&'a Removed> {
        let speaks = |(path, removed): &&(ModulePath, &'a Removed)| {
            absolute(path, &removed.from).is_some_and(|target| target.covers(address))
        };
        self.removed.iter().find(speaks).map(|(_, removed)| *removed)
    }
}

/// An address that was written in a module, as seen from the root. It stands for every instance of
/// the module.
pub(crate) fn absolute(path: &ModulePath, target: &Target) -> Option<Target> {
    let text = match path.is_root() {
        true => return Some(target.clone()),
        false => format!("{path}.{target}"),
    };
    Target::parse(&text)
}
