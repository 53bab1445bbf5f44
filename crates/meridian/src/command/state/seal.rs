//! `meridian state seal`

use std::process::ExitCode;

use meridian_state::Extent;

use crate::arguments::{Global, SealArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys};

/// Seals the state as a whole, or only sensitive values again.
pub fn run(
    global: &Global,
    arguments: &SealArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let extent = if arguments.whole { Extent::Whole } else { Extent::Sensitive };
    keys::extent::may_become(extent)?;
    let sealer = keys::sealer_of_any_extent(global)?;
    let mut state = edit::open(global, &arguments.locking, &sealer, "state seal")?;
    let is_new = state.store.seal(extent)?;
    // Also if it was so already: an earlier attempt may have ended before this.
    state.store.compact()?;
    state.close()?;
    terminal.line(match (extent, is_new) {
        (Extent::Whole, true) => {
            "The state is sealed as a whole. Without the key, only addresses, types, providers, \
             Regions,\noperations and times can be read in it.\n\nCopies of the state that were \
             made before are not: remove those that nobody needs."
        }
        (Extent::Whole, false) => "The state was sealed as a whole already.",
        (Extent::Sensitive, true) => {
            "Only sensitive values are sealed in the state from now on. The rest can be read without \
             the key."
        }
        (Extent::Sensitive, false) => "Only sensitive values were sealed in the state already.",
    });
    Ok(ExitCode::SUCCESS)
}
