//! `meridian graph`

use std::process::ExitCode;

use meridian_config::Loaded;
use meridian_graph::Graph;

use crate::arguments::{Global, GraphArguments, GraphFormat};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{keys, project, saved, stage};

/// The operations whose graphs can be asked for.
const KINDS: [&str; 4] = ["plan", "plan-refresh-only", "plan-destroy", "apply"];

/// Draws the resources and what they depend on.
pub async fn run(
    global: &Global,
    arguments: &GraphArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let GraphArguments { kind, draw_cycles, format, plan, .. } = arguments;
    if kind.as_deref().is_some_and(|kind| !KINDS.contains(&kind)) {
        return Err(Failure::message(
            "Unsupported graph type",
            "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \
             \"plan-destroy\", or \"apply\".",
        ));
    }
    let is_whole = kind.is_some() || plan.is_some();
    if is_whole && *format == GraphFormat::Mermaid {
        return Err(Failure::message(
            "Incompatible options",
            "Everything that is evaluated is too much for Mermaid: with -type or -plan the format \
             is dot.",
        ));
    }
    if let Some(plan) = plan {
        let sealer = keys::of_plan(plan)?;
        let saved = saved::load(plan, None, &sealer).await?;
        terminal.print(&saved.project.graph.to_dot());
        return Ok(ExitCode::SUCCESS);
    }
    // Warnings would stand in the middle of the picture.
    let Loaded { config, diagnostics, .. } = project::load_folder();
    let failure = |errors| Failure::new(errors, &config.sources);
    diagnostics.check().map_err(failure)?;
    if is_whole && *draw_cycles {
        terminal.print(&Graph::dot_with_cycles(&config).map_err(failure)?);
        return Ok(ExitCode::SUCCESS);
    }
    let graph = Graph::build(&config).map_err(failure)?;
    if is_whole {
        terminal.print(&graph.to_dot());
        return Ok(ExitCode::SUCCESS);
    }
    let addresses = stage::addresses(global)?.unwrap_or_default();
    let drawing = graph.drawing(addresses.iter().map(|(it, _)| it.resource.config()));
    terminal.print(&match format {
        GraphFormat::Dot => drawing.to_dot(),
        GraphFormat::Mermaid => drawing.to_mermaid(),
    });
    Ok(ExitCode::SUCCESS)
}
