//! Why a command ends without having done its work.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

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

    /// A file or folder that the system does not let us read, write or make.
    pub fn at_path(path: &Path) -> impl Fn(std::io::Error) -> Failure + use<'_> {
        move |error| {
            let detail = format!("{}: {error}.", path.display());
            Failure::message("The system refused a file or folder", detail)
        }
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
        let detail = error.to_string();
        match &error {
            StateError::Locked(_) => Diagnostic::error("Error acquiring the state lock", detail)
                .help("-lock-timeout=5m waits for the other command to end")
                .into(),
            StateError::NotAState { path } if begins_as_json(path) => {
                let path = path.display();
                let help = format!(
                    "a state of Terraform is taken over by \"meridian state import-terraform {path}\""
                );
                Diagnostic::error("The state cannot be used", detail).help(help).into()
            }
            _ => Failure::message("The state cannot be used", detail),
        }
    }
}

/// Whether a file begins as states of Terraform do.
fn begins_as_json(path: &Path) -> bool {
    let mut first = [0; 1];
    File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == *b"{"
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Failure {
        let PlanFileError::Io { path, source } = &error else {
            return Failure::message("The plan file cannot be used", error.to_string());
        };
        let summary = format!("Failed to load {:?} as a plan file", path.display().to_string());
        match source.kind() {
            ErrorKind::IsADirectory => Failure::message(
                summary,
                "The specified path is a directory, not a plan file. You can use the global -chdir \
                 flag to use this directory as the configuration root.",
            ),
            ErrorKind::NotFound => Diagnostic::error(summary, "There is no such file.")
                .help(
                    "plan files are written by \"meridian plan -out=FILE\"; -target=ADDRESS names a \
                     part of the configuration",
                )
                .into(),
            _ => Failure::message(summary, format!("{source}.")),
        }
    }
}
