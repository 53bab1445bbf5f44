//! From a project and what the state holds to a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_engine::{Context, prior_objects, prior_outputs, refresh};
use meridian_plan::{Basis, Inputs, Mode, Plan, PriorObject, PriorOutput, plan};
use meridian_resource::{Place, ProviderKey};
use meridian_state::Snapshot;

use crate::failure::Failure;
use crate::project::Project;
use crate::terminal::Terminal;

/// What a plan is made from besides the project.
#[derive(Clone)]
pub struct Prior {
    /// The objects of the state, as they were read.
    pub objects: Vec<PriorObject>,
    /// The outputs of the state.
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// The state's identity.
    pub basis: Basis,
}

impl Prior {
    /// What the state holds, not refreshed.
    pub fn of(snapshot: Option<&Snapshot>) -> Prior {
        match snapshot {
            None => {
                Prior { objects: Vec::new(), outputs: BTreeMap::new(), basis: Basis::default() }
            }
            Some(snapshot) => Prior {
                objects: prior_objects(snapshot),
                outputs: prior_outputs(snapshot),
                basis: Basis { lineage: snapshot.lineage.clone(), serial: snapshot.serial },
            },
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
        places: &BTreeMap<ProviderKey, Place>,
        terminal: &Terminal,
    ) -> Result<Prior, Failure> {
        if self.objects.is_empty() {
            return Ok(self);
        }
        terminal.busy("reading objects");
        let refreshed = refresh(context, self.objects, places).await;
        terminal.rest();
        let objects = refreshed
            .map_err(|errors| Failure::new(errors, &meridian_lang::Sources::default()))?
            .objects;
        Ok(Prior { objects, ..self })
    }
}

/// Plans.
pub fn make(
    project: &Project,
    mode: Mode,
    prior: Prior,
    places: &BTreeMap<ProviderKey, Place>,
) -> Result<Plan, Failure> {
    plan(Inputs {
        mode,
        config: &project.config,
        graph: &project.graph,
        registry: &project.registry,
        variables: &project.variables,
        surroundings: &project.surroundings,
        places,
        objects: prior.objects,
        outputs: prior.outputs,
        basis: prior.basis,
    })
    .map_err(|errors| project.failure(errors))
}
