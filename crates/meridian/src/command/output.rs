//! `meridian output`

use std::process::ExitCode;

use meridian_lang::Diagnostic;
use meridian_report::{Output, output_raw, outputs_json, outputs_text, value_text};
use meridian_state::Snapshot;

use crate::arguments::{Global, OutputArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{hints, keys, stage};

/// Shows output values as the last apply left them.
pub fn run(
    global: &Global,
    arguments: &OutputArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let snapshot = stage::snapshot(global, &keys::sealer(global)?)?;
    let outputs: Vec<Output<'_>> = snapshot.as_ref().map(all).unwrap_or_default();
    let Some(name) = &arguments.name else {
        if arguments.json {
            terminal.json(&outputs_json(&outputs).pretty());
        } else if outputs.is_empty() {
            warn_that_there_are_none(global, terminal);
        } else {
            terminal.print(&outputs_text(&outputs));
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(output) = outputs.iter().find(|output| output.name == name) else {
        if outputs.is_empty() {
            warn_that_there_are_none(global, terminal);
            return Ok(ExitCode::SUCCESS);
        }
        let detail = format!(
            "The output variable requested could not be found in the state file: {name}. If you \
             recently added this to your configuration, be sure to run apply, since the state is \
             only updated by an apply."
        );
        return Err(Failure::message("Output not found", detail));
    };
    if arguments.raw {
        let Some(text) = output_raw(output.value) else {
            let detail = format!(
                "The -raw option only supports strings, numbers, and boolean values, but output \
                 value \"{name}\" is {}. Use the -json option for machine-readable \
                 representations of such values.",
                output.value.ty().friendly_name()
            );
            return Err(Failure::message("Unsupported value for raw output", detail));
        };
        terminal.data(&text);
    } else if arguments.json {
        terminal.json(&meridian_lang::to_json(output.value).to_string());
    } else {
        // Whoever asks for one output by its name wants to see it.
        terminal.line(&value_text(&output.value.unmark_deep()));
    }
    Ok(ExitCode::SUCCESS)
}

fn all(snapshot: &Snapshot) -> Vec<Output<'_>> {
    let outputs = snapshot.outputs.iter();
    outputs
        .map(|(name, output)| Output { name, value: &output.value, sensitive: output.sensitive })
        .collect()
}

fn warn_that_there_are_none(global: &Global, terminal: &Terminal) {
    let warning = Diagnostic::warning(
        "No outputs found",
        "The state file either has no outputs defined, or all the defined outputs are empty. \
         Please define an output in your configuration with the `output` keyword and run apply \
         for it to become available.",
    );
    let warning = match hints::other_state(global) {
        Some(hint) => warning.help(hint),
        None => warning,
    };
    terminal.diagnostics(&warning.into(), &meridian_lang::Sources::default());
}
