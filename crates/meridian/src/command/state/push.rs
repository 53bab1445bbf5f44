//! `meridian state push`

use std::process::ExitCode;

use meridian_engine::keep_what_was_left_out;
use meridian_lang::Diagnostic;
use meridian_state::{Identity, Outcome, Snapshot, StoredObject, TerraformState};

use super::{foreign, source};
use crate::arguments::{Global, PushArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, project};

const OPERATION: &str = "state push";

/// Puts a state in Terraform's format in the place of this one.
pub async fn run(
    global: &Global,
    arguments: &PushArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let source = source::read(&arguments.path)?;
    let sealer = keys::sealer(global)?;
    let taken = foreign::taken_over(&source, global, &arguments.variables, &sealer).await?;
    if !taken.foreign.is_empty() {
        let registry = project::registry(global.local, Vec::new()).await;
        return Err(foreign::refusal(&taken.foreign, &registry));
    }
    let mut state = edit::create(global, &arguments.locking, &sealer, OPERATION)?;
    let here = state.store.snapshot()?;
    state.store.check_key()?;
    let objects = keep_what_was_left_out(taken.objects, &here.objects);
    let mut outputs = taken.outputs;
    // A pulled state leaves sensitive outputs out.
    for (name, output) in here.outputs.iter().filter(|(_, output)| output.sensitive) {
        outputs.entry(name.clone()).or_insert_with(|| output.clone());
    }
    let is_same = same(&objects, &here) && outputs == here.outputs;
    if is_same && source.serial <= here.serial && source.lineage == here.lineage {
        state.close()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let (false, Some(why)) = (arguments.force, conflict(&source, &here)) {
        state.close()?;
        return Err(Diagnostic::error("Failed to write state", why)
            .help(
                "make sure that folder, workspace and -state are those of this state; -force puts \
                 the file in its place all the same",
            )
            .into());
    }
    if !here.objects.is_empty() {
        let copy = edit::back_up(&state.store, global, &arguments.backup)?;
        if let Some(copy) = copy {
            terminal.note(&format!("The state as it was is kept in {}.", copy.display()));
        }
    }
    let run = state.store.begin_run(OPERATION)?;
    let lineage = Some(source.lineage).filter(|it| !it.is_empty()).unwrap_or(here.lineage);
    let identity = Identity { lineage, serial: source.serial };
    state.store.replace_contents(&objects, &outputs, &identity)?;
    state.store.finish_run(run, Outcome::Succeeded)?;
    state.close()?;
    Ok(ExitCode::SUCCESS)
}

fn same(objects: &[StoredObject], here: &Snapshot) -> bool {
    let is_there = |object: &StoredObject| here.objects.contains(object);
    objects.len() == here.objects.len() && objects.iter().all(is_there)
}

/// Why one state cannot take the place of the other.
fn conflict(source: &TerraformState, here: &Snapshot) -> Option<String> {
    if here.objects.is_empty() && here.outputs.is_empty() {
        return None;
    }
    let (theirs, ours) = (source.serial, here.serial);
    if source.lineage != here.lineage {
        return Some(format!(
            "cannot import state with lineage {:?} over unrelated state with lineage {:?}",
            source.lineage, here.lineage
        ));
    }
    match theirs.cmp(&ours) {
        std::cmp::Ordering::Less => Some(format!(
            "cannot import state with serial {theirs} over newer state with serial {ours}"
        )),
        std::cmp::Ordering::Equal => Some(format!(
            "cannot overwrite existing state with serial {ours} with a different state that has \
             the same serial"
        )),
        std::cmp::Ordering::Greater => None,
    }
}
