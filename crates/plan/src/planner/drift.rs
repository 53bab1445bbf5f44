//! What refresh found to differ from the state.

use super::Planner;
use crate::compare::{differs, drifted};
use crate::inputs::PriorObject;
use crate::owned::Owned;
use crate::{Drift, Mode};

impl Planner<'_> {
    /// What people should hear of, and the rest.
    pub(super) fn drift(&self) -> (Vec<Drift>, Vec<Drift>) {
        let registry = self.inputs.registry;
        let owned = Owned::of(self.prior.values(), registry);
        let (mut told, mut quiet) = (Vec::new(), Vec::new());
        let looked_at =
            |it: &&PriorObject| !it.unfinished && self.selection.has_object(&it.address);
        for object in self.prior.values().filter(looked_at) {
            let type_name = &object.address.resource.type_name;
            let Some(kind) = registry.resource_type(type_name) else { continue };
            let before = &object.stored.attributes;
            let block = self.declared.get(&object.address.resource.config());
            let sets = |name: &str| block.is_some_and(|it| it.body.attribute(name).is_some());
            let read = object.observed.as_ref().map(|it| &it.attributes);
            let after = read.map(|it| owned.as_before(object, it, sets));
            let is_told = after.as_ref().is_none_or(|after| drifted(kind.schema(), before, after));
            let moves = self.inputs.mode == Mode::RefreshOnly && object.previous_address.is_some();
            let drift = |after| Drift {
                address: object.address.clone(),
                previous_address: object.previous_address.clone(),
                region: object.region.clone(),
                before: before.clone(),
                after,
            };
            if is_told {
                told.push(drift(after));
            } else if moves || read.is_some_and(|read| differs(before, read)) {
                quiet.push(drift(read.cloned()));
            }
        }
        told.sort_by(|a, b| a.address.cmp(&b.address));
        quiet.sort_by(|a, b| a.address.cmp(&b.address));
        (told, quiet)
    }
}
