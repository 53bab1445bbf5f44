//! What is to become of an object, now that everything it refers to is known.

use meridian_lang::Diagnostics;
use meridian_plan::{Action, REGION, ResourceChange, Viewpoint, expand, wanted};
use meridian_resource::Place;

use super::{Applier, not_in_configuration};
use crate::reconcile::Task;
use crate::record::Entry;

impl<'a> Applier<'a> {
    pub(super) fn viewpoint(&mut self, change: &ResourceChange) -> Result<Viewpoint, Diagnostics> {
        let address = &change.address.resource;
        if !self.viewpoint.contains_key(address) {
            let Some(resource) = self.resource(address) else {
                return Ok(Viewpoint::default());
            };
            let outer = Viewpoint::of(address.module.clone());
            let instances = expand(&resource.repetition, self.work.values, &outer)?;
            self.viewpoint.insert(address.clone(), instances.into_iter().collect());
        }
        let of_resource = self.viewpoint.get(address);
        let viewpoint = of_resource.and_then(|instances| instances.get(&change.address.key));
        Ok(viewpoint.cloned().unwrap_or_default())
    }

    pub(super) fn task(&mut self, change: &'a ResourceChange) -> Result<Task, Diagnostics> {
        let viewpoint = self.viewpoint(change)?;
        let missing = || Diagnostics::from(not_in_configuration(&change.address));
        let resource = self.resource(&change.address.resource).ok_or_else(missing)?;
        let kind = self
            .context
            .registry
            .resource_type(&change.address.resource.type_name)
            .ok_or_else(missing)?;
        let place = self.work.places.get(&change.provider).ok_or_else(missing)?;
        let place = Place { region: change.region.clone(), ..place.clone() };
        let wanted = wanted(self.work.values, resource, kind, &place, &viewpoint, change)?;
        self.sound_values()?;
        let replaces = change.action == Action::Replace;
        let before = change.before.as_ref().filter(|_| !replaces);
        let is = before.map_or(&wanted, |before| &before.attributes);
        Ok(Task {
            entry: Entry::of(change),
            place,
            start: if replaces { None } else { change.before.clone() },
            hidden: self.hidden.parts(&change.region, is),
            wanted: Some(wanted),
            depose: replaces && change.create_first,
            parts_of_others: match replaces {
                true => Vec::new(),
                false => self.owned.parts(change, |name| resource.body.attribute(name).is_some()),
            },
        })
    }

    /// Locals, variables and outputs of modules that cannot be evaluated, now that more is known.
    pub(super) fn sound_values(&self) -> Result<(), Diagnostics> {
        self.work.values.take_diagnostics().check().map(|_| ())
    }

    pub(super) fn deletion(&self, piece: usize, change: &'a ResourceChange) -> Option<Task> {
        // An object is deleted as whoever it was made.
        let provider = change.prior_provider.as_ref().unwrap_or(&change.provider);
        let place = self.work.places.get(provider)?;
        let mut entry = Entry::of(change);
        if let Some(key) = self.deposed.get(&self.list[piece].change) {
            entry.deposed = Some(key.clone());
        }
        let region = change
            .before
            .as_ref()
            .and_then(|object| object.fact(REGION).map(str::to_owned))
            .unwrap_or_else(|| change.region.clone());
        let place = Place { region, ..place.clone() };
        let start = change.before.clone();
        let before = change.before.as_ref();
        let hidden = before.map(|it| self.hidden.parts(&change.region, &it.attributes));
        Some(Task {
            entry,
            place,
            start,
            wanted: None,
            depose: false,
            parts_of_others: Vec::new(),
            hidden: hidden.unwrap_or_default(),
        })
    }
}
