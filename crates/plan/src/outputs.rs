//! The outputs of the root module.

use meridian_config::Output;
use meridian_graph::{ModuleInstance, ModulePath, Node};
use meridian_lang::{Diagnostic, Diagnostics, Marks, Value};

use crate::conditions::check_outputs;
use crate::planner::Planner;
use crate::values::{Values, Viewpoint};
use crate::{Action, Mode, OutputChange, PriorOutput};

pub(crate) fn plan_outputs(planner: &mut Planner<'_>) -> Vec<OutputChange> {
    let mut changes: Vec<OutputChange> = Vec::new();
    let config = planner.inputs.config;
    let declared = match planner.inputs.mode {
        Mode::Destroy => &[],
        Mode::Normal | Mode::RefreshOnly => &*config.root().outputs,
    };
    let root = ModuleInstance::root();
    for output in declared {
        let name = &output.name.text;
        if !planner.selection.has_node(&Node::Output(ModulePath::root(), name.clone())) {
            continue;
        }
        let found = check_outputs(output, &planner.values, &root);
        planner.note(found);
        let Some(value) = planner.values.output(&root, name) else { continue };
        let exposed = check_exposure(output, &value);
        planner.diagnostics.extend(exposed);
        let prior = planner.inputs.outputs.get(name);
        changes.push(OutputChange {
            name: name.clone(),
            action: action(prior, &value, output.sensitive),
            before: prior.map(|prior| prior.value.clone()),
            after: (!value.is_null()).then_some(value),
            sensitive: output.sensitive,
            was_sensitive: prior.is_some_and(|prior| prior.sensitive),
        });
    }
    let mut priors = planner.inputs.outputs.clone();
    priors.append(&mut planner.standing.outputs);
    for (name, prior) in &priors {
        if planner.selection.is_partial() {
            break;
        }
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

fn action(prior: Option<&PriorOutput>, value: &Value, sensitive: bool) -> Action {
    match prior {
        None if value.is_null() => Action::NoOp,
        None => Action::Create,
        Some(prior) => {
            let is_same = prior.value.unmark_deep() == value.unmark_deep();
            if is_same && prior.sensitive == sensitive { Action::NoOp } else { Action::Update }
        }
    }
}

/// Whether an output of a called module and its value are both ephemeral, or neither is.
pub(crate) fn check_ephemeral(
    output: &Output,
    value: &Value,
    values: &Values<'_>,
    module: &ModuleInstance,
) -> Option<Diagnostic> {
    let is_ephemeral = |value: &Value| value.deep_marks().contains(Marks::EPHEMERAL);
    if !output.ephemeral {
        return is_ephemeral(value).then(|| ephemeral_output(output));
    }
    // The output's own value is marked already; what counts is what it is made of.
    let given = values.evaluate(&output.value, &Viewpoint::of(module.clone())).ok()?;
    let error = Diagnostic::error(
        "Value not allowed in ephemeral output",
        "This output value is declared as returning an ephemeral value, so it can only be set to \
         an ephemeral value.",
    );
    (!is_ephemeral(&given)).then(|| error.at(output.value.span))
}

/// Says that a value that exists during one phase only is given out by an output that does not.
fn ephemeral_output(output: &Output) -> Diagnostic {
    Diagnostic::error(
        "Ephemeral value not allowed",
        "This output value is not declared as returning an ephemeral value, so it cannot be set \
         to a result derived from an ephemeral value.",
    )
    .at(output.value.span)
}

/// Whoever gives out a secret must say so.
pub(crate) fn check_exposure(output: &Output, value: &Value) -> Diagnostics {
    if value.deep_marks().contains(Marks::EPHEMERAL) {
        return ephemeral_output(output).into();
    }
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
