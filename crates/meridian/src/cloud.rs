//! Which AWS the calls go to.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_aws::{AwsCloud, ProviderSettings, Transport, endpoint_override};
use meridian_helpers::Machine;
use meridian_lang::Diagnostics;
use meridian_local_aws::{Clock, Cloud as LocalAws};
use meridian_plan::Configured;
use meridian_resource::{Cloud, ProviderKey};

use crate::arguments::Global;
use crate::failure::Failure;
use crate::paths;
use crate::terminal::Terminal;

/// The real AWS by way of the network, or the embedded one: the only place that tells them apart.
pub async fn open(
    global: &Global,
    configured: &BTreeMap<ProviderKey, Configured>,
    terminal: &Terminal,
) -> Result<Arc<dyn Cloud>, Failure> {
    let settings = settings(configured)?;
    let transport = if global.local {
        let folder = paths::local_folder();
        let local = LocalAws::open(&folder, Clock::Fast).map_err(|error| {
            Failure::message("The embedded AWS cannot start", error.to_string())
        })?;
        Transport::Embedded(Arc::new(local).http_client())
    } else {
        tell_where(&settings, terminal).await;
        Transport::network()
            .map_err(|error| Failure::message("There is no way to AWS", error.to_string()))?
    };
    // What stays on this machine needs no cloud.
    Ok(Arc::new(Machine::new(Arc::new(AwsCloud::new(transport, settings)))))
}

fn settings(
    configured: &BTreeMap<ProviderKey, Configured>,
) -> Result<BTreeMap<ProviderKey, ProviderSettings>, Failure> {
    let mut all = BTreeMap::new();
    let aws = configured.iter().filter(|(key, _)| &*key.name == "aws");
    for (key, provider) in aws {
        let settings = ProviderSettings::from_config(&provider.config).map_err(|problems| {
            let diagnostics: Diagnostics = problems
                .into_iter()
                .map(|problem| {
                    let mut error =
                        meridian_lang::Diagnostic::error(problem.summary, problem.detail)
                            .about(format!("provider.{key}"));
                    error.help = problem.help;
                    error
                })
                .collect();
            Failure::new(diagnostics, &meridian_lang::Sources::default())
        })?;
        all.insert(key.clone(), settings);
    }
    Ok(all)
}

/// Calls that do not go to AWS itself must not surprise anyone.
async fn tell_where(settings: &BTreeMap<ProviderKey, ProviderSettings>, terminal: &Terminal) {
    for settings in settings.values() {
        if let Some(endpoint) = endpoint_override(settings).await {
            terminal.note_once(format!("Calls go to {endpoint} instead of AWS."));
        }
    }
}
