//! `meridian show`

use std::collections::BTreeSet;
use std::process::ExitCode;

use meridian_report::{
    Output, PlanFacts, StateObject, plan_json, plan_text, preview_markdown, state_json, state_text,
};
use meridian_state::{Snapshot, StoredObject};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::arguments::{Global, ShowArguments, ShowFormat};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{hints, keys, project, saved, stage, workspace};

/// Shows the state, or a saved plan.
pub async fn run(
    global: &Global,
    arguments: &ShowArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    if let Some(path) = &arguments.plan {
        let sealer = keys::of_plan(path)?;
        let saved::Saved { project, plan, .. } = saved::load(path, None, &sealer).await?;
        if arguments.json {
            let timestamp = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
            let facts = PlanFacts {
                version: env!("CARGO_PKG_VERSION"),
                timestamp: &timestamp,
                errored: false,
                config: &project.config,
            };
            terminal.json(&plan_json(&plan, &project.registry, facts).to_string());
        } else if arguments.format == ShowFormat::Markdown {
            let target = Some(&*global.workspace).filter(|name| *name != workspace::DEFAULT);
            terminal.data(&preview_markdown(&plan, &project.registry, target));
        } else {
            terminal.print(&plan_text(&plan, &project.registry, terminal.style()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let registry = project::registry(global.local, Vec::new()).await;
    let snapshot = stage::snapshot(global, &keys::sealer(global)?)?;
    let outputs: Vec<Output<'_>> = snapshot.as_ref().map(outputs_of).unwrap_or_default();
    let objects = snapshot.as_ref().map(|it| &*it.objects).unwrap_or_default();
    let objects: Vec<StateObject<'_>> = objects.iter().map(listed).collect();
    if arguments.json {
        terminal.json(&state_json(&objects, &outputs, &registry).to_string());
    } else if objects.is_empty() && outputs.is_empty() {
        terminal.line("The state is empty: nothing has been applied yet.");
        if let Some(hint) = hints::other_state(global) {
            terminal.line(&format!("\n{hint}"));
        }
    } else {
        terminal.print(&state_text(&objects, &outputs, &registry, terminal.style()));
    }
    Ok(ExitCode::SUCCESS)
}

fn listed(object: &StoredObject) -> StateObject<'_> {
    // Dependencies are between blocks, whatever their instances.
    let blocks = object.dependencies.iter().map(|it| it.resource.config().to_string());
    StateObject {
        address: &object.address,
        deposed: object.deposed.as_deref(),
        attributes: &object.attributes,
        dependencies: blocks.collect::<BTreeSet<_>>().into_iter().collect(),
    }
}

fn outputs_of(snapshot: &Snapshot) -> Vec<Output<'_>> {
    let outputs = snapshot.outputs.iter();
    outputs
        .map(|(name, output)| Output { name, value: &output.value, sensitive: output.sensitive })
        .collect()
}
