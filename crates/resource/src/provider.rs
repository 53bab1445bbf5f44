//! Provider configurations: where and as whom calls are made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use meridian_lang::{ModulePath, Value};

use crate::{DataSource, Notice, Problem, ResourceType, Reviewed, Schema};

/// Which provider configuration: `aws`, or `aws.west` for an alias, or `module.a.aws.west` for one
/// that a module configures by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderKey {
    /// The module whose configuration it is; mostly the root.
    pub module: ModulePath,
    /// The provider's own name, whatever a module calls it.
    pub name: Arc<str>,
    /// Alias of the configuration, if not the default one.
    pub alias: Option<Arc<str>>,
}

impl fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        match &self.alias {
            Some(alias) => write!(f, "{}.{alias}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl ProviderKey {
    /// A configuration of the root module.
    pub fn of_root(name: &str, alias: Option<&str>) -> ProviderKey {
        ProviderKey { module: ModulePath::root(), name: name.into(), alias: alias.map(Into::into) }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> ProviderKey {
        let mut module = ModulePath::root();
        let mut rest = text;
        while let Some((call, behind)) =
            rest.strip_prefix("module.").and_then(|rest| rest.split_once('.'))
        {
            module = module.child(call);
            rest = behind;
        }
        let key = match rest.split_once('.') {
            Some((name, alias)) => ProviderKey::of_root(name, Some(alias)),
            None => ProviderKey::of_root(rest, None),
        };
        ProviderKey { module, ..key }
    }
}

/// What a resource type must know of the provider configuration that it is used with. Its debug form
/// shows of sensitive tags the keys alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The configuration, by which a cloud finds the credentials.
    pub provider: ProviderKey,
    /// Its Region.
    pub region: String,
    /// Tags that every resource gets unless it says otherwise (`default_tags`).
    pub default_tags: BTreeMap<String, String>,
    /// Keys of those whose values are sensitive.
    pub sensitive_default_tags: BTreeSet<String>,
    /// Keys of tags that are left alone (`ignore_tags.keys`).
    pub ignored_tag_keys: Vec<String>,
    /// Prefixes of keys of tags that are left alone (`ignore_tags.key_prefixes`).
    pub ignored_tag_prefixes: Vec<String>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(key, _): &(&String, &String)| !self.sensitive_default_tags.contains(*key);
        let tags: BTreeMap<_, _> = self.default_tags.iter().filter(shown).collect();
        f.debug_struct("Place")
            .field("provider", &self.provider)
            .field("region", &self.region)
            .field("default_tags", &tags)
            .field("sensitive_default_tags", &self.sensitive_default_tags)
            .field("ignored_tag_keys", &self.ignored_tag_keys)
            .field("ignored_tag_prefixes", &self.ignored_tag_prefixes)
            .finish()
    }
}

/// A family of resource types with a common configuration block.
pub trait Provider: Send + Sync {
    /// Its usual local name and the prefix of its types, such as `aws`.
    fn name(&self) -> &'static str;

    /// Its full source address, such as `registry.terraform.io/hashicorp/aws`.
    fn source(&self) -> &'static str;

    /// The arguments of its `provider` block.
    fn schema(&self) -> &Schema;

    /// Its resource types, in alphabetical order of their names.
    fn resource_types(&self) -> &[Box<dyn ResourceType>];

    /// Its data sources, in alphabetical order of their names.
    fn data_sources(&self) -> &[Box<dyn DataSource>] {
        &[]
    }

    /// What can be opened for the time of a run, in alphabetical order of the names.
    fn ephemeral_resources(&self) -> &[Box<dyn DataSource>] {
        &[]
    }

    /// Makes of an evaluated `provider` block what resource types need of it. Pure.
    ///
    /// # Errors
    /// What is wrong with the configuration, such as a missing Region.
    fn place(&self, key: &ProviderKey, config: &Value) -> Result<Place, Vec<Problem>>;

    /// What only shows on several instances together, such as two that manage the same thing: each
    /// notice with the position of the instance that it is about. What shows on one is for
    /// [`ResourceType::notices`]. Pure; `instances` are those of this provider's types, by address.
    fn review(&self, instances: &[Reviewed<'_>]) -> Vec<(usize, Notice)> {
        let _ = instances;
        Vec::new()
    }
}
