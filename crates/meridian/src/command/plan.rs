//! `meridian plan`

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::{Context, PlanFileError, SavedInputs, save_plan};
use meridian_lang::Sources;
use meridian_plan::{Answers, Plan};
use meridian_report::{plan_log, plan_text};
use meridian_resource::{Place, ProviderKey};
use meridian_state::Sealer;

use crate::arguments::{Global, PlanArguments, PlanningArguments};
use crate::configuring::{Configurations, Configuring};
use crate::dangers::Dangers;
use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::{self, Project, Wanted};
use crate::selection::{self, Selection};
use crate::terminal::Terminal;
use crate::{environment, generate, hints, keys, stage, unresolved};

/// With -detailed-exitcode: there are changes.
const CHANGES: u8 = 2;

/// What is planned, and how.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The configuration with its values.
    pub project: &'a Project,
    /// Everything or a part.
    pub selection: &'a Selection,
    /// Whether the objects of the state are read first.
    pub refresh: bool,
    /// How many objects are worked on at once.
    pub parallelism: u32,
}

/// A plan and what it was made from.
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// The state, as it was read.
    pub prior: Prior,
    /// What resource types need of the provider configurations.
    pub places: BTreeMap<ProviderKey, Place>,
    /// What was read for it.
    pub answers: Answers,
}

/// Shows what apply would do. Takes no lock and writes no state.
pub async fn run(
    global: &Global,
    arguments: &PlanArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let planning = &arguments.planning;
    let selection = Selection::of(planning, arguments.destroy, "plan")?;
    let generated = arguments.generate_config_out.as_deref();
    selection::check_generated_file(generated, selection.mode)?;
    let sealer = keys::sealer(global)?;
    let wanted = Wanted {
        variables: &planning.variables,
        input: planning.input && !planning.json,
        options: &selection.options,
    };
    let mut project = match generated {
        None => Project::load(wanted, global.local, &sealer, terminal).await?,
        Some(_) => Project::load_to_generate(wanted, global.local, &sealer, terminal).await?,
    };
    let PlanningArguments { refresh, parallelism, .. } = *planning;
    let mut answers = Answers::default();
    let mut described = None;
    if let Some(path) = generated {
        let known = stage::snapshot(global, &sealer)?;
        described =
            generate::describe(global, &project, known.as_ref(), path, parallelism, terminal)
                .await?;
    }
    if let Some(described) = &mut described {
        project = described.project(&project, &selection.options, global.local, &sealer).await?;
        answers = std::mem::take(&mut described.answers);
    }
    let request = Request { project: &project, selection: &selection, refresh, parallelism };
    let Made { plan, prior, places, answers } =
        make_with(global, request, answers, &sealer, terminal).await?;
    show_plan(&plan, &project, terminal);
    let unsettled = unresolved::warning(&stage::unresolved(global, &sealer)?);
    terminal.diagnostics(&unsettled, &project.config.sources);
    terminal.diagnostics(&hints::held_by_terraform(global, &prior, &plan), &Sources::default());
    let unused = hints::without_effect(&plan, &project.config, &prior);
    terminal.diagnostics(&unused, &Sources::default());
    arguments.safety.allows(&Dangers::of(&plan))?;
    if let Some(path) = &arguments.out {
        let Prior { objects, outputs, basis, .. } = prior;
        let Selection { mode, options } = selection;
        let inputs = SavedInputs {
            mode,
            local: global.local,
            folder: project.config.folder.clone(),
            sources: project.config.texts(),
            places,
            variables: project.variables.clone(),
            objects,
            outputs,
            basis,
            options,
            answers,
            start_time: project.surroundings.start_time.clone(),
        };
        save_plan(path, &inputs, &plan, &sealer).map_err(unwritten)?;
    }
    if let (Some(path), Some(_)) = (generated, &described) {
        terminal.print(&generate::footer(path));
    }
    if environment::gives_advice() {
        terminal.print(&footer(plan.has_changes(), arguments.out.as_deref()));
    }
    Ok(if arguments.detailed_exitcode && plan.has_changes() {
        ExitCode::from(CHANGES)
    } else {
        ExitCode::SUCCESS
    })
}

fn unwritten(error: PlanFileError) -> Failure {
    match error {
        PlanFileError::Io { path, source } => Failure::message(
            "Failed to write plan file",
            format!("The plan file could not be written: {}: {source}.", path.display()),
        ),
        other => other.into(),
    }
}

/// Shows a plan and its warnings.
pub fn show_plan(plan: &Plan, project: &Project, terminal: &Terminal) {
    if terminal.is_log() {
        // In a log, warnings come before what follows from the same configuration.
        terminal.diagnostics(&plan.warnings(), &project.config.sources);
        terminal.log(&plan_log(plan));
        return;
    }
    terminal.print(&plan_text(plan, &project.registry, terminal.style()));
    terminal.diagnostics(&plan.warnings(), &project.config.sources);
}

/// Plans without touching the state.
pub async fn make(
    global: &Global,
    request: Request<'_>,
    sealer: &Sealer,
    terminal: &Arc<Terminal>,
) -> Result<Made, Failure> {
    make_with(global, request, Answers::default(), sealer, terminal).await
}

/// The same with what has been read already.
async fn make_with(
    global: &Global,
    request: Request<'_>,
    mut answers: Answers,
    sealer: &Sealer,
    terminal: &Arc<Terminal>,
) -> Result<Made, Failure> {
    let Request { project, selection, refresh, parallelism } = request;
    let snapshot = stage::snapshot(global, sealer)?;
    let mut prior = Prior::of(snapshot.as_ref());
    let open = async |configured: &Configurations| {
        stage::open(global, &project.registry, configured, parallelism, None, terminal).await
    };
    let configuring = Configuring {
        options: selection.options.clone(),
        refresh,
        ..Configuring::of(project, &prior, terminal)
    };
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    let mut opened: Option<Arc<Context>> = None;
    let mut context = async || match &opened {
        Some(context) => Ok(context.clone()),
        None => Ok::<_, Failure>(opened.insert(open(&configured).await?).clone()),
    };
    if refresh && !prior.objects.is_empty() {
        prior = prior.refresh(&context().await?, &project.config, &places, terminal).await?;
    }
    let Selection { mode, options } = selection.clone();
    let wanted = Planning { project, mode, options, places: &places, style: terminal.style() };
    let plan = wanted.make(&prior, &mut answers, context).await?;
    Ok(Made { plan, prior, places, answers })
}

fn footer(has_changes: bool, out: Option<&Path>) -> String {
    let rule = "─".repeat(77);
    match out {
        _ if !has_changes => String::new(),
        Some(path) => format!(
            "\n{rule}\n\nSaved the plan to: {path}\n\nTo perform exactly these actions, run the \
             following command to apply:\n    meridian apply \"{path}\"\n",
            path = path.display()
        ),
        None => format!(
            "\n{rule}\n\nNote: You didn't use the -out option to save this plan, so Meridian can't\n\
             guarantee to take exactly these actions if you run \"meridian apply\" now.\n"
        ),
    }
}
