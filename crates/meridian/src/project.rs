//! A configuration with everything that belongs to it: variables, graph, provider configurations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_aws::{AmbientTags, AwsProvider, ambient_region, profile_region};
use meridian_config::{Config, Loaded, Variables};
use meridian_graph::Graph;
use meridian_lang::{Diagnostics, Impure, Type, Value};
use meridian_plan::{
    Configured, Surroundings, Values, Viewpoint, check_variables, configure, validate,
};
use meridian_resource::{Place, ProviderKey, Registry};
use meridian_state::Sealer;

use crate::arguments::VariableArguments;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::terminal::Terminal;

/// The prefix of environment variables that give variables their values.
const VARIABLE_PREFIX: &str = "TF_VAR_";
/// Where the embedded AWS is when neither the configuration nor the environment names a Region.
const LOCAL_REGION: &str = "us-east-1";

/// A configuration, checked.
pub struct Project {
    /// What the files say.
    pub config: Config,
    /// What depends on what.
    pub graph: Graph,
    /// The resource types.
    pub registry: Registry,
    /// Values of the variables.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// What the configuration can see of its surroundings.
    pub surroundings: Surroundings,
}

impl Project {
    /// Reads the folder that the command works in and gives the variables their values.
    pub async fn load(
        given: &VariableArguments,
        local: bool,
        sealer: &Sealer,
        terminal: &Terminal,
    ) -> Result<Project, Failure> {
        let loaded = meridian_config::load(Path::new("."));
        let mut config = checked(loaded, Some(terminal))?;
        let Variables { values, diagnostics } =
            meridian_config::variables(&mut config, &environment(), &given.in_order);
        show_or_fail(diagnostics, &config, Some(terminal))?;
        let profiles = profiles(&config, &values, &surroundings(sealer));
        Project::new(config, values, registry(local, profiles).await, sealer, Some(terminal))
    }

    /// The configuration that a saved plan came with. Its warnings were shown when it was planned.
    pub async fn from_sources(
        folder: &Path,
        sources: Vec<(String, String)>,
        variables: BTreeMap<Arc<str>, Value>,
        local: bool,
        sealer: &Sealer,
    ) -> Result<Project, Failure> {
        let config = checked(meridian_config::parse(folder, sources), None)?;
        let profiles = profiles(&config, &variables, &surroundings(sealer));
        Project::new(config, variables, registry(local, profiles).await, sealer, None)
    }

    fn new(
        config: Config,
        variables: BTreeMap<Arc<str>, Value>,
        registry: Registry,
        sealer: &Sealer,
        terminal: Option<&Terminal>,
    ) -> Result<Project, Failure> {
        let graph = Graph::build(&config)
            .map_err(|diagnostics| Failure::new(diagnostics, &config.sources))?;
        let surroundings = surroundings(sealer);
        let found = {
            let values = Values::new(&config, &variables, &surroundings);
            show_or_fail(check_variables(&config, &values), &config, terminal)?;
            let values = Values::new(&config, &variables, &surroundings).unexpanded();
            validate(&config, &graph, &registry, &values)
        };
        show_or_fail(found, &config, terminal)?;
        Ok(Project { config, graph, registry, variables, surroundings })
    }

    /// The provider configurations of the configuration, and those that the state needs.
    pub fn configure(
        &self,
        also: impl IntoIterator<Item = ProviderKey>,
    ) -> Result<BTreeMap<ProviderKey, Configured>, Failure> {
        let values = self.values();
        configure(&self.config, &self.registry, &values, also)
            .map_err(|errors| self.failure(errors))
    }

    /// Values in which no resource is known yet.
    pub fn values(&self) -> Values<'_> {
        Values::new(&self.config, &self.variables, &self.surroundings)
    }

    /// Errors that point into this configuration.
    pub fn failure(&self, diagnostics: Diagnostics) -> Failure {
        Failure::new(diagnostics, &self.config.sources)
    }
}

/// What resource types need of provider configurations.
pub fn places(configured: &BTreeMap<ProviderKey, Configured>) -> BTreeMap<ProviderKey, Place> {
    configured.iter().map(|(key, provider)| (key.clone(), provider.place.clone())).collect()
}

/// The providers that are built in, with the Regions of these profiles. The embedded AWS works
/// without any Region being set.
pub async fn registry(local: bool, profiles: Vec<String>) -> Registry {
    let region = ambient_region().await.or_else(|| local.then(|| LOCAL_REGION.to_owned()));
    let mut regions = BTreeMap::new();
    for profile in profiles {
        if let Some(region) = profile_region(&profile).await {
            regions.insert(profile, region);
        }
    }
    // What is no text cannot be a tag.
    let variables = std::env::vars_os();
    let variables = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let aws = AwsProvider::new(region)
        .with_profile_regions(regions)
        .with_ambient_tags(AmbientTags::from_environment(variables));
    let aws = Arc::new(aws) as Arc<dyn meridian_resource::Provider>;
    Registry::new([aws].into_iter().chain(meridian_helpers::providers()))
}

/// The profiles that provider blocks name.
fn profiles(
    config: &Config,
    variables: &BTreeMap<Arc<str>, Value>,
    surroundings: &Surroundings,
) -> Vec<String> {
    let values = Values::new(config, variables, surroundings);
    let blocks = config.modules.values().flat_map(|module| &module.providers);
    let named = blocks.filter_map(|block| block.body.attribute("profile"));
    // What is wrong with an expression is told when the block is checked.
    let named = named.filter_map(|it| values.evaluate(&it.expr, &Viewpoint::default()).ok());
    named.filter_map(|profile| profile.as_str().map(str::to_owned)).collect()
}

/// The configuration in the current folder without values for its variables, for commands that
/// look at it only: each variable is unknown.
pub async fn check_folder(sealer: &Sealer, terminal: &Terminal) -> Result<Project, Failure> {
    let config = checked(meridian_config::load(Path::new(".")), Some(terminal))?;
    let variables = config
        .root()
        .variables
        .iter()
        .map(|variable| {
            let ty = if variable.typed { variable.ty.clone() } else { Type::Dynamic };
            let marks = if variable.sensitive {
                meridian_lang::Marks::SENSITIVE
            } else {
                meridian_lang::Marks::NONE
            };
            (variable.name.text.clone(), Value::unknown(ty).mark(marks))
        })
        .collect();
    let profiles = profiles(&config, &variables, &surroundings(sealer));
    Project::new(config, variables, registry(false, profiles).await, sealer, Some(terminal))
}

fn checked(loaded: Loaded, terminal: Option<&Terminal>) -> Result<Config, Failure> {
    let Loaded { config, diagnostics } = loaded;
    show_or_fail(diagnostics, &config, terminal)?;
    Ok(config)
}

/// Shows warnings, if there is a place for them; errors end the command.
fn show_or_fail(
    diagnostics: Diagnostics,
    config: &Config,
    terminal: Option<&Terminal>,
) -> Result<(), Failure> {
    match diagnostics.check() {
        Ok(warnings) => {
            if let Some(terminal) = terminal {
                terminal.diagnostics(&warnings, &config.sources);
            }
            Ok(())
        }
        Err(errors) => Err(Failure::new(errors, &config.sources)),
    }
}

fn environment() -> Vec<(String, String)> {
    std::env::vars().filter(|(name, _)| name.starts_with(VARIABLE_PREFIX)).collect()
}

fn surroundings(sealer: &Sealer) -> Surroundings {
    let sealer = sealer.clone();
    Surroundings {
        workspace: "default".to_owned(),
        cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        read_file: Box::new(|path| std::fs::read(path).map_err(|error| error.to_string())),
        fingerprint: Box::new(move |context, secret| {
            sealer.fingerprint(context, secret.as_bytes())
        }),
        folders: Box::new(Machine),
        start_time: Some(Machine.now()),
        impure: None,
    }
}
