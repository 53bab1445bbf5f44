//! `meridian taint`, `meridian untaint`

use std::process::ExitCode;

use meridian_engine::is_irreplaceable;
use meridian_graph::{InstanceAddress, ResourceMode, Target};
use meridian_lang::{Diagnostic, Sources, Value};
use meridian_resource::TAINTED;
use meridian_state::StoredObject;

use crate::arguments::{Global, TaintArguments, target};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys};

/// Marks an object as one to be replaced.
pub fn taint(
    global: &Global,
    arguments: &TaintArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let address = instance(&arguments.address)?;
    if address.resource.mode != ResourceMode::Managed {
        let summary = format!("Resource instance {address} cannot be tainted");
        return Err(Failure::message(summary, "Only managed resources can be replaced."));
    }
    let change = |object: StoredObject| {
        let facts = object.facts.with(TAINTED, Value::bool(true));
        Ok(StoredObject { facts, ..object })
    };
    if let Some(object) = changed(global, arguments, "taint", &address, terminal, change)? {
        terminal.line(&format!("Resource instance {address} has been marked as tainted."));
        if is_irreplaceable(&object.type_name) {
            terminal.diagnostics(&danger(&address, &object.type_name).into(), &Sources::default());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes the mark away.
pub fn untaint(
    global: &Global,
    arguments: &TaintArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let address = instance(&arguments.address)?;
    let change = |object: StoredObject| {
        let facts = object.facts.as_entries().into_iter().flatten();
        let kept = facts.filter(|(name, _)| ***name != *TAINTED);
        let kept: Vec<_> = kept.map(|(name, fact)| (name.clone(), fact.clone())).collect();
        let facts = Value::object(kept);
        if facts == object.facts {
            return Err(Failure::message(
                "Resource instance is not tainted",
                format!(
                    "Resource instance {address} is not currently tainted, and so it cannot be \
                     untainted."
                ),
            ));
        }
        Ok(StoredObject { facts, ..object })
    };
    if changed(global, arguments, "untaint", &address, terminal, change)?.is_some() {
        terminal.line(&format!("Resource instance {address} has been successfully untainted."));
    }
    Ok(ExitCode::SUCCESS)
}

/// Changes an object in the state; none if it need not be there and is not.
fn changed(
    global: &Global,
    arguments: &TaintArguments,
    operation: &str,
    address: &InstanceAddress,
    terminal: &Terminal,
    change: impl FnOnce(StoredObject) -> Result<StoredObject, Failure>,
) -> Result<Option<StoredObject>, Failure> {
    const SUMMARY: &str = "No such resource instance";
    let sealer = keys::sealer(global)?;
    let mut state = edit::open(global, &arguments.locking, &sealer, operation)?;
    let objects = state.store.snapshot()?.objects;
    let found = objects.into_iter().find(|it| it.address == *address && it.deposed.is_none());
    let Some(object) = found else {
        state.close()?;
        if arguments.allow_missing {
            let warning = Diagnostic::warning(
                SUMMARY,
                format!(
                    "Resource instance {address} was not found, but this is not an error because \
                     -allow-missing was set."
                ),
            );
            terminal.diagnostics(&warning.into(), &Sources::default());
            return Ok(None);
        }
        return Err(Failure::message(
            SUMMARY,
            format!(
                "There is no resource instance in the state with the address {address}. If the \
                 resource configuration has just been added, you must run \"meridian apply\" once \
                 to create the corresponding instance(s) before they can be tainted."
            ),
        ));
    };
    let object = change(object)?;
    state.store.as_run(operation, |store| store.put_object(&object))?;
    state.close()?;
    Ok(Some(object))
}

fn instance(text: &str) -> Result<InstanceAddress, Failure> {
    match target(text) {
        Ok(Target::Resource(address)) => Ok(address),
        Ok(Target::Module(_)) => Err(Failure::message(
            "Invalid address",
            "A resource instance address is required here. The module path must be followed by a \
             resource instance specification.",
        )),
        Err(why) => Err(Failure::message("Invalid address", why)),
    }
}

fn danger(address: &InstanceAddress, type_name: &str) -> Diagnostic {
    let what = if meridian_engine::is_key(type_name) {
        "A key cannot be made again. The next apply makes another one, moves the secrets that this \
         configuration manages to it, and schedules this one for deletion. Whatever else is \
         encrypted under it is lost when its waiting period ends."
    } else {
        "A secret's values are not in the state and cannot be made again. The next apply deletes \
         the secret and makes another one, with the values that the configuration has."
    };
    Diagnostic::warning("This object holds what cannot be made again", what)
        .about(address.to_string())
        .help(format!("\"meridian untaint {address}\" takes it back, and the plan shows it first"))
}
