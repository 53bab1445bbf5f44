//! Taking a state of Terraform apart: what is built in, what is not, and where it lives.

use std::collections::{BTreeMap, BTreeSet};

use meridian_engine::{Foreign, TakenOver, take_over_state};
use meridian_lang::{Diagnostic, Sources};
use meridian_plan::ProviderConfigurations;
use meridian_resource::{ProviderKey, Registry};
use meridian_state::{Sealer, TerraformState};

use crate::arguments::{Global, VariableArguments};
use crate::failure::Failure;
use crate::project::{self, Project};

/// How many objects of one type are named.
const NAMED: usize = 3;

/// The objects of a state of Terraform. Objects that do not tell their Region get that of their
/// provider configuration, if the folder has it.
pub async fn taken_over(
    state: &TerraformState,
    global: &Global,
    variables: &VariableArguments,
    sealer: &Sealer,
) -> Result<TakenOver, Failure> {
    let project = Project::to_look_at(variables, global.local, sealer).await;
    let (registry, regions) = match &project {
        Ok(project) => (project.registry.clone(), regions(project, state)),
        Err(_) => (project::registry(global.local, Vec::new()).await, None),
    };
    let region = |key: &ProviderKey| regions.as_ref()?.get(key).cloned();
    take_over_state(state, &registry, sealer, &region).map_err(|errors| match project {
        // What is wrong with the configuration is why a Region is not known.
        Err(failure) => failure,
        Ok(_) => Failure::new(errors, &Sources::default()),
    })
}

fn regions(project: &Project, state: &TerraformState) -> Option<BTreeMap<ProviderKey, String>> {
    let default = |source: &str| project.registry.provider_of_source(source).map(name);
    let used: BTreeSet<ProviderKey> = state
        .objects
        .iter()
        .filter(|object| object.provider.alias.is_none() && object.provider.module.is_root())
        .filter_map(|object| Some(ProviderKey::of_root(default(&object.provider.source)?, None)))
        .collect();
    let ProviderConfigurations { known, waiting } = project.configure(used).ok()?;
    let known = known.into_iter().map(|(key, provider)| (key, provider.place.region));
    let waiting = waiting.into_iter().filter_map(|(key, block)| Some((key, block.region?)));
    Some(known.chain(waiting).collect())
}

fn name(provider: &std::sync::Arc<dyn meridian_resource::Provider>) -> &'static str {
    provider.name()
}

/// One error about all objects whose types are not built in.
pub fn refusal(foreign: &BTreeMap<String, Foreign>, registry: &Registry) -> Failure {
    Diagnostic::error(
        "Unsupported resource types",
        format!(
            "Meridian manages KMS keys and Secrets Manager secrets, and what goes with them. This \
             state also holds:\n{}\n\nNothing was changed.",
            list(foreign)
        ),
    )
    .help(format!(
        "-skip-unsupported takes over the rest ({} types are built in) and leaves these to \
         Terraform",
        registry.resource_type_names().len()
    ))
    .into()
}

/// The objects whose types are not built in, a line for each type.
pub fn list(foreign: &BTreeMap<String, Foreign>) -> String {
    let mut lines = String::new();
    for (type_name, Foreign { provider, addresses }) in foreign {
        let shown: Vec<String> = addresses.iter().take(NAMED).map(ToString::to_string).collect();
        let more = match addresses.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let shown = shown.join(", ");
        lines.push_str(&format!("\n  - resource \"{type_name}\" of {provider}: {shown}{more}"));
    }
    lines
}
