//! Sets of keys whose primary moves to another Region: which key takes the lead, and which gives
//! it up.

use std::collections::BTreeSet;

use meridian_plan::{Action, Plan, ResourceChange};
use meridian_resource::{Registry, ResourceType};

/// The call that makes a key the primary of its set.
const OPERATION: &str = "UpdatePrimaryRegion";

/// Whether the change makes a key the primary of its set.
pub(super) fn promotes(change: &ResourceChange) -> bool {
    change.calls.iter().any(|call| call.operation == OPERATION)
}

/// The sets whose primary moves.
pub(super) struct Promotions<'r> {
    registry: &'r Registry,
    sets: BTreeSet<String>,
}

impl<'r> Promotions<'r> {
    pub(super) fn of(plan: &Plan, registry: &'r Registry) -> Promotions<'r> {
        let mut promotions = Promotions { registry, sets: BTreeSet::new() };
        let promoting = plan.changes.iter().filter(|change| promotes(change));
        promotions.sets = promoting.filter_map(|change| promotions.set(change)).collect();
        promotions
    }

    /// What becomes of a key in a word, if its role changes.
    pub(super) fn word(&self, change: &ResourceChange) -> Option<&'static str> {
        if promotes(change) {
            return Some("🔀 becomes primary");
        }
        let leads = self.kind(change)?.leads(change.before.as_ref()?) == Some(true);
        let is_set = self.sets.contains(&self.set(change)?);
        (is_set && leads && change.action == Action::Update).then_some("🔀 becomes replica")
    }

    fn kind(&self, change: &ResourceChange) -> Option<&'r dyn ResourceType> {
        self.registry.resource_type(&change.address.resource.type_name)
    }

    fn set(&self, change: &ResourceChange) -> Option<String> {
        self.kind(change)?.set_identity(change.before.as_ref()?)
    }
}
