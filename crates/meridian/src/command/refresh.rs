//! `meridian refresh`

use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{ExecutionArguments, Global, PlanningArguments, RefreshArguments};
use crate::command::apply::plan_and_apply;
use crate::failure::Failure;
use crate::selection::Selection;
use crate::terminal::Terminal;

/// Takes what was changed outside into the state.
pub async fn run(
    global: &Global,
    arguments: RefreshArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let planning = PlanningArguments { refresh_only: true, ..arguments.planning };
    let selection = Selection::of(&planning, false, "refresh")?;
    let execution = ExecutionArguments { auto_approve: true, ..ExecutionArguments::default() };
    plan_and_apply(global, &planning, selection, &execution, terminal).await
}
