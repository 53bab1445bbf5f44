//! What the conditions of one object say together.

use meridian_config::Validation;
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Diagnostics, Marks, Severity, Span};

use super::held::{Held, broken};
use super::{ASSERTION_FAILED, Checked};
use crate::values::{Values, Viewpoint};
use crate::{CheckKind, CheckResult, CheckStatus};

/// Conditions of one object on the way.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) diagnostics: Diagnostics,
    worst: Option<CheckStatus>,
    problems: Vec<String>,
}

impl Gathered {
    fn worsen(&mut self, status: CheckStatus) {
        self.worst = self.worst.max(Some(status));
    }

    pub(super) fn unknown(&mut self) {
        self.worsen(CheckStatus::Unknown);
    }

    pub(super) fn failed(&mut self, message: String, diagnostic: Diagnostic) {
        self.worsen(CheckStatus::Fail);
        self.problems.push(message);
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn error(&mut self, errors: Diagnostics) {
        self.worsen(CheckStatus::Error);
        self.diagnostics.extend(errors);
    }

    pub(super) fn check(
        &mut self,
        conditions: &[Validation],
        summary: &str,
        address: Option<&InstanceAddress>,
        values: &Values<'_>,
        viewpoint: &Viewpoint,
        is_warning: bool,
    ) {
        for condition in conditions {
            let span = condition.condition.span;
            match broken(condition, values, viewpoint) {
                Ok(Held::Yes) => {}
                Ok(Held::Unknown) => {
                    self.unknown();
                    if summary == ASSERTION_FAILED {
                        self.diagnostics.push(assertion_known_later(span));
                    }
                }
                Ok(Held::No(message)) => {
                    if let Some(warning) = message_withheld(condition, values, viewpoint) {
                        self.diagnostics.push(warning);
                    }
                    let mut found = Diagnostic::error(summary, message.clone()).at(span);
                    if is_warning {
                        found.severity = Severity::Warning;
                    }
                    found.address = address.map(ToString::to_string);
                    self.failed(message, found);
                }
                // An assertion that cannot be evaluated is no failed assertion, but a mistake.
                Err(errors) if is_warning && summary != ASSERTION_FAILED => {
                    self.error(warnings(errors));
                }
                Err(errors) => self.error(errors),
            }
        }
    }

    pub(super) fn of_resource(self, address: &InstanceAddress, conditions: usize) -> Checked {
        let block = address.resource.config().to_string();
        self.into_checked(CheckKind::Resource, block, address.to_string(), conditions)
    }

    pub(super) fn into_checked(
        self,
        kind: CheckKind,
        block: String,
        address: String,
        conditions: usize,
    ) -> Checked {
        let status = self.worst.unwrap_or(CheckStatus::Pass);
        let problems = self.problems;
        let result = CheckResult { kind, block, address: Some(address), status, problems };
        Checked { diagnostics: self.diagnostics, result: (conditions > 0).then_some(result) }
    }
}

fn assertion_known_later(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "Check block assertion known after apply",
        "The condition could not be evaluated at this time, a result will be known when this plan \
         is applied.",
    )
    .at(span)
}

/// Says why the message of a condition is not shown, if it must not be.
fn message_withheld(
    condition: &Validation,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Option<Diagnostic> {
    let message = values.evaluate(&condition.error_message, viewpoint).ok()?;
    let marks = message.deep_marks();
    let (what, advice) = if marks.contains(Marks::SENSITIVE) {
        (
            "sensitive",
            "removing references to sensitive values, or by carefully using the nonsensitive() \
             function if the expression will not reveal the sensitive data",
        )
    } else if marks.contains(Marks::EPHEMERAL) {
        ("ephemeral", "removing references to ephemeral values")
    } else {
        return None;
    };
    let detail = format!(
        "The error expression used to explain this condition refers to {what} values, so Meridian \
         will not display the resulting message.\n\nYou can correct this by {advice}."
    );
    let summary = format!("Error message refers to {what} values");
    Some(Diagnostic::warning(summary, detail).at(condition.error_message.span))
}

fn warnings(errors: Diagnostics) -> Diagnostics {
    let lowered = errors.into_iter().map(|mut error| {
        error.severity = Severity::Warning;
        error
    });
    lowered.collect()
}
