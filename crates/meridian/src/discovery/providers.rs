//! A provider configuration for each Region: those of the folder, and new ones.

use std::collections::{BTreeMap, BTreeSet};

use meridian_config::Config;
use meridian_lang::ExprKind;
use meridian_report::provider_block;
use meridian_resource::ProviderKey;

/// The provider whose configurations are looked for.
const AWS: &str = "aws";

/// Provider configurations by Region.
pub struct Providers {
    keys: BTreeMap<String, ProviderKey>,
    /// The blocks of those that the folder does not have.
    pub new_blocks: String,
}

impl Providers {
    /// For each Region the first configuration of the folder that names it, or a new one.
    pub fn new(config: &Config, regions: &BTreeSet<String>) -> Providers {
        let mut keys: BTreeMap<String, ProviderKey> = BTreeMap::new();
        let mut aliases = BTreeSet::new();
        for block in config.root().providers.iter().filter(|block| &*block.name.text == AWS) {
            let alias = block.alias.as_ref().map(|alias| &*alias.text);
            aliases.extend(alias.map(str::to_owned));
            let region = block.body.attribute("region").and_then(|it| match &it.expr.kind {
                ExprKind::Literal(value) => value.as_str(),
                _ => None,
            });
            if let Some(region) = region {
                let key = || ProviderKey::of_root(AWS, alias);
                keys.entry(region.to_owned()).or_insert_with(key);
            }
        }
        keys.retain(|region, _| regions.contains(region));
        let mut new_blocks = String::new();
        for region in regions {
            if keys.contains_key(region) {
                continue;
            }
            let mut alias = region.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            while !aliases.insert(alias.clone()) {
                alias.push('_');
            }
            if !new_blocks.is_empty() {
                new_blocks.push('\n');
            }
            new_blocks.push_str(&provider_block(AWS, &alias, region));
            keys.insert(region.clone(), ProviderKey::of_root(AWS, Some(&alias)));
        }
        Providers { keys, new_blocks }
    }

    /// The configuration of a Region.
    pub fn key(&self, region: &str) -> Option<&ProviderKey> {
        self.keys.get(region)
    }

    /// What a resource block says to use it; nothing for the default one.
    pub fn reference(&self, region: &str) -> Option<String> {
        self.key(region).filter(|key| key.alias.is_some()).map(ToString::to_string)
    }
}
