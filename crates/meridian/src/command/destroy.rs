//! `meridian destroy`

use std::process::ExitCode;
use std::sync::Arc;

use meridian_plan::Mode;

use crate::arguments::{DestroyArguments, Global};
use crate::command::apply::plan_and_apply;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Destroys everything that the state holds.
pub async fn run(
    global: &Global,
    arguments: DestroyArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let DestroyArguments { planning, auto_approve } = arguments;
    plan_and_apply(global, &planning, Mode::Destroy, auto_approve, terminal).await
}
