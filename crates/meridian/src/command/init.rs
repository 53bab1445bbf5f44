//! `meridian init`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;

use meridian_config::Config;
use meridian_lang::{Diagnostic, Severity};
use meridian_plan::{Options, foreign_types};
use meridian_resource::{Provider, Registry};

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{environment, modules, project};

/// Says what the configuration needs and what of it is built in.
pub async fn run(terminal: &Terminal) -> Result<ExitCode, Failure> {
    let registry = project::registry(false, Vec::new()).await;
    terminal.line("Nothing to download: everything is built in.\n");
    let has_files = std::fs::read_dir(".").is_ok_and(|entries| {
        let mut names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
        names.any(|name| {
            let name = name.to_string_lossy();
            name.ends_with(".tf") || name.ends_with(".tf.json")
        })
    });
    if !has_files {
        for provider in registry.providers() {
            terminal.print(&described(provider, &all_types(provider)));
        }
        terminal.line("\nThis folder holds no configuration yet: write a file main.tf.");
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = project::load_folder();
    let config = &loaded.config;
    let list = modules::list(config);
    if !list.is_empty() {
        terminal.line(&format!("Modules:\n{list}"));
    }
    terminal.print(&needed(config, &registry));
    let mut diagnostics = loaded.diagnostics;
    // Nothing is to be done about them here: scripts go on to validate, which refuses them.
    let foreign = foreign_types(config, None, &registry, &Options::default());
    diagnostics.extend(foreign.into_iter().map(as_warning).collect());
    let warnings = diagnostics.check().map_err(|errors| {
        if loaded.has_root_errors {
            terminal.diagnostics(&invalid_configuration().into(), &config.sources);
        }
        Failure::new(errors, &config.sources)
    })?;
    terminal.diagnostics(&warnings, &config.sources);
    if environment::gives_advice() {
        terminal
            .line("\nMeridian is ready. Next: meridian plan, or meridian -local apply to try it.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Stands before what is wrong with the configuration.
fn invalid_configuration() -> Diagnostic {
    Diagnostic::error(
        "Meridian encountered problems during initialisation, including problems with the \
         configuration, described below.",
        "The Meridian configuration must be valid before initialization so that Meridian can \
         determine which modules and providers need to be installed.",
    )
}

fn as_warning(error: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error }
}

/// The providers that the configuration asks for, each with what is used of it.
fn needed(config: &Config, registry: &Registry) -> String {
    let mut sources: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for module in config.modules.values() {
        for required in &module.required_providers {
            sources.entry(module.provider_source(&required.name.text)).or_default();
        }
        for resource in &module.resources {
            let type_name = &*resource.type_name.text;
            let prefix = type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix);
            let name = resource.provider.as_ref().map_or(prefix, |reference| &*reference.name);
            let used = sources.entry(module.provider_source(name)).or_default();
            used.insert(format!("{}{type_name}", resource.mode.prefix()));
        }
    }
    let mut text = String::new();
    for (source, used) in sources {
        match registry.provider_of_source(&source) {
            Some(provider) => text.push_str(&described(provider, &used)),
            None if used.is_empty() => {
                text.push_str(&format!("provider {source} is not built in; nothing uses it\n"));
            }
            None => text.push_str(&format!("provider {source} is not built in\n")),
        }
    }
    text
}

fn described(provider: &Arc<dyn Provider>, types: &BTreeSet<String>) -> String {
    let source = provider.source().trim_start_matches("registry.terraform.io/");
    let mut text = format!("provider {source} is built in\n");
    for name in types {
        text.push_str(&format!("  {name}\n"));
    }
    text
}

fn all_types(provider: &Arc<dyn Provider>) -> BTreeSet<String> {
    let managed = provider.resource_types().iter().map(|kind| kind.name().to_owned());
    let data = provider.data_sources().iter().map(|kind| format!("data.{}", kind.name()));
    managed.chain(data).collect()
}
