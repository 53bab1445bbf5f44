//! `meridian state`: one file a command.

use std::process::ExitCode;
use std::sync::Arc;

use meridian_graph::{InstanceAddress, Target};

use crate::arguments::{Global, StateCommand, target};
use crate::failure::Failure;
use crate::terminal::Terminal;

mod backup;
mod export_terraform;
mod foreign;
mod history;
mod import_terraform;
mod list;
mod mv;
mod prune;
mod pull;
mod push;
mod rekey;
mod replace_provider;
mod restore;
mod rm;
mod seal;
mod show;
mod source;

/// Looks into the state, changes it, or moves it in and out.
pub async fn run(
    global: &Global,
    command: &StateCommand,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    match command {
        StateCommand::List(arguments) => list::run(global, arguments, terminal),
        StateCommand::Show { address } => show::run(global, address, terminal).await,
        StateCommand::Mv(arguments) => mv::run(global, arguments, terminal).await,
        StateCommand::Rm(arguments) => rm::run(global, arguments, terminal),
        StateCommand::Pull => pull::run(global, terminal).await,
        StateCommand::Push(arguments) => push::run(global, arguments, terminal).await,
        StateCommand::History(arguments) => history::run(global, arguments, terminal),
        StateCommand::Restore(arguments) => restore::run(global, arguments, terminal),
        StateCommand::Backup { file } => backup::run(global, file.as_deref(), terminal),
        StateCommand::Prune(arguments) => prune::run(global, arguments, terminal),
        StateCommand::Rekey(arguments) => rekey::run(global, arguments, terminal),
        StateCommand::Seal(arguments) => seal::run(global, arguments, terminal),
        StateCommand::ReplaceProvider(arguments) => {
            replace_provider::run(global, arguments, terminal).await
        }
        StateCommand::ImportTerraform(arguments) => {
            import_terraform::run(global, arguments, terminal).await
        }
        StateCommand::ExportTerraform(arguments) => {
            export_terraform::run(global, arguments, terminal).await
        }
    }
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
    target(text).map_err(|why| {
        Failure::message(
            "Error parsing instance address",
            format!(
                "\"{text}\" is no address: {why} Addresses look like aws_kms_key.orders, \
                 aws_kms_key.orders[0] or 'aws_kms_key.orders[\"eu\"]'."
            ),
        )
    })
}
