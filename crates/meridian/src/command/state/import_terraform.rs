//! `meridian state import-terraform`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::TakenOver;
use meridian_lang::{Diagnostic, Marks, Sources, Value};
use meridian_plan::is_fingerprint;
use meridian_state::{Identity, Outcome, Snapshot, StoredObject, TerraformState};

use super::{foreign, source};
use crate::arguments::{Global, ImportTerraformArguments};
use crate::failure::Failure;
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::{edit, keys, project};

const OPERATION: &str = "state import-terraform";

/// Takes over the objects of a state file of Terraform.
pub async fn run(
    global: &Global,
    arguments: &ImportTerraformArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let source = source::read(&arguments.file)?;
    let sealer = keys::sealer(global)?;
    let taken = foreign::taken_over(&source, global, &arguments.variables, &sealer).await?;
    if !taken.foreign.is_empty() && !arguments.skip_unsupported {
        let registry = project::registry(global.local, Vec::new()).await;
        return Err(foreign::refusal(&taken.foreign, &registry));
    }
    let here = crate::stage::snapshot(global, &sealer)?.unwrap_or_default();
    refuse_what_is_there(&here, &taken, arguments.merge)?;
    if arguments.dry_run {
        tell(&source, &taken, arguments, terminal);
        return Ok(ExitCode::SUCCESS);
    }
    let state = edit::create(global, &arguments.locking, &sealer, OPERATION)?;
    match take(state, &source, &taken, arguments, global) {
        Ok(()) => tell(&source, &taken, arguments, terminal),
        Err(error) => return Err(error),
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses to mix two states, unless that is asked for and they have nothing in common.
fn refuse_what_is_there(here: &Snapshot, taken: &TakenOver, merge: bool) -> Result<(), Failure> {
    let held = here.objects.len();
    if held > 0 && !merge {
        return Err(Diagnostic::error(
            "The state is not empty",
            format!("It holds {held} objects already. Nothing was changed."),
        )
        .help("-merge adds to them; another workspace or -state=FILE keeps the two apart")
        .into());
    }
    let known: BTreeSet<_> = here.objects.iter().map(|it| (&it.address, &it.deposed)).collect();
    let both: Vec<String> = taken
        .objects
        .iter()
        .filter(|it| known.contains(&(&it.address, &it.deposed)))
        .map(|it| format!("\n  - {}", it.address))
        .collect();
    if both.is_empty() {
        return Ok(());
    }
    Err(Failure::message(
        "Objects are in both states",
        format!("Nothing was changed. Each address can have one object only:\n{}", both.concat()),
    ))
}

fn take(
    mut state: Writable,
    source: &TerraformState,
    taken: &TakenOver,
    arguments: &ImportTerraformArguments,
    global: &Global,
) -> Result<(), Failure> {
    let here = state.store.snapshot()?;
    // Someone may have been quicker.
    refuse_what_is_there(&here, taken, arguments.merge)?;
    if !here.objects.is_empty() {
        edit::back_up(&state.store, global, &arguments.backup)?;
    }
    let run = state.store.begin_run(OPERATION)?;
    let identity = if here.objects.is_empty() && !source.lineage.is_empty() {
        Identity { lineage: source.lineage.clone(), serial: source.serial.saturating_add(1) }
    } else {
        Identity { lineage: here.lineage.clone(), serial: here.serial.saturating_add(1) }
    };
    let objects: Vec<StoredObject> = here.objects.iter().chain(&taken.objects).cloned().collect();
    let mut outputs = here.outputs.clone();
    outputs.extend(taken.outputs.iter().map(|(name, it)| (name.clone(), it.clone())));
    state.store.replace_contents(&objects, &outputs, &identity)?;
    state.store.finish_run(run, Outcome::Succeeded)?;
    Ok(state.close()?)
}

/// Says what was taken over, and what was not.
fn tell(
    source: &TerraformState,
    taken: &TakenOver,
    arguments: &ImportTerraformArguments,
    terminal: &Terminal,
) {
    let would = if arguments.dry_run { "Would take" } else { "Took" };
    let file = arguments.file.display();
    terminal.line(&format!(
        "{would} over {} and {} from {file} (serial {}):\n",
        number(taken.objects.len(), "object"),
        number(taken.outputs.len(), "output"),
        source.serial
    ));
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for object in &taken.objects {
        *types.entry(&object.type_name).or_default() += 1;
    }
    let width = types.keys().map(|name| name.len()).max().unwrap_or_default();
    for (name, count) in types {
        terminal.line(&format!("  {name:width$}  {count}"));
    }
    let secrets = Secrets::of(taken);
    let mut remarks = Vec::new();
    if secrets.fingerprints > 0 {
        remarks.push(format!(
            "Secrets of the configuration, of which only keyed fingerprints are kept: {}.",
            secrets.fingerprints
        ));
    }
    if secrets.sealed > 0 {
        remarks.push(format!("Other sensitive values, which are sealed: {}.", secrets.sealed));
    }
    if secrets.fingerprints + secrets.sealed > 0 {
        remarks.push(format!(
            "{file} still has them in clear: delete it, and its backups, when they are no longer \
             needed."
        ));
    }
    if taken.data_sources > 0 {
        remarks.push(format!("Data sources, which are read again: {}.", taken.data_sources));
    }
    if !remarks.is_empty() {
        terminal.line(&format!("\n{}", remarks.join("\n")));
    }
    if !taken.kept.is_empty() {
        let addresses: String = taken.kept.iter().map(|it| format!("\n  - {it}")).collect();
        let warning = Diagnostic::warning(
            "Tainted objects are kept",
            format!(
                "Terraform was going to replace these objects, because their creation had not \
                 ended well or someone had tainted them. They hold what cannot be made again, so \
                 the next apply finishes them instead:\n{addresses}"
            ),
        );
        let warning = warning.help("\"meridian taint ADDRESS\" has one replaced all the same");
        terminal.diagnostics(&warning.into(), &Sources::default());
    }
    if !taken.foreign.is_empty() {
        let warning = Diagnostic::warning(
            "Objects of other types are left to Terraform",
            format!(
                "They stay in its state and are not known here:\n{}",
                foreign::list(&taken.foreign)
            ),
        );
        let warning = warning.help(
            "take the objects that are managed here out of Terraform's state (terraform state rm), \
             so that only one of the two changes them",
        );
        terminal.diagnostics(&warning.into(), &Sources::default());
    }
}

/// A number of things.
pub(super) fn number(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// How many values are not kept in clear.
#[derive(Default)]
struct Secrets {
    fingerprints: usize,
    sealed: usize,
}

impl Secrets {
    fn of(taken: &TakenOver) -> Secrets {
        let mut secrets = Secrets::default();
        for object in &taken.objects {
            for path in object.attributes.marked_paths(Marks::SENSITIVE) {
                let Some(part) = object.attributes.at(&path).filter(|it| !it.is_null()) else {
                    continue;
                };
                match part.as_str().is_some_and(is_fingerprint) {
                    true => secrets.fingerprints += 1,
                    false => secrets.sealed += 1,
                }
            }
        }
        let is_secret = |value: &Value| !value.deep_marks().is_none();
        secrets.sealed += taken.outputs.values().filter(|it| is_secret(&it.value)).count();
        secrets
    }
}
