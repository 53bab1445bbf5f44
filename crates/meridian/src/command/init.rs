//! `meridian init`

use std::path::Path;
use std::process::ExitCode;

use meridian_lang::Diagnostic;

use crate::failure::Failure;
use crate::project;
use crate::terminal::Terminal;

/// Says what is built in, and whether the configuration asks for anything else.
pub async fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    let registry = project::registry(false, Vec::new()).await;
    terminal.line("Nothing to download: everything is built in.\n");
    for provider in registry.providers() {
        let source = provider.source().trim_start_matches("registry.terraform.io/");
        terminal.line(&format!("provider {source}"));
        for kind in provider.resource_types() {
            terminal.line(&format!("  {}", kind.name()));
        }
    }
    let has_files = std::fs::read_dir(".").is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().ends_with(".tf"))
    });
    if !has_files {
        terminal.line("\nThis folder holds no configuration yet: write a file main.tf.");
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = meridian_config::load(Path::new("."));
    let mut diagnostics = loaded.diagnostics;
    for required in &loaded.config.root().required_providers {
        if registry.provider(&required.name.text).is_none() {
            let known: Vec<_> = registry.providers().iter().map(|it| it.name()).collect();
            diagnostics.push(
                Diagnostic::error(
                    "Provider not built in",
                    format!(
                        "The configuration requires the provider \"{}\", which is not built in.",
                        required.name.text
                    ),
                )
                .at(required.name.span)
                .help(format!("built in: {}", known.join(", "))),
            );
        }
    }
    let warnings =
        diagnostics.check().map_err(|errors| Failure::new(errors, &loaded.config.sources))?;
    terminal.diagnostics(&warnings, &loaded.config.sources);
    terminal.line("\nMeridian is ready. Next: meridian plan, or meridian -local apply to try it.");
    Ok(ExitCode::SUCCESS)
}
