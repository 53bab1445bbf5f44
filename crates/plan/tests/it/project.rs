//! A configuration text, read and ready to be planned.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use meridian_config::{Config, VariableOption};
use meridian_graph::Graph;
use meridian_lang::{Diagnostics, Value};
use meridian_plan::*;
use meridian_resource::{Place, ProviderKey, Registry};

use crate::fake;

/// What planning needs of a configuration.
pub struct Project {
    pub config: Config,
    pub graph: Graph,
    pub variables: BTreeMap<Arc<str>, Value>,
    pub registry: Registry,
    pub surroundings: Surroundings,
}

impl Project {
    /// Reads a configuration that has nothing wrong with it before planning.
    pub fn new(text: &str) -> Project {
        Project::with_variables(text, &[])
    }

    /// The same with values for variables: `name=value`. A line `--- PATH` begins another file.
    pub fn with_variables(text: &str, given: &[&str]) -> Project {
        let mut files = vec![("main.tf".to_owned(), String::new())];
        for line in text.lines() {
            match line.trim().strip_prefix("--- ") {
                Some(path) => files.push((path.to_owned(), String::new())),
                None => {
                    let (_, text) = files.last_mut().expect("a file");
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        let loaded = meridian_config::parse(Path::new("."), files);
        assert!(!loaded.diagnostics.has_errors(), "{:#?}", loaded.diagnostics);
        let mut config = loaded.config;
        let options: Vec<_> =
            given.iter().map(|it| VariableOption::Value((*it).to_owned())).collect();
        let variables = meridian_config::variables(&mut config, &[], &options);
        assert!(!variables.diagnostics.has_errors(), "{:#?}", variables.diagnostics);
        let graph = Graph::build(&config).expect("a graph");
        let variables = variables.values;
        Project {
            config,
            graph,
            variables,
            registry: fake::registry(),
            surroundings: surroundings(),
        }
    }

    pub fn values(&self) -> Values<'_> {
        Values::new(&self.config, &self.variables, &self.surroundings)
    }

    pub fn places(&self, also: &[PriorObject]) -> BTreeMap<ProviderKey, Place> {
        let also = also.iter().map(|object| object.provider.clone());
        let configured = configure(&self.config, &self.registry, &self.values(), also);
        let configured = configured.and_then(ProviderConfigurations::complete);
        let configured = configured.expect("provider configurations");
        configured.into_iter().map(|(key, it)| (key, it.place)).collect()
    }

    pub fn plan(&self, mode: Mode, world: World) -> Result<Plan, Diagnostics> {
        self.plan_with(mode, Options::default(), world)
    }

    pub fn plan_with(
        &self,
        mode: Mode,
        options: Options,
        world: World,
    ) -> Result<Plan, Diagnostics> {
        match self.plan_answering(mode, options, world, &Answers::default())? {
            Planned::Done(plan) => Ok(*plan),
            Planned::Asks(questions) => panic!("nobody answers {questions:?}"),
        }
    }

    /// A plan, or questions, where some questions are answered.
    pub fn plan_answering(
        &self,
        mode: Mode,
        options: Options,
        world: World,
        answers: &Answers,
    ) -> Result<Planned, Diagnostics> {
        let places = self.places(&world.objects);
        plan(Inputs {
            mode,
            config: &self.config,
            graph: &self.graph,
            registry: &self.registry,
            variables: &self.variables,
            surroundings: &self.surroundings,
            places: &places,
            objects: world.objects,
            outputs: world.outputs,
            basis: Basis { lineage: "test".into(), serial: 1 },
            options,
            answers,
        })
    }
}

/// A fingerprint that is as good as none, but tells texts and contexts apart and has the form of
/// a real one.
pub fn fingerprint(context: &str, secret: &str) -> String {
    let sum = |text: &str| {
        text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
    };
    format!("{:032x}{:032x}", sum(context), sum(secret))
}

fn surroundings() -> Surroundings {
    Surroundings {
        workspace: "default".into(),
        cwd: ".".into(),
        read_file: Box::new(|path| Err(format!("no file {path}"))),
        fingerprint: Box::new(fingerprint),
        folders: Box::new(()),
        start_time: None,
        impure: None,
    }
}

/// What the state holds and what was read of it.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub objects: Vec<PriorObject>,
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
}
