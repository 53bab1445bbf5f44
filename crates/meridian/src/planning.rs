//! From a project and what the state holds to a plan.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_config::Config;
use meridian_engine::{Context, answer, hidden_by_journal, prior_objects, prior_outputs, refresh};
use meridian_plan::{
    Answers, Basis, Hidden, Inputs, Mode, Options, Plan, Planned, PriorObject, PriorOutput,
    Unplanned, moved, plan_or_part,
};
use meridian_report::Style;
use meridian_resource::{Place, ProviderKey};
use meridian_state::Snapshot;

use crate::failure::Failure;
use crate::project::Project;
use crate::terminal::Terminal;

/// What a plan is made from besides the project.
#[derive(Clone, Default)]
pub struct Prior {
    /// The objects of the state, as they were read.
    pub objects: Vec<PriorObject>,
    /// The outputs of the state.
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// The state's identity.
    pub basis: Basis,
    /// What the objects may show of secrets, by the journal.
    pub hidden: Hidden,
}

impl Prior {
    /// What the state holds, not refreshed.
    pub fn of(snapshot: Option<&Snapshot>) -> Prior {
        match snapshot {
            None => Prior::default(),
            Some(snapshot) => {
                let (mut objects, hidden) = (prior_objects(snapshot), hidden_by_journal(snapshot));
                hidden.hide(&mut objects);
                Prior {
                    objects,
                    outputs: prior_outputs(snapshot),
                    basis: Basis { lineage: snapshot.lineage.clone(), serial: snapshot.serial },
                    hidden,
                }
            }
        }
    }

    /// The provider configurations that the objects were made with.
    pub fn providers(&self) -> impl Iterator<Item = ProviderKey> + '_ {
        self.objects.iter().map(|object| object.provider.clone())
    }

    /// Reads every object again.
    pub async fn refresh(
        self,
        context: &Arc<Context>,
        config: &Config,
        places: &BTreeMap<ProviderKey, Place>,
        terminal: &Terminal,
    ) -> Result<Prior, Failure> {
        if self.objects.is_empty() {
            return Ok(self);
        }
        terminal.busy("reading objects");
        let moved = moved(config, &self.objects);
        let refreshed = refresh(context, self.objects, places, &moved).await;
        terminal.rest();
        let mut objects = refreshed
            .map_err(|errors| {
                Failure::new(errors, &meridian_lang::Sources::default()).while_planning()
            })?
            .objects;
        self.hidden.hide(&mut objects);
        Ok(Prior { objects, ..self })
    }
}

/// What is to be planned.
pub struct Planning<'p> {
    /// The project.
    pub project: &'p Project,
    /// Normal, destroy or refresh only.
    pub mode: Mode,
    /// Which part of the configuration is worked on.
    pub options: Options,
    /// Provider configurations.
    pub places: &'p BTreeMap<ProviderKey, Place>,
    /// How a plan is written that could be made in parts only.
    pub style: Style,
}

impl Planning<'_> {
    /// Plans. Whatever must be read for it is read, and kept in `answers`; `context` gives the way
    /// to the cloud when it is needed first.
    pub async fn make(
        &self,
        prior: &Prior,
        answers: &mut Answers,
        mut context: impl AsyncFnMut() -> Result<Arc<Context>, Failure>,
    ) -> Result<Plan, Failure> {
        let mut prior = Cow::Borrowed(prior);
        loop {
            let planned = self.attempt(prior.clone().into_owned(), answers);
            let plan = match &planned {
                Ok(Planned::Asks(_)) => None,
                Ok(Planned::Done(plan)) => Some(plan),
                Err(unplanned) => Some(&unplanned.partial),
            };
            // What was read of an object may repeat what the configuration calls sensitive.
            if let Some(plan) = plan {
                let hidden = Hidden::of_plan(plan, &self.project.registry);
                let is_answered = hidden.hide_answers(answers);
                let is_shown = hidden.shows_in(&prior.objects);
                let is_hidden = is_shown && hidden.hide(&mut prior.to_mut().objects);
                if is_hidden || is_answered {
                    continue;
                }
            }
            match planned {
                Ok(Planned::Done(plan)) => return Ok(*plan),
                Ok(Planned::Asks(questions)) => {
                    let context = context().await?;
                    answer(&context, questions, self.places, answers).await;
                }
                Err(Unplanned { diagnostics, partial }) => {
                    let project = self.project;
                    let failure = project.failure(diagnostics);
                    return Err(failure.beside(&partial, &project.registry, self.style));
                }
            }
        }
    }

    fn attempt(&self, prior: Prior, answers: &Answers) -> Result<Planned, Unplanned> {
        let project = self.project;
        plan_or_part(Inputs {
            mode: self.mode,
            config: &project.config,
            graph: &project.graph,
            registry: &project.registry,
            variables: &project.variables,
            surroundings: &project.surroundings,
            places: self.places,
            objects: prior.objects,
            outputs: prior.outputs,
            basis: prior.basis,
            options: self.options.clone(),
            answers,
        })
    }
}
