//! One sweep that reads every object of the state, as concurrently as the cloud allows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Diagnostics, Marks, Value};
use meridian_plan::{Hidden, PriorObject};
use meridian_resource::{
    Cloud, CloudError, ErrorClass, Object, Place, ProviderKey, Registry, ResourceType, TAINTED,
};
use tokio::task::JoinSet;

use crate::reconcile::Context;
use crate::secrecy::hide_repeated;
use crate::{Event, tell};

/// How many objects are read at once. Reads have high quotas: KMS answers 1,000 of its scarcest
/// read a second.
const AT_ONCE: usize = 64;

/// The objects, read again.
pub struct Refreshed {
    /// With what was observed in its place.
    pub objects: Vec<PriorObject>,
}

/// Reads every object and puts what was observed in its place. Objects that `moved` names are told
/// of by their new addresses.
///
/// # Errors
/// Every object that could not be read.
pub async fn refresh(
    context: &Arc<Context>,
    objects: Vec<PriorObject>,
    places: &BTreeMap<ProviderKey, Place>,
    moved: &HashMap<InstanceAddress, InstanceAddress>,
) -> Result<Refreshed, Diagnostics> {
    let started = Instant::now();
    context.tell(Event::RefreshStarted { objects: objects.len() });
    let mut waiting = objects.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done: Vec<(usize, PriorObject)> = Vec::new();
    let mut diagnostics = Diagnostics::new();
    loop {
        while running.len() < AT_ONCE {
            let Some((index, object)) = waiting.next() else {
                break;
            };
            let Some(place) = places.get(&object.provider) else {
                diagnostics.push(unknown_place(&object));
                continue;
            };
            let place = Place { region: object.region.clone(), ..place.clone() };
            let context = context.clone();
            let shown = moved.get(&object.address).unwrap_or(&object.address).clone();
            running
                .spawn(async move { (index, refresh_one(&context, &place, object, shown).await) });
        }
        let Some(finished) = running.join_next().await else {
            break;
        };
        match finished {
            Ok((index, Ok(object))) => done.push((index, object)),
            Ok((_, Err(error))) => {
                let stops = error.is_about_everything;
                diagnostics.push(error.diagnostic);
                if stops {
                    break;
                }
            }
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    context.tell(Event::RefreshFinished { elapsed: started.elapsed() });
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    done.sort_by_key(|(index, _)| *index);
    let mut objects: Vec<PriorObject> = done.into_iter().map(|(_, object)| object).collect();
    hide_repeated(&mut objects);
    Hidden::of_objects(&objects, &context.registry).hide(&mut objects);
    Ok(Refreshed { objects })
}

async fn refresh_one(
    context: &Context,
    place: &Place,
    mut object: PriorObject,
    shown: InstanceAddress,
) -> Result<PriorObject, Box<Unreadable>> {
    let type_name = &object.address.resource.type_name;
    let Some(kind) = context.registry.resource_type(type_name) else {
        let diagnostic = unknown_type(&object, &context.registry);
        return Err(Box::new(Unreadable { diagnostic, is_about_everything: false }));
    };
    context
        .tell(Event::Refreshing { address: shown, id: object.stored.open_id().map(str::to_owned) });
    let stored = without_run_facts(object.stored.clone());
    match read(&*context.cloud, kind, place, &stored).await {
        Ok(observed) => {
            object.observed = observed.map(|observed| remark(observed, &object.stored));
            Ok(object)
        }
        Err((call, error)) => {
            // Without credentials no object can be read: saying so once is enough.
            let is_about_everything = error.class == ErrorClass::Credentials;
            let mut diagnostic = tell::cloud_error(&object.address, &call, &error);
            if is_about_everything {
                diagnostic.address = None;
            }
            Err(Box::new(Unreadable { diagnostic, is_about_everything }))
        }
    }
}

/// Why an object could not be read.
struct Unreadable {
    diagnostic: Diagnostic,
    /// Whether no other object can be read either.
    is_about_everything: bool,
}

/// Reads one object; `None` if it is gone.
pub(crate) async fn read(
    cloud: &dyn Cloud,
    kind: &dyn ResourceType,
    place: &Place,
    object: &Object,
) -> Result<Option<Object>, (Box<meridian_resource::Call>, CloudError)> {
    match read_once(cloud, kind, place, object).await? {
        Some(seen) if kind.asks_for_another_look(&seen) => {
            read_once(cloud, kind, place, &seen).await
        }
        seen => Ok(seen),
    }
}

async fn read_once(
    cloud: &dyn Cloud,
    kind: &dyn ResourceType,
    place: &Place,
    object: &Object,
) -> Result<Option<Object>, (Box<meridian_resource::Call>, CloudError)> {
    let calls = kind.reads(place, object);
    let answers = join_all(calls.iter().map(|call| cloud.call(&place.provider, call))).await;
    kind.observe(place, object, &answers).map_err(|error| {
        let failed = answers.iter().position(|answer| answer.as_ref().err() == Some(&error));
        let call = calls.into_iter().nth(failed.unwrap_or(0)).unwrap_or_else(|| {
            meridian_resource::Call::read(
                meridian_resource::Service::Sts,
                "GetCallerIdentity",
                &place.region,
                [],
            )
        });
        (Box::new(call), error)
    })
}

/// The cloud knows nothing of marks: what was sensitive in the state still is, and so is what was
/// tainted.
pub(crate) fn remark(observed: Object, stored: &Object) -> Object {
    let paths = stored.attributes.marked_paths(Marks::SENSITIVE);
    let attributes = paths.iter().fold(observed.attributes, |attributes, path| {
        attributes.map_at(&path.0, &|value| value.mark(Marks::SENSITIVE))
    });
    let paths = stored.facts.marked_paths(Marks::SENSITIVE);
    let facts = paths.iter().fold(observed.facts, |facts, path| {
        facts.map_at(&path.0, &|fact| fact.mark(Marks::SENSITIVE))
    });
    let observed = Object { attributes, facts };
    if stored.is_tainted() { observed.with_fact(TAINTED, Value::bool(true)) } else { observed }
}

/// The attributes with the marks that they were planned with. A value that was not known then was
/// marked as a whole; now it tells itself which parts of it are sensitive, if it does.
pub(crate) fn marked_as_planned(planned: &Value, attributes: Value) -> Value {
    let paths = planned.marked_paths(Marks::SENSITIVE);
    paths.iter().fold(attributes, |attributes, path| {
        let was_known = planned.at(path).is_some_and(Value::is_known);
        attributes.map_at(&path.0, &|value| match was_known || value.deep_marks().is_none() {
            true => value.mark(Marks::SENSITIVE),
            false => value,
        })
    })
}

/// Facts whose names begin with `run_` hold for the run that noted them.
fn without_run_facts(object: Object) -> Object {
    let facts = object.facts.as_entries().into_iter().flatten();
    let kept: Vec<_> = facts
        .filter(|(name, _)| !name.starts_with("run_"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Object { facts: Value::object(kept), ..object }
}

fn unknown_place(object: &PriorObject) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!("It is not known where to read the object: there is no {}.", object.provider),
    )
    .about(object.address.to_string())
    .help("put the provider block back until this object is gone")
}

fn unknown_type(object: &PriorObject, registry: &Registry) -> Diagnostic {
    Diagnostic::error(
        "Unknown resource type in the state",
        format!("The state holds {}, whose type is not built in.", object.address),
    )
    .help(format!("built in are: {}", registry.resource_type_names().join(", ")))
}
