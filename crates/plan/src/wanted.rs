//! What an instance should become, now that what it refers to is known.

use meridian_config::Resource;
use meridian_lang::{Diagnostic, Diagnostics, Value};
use meridian_resource::{Place, ResourceType};

use crate::conditions::{PRECONDITION_FAILED, check};
use crate::decode::decode;
use crate::ignore::ignore_changes;
use crate::propose::propose;
use crate::values::{Values, Viewpoint};
use crate::{Action, ResourceChange};

/// Evaluates an instance again while its plan is carried out.
///
/// # Errors
/// What cannot be evaluated, and anything that would come out otherwise than it was planned.
pub fn wanted(
    values: &Values<'_>,
    resource: &Resource,
    kind: &dyn ResourceType,
    place: &Place,
    viewpoint: &Viewpoint,
    change: &ResourceChange,
) -> Result<Value, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let evaluate = |expr: &_, bound: &_| values.evaluate_with(expr, viewpoint, bound);
    let schema = kind.schema();
    let decoded = decode(schema, &resource.body, resource.span, &evaluate, &mut diagnostics);
    let config = match &change.before {
        Some(before) => {
            let is_replacement = change.action == Action::Replace;
            let ignored = &resource.lifecycle.ignore_changes;
            ignore_changes(schema, ignored, decoded, &before.attributes, is_replacement)
        }
        None => decoded,
    };
    // What could not be decided when it was planned can be now.
    let conditions = &resource.lifecycle.preconditions;
    let address = Some(&change.address);
    diagnostics.extend(check(conditions, PRECONDITION_FAILED, address, values, viewpoint));
    let prior = match change.action {
        Action::Create | Action::Replace => None,
        _ => change.before.as_ref(),
    };
    let proposed = propose(schema, prior.map(|it| &it.attributes), &config);
    let wanted = kind.plan(place, prior, &config, proposed);
    let written = restore_write_only(kind, wanted, &config);
    let written = as_planned(kind, written, change.after.as_ref());
    if let Some(planned) = &change.after {
        for (name, value) in planned.as_entries().into_iter().flatten() {
            let now = written.get(name);
            let write_only = schema.attribute(name).is_some_and(|it| it.write_only);
            if value.is_wholly_known()
                && !write_only
                && now.map(Value::unmark_deep) != Some(value.unmark_deep())
            {
                diagnostics.push(otherwise(name, resource));
            }
        }
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(written) }
}

/// Write-only arguments are in no plan and no state, but the calls need them.
fn restore_write_only(kind: &dyn ResourceType, wanted: Value, config: &Value) -> Value {
    let write_only = kind.schema().attributes.iter().filter(|attribute| attribute.write_only);
    write_only.fold(wanted, |wanted, attribute| match config.get(attribute.name) {
        Some(value) => wanted.with(attribute.name, value.clone()),
        None => wanted,
    })
}

/// What means the same as what was planned, as it was planned.
fn as_planned(kind: &dyn ResourceType, wanted: Value, planned: Option<&Value>) -> Value {
    let attributes = kind.schema().attributes.iter();
    attributes.fold(wanted, |wanted, attribute| {
        let (Some(equivalent), Some(now), Some(before)) = (
            attribute.equivalent,
            wanted.get(attribute.name),
            planned.and_then(|planned| planned.get(attribute.name)),
        ) else {
            return wanted;
        };
        let is_comparable = |value: &Value| !value.is_null() && value.is_wholly_known();
        if !is_comparable(now) || !is_comparable(before) || !equivalent(before, now) {
            return wanted;
        }
        let spelled = before.clone().unmark().mark(now.marks());
        wanted.with(attribute.name, spelled)
    })
}

fn otherwise(attribute: &str, resource: &Resource) -> Diagnostic {
    let span = resource.body.attribute(attribute).map_or(resource.span, |it| it.expr.span);
    Diagnostic::error(
        "The plan no longer holds",
        format!(
            "The argument \"{attribute}\" comes out otherwise than it was planned, so the plan is \
             not carried out for this resource."
        ),
    )
    .at(span)
    .help("plan again")
}
