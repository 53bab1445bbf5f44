//! The way to the Regions that are looked into.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_engine::{Context, Stop, ask};
use meridian_plan::{Answers, Options};
use meridian_resource::{Answer, Call, Place, ProviderKey};
use meridian_state::Sealer;

use super::providers::Providers;
use crate::arguments::{Global, VariableArguments};
use crate::cloud;
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::Prior;
use crate::project::{self, Project, Wanted};
use crate::terminal::Terminal;

/// What the new provider blocks are called among the files of the folder.
const NEW_PROVIDERS: &str = "discovered_providers.tf";

/// The configuration of the folder with a provider configuration for each Region.
pub struct Session {
    /// The configuration.
    pub project: Project,
    /// The way to AWS. Nothing is told of single objects.
    pub context: Arc<Context>,
    /// What resource types need of provider configurations.
    pub places: BTreeMap<ProviderKey, Place>,
    /// The provider configurations by Region.
    pub providers: Providers,
}

impl Session {
    /// Opens the way to these Regions.
    pub async fn open(
        global: &Global,
        variables: &VariableArguments,
        regions: &BTreeSet<String>,
        sealer: &Sealer,
        terminal: &Arc<Terminal>,
    ) -> Result<Session, Failure> {
        let mut loaded = project::load_folder();
        if loaded.config.sources.files().next().is_none() {
            // An empty folder is as good as any.
            loaded = meridian_config::parse(&loaded.config.folder, Vec::new());
        }
        let providers = Providers::new(&loaded.config, regions);
        if !providers.new_blocks.is_empty() && !loaded.diagnostics.has_errors() {
            let mut sources = loaded.config.texts();
            sources.push((NEW_PROVIDERS.to_owned(), providers.new_blocks.clone()));
            loaded = meridian_config::parse(&loaded.config.folder, sources);
        }
        let options = Options::default();
        let wanted = Wanted { variables, input: false, options: &options };
        let project = Project::of_loaded(loaded, wanted, global.local, sealer, terminal).await?;
        let keys = regions.iter().filter_map(|region| providers.key(region).cloned());
        let open = async |configured: &Configurations| {
            let cloud = cloud::open(global, configured, terminal).await?;
            let (registry, events) = (project.registry.clone(), Box::new(|_| {}));
            Ok(Arc::new(Context::new(registry, cloud, events, Stop::default(), 1)))
        };
        let none = Prior::of(None);
        let configuring =
            Configuring { also: keys.collect(), ..Configuring::of(&project, &none, terminal) };
        let configured = configuring.make(&mut Answers::default(), &open).await?;
        let places = project::places(&configured);
        let context = open(&configured).await?;
        Ok(Session { project, context, places, providers })
    }

    /// Asks each call in its Region. Calls of Regions without a provider configuration are not
    /// asked.
    pub async fn ask(&self, calls: Vec<Call>) -> Vec<(Call, Answer)> {
        let with_keys = calls.into_iter().filter_map(|call| {
            let key = self.providers.key(&call.region)?.clone();
            Some((key, call))
        });
        let with_keys: Vec<(ProviderKey, Call)> = with_keys.collect();
        let asked: Vec<Call> = with_keys.iter().map(|(_, call)| call.clone()).collect();
        asked.into_iter().zip(ask(&self.context, with_keys).await).collect()
    }
}
