//! Finding what a call may have created when its answer was lost.

use std::time::Duration;

use meridian_resource::{Call, CloudError, Object, Place, Recovery, ResourceType};

use crate::pace::Pace;
use crate::reconcile::Context;
use crate::refresh::read;
use crate::request::MARK;

/// How long a new object may stay invisible to reads by its name or id, and to listings.
const READABLE: Duration = Duration::from_secs(5);
const LISTED: Duration = Duration::from_secs(20);

/// The object that a call with this intent created, if it did.
pub(crate) async fn locate(
    context: &Context,
    kind: &dyn ResourceType,
    place: &Place,
    call: &Call,
    intent: &str,
) -> Result<Option<Object>, CloudError> {
    let recovery = kind.recovery(place, call);
    let patience = match &recovery {
        Recovery::None => return Ok(None),
        Recovery::Read(_) => READABLE,
        Recovery::Search(_) => LISTED,
    };
    let mut pace = Pace::new();
    let mut waited = Duration::ZERO;
    loop {
        let found = look(context, kind, place, &recovery, intent).await?;
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
    intent: &str,
) -> Result<Option<Object>, CloudError> {
    let cloud = &*context.cloud;
    match recovery {
        Recovery::None => Ok(None),
        Recovery::Read(object) => {
            read(cloud, kind, place, object).await.map_err(|(_, error)| error)
        }
        Recovery::Search(list) => {
            let answer = cloud.call(&place.provider, list).await?;
            for candidate in kind.candidates(&answer) {
                // What may not be read is not ours: we may read what we create.
                if let Ok(Some(object)) = read(cloud, kind, place, &candidate).await
                    && object.facts.get("tags").and_then(|tags| tags.get_str(MARK)) == Some(intent)
                {
                    return Ok(Some(object));
                }
            }
            Ok(None)
        }
    }
}
