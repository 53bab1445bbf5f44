//! What an object shows of what another resource of the same configuration sets: a policy, a tag.
//! That it is there is no change outside.

use std::collections::BTreeMap;

use meridian_graph::InstanceAddress;
use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{Object, Registry, ShownElsewhere};

use crate::{Plan, PriorObject, ResourceChange};

/// What the objects of a state set of each other.
pub struct Owned<'a>(BTreeMap<(&'a str, String), Vec<(&'a InstanceAddress, ShownElsewhere)>>);

impl<'a> Owned<'a> {
    pub(crate) fn of(
        objects: impl Iterator<Item = &'a PriorObject>,
        registry: &Registry,
    ) -> Owned<'a> {
        let objects = objects.map(|it| (&it.address, &*it.region, &it.stored));
        Owned::among(objects, registry)
    }

    /// What the objects that a plan is about set of each other, as they are before it.
    pub fn of_plan(plan: &'a Plan, registry: &Registry) -> Owned<'a> {
        let changes = plan.changes.iter();
        let objects =
            changes.filter_map(|it| Some((&it.address, &*it.region, it.before.as_ref()?)));
        Owned::among(objects, registry)
    }

    fn among(
        objects: impl Iterator<Item = (&'a InstanceAddress, &'a str, &'a Object)>,
        registry: &Registry,
    ) -> Owned<'a> {
        let mut owned = BTreeMap::<_, Vec<_>>::new();
        for (address, region, object) in objects {
            let kind = registry.resource_type(&address.resource.type_name);
            if let Some(shown) = kind.and_then(|kind| kind.shown_elsewhere(object)) {
                owned.entry((region, shown.id.clone())).or_default().push((address, shown));
            }
        }
        Owned(owned)
    }

    /// The parts of an object that others set: attributes that the configuration does not set
    /// itself (`sets`, by name), and elements of others.
    pub fn parts(&self, change: &ResourceChange, sets: impl Fn(&str) -> bool) -> Vec<Path> {
        let Some(before) = &change.before else { return Vec::new() };
        let owners = self.owners(&change.address, &change.region, &before.attributes);
        let paths = owners.flat_map(|(_, shown)| &shown.paths);
        let is_left = |path: &&Path| match path.0.as_slice() {
            [Step::Attribute(name)] => !sets(name),
            _ => true,
        };
        paths.filter(is_left).cloned().collect()
    }

    fn owners<'o>(
        &'o self,
        address: &'o InstanceAddress,
        region: &'o str,
        before: &'o Value,
    ) -> impl Iterator<Item = &'o (&'a InstanceAddress, ShownElsewhere)> {
        let names = ["id", "arn", "key_id"].into_iter().filter_map(|name| before.get_str(name));
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let shown = names.into_iter().filter_map(move |id| self.0.get(&(region, id.to_owned())));
        shown.flatten().filter(move |(owner, shown)| {
            *owner != address && shown.types.contains(&&*address.resource.type_name)
        })
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
        let owners = self.owners(&object.address, &object.region, before);
        let paths = owners.flat_map(|(_, shown)| &shown.paths);
        paths.fold(observed.clone(), |observed, path| match path.0.first() {
            Some(Step::Attribute(name)) if !sets(name) => restored(before, observed, name, path),
            _ => observed,
        })
    }
}

/// What is wanted of an object, with the parts that others set as they are: whoever they belong to
/// may have changed them since it was planned. Elements that are not wanted anyway stay away.
pub fn following(wanted: &Value, known: &Value, parts: &[Path]) -> Value {
    parts.iter().fold(wanted.clone(), |wanted, path| match path.0.as_slice() {
        [Step::Attribute(name), Step::Key(key)] => {
            let entries = wanted.get(name).and_then(Value::as_entries);
            let is_wanted = entries.is_some_and(|entries| entries.contains_key(key));
            if is_wanted { restored(known, wanted, name, path) } else { wanted }
        }
        [Step::Attribute(name), ..] => restored(known, wanted, name, path),
        _ => wanted,
    })
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
