//! Finding what a call may have created when its answer was lost.

use std::time::Duration;

use meridian_graph::InstanceAddress;
use meridian_lang::{Type, Value};
use meridian_resource::{
    CREATED_AT, Call, CloudError, ErrorClass, Object, Place, Recovery, ResourceType, TAKEN,
};
use meridian_state::Snapshot;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::pace::Pace;
use crate::reconcile::Context;
use crate::refresh::read;
use crate::request::MARK;

/// How long a new object may stay invisible to reads by its name or id, and to listings.
const READABLE: Duration = Duration::from_secs(5);
const LISTED: Duration = Duration::from_secs(20);

/// How far the clocks of this machine and of the cloud may differ: the cloud refuses requests that
/// are signed with a greater difference.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// An intent whose outcome is not known.
pub(crate) struct Lost<'a> {
    /// The call that left, or may have left.
    pub(crate) call: &'a Call,
    /// The intent's id.
    pub(crate) intent: String,
    /// When it left, at the earliest.
    pub(crate) since: OffsetDateTime,
    /// The identities of objects of the same type, where the new one would be, that belong to
    /// other instances.
    pub(crate) taken: Vec<String>,
}

/// The identities of the objects of one type in a Region that the state has for other instances.
pub(crate) fn taken(
    snapshot: &Snapshot,
    kind: &dyn ResourceType,
    region: &str,
    address: &InstanceAddress,
) -> Vec<String> {
    let others = snapshot
        .objects
        .iter()
        .filter(|it| it.type_name == kind.name() && it.region == region && it.address != *address);
    let objects = others.map(|it| Object::new(it.attributes.clone()));
    objects.filter_map(|object| kind.identity(&object)).collect()
}

/// The object that the call of an intent created, if it did.
pub(crate) async fn locate(
    context: &Context,
    kind: &dyn ResourceType,
    place: &Place,
    lost: &Lost<'_>,
) -> Result<Option<Object>, CloudError> {
    let recovery = kind.recovery(place, lost.call);
    let patience = match &recovery {
        Recovery::None => return Ok(None),
        Recovery::Read(_) => READABLE,
        Recovery::Search(_) => LISTED,
    };
    let mut pace = Pace::new();
    let mut waited = Duration::ZERO;
    loop {
        let found = look(context, kind, place, &recovery, lost).await?;
        if found.is_some() || waited >= patience || context.stop.is_asked() {
            return Ok(found);
        }
        let pause = pace.step();
        waited += pause;
        tokio::time::sleep(pause).await;
    }
}

async fn look(
    context: &Context,
    kind: &dyn ResourceType,
    place: &Place,
    recovery: &Recovery,
    lost: &Lost<'_>,
) -> Result<Option<Object>, CloudError> {
    let cloud = &*context.cloud;
    match recovery {
        Recovery::None => Ok(None),
        Recovery::Read(object) => {
            let taken = Value::list(Type::String, lost.taken.iter().map(Value::string));
            let object = object.as_ref().clone().with_fact(TAKEN, taken);
            let found = read(cloud, kind, place, &object).await.map_err(|(_, error)| error)?;
            let is_taken =
                |it: &Object| kind.identity(it).is_some_and(|id| lost.taken.contains(&id));
            // What was there before is someone else's, whatever its name.
            let is_ours =
                |it: &Object| kind.is_result_of(lost.call, it) && is_younger(it, lost.since);
            Ok(found.filter(|it| is_ours(it) && !is_taken(it)))
        }
        Recovery::Search(list) => {
            let found = marked(context, kind, place, list).await?;
            let ours = found.into_iter().find(|(mark, _)| *mark == lost.intent);
            Ok(ours.map(|(_, object)| object))
        }
    }
}

/// The objects that carry the mark of any intent, each with its mark.
pub(crate) async fn marked(
    context: &Context,
    kind: &dyn ResourceType,
    place: &Place,
    list: &Call,
) -> Result<Vec<(String, Object)>, CloudError> {
    let cloud = &*context.cloud;
    let answer = cloud.call(&place.provider, list).await?;
    let mut found = Vec::new();
    for candidate in kind.candidates(&answer) {
        match read(cloud, kind, place, &candidate).await {
            Ok(Some(object)) => {
                let mark = mark_of(&object).map(str::to_owned);
                found.extend(mark.map(|mark| (mark, object)));
            }
            Ok(None) => {}
            // What may not be read is not ours: we may read what we create.
            Err((_, error)) if error.class == ErrorClass::Denied => {}
            // Anything else might hide the very object.
            Err((_, error)) => return Err(error),
        }
    }
    Ok(found)
}

/// The mark that an object carries.
fn mark_of(object: &Object) -> Option<&str> {
    object.facts.get("tags").and_then(|tags| tags.get_str(MARK))
}

/// Whether an object can have been created since then. One that does not tell is given the benefit
/// of the doubt: its type has judged it by other signs.
fn is_younger(object: &Object, since: OffsetDateTime) -> bool {
    let created = object.fact(CREATED_AT).and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
    created.is_none_or(|created| created + SKEW >= since)
}
