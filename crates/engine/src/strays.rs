//! Keys that appear when nobody expects them any more.
//!
//! A call without a token may have been carried out although its object could not be found for a
//! while: then it was given up, or sent again under the same mark. What carries such a mark and is
//! not in the state is one too many, or the only one. It is taken into the state, so that the plan
//! decides: beside a successor it is kept aside, which is to say that it goes next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use meridian_graph::Graph;
use meridian_lang::Diagnostics;
use meridian_resource::{Next, Place, ProviderKey, Recovery};
use meridian_state::{Change, Intent, StateError, Store, StoredObject};
use time::OffsetDateTime;

use crate::locate::marked;
use crate::reconcile::Context;
use crate::recover::{creation, entry_of, place_of};
use crate::{Event, Ledger, tell};

/// For how long a call that was given up or repeated may still turn out to have made something.
const DOUBT: Duration = Duration::from_secs(60 * 60);

/// Whether any call of the last hour may have left something that nobody has seen yet.
///
/// # Errors
/// The state cannot be read.
pub fn is_in_doubt(store: &Store) -> Result<bool, StateError> {
    Ok(!store.doubtful(OffsetDateTime::now_utc() - DOUBT)?.is_empty())
}

/// Takes into the state what calls have made that were given up or sent again. Gives a warning
/// for each. What cannot be listed now is looked for again by the commands of the next hour.
///
/// # Errors
/// The state cannot be read or written.
pub(crate) async fn take_in(
    context: &Arc<Context>,
    ledger: &Ledger,
    places: &BTreeMap<ProviderKey, Place>,
    graph: &Graph,
) -> Result<Diagnostics, StateError> {
    let since = OffsetDateTime::now_utc() - DOUBT;
    let doubtful = ledger.with(move |store| store.doubtful(since)).await?;
    let mut warnings = Diagnostics::new();
    for (position, intent) in doubtful.iter().enumerate() {
        let is_alike = |other: &Intent| searched(other) == searched(intent);
        // All that were sent to the same place are looked for at once.
        if doubtful[..position].iter().any(is_alike) {
            continue;
        }
        let Some(kind) = context.registry.resource_type(&intent.address.resource.type_name) else {
            continue;
        };
        let (Some(place), Some(call)) = (place_of(places, intent), creation(kind, intent)) else {
            continue;
        };
        let Recovery::Search(list) = kind.recovery(&place, &call) else { continue };
        let Ok(found) = marked(context, kind, &place, &list).await else { continue };
        for (mark, object) in found {
            let maker = doubtful.iter().find(|it| it.id.to_string() == mark && is_alike(it));
            let Some(maker) = maker else { continue };
            if matches!(kind.next(&place, Some(&object), None), Next::Done) {
                // It is on its way out already.
                continue;
            }
            let entry = entry_of(maker, &place, graph);
            let stored = entry.stored(&object, kind.schema(), true, &|_, _| String::new());
            if !ledger.with(move |store| keep(store, stored)).await? {
                continue;
            }
            let name = object.text("arn").or(object.text("id")).unwrap_or_default();
            let message = format!(
                "a call that was given up or repeated had created {name}; it is in the state now"
            );
            let address = maker.address.clone();
            context.tell(Event::Recovered { address, message });
            warnings.push(tell::stray(&maker.address, name));
        }
    }
    Ok(warnings)
}

/// What is looked through for an intent: a type's objects in a Region.
fn searched(intent: &Intent) -> (&str, &str, &str) {
    (&intent.address.resource.type_name, &intent.provider, &intent.region)
}

/// Keeps a found object under its address, or aside if that has another. Whether it was not in the
/// state yet.
fn keep(store: &mut Store, mut found: StoredObject) -> Result<bool, StateError> {
    let snapshot = store.snapshot()?;
    let is_it = |it: &StoredObject| {
        it.region == found.region && it.attributes.get("id") == found.attributes.get("id")
    };
    if snapshot.objects.iter().any(is_it) {
        return Ok(false);
    }
    let is_current = |it: &StoredObject| it.address == found.address && it.deposed.is_none();
    if snapshot.objects.iter().any(is_current) {
        found.deposed = Some(store.free_deposed_key(&found.address)?);
    }
    store.change(&[Change::Put(&found)])?;
    Ok(true)
}
