//! `meridian state history`

use std::process::ExitCode;

use meridian_state::{Run, Store};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::arguments::{Global, HistoryArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, paths};

/// Lists the commands that changed the state.
pub fn run(
    global: &Global,
    arguments: &HistoryArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let store = Store::open_read_only(&paths::state_file(global), keys::none()?)?;
    let runs = store.ok_or_else(|| edit::no_state(global))?.runs(arguments.limit)?;
    if arguments.json {
        let runs: Vec<_> = runs.iter().map(as_json).collect();
        terminal.json(&json!({ "format_version": "1.0", "runs": runs }).to_string());
        return Ok(ExitCode::SUCCESS);
    }
    if runs.is_empty() {
        terminal.line("Nothing has changed this state yet.");
        return Ok(ExitCode::SUCCESS);
    }
    terminal.line(&line(["NUMBER", "STARTED", "COMMAND", "OUTCOME", "OBJECTS"]));
    for run in &runs {
        let (number, changed) = (run.number.to_string(), run.changed.to_string());
        let (started, outcome) = (at(run.started_at), outcome(run));
        terminal.line(&line([&number, &started, &run.operation, &outcome, &changed]));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(cells: [&str; 5]) -> String {
    let [number, started, command, outcome, changed] = cells;
    format!("{number:>6}  {started:<20}  {command:<22}  {outcome:<11}  {changed:>7}")
}

fn at(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// A run without an end was killed, or is still at work.
fn outcome(run: &Run) -> String {
    run.outcome.map_or_else(|| "unfinished".to_owned(), |outcome| outcome.to_string())
}

fn as_json(run: &Run) -> serde_json::Value {
    json!({
        "number": run.number,
        "id": run.id.to_string(),
        "command": run.operation,
        "started_at": at(run.started_at),
        "finished_at": run.finished_at.map(at),
        "outcome": outcome(run),
        "objects_changed": run.changed,
    })
}
