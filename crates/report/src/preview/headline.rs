//! The first lines: what it is about and how much of it, with Terraform's own sentence, for which
//! other tools look.

use meridian_plan::{Action, Counts, Mode, Plan};

use super::cell::count;
use super::escape::code;

/// The heading, and the line that counts.
pub(super) fn text(plan: &Plan, target: Option<&str>) -> String {
    let target = target.map(|target| format!(" · {}", code(target))).unwrap_or_default();
    let summary = summary(plan);
    let mut text = format!("### 🔑 meridian{target} · {summary}\n\n{}\n", sentence(plan));
    let outputs: Vec<String> = plan
        .outputs
        .iter()
        .filter_map(|output| {
            let sign = match output.action {
                Action::NoOp => return None,
                Action::Create => "➕",
                Action::Delete => "🗑️",
                _ => "✏️",
            };
            Some(format!("{sign} {}", code(&output.name)))
        })
        .collect();
    if !outputs.is_empty() {
        text.push_str(&format!("\nOutputs: {}\n", super::cell::some_of(&outputs, 10)));
    }
    text
}

fn summary(plan: &Plan) -> String {
    let replaced = plan.changes.iter().filter(|it| it.action == Action::Replace).count();
    let Counts { add, change, destroy, import, forget } = plan.counts();
    let moved = plan.changes.iter().filter(|it| it.previous_address.is_some()).count();
    let parts: Vec<String> = [
        (destroy - replaced, "🗑️", "to destroy"),
        (replaced, "♻️", "to replace"),
        (add - replaced, "➕", "to add"),
        (change, "✏️", "to change"),
        (import, "📥", "to import"),
        (moved, "🔀", "moved"),
        (forget, "👋", "to forget"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, sign, words)| format!("{sign} {number} {words}"))
    .collect();
    if !parts.is_empty() {
        return parts.join(", ");
    }
    let outputs = plan.outputs.iter().filter(|it| it.action != Action::NoOp).count();
    match (plan.mode, outputs) {
        (Mode::RefreshOnly, _) if !plan.drift.is_empty() => {
            count(plan.drift.len(), "object to read anew", "objects to read anew")
        }
        (_, 0) if !plan.has_changes() => "no changes".to_owned(),
        (_, outputs) => count(outputs, "output to change", "outputs to change"),
    }
}

/// Terraform's sentence.
fn sentence(plan: &Plan) -> String {
    if !plan.has_changes() {
        return "`No changes. Your infrastructure matches the configuration.`".to_owned();
    }
    let counts = plan.counts();
    let imported = match counts.import {
        0 => String::new(),
        import => format!("{import} to import, "),
    };
    format!(
        "`Plan: {imported}{} to add, {} to change, {} to destroy.`",
        counts.add, counts.change, counts.destroy
    )
}
