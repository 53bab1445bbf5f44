//! A configuration with everything that belongs to it: variables, graph, provider configurations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_aws::{AmbientTags, AwsProvider, ambient_region, profile_region};
use meridian_config::{Config, Loaded, Variables};
use meridian_graph::Graph;
use meridian_lang::{Diagnostics, Impure, Sources, Value};
use meridian_plan::{
    Configured, Options, ProviderConfigurations, Surroundings, Values, Viewpoint, check_variables,
    configure, foreign_types, validate,
};
use meridian_resource::{Place, ProviderKey, Registry};
use meridian_state::Sealer;

use crate::arguments::VariableArguments;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::terminal::Terminal;
use crate::{environment, inputs, workspace};

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

/// What is known of a configuration once it has been looked at.
pub struct Examined {
    /// The project; none if what the files say makes none.
    pub project: Option<Project>,
    /// The texts that the messages point into.
    pub sources: Sources,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl Examined {
    fn unreadable(config: Config, diagnostics: Diagnostics) -> Examined {
        Examined { project: None, sources: config.sources, diagnostics }
    }

    /// The project, with its warnings shown; errors end the command.
    fn into_project(self, terminal: Option<&Terminal>) -> Result<Project, Failure> {
        let Examined { project, sources, diagnostics } = self;
        let failure = |errors| Failure::new(errors, &sources);
        let warnings = diagnostics.check().map_err(failure)?;
        if let Some(terminal) = terminal {
            terminal.diagnostics(&warnings, &sources);
        }
        project.ok_or_else(|| failure(Diagnostics::new()))
    }
}

/// What a project is loaded for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Values of variables.
    pub variables: &'a VariableArguments,
    /// Whether variables may be asked for.
    pub input: bool,
    /// Which part of the configuration is worked on.
    pub options: &'a Options,
}

impl Project {
    /// Reads the folder that the command works in and gives the variables their values.
    pub async fn load(
        wanted: Wanted<'_>,
        local: bool,
        sealer: &Sealer,
        terminal: &Terminal,
    ) -> Result<Project, Failure> {
        Project::of_loaded(load_folder(), wanted, local, sealer, terminal).await
    }

    /// The same for a plan that generates configuration: what `import` blocks name need not be
    /// described yet.
    pub async fn load_to_generate(
        wanted: Wanted<'_>,
        local: bool,
        sealer: &Sealer,
        terminal: &Terminal,
    ) -> Result<Project, Failure> {
        let data_folder = environment::data_folder();
        let loaded = meridian_config::load_to_generate(Path::new("."), &data_folder);
        Project::of_loaded(loaded, wanted, local, sealer, terminal).await
    }

    /// Gives the variables of a configuration their values.
    pub async fn of_loaded(
        loaded: Loaded,
        wanted: Wanted<'_>,
        local: bool,
        sealer: &Sealer,
        terminal: &Terminal,
    ) -> Result<Project, Failure> {
        let mut config = checked(loaded, Some(terminal))?;
        let given = &wanted.variables.in_order;
        let Variables { values, diagnostics } =
            inputs::values(&mut config, given, wanted.input, terminal)?;
        show_or_fail(diagnostics, &config, Some(terminal))?;
        let profiles = profiles(&config, &values, &surroundings(sealer));
        let registry = registry(local, profiles).await;
        Project::examine(config, values, registry, wanted.options, sealer)
            .into_project(Some(terminal))
    }

    /// Reads the folder for a look at its values: variables may have none, there may be no files,
    /// and resources are not checked.
    pub async fn to_look_at(
        variables: &VariableArguments,
        local: bool,
        sealer: &Sealer,
    ) -> Result<Project, Failure> {
        let loaded = match load_folder() {
            loaded if loaded.config.sources.files().next().is_none() => {
                meridian_config::parse(&loaded.config.folder, Vec::new())
            }
            loaded => loaded,
        };
        // Warnings would stand between the values.
        let Loaded { mut config, diagnostics, .. } = loaded;
        diagnostics.check().map_err(|errors| Failure::new(errors, &config.sources))?;
        let Variables { values, diagnostics } =
            inputs::values_if_given(&mut config, &variables.in_order);
        diagnostics.check().map_err(|errors| Failure::new(errors, &config.sources))?;
        let profiles = profiles(&config, &values, &surroundings(sealer));
        let registry = registry(local, profiles).await;
        let graph =
            Graph::build(&config).map_err(|errors| Failure::new(errors, &config.sources))?;
        let surroundings = surroundings(sealer);
        Ok(Project { config, graph, registry, variables: values, surroundings })
    }

    /// The configuration that a saved plan came with. Its warnings were shown when it was planned.
    pub async fn from_sources(
        folder: &Path,
        sources: Vec<(String, String)>,
        variables: BTreeMap<Arc<str>, Value>,
        options: &Options,
        local: bool,
        sealer: &Sealer,
    ) -> Result<Project, Failure> {
        let config = checked(meridian_config::parse(folder, sources), None)?;
        let profiles = profiles(&config, &variables, &surroundings(sealer));
        let registry = registry(local, profiles).await;
        Project::examine(config, variables, registry, options, sealer).into_project(None)
    }

    /// Looks at everything that can be said without the state and the cloud.
    fn examine(
        config: Config,
        variables: BTreeMap<Arc<str>, Value>,
        registry: Registry,
        options: &Options,
        sealer: &Sealer,
    ) -> Examined {
        let graph = match Graph::build(&config) {
            Ok(graph) => graph,
            Err(mut errors) => {
                errors.extend(foreign_types(&config, None, &registry, options));
                return Examined::unreadable(config, errors);
            }
        };
        let surroundings = surroundings(sealer);
        let values = Values::new(&config, &variables, &surroundings);
        let mut diagnostics = check_variables(&config, &values);
        let values = Values::new(&config, &variables, &surroundings).unexpanded();
        diagnostics.extend(validate(&config, &graph, &registry, &values, options));
        let sources = config.sources.clone();
        let project = Project { config, graph, registry, variables, surroundings };
        Examined { project: Some(project), sources, diagnostics }
    }

    /// The provider configurations of the configuration, and those that the state needs, as far as
    /// they are known by themselves.
    pub fn configure(
        &self,
        also: impl IntoIterator<Item = ProviderKey>,
    ) -> Result<ProviderConfigurations, Failure> {
        let values = self.values();
        configure(&self.config, &self.registry, &values, also)
            .map_err(|errors| self.failure(errors))
    }

    /// From here on `timestamp()`, `uuid()` and `bcrypt()` have results: their time has come.
    pub fn begin_apply(&mut self) {
        self.surroundings.impure = Some(Box::new(Machine));
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

/// The configuration in the current folder, with the modules that Terraform has fetched for it.
pub fn load_folder() -> Loaded {
    meridian_config::load_with(Path::new("."), &environment::data_folder())
}

/// The configuration in the current folder without values for its variables, for commands that
/// look at it only: each variable is unknown.
pub async fn examine_folder(sealer: &Sealer) -> Examined {
    let Loaded { config, diagnostics, .. } = load_folder();
    if diagnostics.has_errors() {
        return Examined::unreadable(config, diagnostics);
    }
    let variables = inputs::unknown_values(&config);
    let profiles = profiles(&config, &variables, &surroundings(sealer));
    let registry = registry(false, profiles).await;
    let mut examined = Project::examine(config, variables, registry, &Options::default(), sealer);
    let found = std::mem::replace(&mut examined.diagnostics, diagnostics);
    examined.diagnostics.extend(found);
    examined
}

fn checked(loaded: Loaded, terminal: Option<&Terminal>) -> Result<Config, Failure> {
    let Loaded { config, diagnostics, .. } = loaded;
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

fn surroundings(sealer: &Sealer) -> Surroundings {
    let sealer = sealer.clone();
    Surroundings {
        // What is wrong with its name has been said when the command began.
        workspace: workspace::current().map_or_else(|_| String::new(), |it| it.name),
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
