//! `meridian promote ADDRESS REGION`

use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::{Ledger, Promoted, promote};
use meridian_graph::InstanceAddress;
use meridian_lang::Diagnostic;
use meridian_plan::{Answers, Options, PriorObject};
use meridian_resource::Registry;
use meridian_state::Outcome;

use super::apply::{listen, recovered};
use crate::arguments::{Global, PromoteArguments};
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::Prior;
use crate::project::{self, Project, Wanted};
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::{keys, questions, stage, unresolved};

/// The types of keys that lead a set where nobody promotes, each with the type of what follows.
const TYPES: [(&str, &str); 2] = [
    ("aws_kms_key", "aws_kms_replica_key"),
    ("aws_kms_external_key", "aws_kms_replica_external_key"),
];
/// How many objects are worked on at once.
const AT_ONCE: u32 = 10;

/// Makes the key of a Region the primary of its set.
pub async fn run(
    global: &Global,
    arguments: &PromoteArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let sealer = keys::sealer(global)?;
    let options = Options::default();
    let wanted = Wanted { variables: &arguments.variables, input: true, options: &options };
    let project = Project::load(wanted, global.local, &sealer, terminal).await?;
    let Some(state) = Writable::open_if_there(global, &sealer, "promote")? else {
        return Err(unknown_address(&arguments.address));
    };
    let open = async |configured: &Configurations| {
        stage::open(
            global,
            &project.registry,
            configured,
            AT_ONCE,
            arguments.patience.timeout,
            terminal,
        )
        .await
    };
    let prior = Prior::of(Some(&state.store.snapshot()?));
    let also = unresolved::providers(&state, &project.config)?;
    let configuring =
        Configuring { also, refresh: true, ..Configuring::of(&project, &prior, terminal) };
    let configured = configuring.make(&mut Answers::default(), &open).await?;
    let places = project::places(&configured);
    let context = open(&configured).await?;
    let (prior, state) = recovered(&context, &project, state, &places).await?;
    let set = match members(prior, arguments, &project.registry) {
        Ok(set) => set,
        Err(failure) => {
            state.close()?;
            return Err(failure);
        }
    };
    let set = set.refresh(&context, &project.config, &places, terminal).await?;
    let chosen = choose(set.objects, arguments, &project.registry);
    let Chosen { target, former } = match chosen {
        Ok(Some(chosen)) => chosen,
        Ok(None) => {
            state.close()?;
            let region = &arguments.region;
            terminal.line(&format!("\nThe primary is in {region} already: nothing to do."));
            return Ok(ExitCode::SUCCESS);
        }
        Err(failure) => {
            state.close()?;
            return Err(failure);
        }
    };
    terminal.line(&announcement(&target, former.as_ref()));
    if !arguments.auto_approve && !is_approved(terminal)? {
        state.close()?;
        terminal.line("\nPromotion cancelled.");
        return Ok(ExitCode::FAILURE);
    }
    let edit = edit(&target, former.as_ref());
    let (mut store, lock) = state.into_parts();
    let run = store.begin_run("promote")?;
    terminal.line("");
    let listener = tokio::spawn(listen(context.clone(), terminal.clone()));
    let ledger = Ledger::new(store);
    let (ending, ledger) = promote(&context, target, former, &places, run, ledger, sealer).await;
    listener.abort();
    terminal.rest();
    let mut store = ledger.close();
    let outcome = match &ending {
        Promoted::Done => Outcome::Succeeded,
        Promoted::Failed(_) => Outcome::Failed,
        Promoted::Stopped => Outcome::Interrupted,
    };
    store.finish_run(run, outcome)?;
    Writable::from_parts(store, lock).close()?;
    match ending {
        Promoted::Done => {
            terminal.line(&format!("\nPromotion complete!\n\n{edit}"));
            Ok(ExitCode::SUCCESS)
        }
        Promoted::Failed(diagnostic) => Err((*diagnostic).into()),
        Promoted::Stopped => Err(Failure::message(
            "Promotion interrupted",
            "AWS may have been asked already; promote again goes on with it.",
        )),
    }
}

/// The objects of the set that an address belongs to.
fn members(
    prior: Prior,
    arguments: &PromoteArguments,
    registry: &Registry,
) -> Result<Prior, Failure> {
    let unknown = || unknown_address(&arguments.address);
    let wanted = InstanceAddress::parse(&arguments.address).ok_or_else(unknown)?;
    let current = |object: &PriorObject| object.deposed.is_none();
    let found = prior.objects.iter().find(|object| current(object) && object.address == wanted);
    let identity = identity(found.ok_or_else(unknown)?, registry).ok_or_else(|| {
        Failure::message(
            "Not a multi-Region key",
            format!(
                "{wanted} is no multi-Region key, so it has no primary that could move. A key is \
                 multi-Region from its creation on (multi_region = true), or never."
            ),
        )
    })?;
    let belongs = |object: &PriorObject| {
        current(object) && self::identity(object, registry).as_ref() == Some(&identity)
    };
    let objects = prior.objects.iter().filter(|object| belongs(object)).cloned().collect();
    Ok(Prior { objects, ..prior })
}

fn identity(object: &PriorObject, registry: &Registry) -> Option<String> {
    registry.resource_type(&object.address.resource.type_name)?.set_identity(&object.stored)
}

fn leads(object: &PriorObject, registry: &Registry) -> bool {
    let kind = registry.resource_type(&object.address.resource.type_name);
    let observed = object.observed.as_ref();
    kind.zip(observed).and_then(|(kind, observed)| kind.leads(observed)) == Some(true)
}

/// Which key leads from now on, and which did.
struct Chosen {
    target: PriorObject,
    former: Option<PriorObject>,
}

/// None if the key of the Region leads already.
fn choose(
    set: Vec<PriorObject>,
    arguments: &PromoteArguments,
    registry: &Registry,
) -> Result<Option<Chosen>, Failure> {
    let region = &arguments.region;
    let id = set.iter().find_map(shown_id).unwrap_or("the key");
    let (_, replica) = set.first().and_then(types).unwrap_or(TYPES[0]);
    let missing = Failure::message(
        "No replica there",
        format!(
            "The state holds no key of the set {id} in {region}. Only a Region with a replica can \
             become the primary's: make one with {replica}, or import it. Without the state the \
             call is: aws kms update-primary-region --region PRIMARY --key-id {id} \
             --primary-region {region}"
        ),
    );
    let (mut there, elsewhere): (Vec<_>, Vec<_>) = set
        .into_iter()
        .filter(|object| object.observed.is_some())
        .partition(|object| object.region == *region);
    let Some(target) = there.pop() else { return Err(missing) };
    if leads(&target, registry) {
        return Ok(None);
    }
    let former = elsewhere.into_iter().find(|object| leads(object, registry));
    Ok(Some(Chosen { target, former }))
}

/// The types of the set that an object belongs to: of what leads it, and of what follows.
fn types(object: &PriorObject) -> Option<(&'static str, &'static str)> {
    let name = &*object.address.resource.type_name;
    TYPES.into_iter().find(|(leader, follower)| [*leader, *follower].contains(&name))
}

/// The id by which people know a key; not every type has it twice.
fn shown_id(object: &PriorObject) -> Option<&str> {
    object.stored.text("key_id").or_else(|| object.stored.text("id"))
}

fn announcement(target: &PriorObject, former: Option<&PriorObject>) -> String {
    let id = shown_id(target).unwrap_or("the key");
    let from = match former {
        Some(former) => format!(" in the place of {} in {}", former.address, former.region),
        None => String::new(),
    };
    format!(
        "\nThe key {id} in {}, {}, becomes the primary of its set{from}.\nOne call \
         (UpdatePrimaryRegion); no key is replaced, and encryption and decryption go on in all \
         Regions.",
        target.region, target.address
    )
}

fn is_approved(terminal: &Terminal) -> Result<bool, Failure> {
    let question = "\nDo you want to move the primary?\n  Only 'yes' will be accepted to \
                    approve.\n\n  Enter a value: ";
    questions::approved(question, "Without a terminal, give -auto-approve.", terminal)
}

/// What to write so that the configuration says the same.
fn edit(target: &PriorObject, former: Option<&PriorObject>) -> String {
    let (leader, _) = types(target).unwrap_or(TYPES[0]);
    let is_replica = |object: &PriorObject| &*object.address.resource.type_name != leader;
    let Some(former) = former.filter(|former| is_replica(target) && !is_replica(former)) else {
        return if is_replica(target) {
            format!(
                "Let the {leader} of this set and the replica exchange their Regions (provider or \
                 region), so that the configuration says the same."
            )
        } else {
            "The configuration says the same.".to_owned()
        };
    };
    let block = |object: &PriorObject, provider: &PriorObject| {
        let resource = &object.address.resource;
        let argument = match object.provider == provider.provider {
            true => format!("region = {:?} # was {:?}", provider.region, object.region),
            false => format!("provider = {} # was {}", provider.provider, object.provider),
        };
        format!(
            "  # {}\n  resource \"{}\" \"{}\" {{\n    {argument}\n  }}\n",
            object.address, resource.type_name, resource.name
        )
    };
    format!(
        "To make the configuration say the same, let the two exchange their \
         Regions:\n\n{}\n{}\nUntil then meridian plan warns, and replaces nothing.",
        block(former, target),
        block(target, former)
    )
}

fn unknown_address(address: &str) -> Failure {
    let error = Diagnostic::error(
        "No instance found for the given address",
        format!("The state holds no object at {address}."),
    );
    error.help("meridian state list shows the addresses that it holds").into()
}
