//! The outputs of the root module.

use meridian_config::Output;
use meridian_lang::{Diagnostic, Diagnostics, Marks, Value};

use crate::conditions::check;
use crate::inputs::Inputs;
use crate::planner::not_repeated;
use crate::values::Values;
use crate::{Action, Mode, OutputChange};

pub(crate) fn plan_outputs(
    inputs: &Inputs<'_>,
    values: &Values<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<OutputChange> {
    let mut changes: Vec<OutputChange> = Vec::new();
    let declared = match inputs.mode {
        Mode::Normal => &*inputs.config.outputs,
        Mode::Destroy => &[],
    };
    for output in declared {
        let conditions = &output.preconditions;
        let summary = "Module output value precondition failed";
        diagnostics.extend(check(conditions, summary, None, values, &not_repeated()));
        let value = match values.evaluate(&output.value, &not_repeated()) {
            Ok(value) => value,
            Err(errors) => {
                diagnostics.extend(errors);
                continue;
            }
        };
        diagnostics.extend(check_exposure(output, &value));
        let value = if output.sensitive { value.mark(Marks::SENSITIVE) } else { value };
        let prior = inputs.outputs.get(&output.name.text);
        changes.push(OutputChange {
            name: output.name.text.clone(),
            action: action(prior.map(|prior| &prior.value), &value),
            before: prior.map(|prior| prior.value.clone()),
            after: (!value.is_null()).then_some(value),
            sensitive: output.sensitive,
            was_sensitive: prior.is_some_and(|prior| prior.sensitive),
        });
    }
    for (name, prior) in &inputs.outputs {
        if !declared.iter().any(|output| output.name.text == *name) {
            changes.push(OutputChange {
                name: name.clone(),
                action: Action::Delete,
                before: Some(prior.value.clone()),
                after: None,
                sensitive: prior.sensitive,
                was_sensitive: prior.sensitive,
            });
        }
    }
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

fn action(prior: Option<&Value>, value: &Value) -> Action {
    match prior {
        None if value.is_null() => Action::NoOp,
        None => Action::Create,
        Some(_) if value.is_null() => Action::Delete,
        Some(prior) if prior.unmark_deep() == value.unmark_deep() => Action::NoOp,
        Some(_) => Action::Update,
    }
}

/// Whoever gives out a secret must say so.
pub(crate) fn check_exposure(output: &Output, value: &Value) -> Diagnostics {
    if output.sensitive || !value.deep_marks().contains(Marks::SENSITIVE) {
        return Diagnostics::new();
    }
    Diagnostic::error(
        "Output refers to sensitive values",
        "To reduce the risk of accidentally exporting sensitive data that was intended to be only \
         internal, any root module output containing sensitive data must be explicitly marked as \
         sensitive, to confirm your intent.",
    )
    .at(output.value.span)
    .help("if you do intend to export this data, add the argument: sensitive = true")
    .into()
}
