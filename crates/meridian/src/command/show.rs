//! `meridian show`

use std::process::ExitCode;

use meridian_report::{
    Output, PlanFacts, StateObject, object_text, outputs_text, plan_json, plan_text, state_json,
};
use meridian_state::Snapshot;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::arguments::{Global, ShowArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{paths, project, saved, stage};

/// Shows the state, or a saved plan.
pub async fn run(
    global: &Global,
    arguments: &ShowArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let sealer = paths::sealer()?;
    if let Some(path) = &arguments.plan {
        let saved::Saved { project, plan, .. } = saved::load(path, &sealer).await?;
        if arguments.json {
            let timestamp = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
            let facts = PlanFacts {
                version: env!("CARGO_PKG_VERSION"),
                timestamp: &timestamp,
                errored: false,
            };
            terminal.line(&plan_json(&plan, &project.registry, facts).to_string());
        } else {
            terminal.print(&plan_text(&plan, &project.registry, terminal.style()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let registry = project::registry(global.local, Vec::new()).await;
    let snapshot = stage::snapshot(global, &sealer)?;
    let outputs: Vec<Output<'_>> = snapshot.as_ref().map(outputs_of).unwrap_or_default();
    let objects = snapshot.as_ref().map(|it| &*it.objects).unwrap_or_default();
    if arguments.json {
        let objects: Vec<StateObject<'_>> = objects
            .iter()
            .map(|object| StateObject {
                address: &object.address,
                deposed: object.deposed.as_deref(),
                attributes: &object.attributes,
                dependencies: object.dependencies.iter().map(ToString::to_string).collect(),
            })
            .collect();
        terminal.line(&state_json(&objects, &outputs, &registry).to_string());
        return Ok(ExitCode::SUCCESS);
    }
    if objects.is_empty() && outputs.is_empty() {
        terminal.line("The state is empty: nothing has been applied yet.");
        return Ok(ExitCode::SUCCESS);
    }
    for object in objects {
        if let Some(kind) = registry.resource_type(&object.type_name) {
            let address = match &object.deposed {
                Some(key) => format!("{} (deposed object {key})", object.address),
                None => object.address.to_string(),
            };
            let name = &object.address.resource.name;
            let (type_name, schema) = (&object.type_name, kind.schema());
            let style = terminal.style();
            let text = object_text(&address, type_name, name, &object.attributes, schema, style);
            terminal.line(&text);
        }
    }
    if !outputs.is_empty() {
        terminal.print(&format!("\nOutputs:\n\n{}", outputs_text(&outputs)));
    }
    Ok(ExitCode::SUCCESS)
}

fn outputs_of(snapshot: &Snapshot) -> Vec<Output<'_>> {
    let outputs = snapshot.outputs.iter();
    outputs
        .map(|(name, output)| Output { name, value: &output.value, sensitive: output.sensitive })
        .collect()
}
