//! `meridian state list`, `meridian state show`

use std::process::ExitCode;

use meridian_graph::{InstanceAddress, Target};
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
            let wanted: Vec<Target> =
                addresses.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
            for object in snapshot.objects.iter().filter(|object| object.deposed.is_none()) {
                let address = &object.address;
                if wanted.is_empty() || wanted.iter().any(|wanted| includes(wanted, address)) {
                    terminal.line(&object.address.to_string());
                }
            }
        }
        StateCommand::Show { address } => {
            let wanted = parse(address)?.instance().ok_or_else(|| not_an_address(address))?;
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

/// Whether an object is what an address means: a module with the modules in it, a resource with
/// all its instances.
fn includes(wanted: &Target, address: &InstanceAddress) -> bool {
    let module = &address.resource.module;
    match wanted {
        Target::Module(wanted) => {
            let Some((parent, last)) = wanted.parent() else { return true };
            let any_instance = module.is_within(&parent)
                && last.key.is_none()
                && module.steps().get(parent.steps().len()).is_some_and(|it| it.name == last.name);
            any_instance || module.is_within(wanted)
        }
        Target::Resource(wanted) => {
            wanted == address || (wanted.key.is_none() && wanted.resource == address.resource)
        }
    }
}

fn parse(text: &str) -> Result<Target, Failure> {
    Target::parse(text).ok_or_else(|| not_an_address(text))
}

fn not_an_address(text: &str) -> Failure {
    Failure::message(
        "Error parsing instance address",
        format!(
            "\"{text}\" is no address. Addresses look like aws_kms_key.orders, \
             aws_kms_key.orders[0] or 'aws_kms_key.orders[\"eu\"]'."
        ),
    )
}
