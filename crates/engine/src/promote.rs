//! A member of a set is made to lead it, at once and whatever the configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use meridian_lang::Diagnostic;
use meridian_plan::PriorObject;
use meridian_resource::{Place, ProviderKey};
use meridian_state::{RunId, Sealer};

use crate::event::{Event, Operation};
use crate::reconcile::{Context, Ending, Run, Task, reconcile};
use crate::record::Entry;
use crate::{Ledger, tell};

/// How a promotion ended.
#[derive(Debug)]
pub enum Promoted {
    /// The member leads, and what led before follows.
    Done,
    /// Something failed. What is known is in the state.
    Failed(Box<Diagnostic>),
    /// The user asked to stop.
    Stopped,
}

/// Makes `target` lead its set, waits until it does and until `former` follows, and writes both
/// down. Both were read just before. Gives the ledger back.
pub async fn promote(
    context: &Arc<Context>,
    target: PriorObject,
    former: Option<PriorObject>,
    places: &BTreeMap<ProviderKey, Place>,
    run: RunId,
    ledger: Ledger,
    sealer: Sealer,
) -> (Promoted, Ledger) {
    let run = Run::new(run, ledger, sealer);
    let mut ending = change_role(context, &run, target, true, places).await;
    if let (Promoted::Done, Some(former)) = (&ending, former) {
        ending = change_role(context, &run, former, false, places).await;
    }
    (ending, run.ledger)
}

/// Gives one member its new role; nothing else of it changes.
async fn change_role(
    context: &Arc<Context>,
    run: &Run,
    member: PriorObject,
    leads: bool,
    places: &BTreeMap<ProviderKey, Place>,
) -> Promoted {
    let kind = context.registry.resource_type(&member.address.resource.type_name);
    let place = places.get(&member.provider);
    let (Some(kind), Some(place), Some(observed)) = (kind, place, member.observed) else {
        let detail = format!("{} cannot be read.", member.address);
        return Promoted::Failed(Box::new(Diagnostic::error(
            "There is nothing to promote",
            detail,
        )));
    };
    let address = member.address.clone();
    let is_it = |object: &&meridian_state::StoredObject| {
        object.address == address && object.deposed.is_none()
    };
    let kept = run.ledger.with(|store| store.snapshot()).await;
    let create_before_destroy = match kept {
        Ok(snapshot) => {
            snapshot.objects.iter().find(is_it).is_some_and(|object| object.create_before_destroy)
        }
        Err(error) => return Promoted::Failed(Box::new(tell::state_error(&error))),
    };
    let wanted = observed.attributes.clone();
    let id = observed.text("id").map(str::to_owned);
    let task = Task {
        entry: Entry {
            address: address.clone(),
            deposed: None,
            provider: member.provider,
            region: member.region.clone(),
            dependencies: member.dependencies,
            former_dependencies: Vec::new(),
            create_before_destroy,
        },
        place: Place { region: member.region, ..place.clone() },
        start: Some(kind.with_role(observed, leads)),
        wanted: Some(wanted),
        depose: false,
        parts_of_others: Vec::new(),
        hidden: Vec::new(),
    };
    let operation = Operation::Update;
    context.tell(Event::Started { address: address.clone(), operation, id: id.clone() });
    let started = Instant::now();
    match reconcile(context, run, kind, task).await.0 {
        Ending::Done(_) => {
            let elapsed = started.elapsed();
            context.tell(Event::Finished { address, operation, id, elapsed, note: None });
            Promoted::Done
        }
        Ending::Failed(diagnostic) => {
            let failed = Event::Failed { address, operation, diagnostic: diagnostic.clone() };
            context.tell(failed);
            Promoted::Failed(diagnostic)
        }
        Ending::Stopped { .. } => {
            context.tell(Event::Interrupted { address });
            Promoted::Stopped
        }
    }
}
