//! Which of the instances belong to the same secret, or to the same key.

use std::collections::HashMap;

use meridian_lang::{InstanceAddress, ResourceAddress, Value};
use meridian_resource::Reviewed;

use super::{KEY_POLICY, KEYS, POLICY, SECRET};
use crate::arn;

/// What others belong to, as instances name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder<'a> {
    /// One of the instances.
    Managed(usize),
    /// One that is managed elsewhere: its Region, and its ARN, name or id.
    Named(&'a str, &'a str),
}

/// The instances, and those among them that others belong to.
pub(super) struct Holders<'a> {
    pub(super) instances: &'a [Reviewed<'a>],
    types: &'static [&'static str],
    /// By Region, and by what others name it by.
    by_name: HashMap<(&'a str, &'a str), usize>,
    by_address: HashMap<&'a InstanceAddress, usize>,
    by_resource: HashMap<&'a ResourceAddress, Vec<usize>>,
}

impl<'a> Holders<'a> {
    /// The secrets, which go by their ARNs and their names.
    pub(super) fn secrets(instances: &'a [Reviewed<'a>]) -> Holders<'a> {
        Holders::of(instances, &[SECRET], &["arn", "name"])
    }

    /// The keys of all types, which go by their ids.
    pub(super) fn keys(instances: &'a [Reviewed<'a>]) -> Holders<'a> {
        Holders::of(instances, &KEYS, &["key_id"])
    }

    fn of(
        instances: &'a [Reviewed<'a>],
        types: &'static [&'static str],
        names: &[&str],
    ) -> Holders<'a> {
        let mut holders = Holders {
            instances,
            types,
            by_name: HashMap::new(),
            by_address: HashMap::new(),
            by_resource: HashMap::new(),
        };
        for (index, holder) in types.iter().flat_map(|name| of_type(instances, name)) {
            for object in [holder.before.map(|it| &it.attributes), holder.after] {
                for name in names.iter().filter_map(|name| object?.get_str(name)) {
                    holders.by_name.insert((holder.region, name), index);
                }
            }
            holders.by_address.insert(holder.address, index);
            holders.by_resource.entry(&holder.address.resource).or_default().push(index);
        }
        holders
    }

    /// The instances of a type, with their positions.
    pub(super) fn of_type(
        &self,
        name: &'static str,
    ) -> impl Iterator<Item = (usize, &'a Reviewed<'a>)> + use<'a> {
        of_type(self.instances, name)
    }

    /// What an instance belongs to, by its name or, while that is not known, by what the instance
    /// refers to.
    pub(super) fn holder_of(&self, instance: &'a Reviewed<'a>) -> Option<Holder<'a>> {
        let attributes = instance.after.or(instance.before.map(|it| &it.attributes))?;
        if let Some(name) = named(instance, attributes) {
            let managed = self.by_name.get(&(instance.region, name));
            let named = Holder::Named(instance.region, name);
            return Some(managed.map_or(named, |index| Holder::Managed(*index)));
        }
        let is_holder = |it: &&ResourceAddress| self.types.contains(&&*it.type_name);
        let mut referred = instance.references.iter().filter(is_holder);
        let (one, none) = (referred.next()?, referred.next());
        if none.is_some() {
            return None;
        }
        let twin = one.instance(instance.address.key.clone());
        if let Some(index) = self.by_address.get(&twin) {
            return Some(Holder::Managed(*index));
        }
        match self.by_resource.get(one).map(Vec::as_slice) {
            Some([index]) => Some(Holder::Managed(*index)),
            _ => None,
        }
    }
}

/// The instances of a type, with their positions.
pub(super) fn of_type<'a>(
    instances: &'a [Reviewed<'a>],
    name: &'static str,
) -> impl Iterator<Item = (usize, &'a Reviewed<'a>)> + use<'a> {
    let is_of = move |it: &&Reviewed<'_>| *it.address.resource.type_name == *name;
    instances.iter().enumerate().filter(move |(_, it)| is_of(it))
}

/// What an instance calls the secret or the key that it belongs to.
fn named<'a>(instance: &Reviewed<'_>, attributes: &'a Value) -> Option<&'a str> {
    match &*instance.address.resource.type_name {
        POLICY => attributes.get_str("secret_arn"),
        KEY_POLICY => attributes.get_str("key_id").map(arn::key_id),
        _ => attributes.get_str("secret_id"),
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
