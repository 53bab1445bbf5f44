//! The changes by resource, what destroys first.

use meridian_plan::{Action, Plan, ResourceChange};
use meridian_resource::Registry;

use super::cell::{sign_and_word, some_of};
use super::escape::{code, html_code};
use super::sort::by_weight;
use super::values::{Row, cell, differing};
use super::{notices, policy_text};
use crate::secrecy::marked;

/// How many changed attributes a summary names.
const NAMED: usize = 4;

/// The section at its lengths: with all values, with names only, and as a count.
pub(super) fn forms(plan: &Plan, registry: &Registry) -> Vec<String> {
    let mut changes: Vec<&ResourceChange> =
        plan.changes.iter().filter(|change| change.is_change()).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    by_weight(&mut changes);
    let whole: Vec<String> = changes.iter().map(|it| details(it, registry)).collect();
    let brief: Vec<String> = changes.iter().map(|it| line(it)).collect();
    let count = changes.len();
    let section = |body: &str| {
        format!(
            "<details><summary>📄 Changes by resource ({count})</summary>\n\n{body}\n</details>\n"
        )
    };
    vec![
        section(&whole.concat()),
        section(&format!("| | Address | Region |\n|---|---|---|\n{}", brief.concat())),
        format!("{count} resources change.\n"),
    ]
}

fn line(change: &ResourceChange) -> String {
    let address = code(&change.address.to_string());
    format!("| {} | {address} | {} |\n", sign_and_word(change), code(&change.region))
}

/// Everything about one change.
fn details(change: &ResourceChange, registry: &Registry) -> String {
    let rows = rows(change, registry);
    let mut summary =
        format!("{} {}", sign_and_word(change), html_code(&change.address.to_string()));
    if !change.region.is_empty() {
        summary.push_str(&format!(" in {}", html_code(&change.region)));
    }
    if matches!(change.action, Action::Update | Action::Replace) {
        let names = some_of(&top_level(&rows), NAMED);
        if !names.is_empty() {
            summary.push_str(&format!(": {names}"));
        }
    }
    let body = body(change, &rows);
    if body.is_empty() {
        return format!("{summary}\n\n");
    }
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n")
}

/// The names of the attributes that change, in order.
fn top_level(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        let first = row.path.0.first().map(|step| meridian_lang::Path(vec![step.clone()]));
        let name = first.map(|path| path.to_string()).unwrap_or_default();
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    names
}

/// The parts that change. What a new object gets from the cloud is not listed: it is not known
/// and nobody chose it.
fn rows(change: &ResourceChange, registry: &Registry) -> Vec<Row> {
    if !matches!(change.action, Action::Create | Action::Update | Action::Replace) {
        return Vec::new();
    }
    let hidden = |value| match registry.schema(&change.address.resource) {
        Some(schema) => marked(value, schema),
        None => value.clone(),
    };
    let before = change.before.as_ref().map(|object| hidden(&object.attributes));
    let after = change.after.as_ref().map(hidden);
    let mut rows = differing(before.as_ref(), after.as_ref());
    let is_known = |row: &Row| row.after.as_ref().is_none_or(|value| value.is_known());
    if change.action != Action::Update {
        rows.retain(is_known);
    }
    // The computed union of tags says nothing that tags does not.
    let is_tags_all = |row: &Row| row.path.to_string().starts_with("tags_all");
    if rows.iter().any(|row| row.path.to_string().starts_with("tags[")) {
        rows.retain(|row| !is_tags_all(row));
    }
    rows
}

fn body(change: &ResourceChange, rows: &[Row]) -> String {
    let mut text = String::new();
    if let Some(address) = &change.previous_address {
        text.push_str(&format!("Moved from {}.\n\n", code(&address.to_string())));
    }
    if let Some(id) = &change.importing {
        text.push_str(&format!("Imported from {}.\n\n", code(id)));
    }
    text.push_str(&notices::lines(change));
    let (policies, rows): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| is_policy(row));
    if !rows.is_empty() {
        text.push_str(&table(change, &rows));
    }
    for row in policies {
        let (before, after) = (policy_of(row.before.as_ref()), policy_of(row.after.as_ref()));
        if let Some(meaning) = policy_text::text(before, after) {
            text.push_str(&format!("\n{meaning}"));
        }
    }
    text
}

fn table(change: &ResourceChange, rows: &[&Row]) -> String {
    let is_new = change.before.is_none();
    let mut text = match is_new {
        true => "| Attribute | Value |\n|---|---|\n".to_owned(),
        false => "| Attribute | Before | After |\n|---|---|---|\n".to_owned(),
    };
    for row in rows {
        let name = code(&row.path.to_string());
        let forced = change.replace_paths.iter().any(|path| row.path.0.starts_with(&path.0));
        let forced = if forced { " **forces replacement**" } else { "" };
        let after = cell(row.after.as_ref());
        text.push_str(&match is_new {
            true => format!("| {name} | {after} |\n"),
            false => format!("| {name} | {} | {after}{forced} |\n", cell(row.before.as_ref())),
        });
    }
    text
}

/// Whether a part is a policy document on both sides, as far as there is one.
fn is_policy(row: &Row) -> bool {
    let is_one = |value: &Option<meridian_lang::Value>| match value {
        None => true,
        Some(value) if value.is_sensitive() => false,
        Some(value) => value.as_str().is_some_and(|text| super::policy::atoms(text).is_some()),
    };
    row.path.to_string() == "policy" && is_one(&row.before) && is_one(&row.after)
}

fn policy_of(value: Option<&meridian_lang::Value>) -> &str {
    value.and_then(meridian_lang::Value::as_str).unwrap_or_default()
}
