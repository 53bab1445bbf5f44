//! `meridian providers`

use std::collections::BTreeSet;
use std::process::ExitCode;

use meridian_config::{Config, Module};
use meridian_graph::ModulePath;
use meridian_resource::Registry;
use meridian_state::Snapshot;

use crate::arguments::{Global, ProvidersArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{keys, project, stage};

/// The host of providers whose source names none.
const HOST: &str = "registry.terraform.io";

/// Shows which providers each module asks for, and which the state needs.
pub async fn run(
    global: &Global,
    _: &ProvidersArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let loaded = project::load_folder();
    let errors = |errors| Failure::new(errors, &loaded.config.sources);
    loaded.diagnostics.clone().check().map_err(errors)?;
    let mut text = String::from("\nProviders required by configuration:\n.\n");
    branch(&mut text, &loaded.config, &ModulePath::root(), "");
    text.push('\n');
    if let Some(snapshot) = stage::snapshot(global, &keys::sealer(global)?)?
        && !snapshot.objects.is_empty()
    {
        let registry = project::registry(global.local, Vec::new()).await;
        text.push_str("Providers required by state:\n\n");
        for source in stored(&snapshot, &registry) {
            text.push_str(&format!("    provider[{source}]\n"));
        }
        text.push('\n');
    }
    terminal.print(&text);
    Ok(ExitCode::SUCCESS)
}

/// The sources of the providers whose objects a state holds.
fn stored(snapshot: &Snapshot, registry: &Registry) -> BTreeSet<&'static str> {
    let types: BTreeSet<&str> = snapshot.objects.iter().map(|it| &*it.type_name).collect();
    let needed = registry.providers().iter().filter(|provider| {
        provider.resource_types().iter().any(|kind| types.contains(kind.name()))
    });
    needed.map(|provider| provider.source()).collect()
}

/// The providers of a module, and then its modules, each behind a line that leads to it.
fn branch(text: &mut String, config: &Config, path: &ModulePath, before: &str) {
    let Some(module) = config.module(path) else { return };
    let providers = providers(module);
    let calls: BTreeSet<_> = module.calls.iter().map(|call| call.name.text.clone()).collect();
    let mut left = providers.len() + calls.len();
    let mut lead = |text: &mut String, name: &str| {
        left -= 1;
        text.push_str(&format!("{before}{} {name}\n", if left == 0 { "└──" } else { "├──" }));
        left == 0
    };
    for provider in providers {
        lead(text, &provider);
    }
    for call in calls {
        let is_last = lead(text, &format!("module.{call}"));
        let deeper = format!("{before}{}", if is_last { "    " } else { "│   " });
        branch(text, config, &path.child(&call), &deeper);
    }
}

/// The full sources of the providers that a module asks for or uses, with their constraints.
fn providers(module: &Module) -> BTreeSet<String> {
    let required = module.required_providers.iter().map(|it| &*it.name.text);
    let configured = module.providers.iter().map(|it| &*it.name.text);
    let used = module.resources.iter().map(|resource| {
        let type_name = &*resource.type_name.text;
        let prefix = type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix);
        resource.provider.as_ref().map_or(prefix, |reference| &*reference.name)
    });
    let names: BTreeSet<&str> = required.chain(configured).chain(used).collect();
    let described = names.into_iter().map(|name| {
        let source = module.provider_source(name);
        let full = match source.split('/').count() {
            2 => format!("{HOST}/{source}"),
            _ => source,
        };
        let required = module.required_providers.iter().find(|it| &*it.name.text == name);
        match required.and_then(|required| required.version.as_deref()) {
            Some(version) => format!("provider[{full}] {version}"),
            None => format!("provider[{full}]"),
        }
    });
    described.collect()
}
