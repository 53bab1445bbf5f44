//! What someone may have meant whose command finds nothing to work on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use meridian_config::Config;
use meridian_graph::{InstanceAddress, Target};
use meridian_lang::{Diagnostic, Diagnostics, nearest};
use meridian_plan::{Action, Plan};
use meridian_state::TerraformState;

use crate::arguments::Global;
use crate::paths;
use crate::planning::Prior;
use crate::workspace::DEFAULT;

/// Larger states of Terraform are not looked into, in bytes.
const LARGEST_STATE: u64 = 1 << 30;

/// The other state of this folder: that of the embedded AWS for a command that works on AWS, and
/// the other way round.
pub fn other_state(global: &Global) -> Option<String> {
    if global.state.is_some() {
        return None;
    }
    let other = paths::state_of(!global.local, &global.workspace);
    if !other.is_file() {
        return None;
    }
    let other = other.display();
    Some(match global.local {
        true => format!("{other} is the state of AWS itself: leave -local out to work on it"),
        false => format!("{other} is the state of the embedded AWS: give -local to work on it"),
    })
}

/// Warns of a plan that creates what Terraform's state in this folder holds already.
pub fn held_by_terraform(global: &Global, prior: &Prior, plan: &Plan) -> Diagnostics {
    if global.local || !prior.objects.is_empty() {
        return Diagnostics::new();
    }
    let file = terraform_state(&global.workspace);
    let is_readable =
        std::fs::metadata(&file).is_ok_and(|it| it.is_file() && it.len() <= LARGEST_STATE);
    let text = is_readable.then(|| std::fs::read(&file).ok()).flatten();
    let Some(state) = text.and_then(|text| TerraformState::read(&text).ok()) else {
        return Diagnostics::new();
    };
    let created = plan.changes.iter().filter(|change| change.action == Action::Create);
    let created: BTreeSet<&InstanceAddress> = created.map(|change| &change.address).collect();
    let objects = state.objects.iter().filter(|object| object.deposed.is_none());
    let twice = objects.filter(|object| created.contains(&object.address)).count();
    if twice == 0 {
        return Diagnostics::new();
    }
    let file = file.display();
    let objects = if twice == 1 { "object" } else { "objects" };
    Diagnostic::warning(
        "Terraform's state holds what is to be created",
        format!(
            "{file} holds {twice} {objects} of this plan already, and Meridian has a state of its \
             own, which is empty: an apply would make them a second time."
        ),
    )
    .help(format!("take them over first: meridian state import-terraform {file}"))
    .into()
}

/// Where Terraform keeps the state of a workspace if the configuration names no backend.
fn terraform_state(workspace: &str) -> PathBuf {
    const FILE: &str = "terraform.tfstate";
    if workspace.is_empty() || workspace == DEFAULT {
        return FILE.into();
    }
    PathBuf::from("terraform.tfstate.d").join(workspace).join(FILE)
}

/// Warns of each address of `-target` and `-exclude` that nothing has, neither in the
/// configuration nor in the state.
pub fn without_effect(plan: &Plan, config: &Config, prior: &Prior) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    let named = [("-target", &plan.options.targets), ("-exclude", &plan.options.excludes)];
    for (option, addresses) in named {
        for address in addresses.iter().filter(|address| !is_there(address, config, prior)) {
            let warning = Diagnostic::warning(
                format!("{option} names what is not there"),
                format!(
                    "Neither the configuration nor the state has {address}, so the option has no \
                     effect."
                ),
            );
            warnings.push(match alike(address, config) {
                Some(other) => warning.help(format!("did you mean {other}?")),
                None => warning,
            });
        }
    }
    warnings
}

fn is_there(address: &Target, config: &Config, prior: &Prior) -> bool {
    let is_declared = match address {
        Target::Module(module) => config.modules.contains_key(&module.path()),
        Target::Resource(instance) => config.resource(&instance.resource.config()).is_some(),
    };
    is_declared || prior.objects.iter().any(|object| address.covers(&object.address))
}

/// The address of the configuration that was probably meant.
fn alike(address: &Target, config: &Config) -> Option<String> {
    let declared: Vec<String> = match address {
        Target::Module(_) => config.modules.keys().map(ToString::to_string).collect(),
        Target::Resource(_) => {
            let blocks = config.modules.iter().flat_map(|(path, module)| {
                module.resources.iter().map(move |block| block.address(path))
            });
            blocks.map(|block| block.to_string()).collect()
        }
    };
    let wanted = match address {
        Target::Module(module) => module.path().to_string(),
        Target::Resource(instance) => instance.resource.config().to_string(),
    };
    nearest(&wanted, declared.iter().map(String::as_str)).map(str::to_owned)
}
