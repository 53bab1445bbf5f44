//! Whether the cloud is still what a saved plan was made from.
//!
//! The objects are read again and the plan is made once more from them. If that leads elsewhere,
//! what was shown is not what would be done, and nothing is done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use meridian_engine::Context;
use meridian_lang::{Diagnostic, Value};
use meridian_plan::{
    Action, Answers, Drift, Mode, OutputChange, Plan, PriorObject, ResourceChange,
};
use meridian_report::value_text;
use meridian_resource::{Object, Place, ProviderKey};

use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::Project;
use crate::saved::no_longer_holds;
use crate::terminal::Terminal;

/// Objects that are named; of more it is only said how many.
const MOST_OBJECTS: usize = 20;
/// Characters of a value that are shown in a line.
const LONGEST_VALUE: usize = 80;

/// A saved plan, and what it is carried out with.
#[derive(Clone, Copy)]
pub struct SavedPlan<'a> {
    /// The plan file.
    pub path: &'a Path,
    /// The configuration that it came with.
    pub project: &'a Project,
    /// The plan.
    pub plan: &'a Plan,
    /// The objects that it was made from, as they were read.
    pub objects: &'a [PriorObject],
    /// What resource types need of the provider configurations.
    pub places: &'a BTreeMap<ProviderKey, Place>,
    /// What was asked of the cloud for it.
    pub answers: &'a Answers,
}

/// Refuses a plan if objects have changed since in a way that leads to another one. A plan that
/// was made without reading the objects asks for no such check.
///
/// # Errors
/// The plan does not hold any more; an object cannot be read.
pub async fn check(
    saved: SavedPlan<'_>,
    prior: Prior,
    context: &Arc<Context>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let SavedPlan { path, project, plan, objects, places, answers } = saved;
    if plan.options.without_refresh || prior.objects.is_empty() {
        return Ok(());
    }
    // It is the plan's own basis that the two are compared on.
    let prior = Prior { basis: plan.basis.clone(), ..prior };
    let fresh = prior.refresh(context, &project.config, places, terminal).await?;
    let differences = differences(objects, &fresh.objects);
    if differences.is_empty() {
        return Ok(());
    }
    let options = plan.options.clone();
    let planning = Planning { project, mode: plan.mode, options, places, style: terminal.style() };
    let mut answers = answers.clone();
    let again = planning.make(&fresh, &mut answers, async || Ok(context.clone())).await;
    match again {
        Ok(again) if leads_to_the_same(plan, &again) => Ok(()),
        // What differs is the reason, also where no plan can be made of it any more.
        _ if differences.iter().any(|it| !it.parts.is_empty()) => Err(refused(path, &differences)),
        Ok(_) => Err(no_longer_holds(path)),
        Err(failure) => Err(failure),
    }
}

/// Whether two plans do the same to the same objects. What is left alone in both may differ.
fn leads_to_the_same(planned: &Plan, again: &Plan) -> bool {
    let is_change = |change: &&ResourceChange| change.is_change();
    let changes = |plan: &Plan| -> Vec<ResourceChange> {
        plan.changes.iter().filter(is_change).map(without_facts).collect()
    };
    let is_set = |output: &&OutputChange| output.action != Action::NoOp;
    let outputs = |plan: &Plan| -> Vec<OutputChange> {
        plan.outputs.iter().filter(is_set).cloned().collect()
    };
    let drift = |plan: &Plan| -> Vec<Drift> {
        // It is what such a plan carries out.
        let is_all = plan.mode == Mode::RefreshOnly;
        plan.drift.iter().filter(|_| is_all).cloned().collect()
    };
    changes(planned) == changes(again)
        && outputs(planned) == outputs(again)
        && drift(planned) == drift(again)
}

/// What counts of facts is in the calls that they lead to.
fn without_facts(change: &ResourceChange) -> ResourceChange {
    let mut change = change.clone();
    if let Some(before) = &mut change.before {
        before.facts = Value::object::<Arc<str>>([]);
    }
    change
}

/// An object that is not as it was.
struct Difference<'a> {
    object: &'a PriorObject,
    /// What is otherwise, a line each.
    parts: Vec<String>,
}

fn differences<'a>(planned: &'a [PriorObject], fresh: &[PriorObject]) -> Vec<Difference<'a>> {
    let found: BTreeMap<_, _> =
        fresh.iter().map(|it| ((&it.address, &it.deposed), it.observed.as_ref())).collect();
    let mut differences = Vec::new();
    for object in planned {
        let now = found.get(&(&object.address, &object.deposed)).copied().flatten();
        if object.observed.as_ref() != now {
            differences.push(Difference { object, parts: parts(object.observed.as_ref(), now) });
        }
    }
    differences
}

fn parts(before: Option<&Object>, now: Option<&Object>) -> Vec<String> {
    match (before, now) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec!["it is gone, or about to go".to_owned()],
        (None, Some(_)) => vec!["it was gone, and is there again".to_owned()],
        (Some(before), Some(now)) => {
            let mut parts = Vec::new();
            add_parts(&mut parts, "", &before.attributes, &now.attributes);
            if parts.is_empty() {
                add_facts(&mut parts, &before.facts, &now.facts);
            }
            parts
        }
    }
}

/// Goes into objects and maps: a tag is named, not all tags.
fn add_parts(parts: &mut Vec<String>, name: &str, before: &Value, now: &Value) {
    if before == now {
        return;
    }
    let is_open = !before.is_sensitive() && !now.is_sensitive() && name.matches('.').count() < 2;
    if let (true, Some(old), Some(new)) = (is_open, before.as_entries(), now.as_entries()) {
        let names: BTreeSet<&Arc<str>> = old.keys().chain(new.keys()).collect();
        for member in names {
            let null = Value::null(meridian_lang::Type::Dynamic);
            let (old, new) = (old.get(member).unwrap_or(&null), new.get(member).unwrap_or(&null));
            let path =
                if name.is_empty() { member.to_string() } else { format!("{name}.{member}") };
            add_parts(parts, &path, old, new);
        }
        return;
    }
    let is_secret = |value: &Value| !value.deep_marks().is_none();
    if is_secret(before) != is_secret(now) {
        // Only one of the two knows it, and it may be the same in both.
        return parts.push(format!("{name} is another one"));
    }
    parts.push(match (shown(before), shown(now)) {
        (Some(before), Some(now)) => format!("{name}: {before} -> {now}"),
        _ => format!("{name} is another one"),
    });
}

/// Names what is known of an object beside its attributes.
fn add_facts(parts: &mut Vec<String>, before: &Value, now: &Value) {
    let (Some(before), Some(now)) = (before.as_entries(), now.as_entries()) else { return };
    let names: BTreeSet<&Arc<str>> = before.keys().chain(now.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    parts.extend(changed.map(|name| format!("{name} is another one")));
}

/// The value in a line; none if that is too long.
fn shown(value: &Value) -> Option<String> {
    if !value.deep_marks().is_none() {
        return Some("(sensitive value)".to_owned());
    }
    let text = value_text(value);
    (text.chars().count() <= LONGEST_VALUE && !text.contains('\n')).then_some(text)
}

fn refused(path: &Path, differences: &[Difference<'_>]) -> Failure {
    let told: Vec<&Difference<'_>> =
        differences.iter().filter(|difference| !difference.parts.is_empty()).collect();
    let mut detail = format!(
        "The given plan file can no longer be applied: these objects are not what {} was made \
         from, and they now lead to another plan:\n",
        path.display()
    );
    for difference in told.iter().take(MOST_OBJECTS) {
        let deposed = match &difference.object.deposed {
            Some(key) => format!(" (deposed object {key})"),
            None => String::new(),
        };
        detail.push_str(&format!("\n  {}{deposed}", difference.object.address));
        for part in &difference.parts {
            detail.push_str(&format!("\n    {part}"));
        }
    }
    if let more @ 1.. = told.len().saturating_sub(MOST_OBJECTS) {
        detail.push_str(&format!("\n  and {more} more"));
    }
    detail.push_str("\n\nNothing was changed. Plan again.");
    Diagnostic::error("Saved plan is stale", detail).into()
}
