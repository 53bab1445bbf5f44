//! Plans, diagnostics, events and values as terminal text, JSON and Markdown.
//!
//! Everything here is a pure function from data to text. A change is first turned into a
//! tree of differences, and the tree is then printed: planned stanzas, drift, outputs
//! and stored objects are all views of the same tree.
//!
//! What is sensitive is neither printed nor written, with the one exception of
//! [`outputs_json`] and [`output_raw`], which exist to hand values out.

mod compact_warnings;
mod console_text;
mod diagnostic;
mod diff;
mod event;
mod json;
mod log;
mod object_text;
mod plan_text;
mod preview;
mod quote;
mod secrecy;
mod state_text;
mod style;
mod summary;
mod terminal_text;
mod value_text;
mod written;

pub use compact_warnings::compact_warnings;
pub use console_text::{console_text, console_type_text};
pub use diagnostic::diagnostic_text;
pub use event::EventLines;
pub use json::{
    PlanFacts, StateObject, output_raw, outputs_json, plan_json, state_json, type_json,
    validation_json,
};
pub use log::{
    EventLog, LogLine, Summed, changes_log, diagnostic_log, message_log, outputs_log, plan_log,
    summary_log, version_log,
};
pub use object_text::object_text;
pub use plan_text::{partial_plan_text, plan_text, planning_failed_text};
pub use preview::preview_markdown;
pub use state_text::state_text;
pub use style::Style;
pub use summary::{ApplySummary, apply_summary};
pub use terminal_text::{terminal_json, terminal_text};
pub use value_text::{Output, outputs_text, value_text};
pub use written::{
    FindReference, ResourceBlock, comment_text, import_block, literal_text, provider_block,
    resource_block,
};

/// The product's name as sentences use it.
const PRODUCT: &str = "Meridian";
/// The name of the command.
const COMMAND: &str = "meridian";
