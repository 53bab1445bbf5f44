//! Saved plans: planned once more from what they keep.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_config::{VariableOption, Variables, variables_named};
use meridian_engine::{SavedInputs, load_plan};
use meridian_lang::{Diagnostic, Marks, Value};
use meridian_plan::{Answers, Basis, Plan, PriorObject};
use meridian_report::Style;
use meridian_report::value_text;
use meridian_resource::{Place, ProviderKey};
use meridian_state::Sealer;

use crate::environment;
use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::Project;

/// A saved plan, and the project that it came with.
pub struct Saved {
    /// The configuration and all that belongs to it.
    pub project: Project,
    /// The plan.
    pub plan: Plan,
    /// Whether it is about the embedded AWS.
    pub local: bool,
    /// What resource types need of the provider configurations, as it was planned with.
    pub places: BTreeMap<ProviderKey, Place>,
    /// What was read for it.
    pub answers: Answers,
    /// The objects that it was made from, as they were read.
    pub objects: Vec<PriorObject>,
}

/// Reads a plan file and plans again, which must lead to the same plan. Variables may be given the
/// values that they were planned with; ephemeral ones are in no plan file and are given anew. For a
/// look at the plan, `given` is none.
pub async fn load(
    path: &Path,
    given: Option<&[VariableOption]>,
    sealer: &Sealer,
) -> Result<Saved, Failure> {
    let (inputs, is_same) = load_plan(path, sealer)?;
    let SavedInputs { mode, local, folder, sources, variables, .. } = inputs;
    let SavedInputs { places, objects, outputs, basis, options, mut answers, start_time, .. } =
        inputs;
    let mut project =
        Project::from_sources(&folder, sources, variables, &options, local, sealer).await?;
    if let Some(given) = given {
        give_variables(&mut project, given)?;
    }
    project.surroundings.start_time = start_time;
    let prior = Prior { objects, outputs, basis, ..Prior::default() };
    let planning =
        Planning { project: &project, mode, options, places: &places, style: Style::default() };
    let plan = planning.make(&prior, &mut answers, async || Err(no_longer_holds(path))).await?;
    if !is_same(&plan) {
        return Err(no_longer_holds(path));
    }
    Ok(Saved { project, plan, local, places, answers, objects: prior.objects })
}

/// Gives ephemeral variables their values, and refuses to give any other one a new value.
fn give_variables(project: &mut Project, given: &[VariableOption]) -> Result<(), Failure> {
    let mut config = project.config.clone();
    let Variables { values: named, mut diagnostics } = variables_named(&mut config, given);
    let is_ephemeral = |value: &Value| value.deep_marks().contains(Marks::EPHEMERAL);
    for (name, value) in named.iter().filter(|(_, value)| !is_ephemeral(value)) {
        let planned = project.variables.get(name);
        if planned.is_none_or(|planned| planned.unmark_deep() != value.unmark_deep()) {
            diagnostics.push(planned_otherwise(name, planned, value));
        }
    }
    diagnostics.check().map_err(|errors| Failure::new(errors, &config.sources))?;
    // The environment and the files of the folder may give ephemeral ones, too.
    let all = meridian_config::variables(&mut config, &environment::variables(), given).values;
    let declared = project.config.root().variables.iter().filter(|it| it.ephemeral);
    for variable in declared {
        let name = &variable.name.text;
        match all.get(name) {
            Some(value) => {
                project.variables.insert(name.clone(), value.clone());
            }
            None => {
                let detail = format!(
                    "The ephemeral input variable {:?} was set during the plan phase, and so must \
                     also be set during the apply phase.",
                    &**name
                );
                let error = Diagnostic::error("No value for required variable", detail)
                    .help(format!("set it again, by TF_VAR_{name}, -var or a .tfvars file"));
                return Err(Failure::new(error.at(variable.span).into(), &config.sources));
            }
        }
    }
    Ok(())
}

fn planned_otherwise(name: &str, planned: Option<&Value>, given: &Value) -> Diagnostic {
    let shown = |value: &Value| {
        if value.deep_marks().is_none() {
            value_text(value)
        } else {
            "(sensitive value)".to_owned()
        }
    };
    let planned = planned.map_or_else(|| "nothing".to_owned(), shown);
    Diagnostic::error(
        "Can't change variable when applying a saved plan",
        format!(
            "The variable {name} cannot be set using the -var and -var-file options when applying \
             a saved plan file, because a saved plan includes the variable values that were set \
             when it was created. The saved plan specifies {planned} as the value whereas during \
             apply the value {} was set. To declare an ephemeral variable which is not saved in \
             the plan file, use ephemeral = true.",
            shown(given)
        ),
    )
}

/// The state is not, or no longer, the one that a plan was made from.
pub fn of_another_state(made_from: &Basis, found: &Basis) -> Failure {
    if made_from.lineage != found.lineage && *made_from != Basis::default() {
        return Diagnostic::error(
            "Saved plan does not match the given state",
            "The given plan file can not be applied because it was created from a different state \
             lineage.",
        )
        .help("apply it in the folder, and with the -state option, that it was planned with")
        .into();
    }
    Failure::message(
        "Saved plan is stale",
        "The given plan file can no longer be applied because the state was changed by another \
         operation after the plan was created. Plan again.",
    )
}

/// What a plan was made from leads elsewhere now.
pub fn no_longer_holds(path: &Path) -> Failure {
    Failure::message(
        "The saved plan no longer holds",
        format!(
            "What {} was made from leads to another plan now: a file that the configuration \
             reads, the environment or this program has changed. Plan again.",
            path.display()
        ),
    )
}
