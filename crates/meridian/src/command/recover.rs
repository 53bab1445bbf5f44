//! `meridian recover`

use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::Resolution;
use meridian_plan::{Answers, Options};

use super::apply::resolved;
use crate::arguments::{Global, RecoverArguments};
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::Prior;
use crate::project::{self, Project, Wanted};
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::{keys, stage, unresolved};

/// Finds out what became of calls that an interrupted run left open.
pub async fn run(
    global: &Global,
    arguments: &RecoverArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    // What is open must be settled before a state can be sealed as a whole.
    let sealer = keys::sealer_of_any_extent(global)?;
    if stage::is_settled(global, &sealer)? {
        terminal.line("No call was left open: nothing to recover.");
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options::default();
    let wanted =
        Wanted { variables: &arguments.variables, input: arguments.input, options: &options };
    let project = Project::load(wanted, global.local, &sealer, terminal).await?;
    let state = Writable::open(global, &sealer, "recover")?;
    let open = async |configured: &Configurations| {
        stage::open(global, &project.registry, configured, 1, None, terminal).await
    };
    let prior = Prior::of(Some(&state.store.snapshot()?));
    let also = unresolved::providers(&state, &project.config)?;
    let configuring = Configuring { also, ..Configuring::of(&project, &prior, terminal) };
    let configured = configuring.make(&mut Answers::default(), &open).await?;
    let places = project::places(&configured);
    let context = open(&configured).await?;
    let (resolved, state) = resolved(&context, &project, state, &places).await?;
    state.close()?;
    terminal.line("");
    if resolved.is_empty() {
        terminal.line(
            "No call was left open. Keys of calls that were given up or sent again have been \
             looked for.",
        );
        return Ok(ExitCode::SUCCESS);
    }
    for (intent, resolution) in &resolved {
        let came_of_it = match resolution {
            Resolution::Adopted(name) => format!("had created {name}, which is in the state now"),
            Resolution::NotFound => "had created nothing".to_owned(),
            Resolution::NeverSent => "had not left".to_owned(),
            Resolution::LeftToPlan => "is left to the next plan, which sees what it did".to_owned(),
        };
        terminal.line(&format!("{}: {came_of_it}", unresolved::told(intent)));
    }
    let (count, calls) = (resolved.len(), if resolved.len() == 1 { "call" } else { "calls" });
    terminal.line(&format!("\nRecovery complete! {count} {calls} settled."));
    Ok(ExitCode::SUCCESS)
}
