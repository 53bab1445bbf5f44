//! What a plan says. It is data: it can be kept in a file, shown, judged and carried out.

mod change;
mod checks;

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::{Diagnostic, Diagnostics, Value};
use meridian_resource::ProviderKey;

pub use self::change::{Action, Drift, OutputChange, Reason, ResourceChange};
pub use self::checks::{CheckKind, CheckResult, CheckStatus};
use crate::Options;

/// What is destroyed, or brought about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Make the cloud as the configuration says.
    #[default]
    Normal,
    /// Destroy everything in the state.
    Destroy,
    /// Only take what was read into the state.
    RefreshOnly,
}

/// A data source that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct DataObject {
    /// The instance.
    pub address: InstanceAddress,
    /// The provider configuration that was asked.
    pub provider: ProviderKey,
    /// Arguments and attributes.
    pub value: Value,
}

/// An object of the state that is gone and that nothing wants any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The instance.
    pub address: InstanceAddress,
    /// Its key, if a replacement had left it behind.
    pub deposed: Option<Arc<str>>,
}

/// A plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Normal or destroy.
    pub mode: Mode,
    /// Every instance that is in the configuration or the state, by address; `NoOp` included.
    pub changes: Vec<ResourceChange>,
    /// Data sources that have been read, by address.
    pub data: Vec<DataObject>,
    /// Instances that are left alone by `-target` or `-exclude`, with what is known of them.
    pub untouched: Vec<(InstanceAddress, Value)>,
    /// Blocks of which there is no instance at all.
    pub empty: Vec<ResourceAddress>,
    /// What conditions say.
    pub checks: Vec<CheckResult>,
    /// Which part of the configuration was planned.
    pub options: Options,
    /// Every output, `NoOp` included.
    pub outputs: Vec<OutputChange>,
    /// What changed outside since the state was written.
    pub drift: Vec<Drift>,
    /// What else was read otherwise than the state has it, and is nothing to people: another
    /// spelling of nothing, what changes by itself, what another resource sets. Terraform lists it
    /// for programs.
    pub quiet_drift: Vec<Drift>,
    /// Objects that the state is to forget: no call is needed for that.
    pub gone: Vec<Gone>,
    /// Values of the root module's variables, marks included.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// Identity and serial of the state that it was made from.
    pub basis: Basis,
}

/// The state that a plan was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The state's identity.
    pub lineage: String,
    /// Its serial at that time.
    pub serial: u64,
}

/// How many objects are added, changed and destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Created, replacements included.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Deleted, replacements included.
    pub destroy: usize,
    /// Taken over.
    pub import: usize,
    /// No longer managed, but left as they are.
    pub forget: usize,
}

impl Plan {
    /// Whether anything is to be done to objects, or to what the state has of them.
    pub fn has_resource_changes(&self) -> bool {
        self.changes.iter().any(ResourceChange::is_change)
    }

    /// Whether an apply would change anything: objects, outputs, or, where nothing else is asked
    /// for, what the state has of them.
    pub fn has_changes(&self) -> bool {
        self.has_resource_changes()
            || (self.mode == Mode::RefreshOnly && !self.drift.is_empty())
            || self.outputs.iter().any(|output| output.action != Action::NoOp)
    }

    /// All that was read otherwise than the state has it, for programs. As with Terraform, a plan
    /// to destroy everything tells nothing of it.
    pub fn whole_drift(&self) -> Vec<&Drift> {
        if self.mode == Mode::Destroy {
            return Vec::new();
        }
        let mut all: Vec<&Drift> = self.drift.iter().chain(&self.quiet_drift).collect();
        all.sort_by(|a, b| a.address.cmp(&b.address));
        all
    }

    /// The warnings in the order of their places, to be shown.
    pub fn warnings(&self) -> Diagnostics {
        self.warnings.iter().cloned().collect::<Diagnostics>().by_place()
    }

    /// How many objects are added, changed and destroyed.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.import += usize::from(change.importing.is_some());
            counts.forget += usize::from(change.action == Action::Forget);
            match change.action {
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::Replace => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Action::NoOp | Action::Forget | Action::Read | Action::Open => {}
            }
        }
        counts
    }
}
