//! `meridian state show`

use std::process::ExitCode;

use meridian_report::object_text;
use meridian_resource::TAINTED;
use meridian_state::StoredObject;

use super::parse;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, project, stage};

/// Shows the object at an address, and those that it has replaced and that still wait for their
/// deletion.
pub async fn run(global: &Global, address: &str, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let Some(snapshot) = stage::snapshot(global, &keys::sealer(global)?)? else {
        return Err(edit::no_state(global));
    };
    let Some(wanted) = parse(address)?.instance() else {
        return Err(Failure::message(
            format!("Error parsing instance address: {address}"),
            "This command requires that the address references one specific instance. To view the \
             available instances, use \"meridian state list\". Please modify the address to \
             reference a specific instance.",
        ));
    };
    let found: Vec<&StoredObject> =
        snapshot.objects.iter().filter(|object| object.address == wanted).collect();
    if found.is_empty() {
        return Err(Failure::message(
            "No instance found for the given address",
            format!(
                "The state holds no object at {address}. This command requires that the address \
                 references one specific instance. To view the available instances, use \"meridian \
                 state list\"."
            ),
        ));
    }
    let registry = project::registry(global.local, Vec::new()).await;
    for object in found {
        let Some(kind) = registry.resource_type(&object.type_name) else { continue };
        let shown = match &object.deposed {
            Some(key) => format!("{wanted} (deposed object {key})"),
            None => wanted.to_string(),
        };
        let text = object_text(
            &shown,
            &object.type_name,
            &wanted.resource.name,
            &object.attributes,
            kind.schema(),
            terminal.style(),
        );
        if object.deposed.is_some() {
            terminal.line("");
        }
        let is_tainted = object.facts.get(TAINTED).is_some();
        match text.split_once('\n').filter(|_| is_tainted) {
            Some((head, body)) => terminal.print(&format!("{head} (tainted)\n{body}")),
            None => terminal.print(&text),
        }
    }
    Ok(ExitCode::SUCCESS)
}
