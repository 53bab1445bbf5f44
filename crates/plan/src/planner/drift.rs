//! What refresh found to differ from the state.

use super::Planner;
use crate::Drift;
use crate::compare::drifted;
use crate::owned::Owned;

impl Planner<'_> {
    pub(super) fn drift(&self) -> Vec<Drift> {
        let registry = self.inputs.registry;
        let owned = Owned::of(self.prior.values(), registry);
        let mut drift: Vec<Drift> = self
            .prior
            .values()
            .filter(|object| !object.unfinished && self.selection.has_object(&object.address))
            .filter_map(|object| {
                let kind = registry.resource_type(&object.address.resource.type_name)?;
                let block = self.declared.get(&object.address.resource.config());
                let sets = |name: &str| block.is_some_and(|it| it.body.attribute(name).is_some());
                let after = object.observed.as_ref();
                let after = after.map(|it| owned.as_before(object, &it.attributes, sets));
                let differs = after
                    .as_ref()
                    .is_none_or(|after| drifted(kind.schema(), &object.stored.attributes, after));
                differs.then(|| Drift {
                    address: object.address.clone(),
                    region: object.region.clone(),
                    before: object.stored.attributes.clone(),
                    after,
                })
            })
            .collect();
        drift.sort_by(|a, b| a.address.cmp(&b.address));
        drift
    }
}
