//! What is done about something, in a sign and a word.

use meridian_plan::{Action, ResourceChange};

use super::promotion::promotes;

/// The sign and the word of a change.
pub(super) fn sign_and_word(change: &ResourceChange) -> &'static str {
    match change.action {
        _ if change.importing.is_some() && change.action == Action::NoOp => "📥 import",
        Action::Create => "➕ create",
        Action::Update if promotes(change) => "🔀 promote",
        Action::Update => "✏️ change",
        Action::Replace => "♻️ replace",
        Action::Delete => "🗑️ delete",
        Action::Forget => "👋 forget",
        Action::Read => "🔍 read",
        Action::Open => "🔓 open",
        Action::NoOp if change.previous_address.is_some() => "🔀 move",
        Action::NoOp => "unchanged",
    }
}

/// Names in a row, the first few of them.
pub(super) fn some_of(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A number with its noun.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
