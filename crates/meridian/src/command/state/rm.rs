//! `meridian state rm`

use std::process::ExitCode;

use meridian_engine::is_irreplaceable;
use meridian_graph::Target;
use meridian_lang::{Diagnostic, Sources};
use meridian_state::{Change, StoredObject};

use super::{includes, parse};
use crate::arguments::{Global, RemoveArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys};

/// Lets the state forget objects.
pub fn run(
    global: &Global,
    arguments: &RemoveArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let wanted: Vec<Target> =
        arguments.addresses.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    let sealer = keys::sealer(global)?;
    let mut state = edit::open(global, &arguments.locking, &sealer, "state rm")?;
    let objects = state.store.snapshot()?.objects;
    // In the order of the arguments, each once.
    let mut removed: Vec<&StoredObject> = Vec::new();
    for wanted in &wanted {
        let found = objects.iter().filter(|object| includes(wanted, &object.address));
        for object in found {
            if !removed.iter().any(|it| std::ptr::eq(*it, object)) {
                removed.push(object);
            }
        }
    }
    if arguments.dry_run {
        state.close()?;
        for object in &removed {
            terminal.line(&format!("Would remove {}", name(object)));
        }
        if removed.is_empty() {
            terminal.line("Would have removed nothing.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    if removed.is_empty() {
        state.close()?;
        return Err(Failure::message(
            "Invalid target address",
            "No matching objects found. To view the available instances, use \"meridian state \
             list\". Please modify the address to reference a specific instance.",
        ));
    }
    edit::back_up(&state.store, global, &arguments.backup)?;
    let changes: Vec<Change<'_>> = removed
        .iter()
        .map(|it| Change::Remove { address: &it.address, deposed: it.deposed.as_deref() })
        .collect();
    state.store.as_run("state rm", |store| store.change(&changes))?;
    state.close()?;
    for object in &removed {
        terminal.line(&format!("Removed {}", name(object)));
    }
    terminal.line(&format!("Successfully removed {} resource instance(s).", removed.len()));
    let left: Vec<&StoredObject> =
        removed.into_iter().filter(|object| is_irreplaceable(&object.type_name)).collect();
    if !left.is_empty() {
        terminal.diagnostics(&danger(&left).into(), &Sources::default());
    }
    Ok(ExitCode::SUCCESS)
}

fn name(object: &StoredObject) -> String {
    match &object.deposed {
        Some(key) => format!("{} (deposed object {key})", object.address),
        None => object.address.to_string(),
    }
}

fn danger(left: &[&StoredObject]) -> Diagnostic {
    let mut detail = String::from(
        "They were not deleted: they go on to exist, and to cost what they cost, and no one \
         manages them. If the configuration still asks for them, the next apply makes others \
         beside them. Each of these commands takes one back:\n",
    );
    for object in left {
        let id = object.attributes.get_str("id").unwrap_or_default();
        detail.push_str(&format!("\n  meridian import '{}' '{id}'", object.address));
    }
    Diagnostic::warning("Keys and secrets are no longer managed", detail)
}
