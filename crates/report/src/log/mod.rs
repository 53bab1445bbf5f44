//! Terraform's machine-readable log: what `-json` makes of plans, events and messages.
//!
//! Each line is one JSON object. Secrets are in none of them: a plan is told by its actions, and
//! of a sensitive output only that it is there.

mod event;
mod plan;

use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostics, Json, Sources, Span};
use meridian_plan::Counts;

pub use event::EventLog;
pub use plan::{changes_log, plan_log};

use crate::json::{TERRAFORM_VERSION, key_json, messages, outputs_without_secrets};
use crate::value_text::Output;
use crate::{COMMAND, PRODUCT};

/// The version of the log's format.
const UI: &str = "1.2";

/// A line of the log. It becomes text when it is known when it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    level: &'static str,
    message: String,
    kind: &'static str,
    members: Vec<(&'static str, Json)>,
}

impl LogLine {
    fn new(kind: &'static str, message: impl Into<String>) -> LogLine {
        LogLine { level: "info", message: message.into(), kind, members: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<Json>) -> LogLine {
        self.members.push((name, value.into()));
        self
    }

    /// The text of the line, without its end. `timestamp` is RFC 3339.
    pub fn text(&self, timestamp: &str) -> String {
        let own = [
            ("@level", self.level.into()),
            ("@message", (&*self.message).into()),
            ("@module", "terraform.ui".into()),
            ("@timestamp", timestamp.into()),
            ("type", self.kind.into()),
        ];
        Json::object(own.into_iter().chain(self.members.iter().cloned())).to_string()
    }
}

/// The first line of every log.
pub fn version_log(version: &str) -> LogLine {
    LogLine::new("version", format!("{PRODUCT} {version}"))
        .with("terraform", TERRAFORM_VERSION)
        .with(COMMAND, version)
        .with("ui", UI)
}

/// A line that no other kind fits, such as that an object was skipped.
pub fn message_log(message: impl Into<String>, is_error: bool) -> LogLine {
    let level = if is_error { "error" } else { "info" };
    LogLine { level, ..LogLine::new("log", message) }
}

/// A line for each message. `context` names the block around a place.
pub fn diagnostic_log(
    diagnostics: &Diagnostics,
    sources: &Sources,
    context: &dyn Fn(&Sources, Span) -> Option<String>,
) -> Vec<LogLine> {
    let lines = diagnostics.iter().zip(messages(diagnostics, sources, context));
    lines
        .map(|(diagnostic, json)| {
            let (level, word) =
                if diagnostic.is_error() { ("error", "Error") } else { ("warn", "Warning") };
            let message = format!("{word}: {}", diagnostic.summary);
            LogLine { level, ..LogLine::new("diagnostic", message) }.with("diagnostic", json)
        })
        .collect()
}

/// What a summary counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summed {
    /// What would be done.
    Plan,
    /// What was done.
    Apply,
    /// What was destroyed.
    Destroy,
}

/// The line that counts what is or was done.
pub fn summary_log(counts: Counts, summed: Summed) -> LogLine {
    let Counts { add, change, destroy, import, .. } = counts;
    let (operation, message) = match summed {
        Summed::Plan => {
            let import = if import > 0 { format!("{import} to import, ") } else { String::new() };
            let rest = format!("{add} to add, {change} to change, {destroy} to destroy.");
            ("plan", format!("Plan: {import}{rest}"))
        }
        Summed::Apply => {
            let import = if import > 0 { format!("{import} imported, ") } else { String::new() };
            let rest = format!("{add} added, {change} changed, {destroy} destroyed.");
            ("apply", format!("Apply complete! Resources: {import}{rest}"))
        }
        Summed::Destroy => {
            ("destroy", format!("Destroy complete! Resources: {destroy} destroyed."))
        }
    };
    let changes = Json::object([
        ("add", add.into()),
        ("change", change.into()),
        ("import", import.into()),
        ("operation", operation.into()),
        ("remove", destroy.into()),
    ]);
    LogLine::new("change_summary", message).with("changes", changes)
}

/// The line with the outputs after an apply. Of sensitive ones the value is left out.
pub fn outputs_log(outputs: &[Output<'_>]) -> LogLine {
    LogLine::new("outputs", format!("Outputs: {}", outputs.len()))
        .with("outputs", outputs_without_secrets(outputs))
}

/// The members by which lines name an instance.
fn resource_json(address: &InstanceAddress) -> Json {
    let module = address.resource.module.to_string();
    let whole = address.to_string();
    let inner = match whole.strip_prefix(&*module) {
        Some(rest) if !module.is_empty() => rest.trim_start_matches('.').to_owned(),
        _ => whole.clone(),
    };
    let type_name = &*address.resource.type_name;
    let provider = type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix);
    Json::object([
        ("addr", whole.into()),
        ("implied_provider", provider.into()),
        ("module", module.into()),
        ("resource", inner.into()),
        ("resource_key", address.key.as_ref().map(key_json).into()),
        ("resource_name", (&*address.resource.name).into()),
        ("resource_type", type_name.into()),
    ])
}
