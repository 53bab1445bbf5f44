//! Provider configurations. What their blocks lean on is read first.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_engine::{Context, answer};
use meridian_graph::{Node, ResourceMode};
use meridian_plan::{
    Answers, Configured, Inputs, Mode, Options, ProviderConfigurations, Settled, leaned_on,
    providers_in_use, settle,
};
use meridian_resource::ProviderKey;

use crate::failure::Failure;
use crate::planning::Prior;
use crate::project::{self, Project};
use crate::terminal::Terminal;

/// Provider configurations by their keys.
pub type Configurations = BTreeMap<ProviderKey, Configured>;

/// What provider configurations are made from.
pub struct Configuring<'c> {
    /// The project.
    pub project: &'c Project,
    /// What the state holds.
    pub prior: &'c Prior,
    /// Provider configurations that are needed besides.
    pub also: Vec<ProviderKey>,
    /// Which part of the configuration is worked on.
    pub options: Options,
    /// Whether objects that provider blocks lean on are read again.
    pub refresh: bool,
    /// Where progress is shown.
    pub terminal: &'c Terminal,
}

impl<'c> Configuring<'c> {
    /// Those of a project and of its state, as it is.
    pub fn of(project: &'c Project, prior: &'c Prior, terminal: &'c Terminal) -> Configuring<'c> {
        let options = Options::default();
        Configuring { project, prior, also: Vec::new(), options, refresh: false, terminal }
    }

    /// The provider configurations of the project and of the state's objects. Where their blocks
    /// lean on data sources or ephemeral resources, these are read by way of those that are known,
    /// to which `open` leads; what data sources said is kept in `answers`.
    pub async fn make(
        &self,
        answers: &mut Answers,
        open: &impl AsyncFn(&Configurations) -> Result<Arc<Context>, Failure>,
    ) -> Result<Configurations, Failure> {
        let project = self.project;
        let mut found = self.in_use(project.configure(self.needed())?);
        while !found.waiting.is_empty() {
            let waiting = found.waiting.len();
            found = self.in_use(self.learn(found, answers, open).await?);
            if found.waiting.len() >= waiting {
                break;
            }
        }
        // What is open for a moment only is opened again by whoever needs it.
        answers.data.retain(|address, _| address.resource.mode != ResourceMode::Ephemeral);
        found.complete().map_err(|errors| project.failure(errors))
    }

    /// What nothing uses need not be known.
    fn in_use(&self, mut found: ProviderConfigurations) -> ProviderConfigurations {
        if !found.waiting.is_empty() {
            let Project { config, graph, registry, .. } = self.project;
            let mut used = providers_in_use(config, graph, registry, &self.options);
            used.extend(self.needed());
            found.waiting.retain(|key, _| used.contains(key));
        }
        found
    }

    fn needed(&self) -> impl Iterator<Item = ProviderKey> + '_ {
        self.prior.providers().chain(self.also.iter().cloned())
    }

    /// Plans what the waiting blocks lean on, and evaluates all blocks again.
    async fn learn(
        &self,
        found: ProviderConfigurations,
        answers: &mut Answers,
        open: &impl AsyncFn(&Configurations) -> Result<Arc<Context>, Failure>,
    ) -> Result<ProviderConfigurations, Failure> {
        let ProviderConfigurations { known, waiting } = found;
        let project = self.project;
        let places = project::places(&known);
        let nodes = leaned_on(&project.graph, &waiting);
        let mut prior = self.prior.clone();
        prior.objects.retain(|object| {
            let block = Node::Resource(object.address.resource.config());
            known.contains_key(&object.provider) && nodes.contains(&block)
        });
        if self.refresh && !prior.objects.is_empty() {
            let context = open(&known).await?;
            prior = prior.refresh(&context, &project.config, &places, self.terminal).await?;
        }
        let mut context: Option<Arc<Context>> = None;
        loop {
            let inputs = Inputs {
                mode: Mode::Normal,
                config: &project.config,
                graph: &project.graph,
                registry: &project.registry,
                variables: &project.variables,
                surroundings: &project.surroundings,
                places: &places,
                objects: prior.objects.clone(),
                outputs: prior.outputs.clone(),
                basis: prior.basis.clone(),
                options: Options { without_refresh: !self.refresh, ..Options::default() },
                answers,
            };
            let settled = settle(inputs, &waiting, self.needed());
            match settled.map_err(|errors| project.failure(errors))? {
                Settled::Done(found) => return Ok(found),
                Settled::Asks(questions) => {
                    let context = match &context {
                        Some(context) => context.clone(),
                        None => context.insert(open(&known).await?).clone(),
                    };
                    answer(&context, questions, &places, answers).await;
                }
            }
        }
    }
}
