//! Conditions that the configuration sets: on variables, before a resource, after it.

use meridian_config::{Config, Resource, Validation};
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Diagnostics, Span, Type, Value, convert};

use crate::planner::{Planner, not_repeated};
use crate::values::{Repeated, Values};

/// What the `validation` blocks of variables say. Nothing else is worth looking at before they
/// hold.
pub fn check_variables(config: &Config, values: &Values<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for variable in &config.variables {
        for validation in &variable.validations {
            match broken(validation, values, &not_repeated()) {
                Ok(None) => {}
                Ok(Some(message)) => {
                    let detail = format!(
                        "{message}\n\nThis was checked by a validation rule of variable \"{}\".",
                        variable.name.text
                    );
                    diagnostics.push(
                        Diagnostic::error("Invalid value for variable", detail)
                            .at(variable.span)
                            .label(validation.span, "the rule"),
                    );
                }
                Err(errors) => diagnostics.extend(errors),
            }
        }
    }
    diagnostics
}

/// What is said of a resource whose precondition does not hold.
pub(crate) const PRECONDITION_FAILED: &str = "Resource precondition failed";

/// What the `precondition` blocks of a resource say.
pub(crate) fn check_preconditions(
    planner: &mut Planner<'_>,
    resource: &Resource,
    address: &InstanceAddress,
    repeated: &Repeated,
) {
    let conditions = &resource.lifecycle.preconditions;
    let found = check(conditions, PRECONDITION_FAILED, Some(address), &planner.values, repeated);
    planner.diagnostics.extend(found);
}

/// What the `postcondition` blocks of a resource say of an instance, as it is planned or applied.
pub fn check_postconditions(
    resource: &Resource,
    address: &InstanceAddress,
    values: &Values<'_>,
    repeated: &Repeated,
    object: &Value,
) -> Diagnostics {
    let repeated = Repeated { self_object: Some(object.clone()), ..repeated.clone() };
    let conditions = &resource.lifecycle.postconditions;
    check(conditions, "Resource postcondition failed", Some(address), values, &repeated)
}

/// What a list of conditions says; those that cannot be decided yet say nothing.
pub(crate) fn check(
    conditions: &[Validation],
    summary: &str,
    address: Option<&InstanceAddress>,
    values: &Values<'_>,
    repeated: &Repeated,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for condition in conditions {
        match broken(condition, values, repeated) {
            Ok(None) => {}
            Ok(Some(message)) => {
                let error = Diagnostic::error(summary, message).at(condition.condition.span);
                diagnostics.push(match address {
                    Some(address) => error.about(address.to_string()),
                    None => error,
                });
            }
            Err(errors) => diagnostics.extend(errors),
        }
    }
    diagnostics
}

/// The message of a condition that does not hold.
fn broken(
    condition: &Validation,
    values: &Values<'_>,
    repeated: &Repeated,
) -> Result<Option<String>, Diagnostics> {
    let span = condition.condition.span;
    let value = values.evaluate(&condition.condition, repeated)?;
    let value = convert(&value, &Type::Bool).map_err(|error| invalid(&error.to_string(), span))?;
    if value.is_null() {
        return Err(invalid("the condition must be true or false, not null", span));
    }
    if value.as_bool() != Some(false) {
        return Ok(None);
    }
    let message = values.evaluate(&condition.error_message, repeated)?;
    let message = convert(&message, &Type::String).unwrap_or_else(|_| Value::null(Type::String));
    Ok(Some(match message.as_str() {
        Some(_) if message.is_sensitive() => {
            "The error message included a sensitive value, so it will not be displayed.".into()
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
