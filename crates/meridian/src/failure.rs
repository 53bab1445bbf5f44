//! Why a command ends without having done its work.

use meridian_engine::PlanFileError;
use meridian_lang::{Diagnostic, Diagnostics, Sources};
use meridian_plan::Plan;
use meridian_report::{LogLine, Style, partial_plan_text, plan_log, planning_failed_text};
use meridian_resource::Registry;
use meridian_state::StateError;

use crate::terminal::Terminal;

/// What is said before the command ends with 1.
#[derive(Debug)]
pub struct Failure {
    diagnostics: Diagnostics,
    sources: Sources,
    /// What was planned before something went wrong, if a plan was on the way.
    planned: Option<Planned>,
}

/// What is told of a plan that was not finished.
#[derive(Debug)]
enum Planned {
    Nothing,
    Part { text: String, log: Vec<LogLine> },
}

impl Failure {
    /// These errors, which point into these sources.
    pub fn new(diagnostics: Diagnostics, sources: &Sources) -> Failure {
        Failure { diagnostics: diagnostics.by_place(), sources: sources.clone(), planned: None }
    }

    /// The same, found when the plan was already being made.
    pub fn while_planning(self) -> Failure {
        Failure { planned: Some(Planned::Nothing), ..self }
    }

    /// The same, found when this part of the plan had been made.
    pub fn beside(self, plan: &Plan, registry: &Registry, style: Style) -> Failure {
        let text = partial_plan_text(plan, registry, style);
        Failure { planned: Some(Planned::Part { text, log: plan_log(plan) }), ..self }
    }

    /// An error without a place.
    pub fn message(summary: impl Into<String>, detail: impl Into<String>) -> Failure {
        Diagnostic::error(summary, detail).into()
    }

    /// Says it.
    pub fn show(&self, terminal: &Terminal) {
        match &self.planned {
            Some(Planned::Part { log, .. }) if terminal.is_log() => terminal.log(log),
            Some(Planned::Part { text, .. }) => terminal.print(text),
            Some(Planned::Nothing) => terminal.print(&planning_failed_text(terminal.style())),
            None => {}
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
