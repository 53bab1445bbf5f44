//! `meridian state list`

use std::collections::BTreeSet;
use std::process::ExitCode;

use meridian_graph::{InstanceAddress, Target};

use super::{includes, parse};
use crate::arguments::{Global, ListArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, stage};

/// Lists the addresses of the state's objects.
pub fn run(
    global: &Global,
    arguments: &ListArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let Some(objects) = stage::addresses(global)? else {
        return Err(edit::no_state(global));
    };
    let wanted: Vec<Target> =
        arguments.addresses.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    // An instance is listed once, also if all that is left of it waits for its deletion.
    let mut addresses: Vec<&InstanceAddress> = objects.iter().map(|(address, _)| address).collect();
    addresses.dedup();
    for wanted in &wanted {
        if !addresses.iter().any(|address| includes(wanted, address)) {
            return Err(unknown(wanted));
        }
    }
    // Only an id is a value, for which the key is needed.
    let with_id = arguments.id.as_deref().map(|id| with_id(global, id)).transpose()?;
    let has_id =
        |address: &&InstanceAddress| with_id.as_ref().is_none_or(|it| it.contains(address));
    for address in addresses.into_iter().filter(has_id) {
        if wanted.is_empty() || wanted.iter().any(|wanted| includes(wanted, address)) {
            terminal.line(&address.to_string());
        }
    }
    // Programs read standard output.
    for (address, deposed) in &objects {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|wanted| includes(wanted, address));
        if let (Some(key), true, None) = (deposed, is_wanted, &arguments.id) {
            terminal.note(&format!(
                "{address} (deposed object {key}) was replaced, and the next apply deletes it."
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The addresses of the current objects that have an id.
fn with_id(global: &Global, id: &str) -> Result<BTreeSet<InstanceAddress>, Failure> {
    let snapshot = stage::snapshot(global, &keys::sealer(global)?)?.unwrap_or_default();
    let current = snapshot.objects.into_iter().filter(|object| object.deposed.is_none());
    let found = current.filter(|object| object.attributes.get_str("id") == Some(id));
    Ok(found.map(|object| object.address).collect())
}

fn unknown(wanted: &Target) -> Failure {
    let (summary, what, thing) = match wanted {
        Target::Module(_) => ("Unknown module", "module at", "module"),
        Target::Resource(_) => ("Unknown resource", "resource", "resource"),
    };
    Failure::message(
        summary,
        format!(
            "The current state contains no {what} {wanted}. If you've just added this {thing} to \
             the configuration, you must run \"meridian apply\" first to create the {thing}'s \
             entry in the state."
        ),
    )
}
