//! What an object shows of what another resource of the same configuration sets: a policy, a tag.
//! That it is there is no change outside.

use std::collections::BTreeMap;

use meridian_graph::InstanceAddress;
use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{Registry, ShownElsewhere};

use crate::PriorObject;

/// What the objects of a state set of each other.
pub(crate) struct Owned<'a>(
    BTreeMap<(&'a str, String), Vec<(&'a InstanceAddress, ShownElsewhere)>>,
);

impl<'a> Owned<'a> {
    pub(crate) fn of(
        objects: impl Iterator<Item = &'a PriorObject>,
        registry: &Registry,
    ) -> Owned<'a> {
        let mut owned = BTreeMap::<_, Vec<_>>::new();
        for object in objects {
            let kind = registry.resource_type(&object.address.resource.type_name);
            if let Some(shown) = kind.and_then(|kind| kind.shown_elsewhere(&object.stored)) {
                let key = (&*object.region, shown.id.clone());
                owned.entry(key).or_default().push((&object.address, shown));
            }
        }
        Owned(owned)
    }

    /// What was read of an object, with what others set as it was before. What the configuration
    /// sets itself (`sets`, by the name of the attribute) stays as it was read.
    pub(crate) fn as_before(
        &self,
        object: &PriorObject,
        observed: &Value,
        sets: impl Fn(&str) -> bool,
    ) -> Value {
        let before = &object.stored.attributes;
        let names = ["id", "arn", "key_id"].into_iter().filter_map(|name| before.get_str(name));
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let owners = names
            .into_iter()
            .filter_map(|id| self.0.get(&(&*object.region, id.to_owned())))
            .flatten()
            .filter(|(address, shown)| {
                **address != object.address
                    && shown.types.contains(&&*object.address.resource.type_name)
            });
        let paths = owners.flat_map(|(_, shown)| &shown.paths);
        paths.fold(observed.clone(), |observed, path| match path.0.first() {
            Some(Step::Attribute(name)) if !sets(name) => restored(before, observed, name, path),
            _ => observed,
        })
    }
}

/// An object with one attribute, or one element of it, as it was before.
fn restored(before: &Value, after: Value, name: &str, path: &Path) -> Value {
    let (Some(was), Some(is)) = (before.get(name), after.get(name)) else { return after };
    let Some(Step::Key(key)) = path.0.get(1) else { return after.with(name, was.clone()) };
    let entries = is.as_entries().into_iter().flatten();
    let mut entries: BTreeMap<_, _> =
        entries.map(|(name, value)| (name.clone(), value.clone())).collect();
    match was.as_entries().and_then(|entries| entries.get(key)) {
        Some(element) => entries.insert(key.clone(), element.clone()),
        None => entries.remove(key),
    };
    let restored = match is.ty() {
        Type::Map(element) if !entries.is_empty() => {
            Value::map((*element).clone(), entries).mark(is.marks())
        }
        _ => was.clone(),
    };
    after.with(name, restored)
}
