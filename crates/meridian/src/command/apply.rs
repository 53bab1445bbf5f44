//! `meridian apply`

mod approval;
mod interruption;
mod outcome;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::{
    Applied, Context, Ledger, Resolution, Work, forget, is_in_doubt, recover, take_over,
};
use meridian_lang::{Diagnostic, Sources};
use meridian_plan::{Answers, Basis, Counts, Mode, Plan};
use meridian_report::{changes_log, summary_log};
use meridian_resource::{Place, ProviderKey};
use meridian_state::{Identity, Intent, Outcome, Sealer};

use crate::arguments::{ApplyArguments, ExecutionArguments, Global, PlanningArguments};
use crate::command::plan::show_plan;
use crate::configuring::{Configurations, Configuring};
use crate::dangers::Dangers;
use crate::failure::Failure;
use crate::outdated::{self, SavedPlan};
use crate::planning::{Planning, Prior};
use crate::project::{self, Project, Wanted};
use crate::selection::Selection;
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::{hints, keys, saved, stage, unresolved};
use approval::is_approved;
pub use interruption::interrupted;
pub(in crate::command) use interruption::listen;
use outcome::{nothing_done, report, show_outputs_of, summed};

/// Makes the cloud as the configuration says.
pub async fn run(
    global: &Global,
    arguments: &ApplyArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    if arguments.plan.is_some() {
        return run_saved(global, arguments, terminal).await;
    }
    let selection = Selection::of(&arguments.planning, arguments.destroy, "apply")?;
    plan_and_apply(global, &arguments.planning, selection, &arguments.execution, terminal).await
}

/// Load, graph, refresh, plan, show, apply.
pub async fn plan_and_apply(
    global: &Global,
    planning: &PlanningArguments,
    selection: Selection,
    execution: &ExecutionArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    if planning.json && !execution.auto_approve {
        return Err(Failure::message(
            "Plan file or auto-approve required",
            "Meridian cannot ask for interactive approval when -json is set. You can either apply \
             a saved plan file, or enable the -auto-approve option.",
        ));
    }
    let sealer = keys::sealer(global)?;
    let Selection { mode, options } = selection;
    let input = planning.input && !planning.json;
    let wanted = Wanted { variables: &planning.variables, input, options: &options };
    let mut project = Project::load(wanted, global.local, &sealer, terminal).await?;
    let state = Writable::open_if_there(global, &sealer, operation(mode))?;
    let snapshot = state.as_ref().map(|state| state.store.snapshot()).transpose()?;
    let PlanningArguments { refresh, parallelism, .. } = *planning;
    let open = async |configured: &Configurations| {
        let timeout = execution.patience.timeout;
        stage::open(global, &project.registry, configured, parallelism, timeout, terminal).await
    };
    let prior = Prior::of(snapshot.as_ref());
    let configuring = Configuring {
        also: match &state {
            Some(state) => unresolved::providers(state, &project.config)?,
            None => Vec::new(),
        },
        options: options.clone(),
        refresh,
        ..Configuring::of(&project, &prior, terminal)
    };
    let mut answers = Answers::default();
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    let context = open(&configured).await?;
    let (mut prior, state) = match state {
        Some(state) => {
            let (prior, state) = recovered(&context, &project, state, &places).await?;
            (prior, Some(state))
        }
        None => (Prior::of(None), None),
    };
    if refresh {
        prior = prior.refresh(&context, &project.config, &places, terminal).await?;
    }
    let wanted =
        Planning { project: &project, mode, options, places: &places, style: terminal.style() };
    let plan = wanted.make(&prior, &mut answers, async || Ok(context.clone())).await?;
    show_plan(&plan, &project, terminal);
    terminal.diagnostics(&hints::held_by_terraform(global, &prior, &plan), &Sources::default());
    let unused = hints::without_effect(&plan, &project.config, &prior);
    terminal.diagnostics(&unused, &Sources::default());
    let dangers = Dangers::of(&plan);
    if let Err(refused) = execution.safety.allows(&dangers) {
        state.map(Writable::close).transpose()?;
        return Err(refused);
    }
    if !plan.has_changes() {
        if let Some(mut state) = state {
            state.store.as_run(operation(mode), |store| {
                forget(store, &plan.gone)?;
                take_over(store, &plan, &project.registry, &sealer)
            })?;
            state.close()?;
        }
        terminal.print(&nothing_done(mode));
        let is_empty = mode == Mode::Destroy && prior.objects.is_empty();
        if let Some(hint) = hints::other_state(global).filter(|_| is_empty) {
            terminal.line(&format!("\n{hint}"));
        }
        if terminal.is_log() {
            terminal.log(&[summary_log(Counts::default(), summed(mode))]);
        }
        show_outputs_of(&plan, terminal);
        return Ok(ExitCode::SUCCESS);
    }
    if !execution.auto_approve && !is_approved(mode, &dangers, global, terminal)? {
        state.map(Writable::close).transpose()?;
        terminal.line(&format!("\n{} cancelled.", title(mode)));
        return Ok(ExitCode::FAILURE);
    }
    let state = match state {
        Some(state) => state,
        None => first_state(global, &sealer, mode)?,
    };
    project.begin_apply();
    let applied = carry_out(&context, &project, &plan, &places, state, sealer, terminal).await?;
    Ok(report(&project, mode, &applied, terminal))
}

/// Makes the state of a first apply, unless someone else has just done so.
fn first_state(global: &Global, sealer: &Sealer, mode: Mode) -> Result<Writable, Failure> {
    let state = Writable::open(global, sealer, operation(mode))?;
    if state.store.snapshot()?.serial == 0 {
        return Ok(state);
    }
    state.close()?;
    Err(Failure::message(
        "The plan is stale",
        "Another apply has made the state while this one was planning. Apply again.",
    ))
}

/// Carries out a saved plan, if the state is still the one that it was made from.
async fn run_saved(
    global: &Global,
    arguments: &ApplyArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let Some(path) = &arguments.plan else {
        return Ok(ExitCode::FAILURE);
    };
    let sealer = keys::of_plan(path)?;
    let planning = &arguments.planning;
    let selection = Selection::of(planning, arguments.destroy, "apply")?;
    if selection != Selection::default() {
        terminal.diagnostics(&options_without_effect().into(), &Sources::default());
    }
    let given = Some(&*planning.variables.in_order);
    let saved::Saved { mut project, plan, local, places: planned, mut answers, objects } =
        saved::load(path, given, &sealer).await?;
    let dangers = Dangers::of(&plan);
    arguments.execution.safety.allows(&dangers)?;
    let global = &Global { local, ..global.clone() };
    let state = Writable::open(global, &sealer, operation(plan.mode))?;
    if state.store.check_key().is_err() {
        // Of a state that is sealed whole under another key, this is all there is to compare.
        let Identity { lineage, serial } = state.store.identity()?;
        let found = Basis { lineage, serial };
        if plan.basis != found {
            state.close()?;
            return Err(saved::of_another_state(&plan.basis, &found));
        }
    }
    let open = async |configured: &Configurations| {
        let (parallelism, timeout) = (planning.parallelism, arguments.execution.patience.timeout);
        stage::open(global, &project.registry, configured, parallelism, timeout, terminal).await
    };
    let prior = Prior::of(Some(&state.store.snapshot()?));
    let configuring = Configuring {
        also: unresolved::providers(&state, &project.config)?,
        options: plan.options.clone(),
        ..Configuring::of(&project, &prior, terminal)
    };
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    if planned.iter().any(|(key, place)| places.get(key) != Some(place)) {
        state.close()?;
        return Err(saved::no_longer_holds(path));
    }
    let context = open(&configured).await?;
    let (prior, state) = recovered(&context, &project, state, &places).await?;
    let is_untouched = prior.objects.is_empty() && prior.outputs.is_empty();
    let made_from_nothing = plan.basis == Basis::default() && is_untouched;
    if !made_from_nothing && plan.basis != prior.basis {
        state.close()?;
        return Err(saved::of_another_state(&plan.basis, &prior.basis));
    }
    let made_from = SavedPlan {
        path,
        project: &project,
        plan: &plan,
        objects: &objects,
        places: &places,
        answers: &answers,
    };
    if let Err(refused) = outdated::check(made_from, prior, &stage::quiet(&context), terminal).await
    {
        state.close()?;
        return Err(refused);
    }
    if let Some(warning) = dangers.warning() {
        terminal.diagnostics(&warning.into(), &Sources::default());
    }
    terminal.log(&changes_log(&plan));
    project.begin_apply();
    let applied = carry_out(&context, &project, &plan, &places, state, sealer, terminal).await?;
    // Terraform says "Apply complete!" of every saved plan, also of one that destroys.
    Ok(report(&project, Mode::Normal, &applied, terminal))
}

/// Terraform takes these options, too, and says nothing.
fn options_without_effect() -> Diagnostic {
    Diagnostic::warning(
        "Options without effect on a saved plan",
        "A saved plan is carried out as it was made. Options that select what is planned, such as \
         -target, -replace, -destroy or -refresh=false, have no effect beside a plan file.",
    )
    .help("give them to \"meridian plan\", and save another plan")
}

/// What the state holds once it is known what became of calls that an interrupted run left open.
pub(super) async fn recovered(
    context: &Arc<Context>,
    project: &Project,
    state: Writable,
    places: &BTreeMap<ProviderKey, Place>,
) -> Result<(Prior, Writable), Failure> {
    let (_, state) = resolved(context, project, state, places).await?;
    Ok((Prior::of(Some(&state.store.snapshot()?)), state))
}

/// What became of calls that an interrupted run left open.
pub(super) async fn resolved(
    context: &Arc<Context>,
    project: &Project,
    state: Writable,
    places: &BTreeMap<ProviderKey, Place>,
) -> Result<(Vec<(Intent, Resolution)>, Writable), Failure> {
    if state.store.unresolved()?.is_empty() && !is_in_doubt(&state.store)? {
        return Ok((Vec::new(), state));
    }
    let (mut store, lock) = state.into_parts();
    let run = store.begin_run("recover")?;
    let ledger = Ledger::new(store);
    let resolved = recover(context, &ledger, places, &project.graph).await;
    let mut store = ledger.close();
    let outcome = if resolved.is_ok() { Outcome::Succeeded } else { Outcome::Failed };
    store.finish_run(run, outcome)?;
    store.drop_run_without_effect(run)?;
    let state = Writable::from_parts(store, lock);
    match resolved {
        Ok(resolved) => Ok((resolved, state)),
        Err(error) => {
            state.close()?;
            Err((*error).into())
        }
    }
}

async fn carry_out(
    context: &Arc<Context>,
    project: &Project,
    plan: &Plan,
    places: &BTreeMap<ProviderKey, Place>,
    state: Writable,
    sealer: Sealer,
    terminal: &Arc<Terminal>,
) -> Result<Applied, Failure> {
    let (mut store, lock) = state.into_parts();
    let run = store.begin_run(operation(plan.mode))?;
    forget(&mut store, &plan.gone)?;
    let values = project.values();
    let (config, graph) = (&project.config, &project.graph);
    let work = Work { plan, config, graph, values: &values, places, run };
    terminal.line("");
    terminal.busy("");
    let listener = tokio::spawn(listen(context.clone(), terminal.clone()));
    let (mut applied, ledger) =
        meridian_engine::apply(context, work, Ledger::new(store), sealer).await;
    listener.abort();
    terminal.rest();
    let mut store = ledger.close();
    let outcome = match (&applied.interrupted, applied.is_complete()) {
        (true, _) => Outcome::Interrupted,
        (false, true) => Outcome::Succeeded,
        (false, false) => Outcome::Failed,
    };
    let finished = store.finish_run(run, outcome);
    let closed = Writable::from_parts(store, lock).close();
    // What became of the objects is told all the same.
    if let Err(error) = finished.and(closed) {
        applied.diagnostics.push(Diagnostic::error("The state cannot be used", error.to_string()));
    }
    Ok(applied)
}

fn operation(mode: Mode) -> &'static str {
    match mode {
        Mode::Normal => "apply",
        Mode::RefreshOnly => "refresh",
        Mode::Destroy => "destroy",
    }
}

fn title(mode: Mode) -> &'static str {
    match mode {
        Mode::Normal | Mode::RefreshOnly => "Apply",
        Mode::Destroy => "Destroy",
    }
}
