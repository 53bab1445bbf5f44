//! `meridian discover`

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{DiscoverArguments, Global};
use crate::discovery::{Session, Survey, text};
use crate::failure::Failure;
use crate::selection::check_generated_file;
use crate::terminal::Terminal;
use crate::{generate, keys, stage};

/// Writes configuration for what no state has yet. Nothing is changed anywhere.
pub async fn run(
    global: &Global,
    arguments: &DiscoverArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    check_generated_file(arguments.out.as_deref(), meridian_plan::Mode::Normal)?;
    let sealer = keys::sealer(global)?;
    let state = stage::snapshot(global, &sealer)?;
    let variables = &arguments.variables;
    let mut regions: BTreeSet<String> = arguments.regions.iter().cloned().collect();
    let mut session = Session::open(global, variables, &regions, &sealer, terminal).await?;
    let mut survey = Survey::of(&session, &regions, terminal).await?;
    let more = survey.more_regions();
    if !more.is_empty() {
        // The embedded AWS belongs to one at a time.
        drop(session);
        regions.extend(more.iter().cloned());
        session = Session::open(global, variables, &regions, &sealer, terminal).await?;
        survey.follow(&session, &more, terminal).await;
    }
    survey.keep_unmanaged(state.as_ref(), arguments.single_region_keys);
    let (text, resources) = text(&session, &mut survey, state.as_ref()).await;
    match &arguments.out {
        None => terminal.data(&text),
        Some(path) => {
            generate::write_new(path, &text)?;
            terminal.note(&format!("Wrote {resources} resources to {}.", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
