//! What became of the intents that a killed run left open.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{Graph, Node, ResourceAddress};
use meridian_lang::{Diagnostic, Marks, Type, Value, from_json};
use meridian_resource::{Call, Object, Occurrence, Place, ProviderKey, ResourceType, Service};
use meridian_state::{Change, Intent, IntentId, IntentStatus, StateError, Store, StoredObject};

#[cfg(debug_assertions)]
use crate::kill_point;
use crate::locate::{Lost, locate, taken};
use crate::reconcile::{Context, HOME, KEPT};
use crate::record::Entry;
use crate::{Event, Ledger, request, strays, tell};

/// What became of an open intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// Its call had created an object, which is in the state now: its ARN or id.
    Adopted(String),
    /// Its call created nothing.
    NotFound,
    /// Its call had not left yet.
    NeverSent,
    /// Its call changes what is there. The next plan sees whether it did.
    LeftToPlan,
}

/// Resolves every open intent: what was created is taken into the state, what never left or left
/// no trace is given up. Everything else is decided by the next plan from what is.
///
/// # Errors
/// The cloud or the state could not be asked.
pub async fn recover(
    context: &Arc<Context>,
    ledger: &Ledger,
    places: &BTreeMap<ProviderKey, Place>,
    graph: &Graph,
) -> Result<Vec<(Intent, Resolution)>, Box<Diagnostic>> {
    let open = ledger.with(|store| store.unresolved()).await.map_err(state_error)?;
    let mut resolved = Vec::with_capacity(open.len());
    for intent in open {
        let resolution = recover_one(context, ledger, places, graph, &intent).await?;
        resolved.push((intent, resolution));
    }
    // Those who listen are told of each; the plan that follows shows what is done about it.
    strays::take_in(context, ledger, places, graph).await.map_err(state_error)?;
    Ok(resolved)
}

/// What is to be written down of an open intent.
enum Settlement {
    /// Its call created this object, whose ARN or id this is.
    Adopt(Box<StoredObject>, String),
    /// It is given up, for this reason.
    GiveUp(Resolution),
}

async fn recover_one(
    context: &Arc<Context>,
    ledger: &Ledger,
    places: &BTreeMap<ProviderKey, Place>,
    graph: &Graph,
    intent: &Intent,
) -> Result<Resolution, Box<Diagnostic>> {
    let id = intent.id;
    let settlement = settlement(context, ledger, places, graph, intent).await?;
    #[cfg(debug_assertions)]
    let numbered = kill_point::next_settlement();
    #[cfg(debug_assertions)]
    numbered.reach(kill_point::Instant::BeforeSettled);
    let resolution = match settlement {
        Settlement::Adopt(stored, name) => {
            ledger.with(move |store| adopt(store, id, &stored)).await.map_err(state_error)?;
            context.tell(Event::Recovered {
                address: intent.address.clone(),
                message: format!(
                    "an interrupted run had created {name}; it is in the state now and will be \
                     finished"
                ),
            });
            Resolution::Adopted(name)
        }
        Settlement::GiveUp(resolution) => {
            ledger.with(move |store| store.abandon(id)).await.map_err(state_error)?;
            resolution
        }
    };
    #[cfg(debug_assertions)]
    numbered.reach(kill_point::Instant::AfterSettled);
    Ok(resolution)
}

/// Asks the cloud what became of an open intent.
async fn settlement(
    context: &Arc<Context>,
    ledger: &Ledger,
    places: &BTreeMap<ProviderKey, Place>,
    graph: &Graph,
    intent: &Intent,
) -> Result<Settlement, Box<Diagnostic>> {
    if intent.status != IntentStatus::Sent {
        return Ok(Settlement::GiveUp(Resolution::NeverSent));
    }
    let kind = context.registry.resource_type(&intent.address.resource.type_name);
    let creation = kind.and_then(|kind| Some((kind, creation(kind, intent)?)));
    let Some((kind, call)) = creation else {
        return Ok(Settlement::GiveUp(Resolution::LeftToPlan));
    };
    let place = place_of(places, intent).ok_or_else(|| Box::new(missing_provider(intent)))?;
    let (intent_id, since) = (intent.id.to_string(), intent.created_at);
    let snapshot = ledger.with(|store| store.snapshot()).await.map_err(state_error)?;
    let taken = taken(&snapshot, kind, &place.region, &intent.address);
    let lost = Lost { call: &call, intent: intent_id, since, taken };
    let found = locate(context, kind, &place, &lost)
        .await
        .map_err(|error| Box::new(tell::cloud_error(&intent.address, &call, &error)))?;
    let Some(object) = found else { return Ok(Settlement::GiveUp(Resolution::NotFound)) };
    let name = object.text("arn").or(object.text("id")).unwrap_or_default().to_owned();
    let entry = entry_of(intent, &place, graph);
    let object = with_kept_fingerprints(with_marks_of_request(object, intent), intent);
    // What is found was read from the cloud, which tells no secret.
    let stored = entry.stored(&object, kind.schema(), true, &|_, _| String::new());
    Ok(Settlement::Adopt(Box::new(stored), name))
}

/// Where the object of an intent is, if its provider configuration is there.
pub(crate) fn place_of(places: &BTreeMap<ProviderKey, Place>, intent: &Intent) -> Option<Place> {
    let place = places.get(&ProviderKey::parse(&intent.provider))?;
    Some(match intent.request.get(HOME).and_then(|region| region.as_str()) {
        Some(region) => Place { region: region.to_owned(), ..place.clone() },
        None => place.clone(),
    })
}

/// Where the state keeps what the call of an intent has made.
pub(crate) fn entry_of(intent: &Intent, place: &Place, graph: &Graph) -> Entry {
    Entry {
        address: intent.address.clone(),
        deposed: intent.deposed.clone(),
        provider: place.provider.clone(),
        region: place.region.clone(),
        dependencies: dependencies(graph, &intent.address.resource),
        former_dependencies: Vec::new(),
        create_before_destroy: false,
    }
}

/// What a resource depends on, as far as that can be told without the configuration's values: the
/// next plan completes it.
fn dependencies(graph: &Graph, address: &ResourceAddress) -> Vec<ResourceAddress> {
    let needed = graph.resource_dependencies(&Node::Resource(address.config()));
    let same_instance =
        needed.into_iter().filter(|(block, shared)| block.module.names().len() == *shared);
    let steps = address.module.steps();
    same_instance
        .map(|(block, shared)| block.within(steps[..shared].iter().cloned().collect()))
        .collect()
}

/// The call of an intent, if it is one that creates objects of this type.
pub(crate) fn creation(kind: &dyn ResourceType, intent: &Intent) -> Option<Call> {
    let mut operations = kind.creating_operations().iter();
    let operation = operations.find(|operation| **operation == intent.operation)?;
    let service = [Service::Kms, Service::SecretsManager, Service::Sts, Service::Machine]
        .into_iter()
        .find(|service| service.prefix() == intent.service)?;
    let input =
        from_json(&intent.request, &Type::Dynamic).unwrap_or_else(|_| Value::object::<&str>([]));
    let call = Call::change(service, operation, &intent.region, []).found_by(Occurrence::Identity);
    Some(request::marked(Call { input, ..call }, &intent.id.to_string()))
}

/// Takes a found object into the state. What is there under its address is kept aside: it was
/// being replaced.
fn adopt(store: &mut Store, intent: IntentId, found: &StoredObject) -> Result<(), StateError> {
    let snapshot = store.snapshot()?;
    let current = snapshot
        .objects
        .iter()
        .find(|object| object.address == found.address && object.deposed == found.deposed);
    let is_another =
        current.is_some_and(|current| current.attributes.get("id") != found.attributes.get("id"));
    let key = if is_another { Some(store.free_deposed_key(&found.address)?) } else { None };
    let aside = key.as_deref().map(|key| Change::Depose { address: &found.address, key });
    let changes: Vec<Change<'_>> = aside.into_iter().chain([Change::Put(found)]).collect();
    store.confirm(intent, None, &changes)
}

/// Without its provider an object cannot be looked for, and giving it up could lose it.
fn missing_provider(intent: &Intent) -> Diagnostic {
    let Intent { address, service, operation, region, provider, .. } = intent;
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "An interrupted run sent {service}:{operation} in {region} for {address}, and it is \
             not known what came of it. To look, the provider configuration {provider} is needed, \
             which is no longer in the configuration."
        ),
    )
    .about(address.to_string())
    .help("put the provider block back until \"meridian recover\" has looked")
}

fn state_error(error: StateError) -> Box<Diagnostic> {
    Box::new(tell::state_error(&error))
}

/// What the cloud shows of the members of the request that were sensitive, which the journal has
/// as null: it is sensitive too.
fn with_marks_of_request(object: Object, intent: &Intent) -> Object {
    let members = intent.request.as_object().into_iter().flatten();
    let hidden = members.filter(|(_, value)| holds_null(value));
    let names = hidden.flat_map(|(member, _)| match member.as_str() {
        "Tags" => vec!["tags".to_owned(), "tags_all".to_owned()],
        _ => vec![snake_case(member)],
    });
    names.fold(object, |object, name| {
        let attribute = object.attribute(&name);
        if object.attributes.get(&name).is_none() {
            return object;
        }
        let object = match object.facts.get(&name).cloned() {
            Some(fact) => object.with_fact(&name, fact.mark(Marks::SENSITIVE)),
            None => object,
        };
        object.with(&name, attribute.mark(Marks::SENSITIVE))
    })
}

fn holds_null(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.iter().any(holds_null),
        serde_json::Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}

/// The name of an argument, from that of a member of a request: `KeyUsage` is `key_usage`.
fn snake_case(member: &str) -> String {
    let mut name = String::new();
    for (place, character) in member.char_indices() {
        if character.is_ascii_uppercase() && place > 0 {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// The object with the fingerprints of the secrets that it was created with.
fn with_kept_fingerprints(object: Object, intent: &Intent) -> Object {
    let kept = intent.request.get(KEPT).and_then(|kept| kept.as_object()).into_iter().flatten();
    kept.fold(object, |object, (name, fingerprint)| match fingerprint.as_str() {
        Some(text) => object.with(name, Value::string(text).mark(Marks::SENSITIVE)),
        None => object,
    })
}
