//! Saved plans: planned once more from what they keep.

use std::path::Path;

use meridian_engine::{SavedInputs, load_plan};
use meridian_plan::Plan;
use meridian_state::Sealer;

use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::{self, Project};

/// A saved plan, and the project that it came with.
pub struct Saved {
    /// The configuration and all that belongs to it.
    pub project: Project,
    /// The plan.
    pub plan: Plan,
    /// Whether it is about the embedded AWS.
    pub local: bool,
}

/// Reads a plan file and plans again, which must lead to the same plan.
pub async fn load(path: &Path, sealer: &Sealer) -> Result<Saved, Failure> {
    let (inputs, is_same) = load_plan(path, sealer)?;
    let SavedInputs { mode, local, folder, sources, variables, .. } = inputs;
    let SavedInputs { objects, outputs, basis, options, mut answers, start_time, .. } = inputs;
    let mut project =
        Project::from_sources(&folder, sources, variables, &options, local, sealer).await?;
    project.surroundings.start_time = start_time;
    let prior = Prior { objects, outputs, basis };
    let providers: Vec<_> = prior.providers().collect();
    let places = project::places(&project.configure(providers)?);
    let planning = Planning { project: &project, mode, options, places: &places };
    let plan = planning.make(&prior, &mut answers, async || Err(no_longer_holds(path))).await?;
    if !is_same(&plan) {
        return Err(no_longer_holds(path));
    }
    Ok(Saved { project, plan, local })
}

fn no_longer_holds(path: &Path) -> Failure {
    Failure::message(
        "The saved plan no longer holds",
        format!(
            "What {} was made from leads to another plan now: a file that the configuration \
             reads, the environment or this program has changed. Plan again.",
            path.display()
        ),
    )
}
