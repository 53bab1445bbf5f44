//! Which of the instances belong to the same secret.

use std::collections::HashMap;

use meridian_lang::{InstanceAddress, ResourceAddress, Value};
use meridian_resource::Reviewed;

use super::{POLICY, SECRET};

/// A secret, as instances name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Secret<'a> {
    /// One of the instances.
    Managed(usize),
    /// One that is managed elsewhere: its Region, and its ARN or name.
    Named(&'a str, &'a str),
}

/// The instances, and the secrets among them.
pub(super) struct Secrets<'a> {
    pub(super) instances: &'a [Reviewed<'a>],
    /// By Region, and by ARN or name.
    by_name: HashMap<(&'a str, &'a str), usize>,
    by_address: HashMap<&'a InstanceAddress, usize>,
    by_resource: HashMap<&'a ResourceAddress, Vec<usize>>,
}

impl<'a> Secrets<'a> {
    pub(super) fn of(instances: &'a [Reviewed<'a>]) -> Secrets<'a> {
        let mut secrets = Secrets {
            instances,
            by_name: HashMap::new(),
            by_address: HashMap::new(),
            by_resource: HashMap::new(),
        };
        for (index, secret) in secrets.of_type(SECRET) {
            for object in [secret.before.map(|it| &it.attributes), secret.after] {
                let names = ["arn", "name"].into_iter();
                for name in names.filter_map(|name| object?.get_str(name)) {
                    secrets.by_name.insert((secret.region, name), index);
                }
            }
            secrets.by_address.insert(secret.address, index);
            secrets.by_resource.entry(&secret.address.resource).or_default().push(index);
        }
        secrets
    }

    /// The instances of a type, with their positions.
    pub(super) fn of_type(&self, name: &'static str) -> Vec<(usize, &'a Reviewed<'a>)> {
        let is_of = |it: &&Reviewed<'_>| *it.address.resource.type_name == *name;
        self.instances.iter().enumerate().filter(|(_, it)| is_of(it)).collect()
    }

    /// The secret that an instance belongs to, by its name or, while that is not known, by what the
    /// instance refers to.
    pub(super) fn secret_of(&self, instance: &'a Reviewed<'a>) -> Option<Secret<'a>> {
        let is_policy = *instance.address.resource.type_name == *POLICY;
        let argument = if is_policy { "secret_arn" } else { "secret_id" };
        let attributes = instance.after.or(instance.before.map(|it| &it.attributes))?;
        if let Some(name) = attributes.get_str(argument) {
            let managed = self.by_name.get(&(instance.region, name));
            let named = Secret::Named(instance.region, name);
            return Some(managed.map_or(named, |index| Secret::Managed(*index)));
        }
        let is_secret = |it: &&ResourceAddress| *it.type_name == *SECRET;
        let mut referred = instance.references.iter().filter(is_secret);
        let (one, none) = (referred.next()?, referred.next());
        if none.is_some() {
            return None;
        }
        let twin = one.instance(instance.address.key.clone());
        if let Some(index) = self.by_address.get(&twin) {
            return Some(Secret::Managed(*index));
        }
        match self.by_resource.get(one).map(Vec::as_slice) {
            Some([index]) => Some(Secret::Managed(*index)),
            _ => None,
        }
    }
}

/// The text of an attribute before.
pub(super) fn before<'a>(instance: &Reviewed<'a>, name: &str) -> Option<&'a str> {
    instance.before?.text(name)
}

/// Whether an attribute will be otherwise than it is, as far as that is known.
pub(super) fn changes(instance: &Reviewed<'_>, name: &str) -> bool {
    let after = instance.after.and_then(|after| after.get(name));
    let before = instance.before.and_then(|before| before.attributes.get(name));
    after.map(Value::unmark_deep) != before.map(Value::unmark_deep)
}
