//! Provider configurations, evaluated: where and as whom the calls are made.

use std::collections::{BTreeMap, BTreeSet};

use meridian_config::{Config, Provider, ProviderAddress, Resource};
use meridian_graph::ModulePath;
use meridian_lang::{Diagnostic, Diagnostics, ModuleStep, Span, Value};
use meridian_resource::{Place, ProviderKey, Registry};

use crate::decode::{decode, locate};
use crate::propose::propose;
use crate::values::{Values, Viewpoint};

/// A provider configuration, evaluated.
#[derive(Clone, Debug)]
pub struct Configured {
    /// What resource types need of it.
    pub place: Place,
    /// All its arguments, for whoever makes the clients.
    pub config: Value,
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
/// What is wrong with them, or that they lean on what only an apply will tell.
pub fn configure(
    config: &Config,
    registry: &Registry,
    values: &Values<'_>,
    also: impl IntoIterator<Item = ProviderKey>,
) -> Result<BTreeMap<ProviderKey, Configured>, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut configured = BTreeMap::new();
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
            if let Some(done) =
                configure_block(&key, Some(block), registry, values, used, &mut diagnostics)
            {
                configured.insert(key, done);
            }
        }
    }
    for key in needed {
        if let Some(done) = configure_block(&key, None, registry, values, true, &mut diagnostics) {
            configured.insert(key, done);
        }
    }
    diagnostics.extend(values.take_diagnostics());
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(configured) }
}

fn configure_block(
    key: &ProviderKey,
    block: Option<&Provider>,
    registry: &Registry,
    values: &Values<'_>,
    used: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Configured> {
    // Resources of unknown types are reported with the resource.
    let provider = registry.provider(&key.name)?;
    let schema = provider.schema();
    let header = block.map(|block| block.name.span);
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
        diagnostics.push(unknown_configuration(key, header));
        return None;
    }
    match provider.place(key, &value) {
        Ok(place) => Some(Configured { place, config: value }),
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

fn unknown_configuration(key: &ProviderKey, span: Option<Span>) -> Diagnostic {
    let error = Diagnostic::error(
        "Invalid provider configuration",
        format!(
            "The configuration of provider {key} depends on values that cannot be determined \
             until apply, so no object that uses it can be planned."
        ),
    );
    match span {
        Some(span) => error.at(span),
        None => error,
    }
}
