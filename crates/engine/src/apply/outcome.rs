//! What came of carrying a plan out.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Diagnostics};
use meridian_plan::Counts;
use meridian_state::StoredOutput;

use crate::Cause;

/// A piece of work that was not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The instance.
    pub address: InstanceAddress,
    /// What failed; none if the user asked to stop.
    pub because: Option<Cause>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Applied {
    /// What was added, changed and destroyed.
    pub counts: Counts,
    /// What failed, and why.
    pub failures: Vec<(InstanceAddress, Diagnostic)>,
    /// What was stopped half way. It is in the state, and the next apply goes on with it.
    pub unfinished: Vec<InstanceAddress>,
    /// What was not begun.
    pub skipped: Vec<Skipped>,
    /// Whether the user asked to stop before everything was done.
    pub interrupted: bool,
    /// Errors that belong to no instance.
    pub diagnostics: Diagnostics,
    /// The outputs as they are now.
    pub outputs: BTreeMap<Arc<str>, StoredOutput>,
}

impl Applied {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
            && self.skipped.is_empty()
            && !self.interrupted
            && !self.diagnostics.has_errors()
    }
}
