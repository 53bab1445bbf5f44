//! What changed outside and may have affected the plan.

use std::collections::BTreeSet;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::Value;
use meridian_plan::{Action, Drift, Mode, Plan};
use meridian_resource::{Registry, Schema};

use super::stanza::{body_text, sign};
use super::{COMMAND, PRODUCT};
use crate::diff::Sides;
use crate::style::{Style, Tone};

/// What to make of it, if something is to be done.
const ADVICE: &str = "Unless you have made equivalent changes to your configuration, or ignored \
                      the relevant attributes using ignore_changes, the following plan may \
                      include actions to undo or respond to these changes.";

/// The note about drift; nothing if no drift matters to the plan.
pub(super) fn note_text(plan: &Plan, registry: &Registry, style: Style) -> Option<String> {
    let relevant = Relevance::of(plan);
    let stanzas: Vec<String> = plan
        .drift
        .iter()
        .filter(|drift| relevant.includes(&drift.address))
        .filter_map(|drift| drift_text(drift, registry, style))
        .collect();
    if stanzas.is_empty() {
        return None;
    }
    let note = style.paint(Tone::Note, "Note:");
    let headline = format!("Objects have changed outside of {PRODUCT}");
    let introduction = format!(
        "{PRODUCT} detected the following changes made outside of {PRODUCT} since the last \
         \"{COMMAND} apply\" which may have affected this plan:"
    );
    let advice = match plan.mode {
        Mode::RefreshOnly => format!(
            "This is a refresh-only plan, so {PRODUCT} will not take any actions to undo these. \
             If you were expecting these changes then you can apply this plan to record the \
             updated values in the {PRODUCT} state without changing any remote objects."
        ),
        Mode::Normal | Mode::Destroy => ADVICE.to_owned(),
    };
    let mut text = format!(
        "\n{note} {}\n\n{}\n",
        style.paint(Tone::Bold, headline),
        style.wrap(&introduction),
    );
    for stanza in stanzas {
        text.push_str(&format!("\n{stanza}\n"));
    }
    text.push_str(&format!("\n\n{}\n", style.wrap(&advice)));
    Some(text)
}

/// Whose drift may have led to what is planned.
#[derive(Default)]
struct Relevance<'a> {
    /// Anyone's: an output changes, and a plan does not say what outputs refer to.
    everyone: bool,
    /// That of instances that change themselves.
    instances: BTreeSet<&'a InstanceAddress>,
    /// That of resources to which something that changes refers.
    resources: BTreeSet<&'a ResourceAddress>,
}

impl Relevance<'_> {
    fn of(plan: &Plan) -> Relevance<'_> {
        let mut relevance = Relevance::default();
        if plan.mode == Mode::Destroy {
            return relevance;
        }
        relevance.everyone = plan.mode == Mode::RefreshOnly
            || plan.outputs.iter().any(|output| output.action == Action::Update);
        for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
            relevance.resources.extend(&change.dependencies);
            // An object that is gone is created again, and its stanza says so.
            if change.action != Action::Create {
                relevance.instances.insert(&change.address);
            }
        }
        relevance
    }

    fn includes(&self, address: &InstanceAddress) -> bool {
        self.everyone
            || self.instances.contains(address)
            || self.resources.contains(&address.resource)
    }
}

/// Nothing if what differs says nothing about the object.
fn drift_text(drift: &Drift, registry: &Registry, style: Style) -> Option<String> {
    let schema = registry.resource_type(&drift.address.resource.type_name)?.schema();
    let after = drift.after.as_ref().map(|after| telling(&drift.before, after, schema));
    let (action, what) = match &after {
        Some(after) if *after == drift.before => return None,
        Some(_) => (Action::Update, "has changed"),
        None => (Action::Delete, "has been deleted"),
    };
    let sides = Sides::new(Some(&drift.before), after.as_ref());
    let resource = &drift.address.resource;
    Some(format!(
        "  # {} {what}\n{} resource \"{}\" \"{}\" {}",
        style.paint(Tone::Bold, &drift.address),
        sign(action, false, style),
        resource.type_name,
        resource.name,
        body_text(&drift.address, sides, &[], registry, style),
    ))
}

/// The object as it is, apart from what changes by itself and from other spellings of nothing.
fn telling(before: &Value, after: &Value, schema: &Schema) -> Value {
    let is_nothing = |value: &Value| {
        value.is_null()
            || value.as_str() == Some("")
            || value.is_known() && !value.is_null() && is_empty_collection(value)
    };
    schema.attributes.iter().fold(after.clone(), |object, attribute| {
        let (Some(old), Some(new)) = (before.get(attribute.name), after.get(attribute.name)) else {
            return object;
        };
        if attribute.volatile || is_nothing(old) && is_nothing(new) {
            let old = old.clone();
            return object.with(attribute.name, old);
        }
        object
    })
}

fn is_empty_collection(value: &Value) -> bool {
    value.as_elements().is_some_and(<[Value]>::is_empty)
        || value.as_entries().is_some_and(|entries| entries.is_empty())
}
