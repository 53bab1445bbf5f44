//! Conditions that the configuration sets: on variables, outputs, resources, and by themselves.

use meridian_config::{Check, Config, Output, Resource, Validation, Variable};
use meridian_graph::{InstanceAddress, ModuleInstance};
use meridian_lang::{Diagnostic, Diagnostics, Marks, Span, Type, Value, convert};

use crate::values::{Values, Viewpoint};
use crate::{CheckKind, CheckResult, CheckStatus};

/// What came of checking the conditions of one object.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What is said of those that do not hold.
    pub diagnostics: Diagnostics,
    /// What they say together, if there are any.
    pub result: Option<CheckResult>,
}

/// What is said of a resource whose precondition does not hold.
pub(crate) const PRECONDITION_FAILED: &str = "Resource precondition failed";

/// What is said of an assertion of a `check` block that does not hold.
const ASSERTION_FAILED: &str = "Check block assertion failed";

/// What the `validation` blocks of the root module's variables say. Nothing else is worth looking at
/// before they hold.
pub fn check_variables(config: &Config, values: &Values<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for variable in &config.root().variables {
        let checked = check_variable(variable, values, &ModuleInstance::root());
        diagnostics.extend(checked.diagnostics);
    }
    diagnostics
}

/// What the `validation` blocks of a variable say of its value in a module instance.
pub fn check_variable(
    variable: &Variable,
    values: &Values<'_>,
    module: &ModuleInstance,
) -> Checked {
    let viewpoint = Viewpoint::of(module.clone());
    let mut gathered = Gathered::default();
    for validation in &variable.validations {
        match broken(validation, values, &viewpoint) {
            Ok(Held::Yes) => {}
            Ok(Held::Unknown) => gathered.unknown(),
            Ok(Held::No(message)) => {
                let name = &variable.name.text;
                let detail = format!(
                    "{message}\n\nThis was checked by a validation rule of variable \"{name}\"."
                );
                gathered.failed(
                    message,
                    Diagnostic::error("Invalid value for variable", detail)
                        .at(values
                            .argument_span(module, &variable.name.text)
                            .unwrap_or(variable.span))
                        .label(validation.span, "the rule"),
                );
            }
            Err(errors) => gathered.error(errors),
        }
    }
    let name = format!("var.{}", variable.name.text);
    gathered.into_checked(
        CheckKind::Variable,
        within(&module.path(), &name),
        within(module, &name),
        variable.validations.len(),
    )
}

/// What the `precondition` blocks of a resource say.
pub(crate) fn check_preconditions(
    resource: &Resource,
    address: &InstanceAddress,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Checked {
    let conditions = &resource.lifecycle.preconditions;
    let is_warning = resource.check.is_some();
    let mut gathered = Gathered::default();
    let summary =
        if is_data(address) { "Data source precondition failed" } else { PRECONDITION_FAILED };
    gathered.check(conditions, summary, Some(address), values, viewpoint, is_warning);
    gathered.of_resource(address, conditions.len())
}

fn is_data(address: &InstanceAddress) -> bool {
    address.resource.mode == meridian_graph::ResourceMode::Data
}

/// What the `postcondition` blocks of a resource say of an instance, as it is planned or applied.
pub fn check_postconditions(
    resource: &Resource,
    address: &InstanceAddress,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
    object: &Value,
) -> Checked {
    let conditions = &resource.lifecycle.postconditions;
    if conditions.is_empty() {
        return Checked::default();
    }
    let viewpoint = Viewpoint { self_object: Some(object.clone()), ..viewpoint.clone() };
    let mut gathered = Gathered::default();
    let summary = "Resource postcondition failed";
    gathered.check(
        conditions,
        summary,
        Some(address),
        values,
        &viewpoint,
        resource.check.is_some(),
    );
    gathered.of_resource(address, conditions.len())
}

/// What the `precondition` blocks of an output say.
pub fn check_outputs(output: &Output, values: &Values<'_>, module: &ModuleInstance) -> Checked {
    let viewpoint = Viewpoint::of(module.clone());
    let mut gathered = Gathered::default();
    let summary = "Module output value precondition failed";
    gathered.check(&output.preconditions, summary, None, values, &viewpoint, false);
    let name = format!("output.{}", output.name.text);
    gathered.into_checked(
        CheckKind::Output,
        within(&module.path(), &name),
        within(module, &name),
        output.preconditions.len(),
    )
}

/// What the assertions of a `check` block say: warnings, whatever it is.
pub fn check_assertions(check: &Check, values: &Values<'_>, module: &ModuleInstance) -> Checked {
    let viewpoint = Viewpoint::of(module.clone());
    let mut gathered = Gathered::default();
    gathered.check(&check.assertions, ASSERTION_FAILED, None, values, &viewpoint, true);
    let name = format!("check.{}", check.name.text);
    gathered.into_checked(
        CheckKind::Check,
        within(&module.path(), &name),
        within(module, &name),
        check.assertions.len(),
    )
}

/// What a list of conditions says; those that cannot be decided yet say nothing.
pub(crate) fn check(
    conditions: &[Validation],
    summary: &str,
    address: Option<&InstanceAddress>,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Diagnostics {
    let mut gathered = Gathered::default();
    gathered.check(conditions, summary, address, values, viewpoint, false);
    gathered.diagnostics
}

pub(crate) fn within(module: &dyn std::fmt::Display, name: &str) -> String {
    match module.to_string() {
        root if root.is_empty() => name.to_owned(),
        module => format!("{module}.{name}"),
    }
}

/// Conditions of one object on the way.
#[derive(Default)]
struct Gathered {
    diagnostics: Diagnostics,
    worst: Option<CheckStatus>,
    problems: Vec<String>,
}

impl Gathered {
    fn worsen(&mut self, status: CheckStatus) {
        self.worst = self.worst.max(Some(status));
    }

    fn unknown(&mut self) {
        self.worsen(CheckStatus::Unknown);
    }

    fn failed(&mut self, message: String, diagnostic: Diagnostic) {
        self.worsen(CheckStatus::Fail);
        self.problems.push(message);
        self.diagnostics.push(diagnostic);
    }

    fn error(&mut self, errors: Diagnostics) {
        self.worsen(CheckStatus::Error);
        self.diagnostics.extend(errors);
    }

    fn check(
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
                        found.severity = meridian_lang::Severity::Warning;
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

    fn of_resource(self, address: &InstanceAddress, conditions: usize) -> Checked {
        let block = address.resource.config().to_string();
        self.into_checked(CheckKind::Resource, block, address.to_string(), conditions)
    }

    fn into_checked(
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
        error.severity = meridian_lang::Severity::Warning;
        error
    });
    lowered.collect()
}

/// Whether a condition holds.
enum Held {
    Yes,
    Unknown,
    /// It does not, and this is said of it.
    No(String),
}

fn broken(
    condition: &Validation,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Held, Diagnostics> {
    let span = condition.condition.span;
    let value = values.evaluate(&condition.condition, viewpoint)?;
    let value = convert(&value, &Type::Bool).map_err(|error| invalid(&error.to_string(), span))?;
    if value.is_null() {
        return Err(invalid("the condition must be true or false, not null", span));
    }
    match value.as_bool() {
        Some(true) => return Ok(Held::Yes),
        None => return Ok(Held::Unknown),
        Some(false) => {}
    }
    let message = values.evaluate(&condition.error_message, viewpoint)?;
    let message = convert(&message, &Type::String).unwrap_or_else(|_| Value::null(Type::String));
    Ok(Held::No(match message.as_str() {
        Some(_) if message.is_sensitive() => {
            "The error message included a sensitive value, so it will not be displayed.".into()
        }
        Some(_) if message.deep_marks().contains(Marks::EPHEMERAL) => {
            "The error message included an ephemeral value, so it will not be displayed.".into()
        }
        Some(text) => text.to_owned(),
        None => "The condition does not hold.".into(),
    }))
}

fn invalid(why: &str, span: Span) -> Diagnostics {
    Diagnostic::error("Invalid condition result", format!("Invalid condition result value: {why}."))
        .at(span)
        .into()
}
