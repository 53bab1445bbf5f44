//! What people name on the command line and in `moved` and `removed` blocks.

use std::fmt;
use std::sync::Arc;

use super::parse::{Part, parts};
use super::{
    InstanceAddress, InstanceKey, ModuleInstance, ModuleStep, ResourceAddress, ResourceMode,
};

/// A module, a resource or one instance of a resource. Without a key, a repeated module or
/// resource stands for all its instances.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// `module.a`, `module.a["eu"]`
    Module(ModuleInstance),
    /// `aws_kms_key.a`, `module.a.aws_kms_key.a[0]`
    Resource(InstanceAddress),
}

impl Target {
    /// Reads an address.
    pub fn parse(text: &str) -> Option<Target> {
        let mut parts = parts(text)?.into_iter().peekable();
        let mut steps = Vec::new();
        let is_module = |part: &Part| matches!(part, Part::Name(name) if &**name == "module");
        while parts.next_if(is_module).is_some() {
            let name = name(parts.next()?)?;
            steps.push(ModuleStep { name, key: parts.next_if(is_key).and_then(key) });
        }
        let module: ModuleInstance = steps.into_iter().collect();
        let Some(first) = parts.next() else {
            return (!module.is_root()).then_some(Target::Module(module));
        };
        let first = name(first)?;
        let (mode, type_name) = match &*first {
            "data" => (ResourceMode::Data, name(parts.next()?)?),
            "ephemeral" => (ResourceMode::Ephemeral, name(parts.next()?)?),
            "resource" => (ResourceMode::Managed, name(parts.next()?)?),
            _ => (ResourceMode::Managed, first),
        };
        let resource = ResourceAddress { module, mode, type_name, name: name(parts.next()?)? };
        let key = parts.next_if(is_key).and_then(key);
        parts.next().is_none().then_some(Target::Resource(InstanceAddress { resource, key }))
    }

    /// The address as one of an instance.
    pub fn instance(self) -> Option<InstanceAddress> {
        match self {
            Target::Resource(address) => Some(address),
            Target::Module(_) => None,
        }
    }

    /// The instance of the module that is named, or in which the resource stands.
    pub fn module(&self) -> &ModuleInstance {
        match self {
            Target::Module(module) => module,
            Target::Resource(address) => &address.resource.module,
        }
    }

    /// Whether an instance is among what is named. Steps and resources without a key stand for
    /// every key.
    pub fn covers(&self, address: &InstanceAddress) -> bool {
        let within = |named: &ModuleInstance, exactly: bool| {
            let (named, actual) = (named.steps(), address.resource.module.steps());
            let fits =
                if exactly { named.len() == actual.len() } else { named.len() <= actual.len() };
            fits && named.iter().zip(actual).all(|(named, actual)| {
                named.name == actual.name && (named.key.is_none() || named.key == actual.key)
            })
        };
        match self {
            Target::Module(module) => within(module, false),
            Target::Resource(named) => {
                let (mine, its) = (&named.resource, &address.resource);
                (mine.mode, &mine.type_name, &mine.name) == (its.mode, &its.type_name, &its.name)
                    && within(&mine.module, true)
                    && (named.key.is_none() || named.key == address.key)
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Module(module) => module.fmt(f),
            Target::Resource(address) => address.fmt(f),
        }
    }
}

fn is_key(part: &Part) -> bool {
    matches!(part, Part::Key(_))
}

fn key(part: Part) -> Option<InstanceKey> {
    match part {
        Part::Key(key) => Some(key),
        Part::Name(_) => None,
    }
}

fn name(part: Part) -> Option<Arc<str>> {
    match part {
        Part::Name(name) => Some(name),
        Part::Key(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(target: &str, address: &str) -> bool {
        let address = InstanceAddress::parse(address).expect(address);
        Target::parse(target).expect(target).covers(&address)
    }

    #[test]
    fn what_is_named_without_keys_stands_for_all_of_them() {
        assert!(covers("aws_kms_key.a", "aws_kms_key.a[\"x\"]"));
        assert!(covers("module.m", "module.m[0].module.n.aws_kms_key.a"));
        assert!(covers("module.m.aws_kms_key.a", "module.m[1].aws_kms_key.a[0]"));
        assert!(covers("data.aws_region.here", "data.aws_region.here"));
    }

    #[test]
    fn what_is_named_with_a_key_stands_for_that_one() {
        assert!(!covers("aws_kms_key.a[0]", "aws_kms_key.a[1]"));
        assert!(!covers("module.m[0]", "module.m[1].aws_kms_key.a"));
        assert!(!covers("aws_kms_key.a", "module.m.aws_kms_key.a"));
        assert!(!covers("aws_region.here", "data.aws_region.here"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["", "module", "module.a.", "aws_kms_key", "data.x", "a.b.c", "a.b[0][1]", "a..b"]
        {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }
}
