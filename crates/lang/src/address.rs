//! Addresses of modules, resources and their instances, as types and never as bare text.

mod parse;
mod target;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

pub use target::Target;

/// A module by the names of the calls that lead to it: `module.network.module.keys`. The root
/// module has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(Arc<[Arc<str>]>);

impl ModulePath {
    /// The root module.
    pub fn root() -> ModulePath {
        ModulePath::default()
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module that a call in this one leads to.
    #[must_use]
    pub fn child(&self, call: &str) -> ModulePath {
        ModulePath(self.0.iter().cloned().chain([call.into()]).collect())
    }

    /// The module that holds the call to this one, and the call's name; none for the root.
    pub fn parent(&self) -> Option<(ModulePath, &Arc<str>)> {
        let (last, rest) = self.0.split_last()?;
        Some((ModulePath(rest.into()), last))
    }

    /// The names of the calls, outermost first.
    pub fn names(&self) -> &[Arc<str>] {
        &self.0
    }
}

impl FromIterator<Arc<str>> for ModulePath {
    fn from_iter<T: IntoIterator<Item = Arc<str>>>(names: T) -> ModulePath {
        ModulePath(names.into_iter().collect())
    }
}

/// Nothing for the root module.
impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.iter().enumerate() {
            write!(f, "{}module.{name}", if position > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

/// A call on the way to a module instance, and its key if the call is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleStep {
    /// The call's name.
    pub name: Arc<str>,
    /// The instance, if the call is repeated.
    pub key: Option<InstanceKey>,
}

/// One instance of a module: `module.network["eu"].module.keys`. The root has no steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModuleInstance(Arc<[ModuleStep]>);

impl ModuleInstance {
    /// The root module.
    pub fn root() -> ModuleInstance {
        ModuleInstance::default()
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The instance of a module that is called in this one.
    #[must_use]
    pub fn child(&self, call: &str, key: Option<InstanceKey>) -> ModuleInstance {
        let step = ModuleStep { name: call.into(), key };
        ModuleInstance(self.0.iter().cloned().chain([step]).collect())
    }

    /// The instance that holds the call to this one, and the last step; none for the root.
    pub fn parent(&self) -> Option<(ModuleInstance, &ModuleStep)> {
        let (last, rest) = self.0.split_last()?;
        Some((ModuleInstance(rest.into()), last))
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// The module in the configuration.
    pub fn path(&self) -> ModulePath {
        self.0.iter().map(|step| step.name.clone()).collect()
    }

    /// Whether this is `other` or lies in it.
    pub fn is_within(&self, other: &ModuleInstance) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl FromIterator<ModuleStep> for ModuleInstance {
    fn from_iter<T: IntoIterator<Item = ModuleStep>>(steps: T) -> ModuleInstance {
        ModuleInstance(steps.into_iter().collect())
    }
}

impl PartialOrd for ModuleInstance {
    fn partial_cmp(&self, other: &ModuleInstance) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Outer modules come before inner ones.
impl Ord for ModuleInstance {
    fn cmp(&self, other: &ModuleInstance) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

/// Nothing for the root module.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            write!(f, "{}module.{}", if position > 0 { "." } else { "" }, step.name)?;
            if let Some(key) = &step.key {
                key.fmt(f)?;
            }
        }
        Ok(())
    }
}

/// Whether something is made, only read, or opened for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceMode {
    /// A `data` block.
    Data,
    /// A `resource` block.
    Managed,
    /// An `ephemeral` block.
    Ephemeral,
}

impl ResourceMode {
    /// What an address of this mode begins with.
    pub fn prefix(self) -> &'static str {
        match self {
            ResourceMode::Data => "data.",
            ResourceMode::Managed => "",
            ResourceMode::Ephemeral => "ephemeral.",
        }
    }
}

/// A block in the configuration: `module.network.aws_kms_key.orders`, without any instance keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigResource {
    /// The module that the block stands in.
    pub module: ModulePath,
    /// What kind of block it is.
    pub mode: ResourceMode,
    /// The type's name.
    pub type_name: Arc<str>,
    /// The resource's name.
    pub name: Arc<str>,
}

impl ConfigResource {
    /// The resource in an instance of its module.
    pub fn within(&self, module: ModuleInstance) -> ResourceAddress {
        let ConfigResource { mode, type_name, name, .. } = self.clone();
        ResourceAddress { module, mode, type_name, name }
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}{}.{}", self.mode.prefix(), self.type_name, self.name)
    }
}

/// A resource in an instance of a module: `module.network["eu"].aws_kms_key.orders`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceAddress {
    /// The instance of the module that it stands in.
    pub module: ModuleInstance,
    /// What kind of block it is.
    pub mode: ResourceMode,
    /// The type's name.
    pub type_name: Arc<str>,
    /// The resource's name.
    pub name: Arc<str>,
}

impl ResourceAddress {
    /// The address of the managed resource `type_name.name` of the root module.
    pub fn new(type_name: &str, name: &str) -> ResourceAddress {
        ResourceAddress {
            module: ModuleInstance::root(),
            mode: ResourceMode::Managed,
            type_name: type_name.into(),
            name: name.into(),
        }
    }

    /// The instance of this resource under a key.
    pub fn instance(&self, key: Option<InstanceKey>) -> InstanceAddress {
        InstanceAddress { resource: self.clone(), key }
    }

    /// The block in the configuration.
    pub fn config(&self) -> ConfigResource {
        let ResourceAddress { module, mode, type_name, name } = self.clone();
        ConfigResource { module: module.path(), mode, type_name, name }
    }
}

impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}{}.{}", self.mode.prefix(), self.type_name, self.name)
    }
}

/// What tells instances of a repeated resource apart. Numbers come before text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// Of `count`.
    Index(u64),
    /// Of `for_each`.
    Text(Arc<str>),
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::Index(index) => write!(f, "[{index}]"),
            InstanceKey::Text(text) => write!(f, "[\"{}\"]", escape(text)),
        }
    }
}

/// Quotes, backslashes, line ends and template markers as the language escapes them.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                escaped.push(character);
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// One instance of a resource: `aws_kms_key.orders`, `….orders[0]`, `….orders["eu"]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstanceAddress {
    /// The resource.
    pub resource: ResourceAddress,
    /// Its key, if the resource is repeated.
    pub key: Option<InstanceKey>,
}

impl InstanceAddress {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<InstanceAddress> {
        Target::parse(text)?.instance()
    }
}

impl PartialOrd for InstanceAddress {
    fn partial_cmp(&self, other: &InstanceAddress) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Module, mode, type, name, then key: the order in which plans list them.
impl Ord for InstanceAddress {
    fn cmp(&self, other: &InstanceAddress) -> Ordering {
        self.resource.cmp(&other.resource).then_with(|| self.key.cmp(&other.key))
    }
}

impl fmt::Display for InstanceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}{key}", self.resource),
            None => self.resource.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_as_they_are_written() {
        for text in [
            "aws_kms_key.a",
            "aws_kms_key.a[0]",
            "aws_kms_key.a[\"eu-west-1\"]",
            "aws_kms_key.a[\"a\\\"b\\\\c$${d}\"]",
            "aws_kms_key.a[\"x[1].y\"]",
            "module.a.aws_kms_key.a",
            "module.a[0].module.b[\"x.y\"].data.aws_region.here[1]",
        ] {
            let address = InstanceAddress::parse(text).expect(text);
            assert_eq!(address.to_string(), text);
        }
        assert_eq!(InstanceAddress::parse("aws_kms_key"), None);
        assert_eq!(InstanceAddress::parse("aws_kms_key.a[b]"), None);
    }

    #[test]
    fn instances_are_listed_by_number_and_then_by_text() {
        let mut texts = ["t.a[\"x\"]", "t.a[10]", "t.a[9]", "t.a"]
            .map(|text| InstanceAddress::parse(text).expect(text));
        texts.sort();
        assert_eq!(texts.map(|it| it.to_string()), ["t.a", "t.a[9]", "t.a[10]", "t.a[\"x\"]"]);
    }
}
