//! A plan as terminal text, in Terraform's layout and sentences.

mod drift;
mod outputs;
mod stanza;

use meridian_plan::{Action, Mode, Plan, ResourceChange};
use meridian_resource::Registry;

use crate::style::{Style, Tone};
use crate::{COMMAND, PRODUCT};

/// The plan as text: what changed outside, what will be done, and to which outputs.
pub fn plan_text(plan: &Plan, registry: &Registry, style: Style) -> String {
    text(plan, registry, style, &format!("{PRODUCT} will perform the following actions:"))
        .unwrap_or_else(|| no_changes_text(plan.mode, style))
}

/// What is said before the errors that have stopped planning: what was planned all the same.
pub fn partial_plan_text(plan: &Plan, registry: &Registry, style: Style) -> String {
    let headline =
        format!("{PRODUCT} planned the following actions, but then encountered a problem:");
    text(plan, registry, style, &headline).unwrap_or_else(|| planning_failed_text(style))
}

/// The plan under a headline; `None` if nothing is to be told.
fn text(plan: &Plan, registry: &Registry, style: Style, headline: &str) -> Option<String> {
    let changes: Vec<&ResourceChange> =
        plan.changes.iter().filter(|change| change.is_change()).collect();
    let outputs = outputs::changes_text(&plan.outputs, style);
    let is_empty = changes.is_empty() && outputs.is_empty();
    let mut text = String::new();
    if (!is_empty || plan.mode == Mode::RefreshOnly)
        && let Some(note) = drift::note_text(plan, registry, style)
    {
        if is_empty {
            return Some(note);
        }
        text.push_str(&format!("{note}\n{}\n", style.rule()));
    }
    if is_empty {
        return None;
    }
    if !changes.is_empty() {
        text.push_str(&legend_text(&changes, style));
        text.push_str(&format!("\n{headline}\n"));
        for change in &changes {
            text.push_str(&format!("\n{}\n", stanza::change_text(change, registry, style)));
        }
        let counts = plan.counts();
        let imported = match counts.import {
            0 => String::new(),
            import => format!("{import} to import, "),
        };
        text.push_str(&format!(
            "\n{} {imported}{} to add, {} to change, {} to destroy.\n",
            style.paint(Tone::Bold, "Plan:"),
            counts.add,
            counts.change,
            counts.destroy,
        ));
    }
    if !outputs.is_empty() {
        text.push_str(&format!("\nChanges to Outputs:\n{outputs}"));
        if changes.iter().all(|change| change.action == Action::NoOp) {
            let sentence = format!(
                "You can apply this plan to save these new output values to the {PRODUCT} state, \
                 without changing any real infrastructure."
            );
            text.push_str(&format!("\n{}\n", style.wrap(&sentence)));
        }
    }
    Some(text)
}

/// What is said before the errors that have stopped planning before anything was planned.
pub fn planning_failed_text(style: Style) -> String {
    format!(
        "\n{} {}\n\n",
        style.paint(Tone::Grave, "Planning failed."),
        style.paint(
            Tone::Bold,
            format!("{PRODUCT} encountered an error while generating this plan.")
        ),
    )
}

fn no_changes_text(mode: Mode, style: Style) -> String {
    let (headline, sentence) = match mode {
        Mode::Normal => (
            "Your infrastructure matches the configuration.",
            format!(
                "{PRODUCT} has compared your real infrastructure against your configuration and \
                 found no differences, so no changes are needed."
            ),
        ),
        Mode::RefreshOnly => (
            "Your infrastructure still matches the configuration.",
            format!(
                "{PRODUCT} has checked that the real remote objects still match the result of \
                 your most recent changes, and found no differences."
            ),
        ),
        Mode::Destroy => (
            "No objects need to be destroyed.",
            format!(
                "Either you have not created any objects yet or the existing objects were \
                 already deleted outside of {PRODUCT}."
            ),
        ),
    };
    format!(
        "\n{} {}\n\n{}\n",
        style.paint(Tone::Success, "No changes."),
        style.paint(Tone::Bold, headline),
        style.wrap(&sentence),
    )
}

fn legend_text(changes: &[&ResourceChange], style: Style) -> String {
    let sentence = format!(
        "{PRODUCT} used the selected providers to generate the following execution plan. \
         Resource actions are indicated with the following symbols:"
    );
    // What moves or is taken over needs no symbol.
    if changes.iter().all(|change| change.action == Action::NoOp) {
        return String::new();
    }
    let mut text = format!("\n{}\n", style.wrap(&sentence));
    let entries = [
        ((Action::Create, false), "create"),
        ((Action::Update, false), "update in-place"),
        ((Action::Delete, false), "destroy"),
        ((Action::Replace, false), "destroy and then create replacement"),
        ((Action::Replace, true), "create replacement and then destroy"),
        ((Action::Read, false), "read (data resources)"),
    ];
    for ((action, create_first), meaning) in entries {
        let is_used = |change: &&ResourceChange| {
            change.action == action
                && (action != Action::Replace || change.create_first == create_first)
        };
        if changes.iter().any(is_used) {
            let sign = stanza::sign(action, create_first, style);
            text.push_str(&format!("{sign} {meaning}\n"));
        }
    }
    text
}
