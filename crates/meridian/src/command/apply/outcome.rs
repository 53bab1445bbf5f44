//! What is said when an apply has ended.

use std::process::ExitCode;

use meridian_engine::Applied;
use meridian_plan::{Mode, Plan};
use meridian_report::{
    ApplySummary, Output, Summed, apply_summary, message_log, outputs_log, outputs_text,
    summary_log,
};

use crate::project::Project;
use crate::terminal::Terminal;

pub(super) fn report(
    project: &Project,
    mode: Mode,
    applied: &Applied,
    terminal: &Terminal,
) -> ExitCode {
    let sources = &project.config.sources;
    for (_, diagnostic) in &applied.failures {
        terminal.diagnostics(&diagnostic.clone().into(), sources);
    }
    terminal.diagnostics(&applied.diagnostics, sources);
    let failed = applied.failures.iter();
    let skipped = applied.skipped.iter();
    let summary = ApplySummary {
        destroy: mode == Mode::Destroy,
        done: applied.counts,
        failed: failed.map(|(address, why)| (address.to_string(), why.summary.clone())).collect(),
        unfinished: applied.unfinished.iter().map(ToString::to_string).collect(),
        skipped: skipped
            .map(|it| (it.address.to_string(), it.because.as_ref().map(ToString::to_string)))
            .collect(),
    };
    let text = apply_summary(&summary, terminal.style());
    let is_complete = applied.is_complete();
    if is_complete {
        terminal.log(&[summary_log(applied.counts, summed(mode))]);
    } else if !applied.failures.is_empty() {
        let sentence = text.trim().lines().next().unwrap_or_default();
        terminal.log(&[message_log(sentence, true)]);
    }
    terminal.print(&text);
    let outputs: Vec<Output<'_>> = applied
        .outputs
        .iter()
        .map(|(name, output)| Output { name, value: &output.value, sensitive: output.sensitive })
        .collect();
    if !terminal.is_log() || (is_complete && mode != Mode::Destroy) {
        show_outputs(&outputs, terminal);
    }
    if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

pub(super) fn show_outputs(outputs: &[Output<'_>], terminal: &Terminal) {
    if terminal.is_log() {
        terminal.log(&[outputs_log(outputs)]);
    }
    if !outputs.is_empty() {
        terminal.print(&format!("\nOutputs:\n\n{}", outputs_text(outputs)));
    }
}

/// The outputs of a plan that changes nothing.
pub(super) fn show_outputs_of(plan: &Plan, terminal: &Terminal) {
    let outputs: Vec<Output<'_>> = plan
        .outputs
        .iter()
        .filter_map(|output| {
            let value = output.after.as_ref()?;
            Some(Output { name: &output.name, value, sensitive: output.sensitive })
        })
        .collect();
    show_outputs(&outputs, terminal);
}

pub(super) fn nothing_done(mode: Mode) -> String {
    match mode {
        Mode::Normal | Mode::RefreshOnly => {
            "\nApply complete! Resources: 0 added, 0 changed, 0 destroyed.\n".to_owned()
        }
        Mode::Destroy => "\nDestroy complete! Resources: 0 destroyed.\n".to_owned(),
    }
}

pub(super) fn summed(mode: Mode) -> Summed {
    match mode {
        Mode::Normal | Mode::RefreshOnly => Summed::Apply,
        Mode::Destroy => Summed::Destroy,
    }
}
