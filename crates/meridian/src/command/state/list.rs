//! `meridian state list`

use std::process::ExitCode;

use meridian_graph::Target;
use meridian_state::StoredObject;

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
    let Some(snapshot) = stage::snapshot(global, &keys::sealer(global)?)? else {
        return Err(edit::no_state(global));
    };
    let wanted: Vec<Target> =
        arguments.addresses.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    // An instance is listed once, also if all that is left of it waits for its deletion.
    let mut objects: Vec<&StoredObject> = snapshot.objects.iter().collect();
    objects.dedup_by(|next, first| next.address == first.address);
    for wanted in &wanted {
        if !objects.iter().any(|object| includes(wanted, &object.address)) {
            return Err(unknown(wanted));
        }
    }
    let has_id = |object: &&StoredObject| match &arguments.id {
        Some(id) => object.deposed.is_none() && object.attributes.get_str("id") == Some(id),
        None => true,
    };
    for object in objects.into_iter().filter(has_id) {
        let address = &object.address;
        if wanted.is_empty() || wanted.iter().any(|wanted| includes(wanted, address)) {
            terminal.line(&address.to_string());
        }
    }
    // Programs read standard output.
    for object in &snapshot.objects {
        let is_wanted =
            wanted.is_empty() || wanted.iter().any(|wanted| includes(wanted, &object.address));
        if let (Some(key), true, None) = (&object.deposed, is_wanted, &arguments.id) {
            let address = &object.address;
            terminal.note(&format!(
                "{address} (deposed object {key}) was replaced, and the next apply deletes it."
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
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
