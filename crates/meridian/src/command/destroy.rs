//! `meridian destroy`

use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{DestroyArguments, Global};
use crate::command::apply::plan_and_apply;
use crate::failure::Failure;
use crate::selection::Selection;
use crate::terminal::Terminal;

/// Destroys everything that the state holds.
pub async fn run(
    global: &Global,
    arguments: DestroyArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let DestroyArguments { planning, execution } = arguments;
    if planning.refresh_only {
        return Err(Failure::message(
            "Invalid mode option",
            "The -refresh-only option is not valid for \"meridian destroy\".",
        ));
    }
    let selection = Selection::of(&planning, true, "destroy")?;
    plan_and_apply(global, &planning, selection, &execution, terminal).await
}
