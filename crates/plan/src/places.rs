//! Provider configurations, evaluated: where and as whom the calls are made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use meridian_config::{Config, Provider, ProviderAddress, Resource};
use meridian_graph::ModulePath;
use meridian_lang::{Diagnostic, Diagnostics, ModuleStep, Span, Value};
use meridian_resource::{Place, ProviderKey, Registry};

use crate::decode::{decode, locate};
use crate::propose::propose;
use crate::values::{Values, Viewpoint};

/// A provider configuration, evaluated. Its arguments may be credentials, so they are not among what
/// its debug form shows.
#[derive(Clone)]
pub struct Configured {
    /// What resource types need of it.
    pub place: Place,
    /// All its arguments, for whoever makes the clients.
    pub config: Value,
}

impl fmt::Debug for Configured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configured").field("place", &self.place).finish_non_exhaustive()
    }
}

/// A provider configuration that leans on what is not known yet.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The block.
    pub address: ProviderAddress,
    /// Where it stands.
    span: Span,
    /// Its Region, if that much is known.
    pub region: Option<String>,
}

/// Provider configurations, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct ProviderConfigurations {
    /// Those of which everything is known.
    pub known: BTreeMap<ProviderKey, Configured>,
    /// Those that lean on data sources, resources or ephemeral resources.
    pub waiting: BTreeMap<ProviderKey, Waiting>,
}

impl ProviderConfigurations {
    /// All of them, when nothing more can be learnt.
    ///
    /// # Errors
    /// Some still lean on what only an apply will tell.
    pub fn complete(self) -> Result<BTreeMap<ProviderKey, Configured>, Diagnostics> {
        if self.waiting.is_empty() {
            return Ok(self.known);
        }
        Err(self.waiting.iter().map(|(key, waiting)| unknown_configuration(key, waiting)).collect())
    }
}

/// The provider configuration that a block in a module uses: the one it names, or its type's
/// default.
pub fn provider_key(
    config: &Config,
    registry: &Registry,
    module: &ModulePath,
    resource: &Resource,
) -> ProviderKey {
    key_of(config, registry, &config.provider_of(module, resource))
}

/// A provider configuration by the provider's own name, whatever a module calls it.
pub(crate) fn key_of(
    config: &Config,
    registry: &Registry,
    address: &ProviderAddress,
) -> ProviderKey {
    let module = config.module(&address.module);
    let source = module.map(|module| module.provider_source(&address.name));
    let known = source.as_deref().and_then(|source| registry.provider_of_source(source));
    let name = match (known, source) {
        (Some(provider), _) => provider.name().into(),
        // A provider of another source is another provider, whatever it is called here.
        (None, Some(source)) if source != format!("hashicorp/{}", address.name) => source.into(),
        (None, _) => address.name.clone(),
    };
    ProviderKey { module: address.module.clone(), name, alias: address.alias.clone() }
}

/// Evaluates every provider configuration that the configuration declares, that its blocks use, or
/// that is among `also` (the state's objects use them).
///
/// # Errors
/// What is wrong with them.
pub fn configure(
    config: &Config,
    registry: &Registry,
    values: &Values<'_>,
    also: impl IntoIterator<Item = ProviderKey>,
) -> Result<ProviderConfigurations, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut configurations = ProviderConfigurations::default();
    let mut needed: BTreeSet<ProviderKey> = also.into_iter().collect();
    for (path, module) in &config.modules {
        let blocks = module.resources.iter();
        needed.extend(blocks.map(|block| provider_key(config, registry, path, block)));
    }
    for (path, module) in &config.modules {
        for block in &module.providers {
            let key = key_of(config, registry, &block.address(path));
            // A default configuration that nothing uses need not be complete.
            let used = needed.remove(&key);
            match configure_block(&key, Some(block), registry, values, used, &mut diagnostics) {
                Some(Evaluated::Known(done)) => {
                    configurations.known.insert(key, done);
                }
                Some(Evaluated::Waits { region }) => {
                    let (address, span) = (block.address(path), block.name.span);
                    configurations.waiting.insert(key, Waiting { address, span, region });
                }
                None => {}
            }
        }
    }
    for key in needed {
        let empty = configure_block(&key, None, registry, values, true, &mut diagnostics);
        if let Some(Evaluated::Known(done)) = empty {
            configurations.known.insert(key, done);
        }
    }
    diagnostics.extend(values.take_diagnostics());
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(configurations) }
}

/// What a block comes to.
enum Evaluated {
    Known(Configured),
    Waits { region: Option<String> },
}

fn configure_block(
    key: &ProviderKey,
    block: Option<&Provider>,
    registry: &Registry,
    values: &Values<'_>,
    used: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Evaluated> {
    // Resources of unknown types are reported with the resource.
    let provider = registry.provider(&key.name)?;
    let schema = provider.schema();
    let value = match block {
        None if key.alias.is_some() => {
            diagnostics.push(missing_configuration(key));
            return None;
        }
        None => schema.empty(),
        Some(block) => {
            let steps = key.module.names().iter();
            let steps = steps.map(|name| ModuleStep { name: name.clone(), key: None });
            let viewpoint = Viewpoint::of(steps.collect());
            let evaluate = |expr: &_, bound: &_| values.evaluate_with(expr, &viewpoint, bound);
            decode(schema, &block.body, block.name.span, &evaluate, diagnostics)
        }
    };
    let value = propose(schema, None, &value);
    if !value.is_wholly_known() {
        let region = value.get("region").and_then(Value::as_str).map(str::to_owned);
        return used.then_some(Evaluated::Waits { region });
    }
    match provider.place(key, &value) {
        Ok(place) => Some(Evaluated::Known(Configured { place, config: value })),
        Err(_) if !used => None,
        Err(problems) => {
            for problem in problems {
                let diagnostic = match block {
                    Some(block) => locate(
                        problem,
                        &block.body,
                        block.name.span,
                        &format!("provider[\"{}\"]", provider.source()),
                    ),
                    None => {
                        let mut error = Diagnostic::error(problem.summary, problem.detail);
                        error.help = problem.help;
                        error
                    }
                };
                diagnostics.push(diagnostic);
            }
            None
        }
    }
}

fn missing_configuration(key: &ProviderKey) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "Objects in the state were made with the provider configuration {key}, which is no \
             longer in the configuration, so they can neither be read nor destroyed."
        ),
    )
    .help("put the provider block back until these objects are gone")
}

fn unknown_configuration(key: &ProviderKey, waiting: &Waiting) -> Diagnostic {
    Diagnostic::error(
        "Invalid provider configuration",
        format!(
            "The configuration of provider {key} depends on values that cannot be determined \
             until apply, so no object that uses it can be planned."
        ),
    )
    .at(waiting.span)
    .help("apply what it depends on first, with -target")
}
