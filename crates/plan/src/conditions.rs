//! Conditions that the configuration sets: on variables, outputs, resources, and by themselves.

mod gathered;
mod held;

use meridian_config::{Check, Config, Output, Resource, Validation, Variable};
use meridian_graph::{InstanceAddress, ModuleInstance};
use meridian_lang::{Diagnostic, Diagnostics, Value};

use self::gathered::Gathered;
use self::held::{Held, broken};
use crate::values::{Values, Viewpoint};
use crate::{CheckKind, CheckResult};

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
