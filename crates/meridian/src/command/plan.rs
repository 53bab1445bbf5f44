//! `meridian plan`

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::{Context, SavedInputs, Stop, save_plan};
use meridian_plan::{Answers, Mode, Options};
use meridian_report::plan_text;

use crate::arguments::{Global, PlanArguments};
use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::{self, Project};
use crate::terminal::Terminal;
use crate::{cloud, paths, stage};

/// With -detailed-exitcode: there are changes.
const CHANGES: u8 = 2;

/// Shows what apply would do. Takes no lock and writes no state.
pub async fn run(
    global: &Global,
    arguments: &PlanArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let planning = &arguments.planning;
    let sealer = paths::sealer()?;
    let project = Project::load(&planning.variables, global.local, &sealer, terminal).await?;
    let snapshot = stage::snapshot(global, &sealer)?;
    let mut prior = Prior::of(snapshot.as_ref());
    let configured = project.configure(prior.providers())?;
    let places = project::places(&configured);
    let parallelism = planning.parallelism;
    let mut opened: Option<Arc<Context>> = None;
    let mut context = async || match &opened {
        Some(context) => Ok(context.clone()),
        None => {
            let cloud = cloud::open(global, &configured, terminal).await?;
            let stop = Stop::default();
            let context = stage::context(&project.registry, cloud, parallelism, stop, terminal);
            opened = Some(context.clone());
            Ok::<_, Failure>(context)
        }
    };
    if planning.refresh && !prior.objects.is_empty() {
        prior = prior.refresh(&context().await?, &places, terminal).await?;
    }
    let mode = if arguments.destroy { Mode::Destroy } else { Mode::Normal };
    let options = Options::default();
    let wanted = Planning { project: &project, mode, options: options.clone(), places: &places };
    let mut answers = Answers::default();
    let plan = wanted.make(&prior, &mut answers, context).await?;
    terminal.print(&plan_text(&plan, &project.registry, terminal.style()));
    terminal.diagnostics(&plan.warnings(), &project.config.sources);
    if let Some(path) = &arguments.out {
        let Prior { objects, outputs, basis } = prior;
        let inputs = SavedInputs {
            mode,
            local: global.local,
            folder: project.config.folder.clone(),
            sources: project.config.texts(),
            variables: project.variables.clone(),
            objects,
            outputs,
            basis,
            options,
            answers,
        };
        save_plan(path, &inputs, &plan, &sealer)?;
    }
    terminal.print(&footer(plan.has_changes(), arguments.out.as_deref()));
    Ok(if arguments.detailed_exitcode && plan.has_changes() {
        ExitCode::from(CHANGES)
    } else {
        ExitCode::SUCCESS
    })
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
