//! `meridian state mv`

use std::collections::BTreeSet;
use std::process::ExitCode;

use meridian_graph::{InstanceAddress, ModuleInstance, ResourceAddress, Target};
use meridian_lang::ModuleStep;
use meridian_plan::rebound_secrets;
use meridian_resource::Registry;
use meridian_state::{Change, StoredObject};

use super::parse;
use crate::arguments::{Global, MoveArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, project};

/// Gives objects other addresses.
pub async fn run(
    global: &Global,
    arguments: &MoveArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let (from, to) = (parse(&arguments.source)?, parse(&arguments.destination)?);
    let sealer = keys::sealer(global)?;
    let registry = project::registry(global.local, Vec::new()).await;
    let mut state = edit::open(global, &arguments.locking, &sealer, "state mv")?;
    let objects = state.store.snapshot()?.objects;
    let step = match Step::of(&from, &to, &objects) {
        Ok(step) => step,
        Err(error) => {
            state.close()?;
            return Err(error);
        }
    };
    if arguments.dry_run {
        state.close()?;
        terminal.line(&format!("Would move {:?} to {:?}", from.to_string(), to.to_string()));
        return Ok(ExitCode::SUCCESS);
    }
    state.store.check_key()?;
    edit::back_up(&state.store, global, &arguments.backup)?;
    let moved: Vec<StoredObject> = objects
        .iter()
        .map(|object| step.applied(object, &registry))
        .filter(|moved| !objects.contains(moved))
        .collect();
    let gone = objects.iter().filter(|object| step.target(&object.address).is_some());
    let gone =
        gone.map(|it| Change::Remove { address: &it.address, deposed: it.deposed.as_deref() });
    let changes: Vec<Change<'_>> = gone.chain(moved.iter().map(Change::Put)).collect();
    state.store.as_run("state mv", |store| store.change(&changes))?;
    state.close()?;
    terminal.line(&format!("Move {:?} to {:?}", from.to_string(), to.to_string()));
    terminal.line("Successfully moved 1 object(s).");
    Ok(ExitCode::SUCCESS)
}

/// What moves where.
#[derive(Debug)]
enum Step {
    Module(ModuleInstance, ModuleInstance),
    Resource(ResourceAddress, ResourceAddress),
    Instance(InstanceAddress, InstanceAddress),
}

impl Step {
    /// Makes sense of two addresses, as Terraform does.
    fn of(from: &Target, to: &Target, objects: &[StoredObject]) -> Result<Step, Failure> {
        let step = match (from, to) {
            (Target::Module(from), Target::Module(to)) => Step::Module(from.clone(), to.clone()),
            (Target::Module(_), Target::Resource(_)) => {
                return Err(wrong_target(from, to, "the target must also be a module"));
            }
            (Target::Resource(_), Target::Module(_)) => {
                return Err(wrong_target(from, to, "the target must also be a resource instance"));
            }
            (Target::Resource(old), Target::Resource(new)) => {
                let (a, b) = (&old.resource, &new.resource);
                if (a.mode, &a.type_name) != (b.mode, &b.type_name) {
                    return Err(Failure::message(
                        "Invalid state move request",
                        format!("Cannot move {old} to {new}: resource types don't match."),
                    ));
                }
                match (&old.key, &new.key) {
                    (None, None) => Step::Resource(a.clone(), b.clone()),
                    _ => Step::Instance(old.clone(), new.clone()),
                }
            }
        };
        if !objects.iter().any(|object| step.target(&object.address).is_some()) {
            return Err(Failure::message(
                "Invalid source address",
                format!("Cannot move {from}: does not match anything in the current state."),
            ));
        }
        match step.taken(objects) {
            None => Ok(step),
            Some(what) => Err(Failure::message(
                "Invalid target address",
                format!(
                    "Cannot move to {to}: there is already a {what} at that address in the current \
                     state."
                ),
            )),
        }
    }

    /// What is there already, if anything is.
    fn taken(&self, objects: &[StoredObject]) -> Option<&'static str> {
        let any = |is_it: &dyn Fn(&InstanceAddress) -> bool| {
            objects.iter().any(|object| is_it(&object.address))
        };
        match self {
            Step::Module(_, to) => {
                any(&|it| it.resource.module.is_within(to)).then_some("module instance")
            }
            Step::Resource(from, to) => {
                let is_single = any(&|it| it.resource == *from && it.key.is_none());
                let what = if is_single { "resource instance" } else { "resource" };
                any(&|it| it.resource == *to).then_some(what)
            }
            Step::Instance(_, to) => any(&|it| it == to).then_some("resource instance"),
        }
    }

    /// The new address of an instance, if it moves.
    fn target(&self, address: &InstanceAddress) -> Option<InstanceAddress> {
        match self {
            Step::Instance(from, to) => (address == from).then(|| to.clone()),
            _ => Some(self.resource(&address.resource)?.instance(address.key.clone())),
        }
    }

    /// The new address of a resource, if it moves as a whole.
    fn resource(&self, resource: &ResourceAddress) -> Option<ResourceAddress> {
        match self {
            Step::Module(from, to) => {
                let steps = resource.module.steps().strip_prefix(from.steps())?;
                let steps: Vec<ModuleStep> = to.steps().iter().chain(steps).cloned().collect();
                let module = steps.into_iter().collect();
                Some(ResourceAddress { module, ..resource.clone() })
            }
            Step::Resource(from, to) => (resource == from).then(|| to.clone()),
            Step::Instance(from, to) => (*resource == from.resource).then(|| to.resource.clone()),
        }
    }

    /// The object with its new address, if it moves, and with those of what it depends on.
    fn applied(&self, object: &StoredObject, registry: &Registry) -> StoredObject {
        let needed = object.dependencies.iter().flat_map(|needed| {
            let moved = self.resource(&needed.resource).map(|it| it.instance(None));
            // Of one instance that leaves, the others may still be needed.
            let stays = matches!(self, Step::Instance(..)) || moved.is_none();
            moved.into_iter().chain(stays.then(|| needed.clone()))
        });
        let dependencies: BTreeSet<InstanceAddress> = needed.collect();
        let mut moved =
            StoredObject { dependencies: dependencies.into_iter().collect(), ..object.clone() };
        if let Some(address) = self.target(&object.address) {
            if let Some(kind) = registry.resource_type(&object.type_name) {
                moved.attributes =
                    rebound_secrets(kind.schema(), &object.address, object.attributes.clone());
            }
            moved.address = address;
        }
        moved
    }
}

fn wrong_target(from: &Target, to: &Target, why: &str) -> Failure {
    Failure::message("Invalid target address", format!("Cannot move {from} to {to}: {why}."))
}
