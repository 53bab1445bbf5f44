//! Why a command ends without having done its work.

use meridian_engine::PlanFileError;
use meridian_lang::{Diagnostic, Diagnostics, Sources};
use meridian_report::planning_failed_text;
use meridian_state::StateError;

use crate::terminal::Terminal;

/// What is said before the command ends with 1.
#[derive(Debug)]
pub struct Failure {
    diagnostics: Diagnostics,
    sources: Sources,
    /// Whether a plan was on the way.
    while_planning: bool,
}

impl Failure {
    /// These errors, which point into these sources.
    pub fn new(diagnostics: Diagnostics, sources: &Sources) -> Failure {
        Failure {
            diagnostics: diagnostics.by_place(),
            sources: sources.clone(),
            while_planning: false,
        }
    }

    /// The same, found when the plan was already being made.
    pub fn while_planning(self) -> Failure {
        Failure { while_planning: true, ..self }
    }

    /// An error without a place.
    pub fn message(summary: impl Into<String>, detail: impl Into<String>) -> Failure {
        Diagnostic::error(summary, detail).into()
    }

    /// Says it.
    pub fn show(&self, terminal: &Terminal) {
        if self.while_planning {
            terminal.print(&planning_failed_text(terminal.style()));
        }
        terminal.diagnostics(&self.diagnostics, &self.sources);
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Failure {
        Failure::new(diagnostic.into(), &Sources::default())
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        Failure::message("The state cannot be used", error.to_string())
    }
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Failure {
        Failure::message("The plan file cannot be used", error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::message("The system refused", error.to_string())
    }
}
