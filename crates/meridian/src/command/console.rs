//! `meridian console`

use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{ConsoleArguments, Global};
use crate::command::plan::{self, Request};
use crate::console::{self, Session};
use crate::failure::Failure;
use crate::project::Project;
use crate::selection::Selection;
use crate::terminal::Terminal;
use crate::{keys, stage};

/// How many objects are read at once for `-plan`.
const PARALLELISM: u32 = 10;

/// Lets expressions be tried.
pub async fn run(
    global: &Global,
    arguments: &ConsoleArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let sealer = keys::sealer(global)?;
    let project = Project::to_look_at(&arguments.variables, global.local, &sealer).await?;
    let resources = if arguments.plan {
        let selection = Selection::default();
        let request = Request {
            project: &project,
            selection: &selection,
            refresh: true,
            parallelism: PARALLELISM,
        };
        let made = plan::make(global, request, &sealer, terminal).await?;
        console::planned(&project.config, &made.plan)
    } else {
        let snapshot = stage::snapshot(global, &sealer)?;
        snapshot.map(|it| console::stored(&project.config, &it)).unwrap_or_default()
    };
    console::talk(&Session::new(&project, resources), terminal)
}
