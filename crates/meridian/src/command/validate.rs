//! `meridian validate`

use std::process::ExitCode;

use meridian_config::block_around;
use meridian_report::validation_json;

use crate::arguments::ValidateArguments;
use crate::failure::Failure;
use crate::project::Examined;
use crate::terminal::Terminal;
use crate::{keys, project};

/// Checks the configuration.
pub async fn run(arguments: &ValidateArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let Examined { diagnostics, sources, .. } = project::examine_folder(&keys::none()?).await;
    if arguments.json {
        let diagnostics = diagnostics.by_place();
        terminal.json(&validation_json(&diagnostics, &sources, &block_around));
        return Ok(ExitCode::from(u8::from(diagnostics.has_errors())));
    }
    let warnings = diagnostics.check().map_err(|errors| Failure::new(errors, &sources))?;
    terminal.diagnostics(&warnings, &sources);
    terminal.line(if warnings.is_empty() {
        "Success! The configuration is valid.\n"
    } else {
        "Success! The configuration is valid, but there were some\nvalidation warnings as shown \
         above.\n"
    });
    Ok(ExitCode::SUCCESS)
}
