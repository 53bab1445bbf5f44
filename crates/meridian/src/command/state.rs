//! `meridian state list`, `meridian state show`

use std::process::ExitCode;

use meridian_graph::InstanceAddress;
use meridian_report::object_text;

use crate::arguments::{Global, StateCommand};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{paths, project, stage};

/// Looks into the state.
pub async fn run(
    global: &Global,
    command: &StateCommand,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let Some(snapshot) = stage::snapshot(global, &paths::sealer()?)? else {
        return Err(Failure::message(
            "No state file was found",
            format!(
                "There is no state at {}: nothing has been applied here yet.",
                paths::state_file(global).display()
            ),
        ));
    };
    match command {
        StateCommand::List { addresses } => {
            let wanted: Vec<InstanceAddress> =
                addresses.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
            for object in snapshot.objects.iter().filter(|object| object.deposed.is_none()) {
                let matches = |wanted: &InstanceAddress| {
                    wanted == &object.address
                        || (wanted.key.is_none() && wanted.resource == object.address.resource)
                };
                if wanted.is_empty() || wanted.iter().any(matches) {
                    terminal.line(&object.address.to_string());
                }
            }
        }
        StateCommand::Show { address } => {
            let wanted = parse(address)?;
            let found = snapshot
                .objects
                .iter()
                .find(|object| object.address == wanted && object.deposed.is_none());
            let Some(object) = found else {
                return Err(Failure::message(
                    "No instance found for the given address",
                    format!(
                        "The state holds no object at {address}. meridian state list shows the \
                         addresses that it holds."
                    ),
                ));
            };
            let registry = project::registry(global.local, Vec::new()).await;
            if let Some(kind) = registry.resource_type(&object.type_name) {
                terminal.print(&object_text(
                    address,
                    &object.type_name,
                    &wanted.resource.name,
                    &object.attributes,
                    kind.schema(),
                    terminal.style(),
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(text: &str) -> Result<InstanceAddress, Failure> {
    InstanceAddress::parse(text).ok_or_else(|| {
        Failure::message(
            "Error parsing instance address",
            format!(
                "\"{text}\" is no address. Addresses look like aws_kms_key.orders, \
                 aws_kms_key.orders[0] or 'aws_kms_key.orders[\"eu\"]'."
            ),
        )
    })
}
