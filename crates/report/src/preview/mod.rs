//! A plan as a comment on a pull request, in GitHub's Markdown.
//!
//! A comment is a row of [`Section`]s, from what a reviewer must know to what is good to have.
//! Each can be said at several lengths; [`section::fit`] chooses the longest that GitHub takes.
//! The same plan gives the same bytes: nothing here knows the time, the run or the version.

mod calls;
mod cell;
mod escape;
mod headline;
mod notices;
mod places;
mod policy;
mod policy_text;
mod promotion;
mod regions;
mod resources;
mod section;
mod sort;
mod values;

use meridian_plan::Plan;
use meridian_resource::Registry;

use section::{Section, fit};

/// How many UTF-16 units a comment may have: GitHub refuses those above 65,536, and whoever posts
/// it may put something before it.
const MOST_UNITS: usize = 60_000;

/// The plan as Markdown. `target` names what is planned where there are several, such as a
/// workspace.
pub fn preview_markdown(plan: &Plan, registry: &Registry, target: Option<&str>) -> String {
    let sections = [
        Section::always(headline::text(plan, target)),
        Section::always(notices::alert(plan)),
        Section::new("Regions", 1, regions::forms(plan, registry)),
        Section::new("changes by resource", 2, resources::forms(plan, registry)),
        Section::new("calls", 3, calls::forms(plan)),
    ];
    fit(&sections, MOST_UNITS)
}
