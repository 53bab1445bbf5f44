//! Finding what a call may have created when its answer was lost.

use std::time::Duration;

use meridian_resource::{Call, CloudError, Object, Occurrence, Place, Recovery, ResourceType};

use crate::pace::Pace;
use crate::reconcile::Context;
use crate::refresh::read;
use crate::request::MARK;

/// How long a new object may stay invisible to reads. KMS promises "a few seconds" and warns of
/// minutes; names in Secrets Manager are found at once, nearly always.
fn patience(occurrence: Occurrence) -> Duration {
    match occurrence {
        Occurrence::Mark => Duration::from_secs(20),
        Occurrence::Read | Occurrence::Declarative | Occurrence::Identity => Duration::from_secs(5),
    }
}

/// The object that a call with this intent created, if it did.
pub(crate) async fn locate(
    context: &Context,
    kind: &dyn ResourceType,
    place: &Place,
    call: &Call,
    intent: &str,
) -> Result<Option<Object>, CloudError> {
    let mut pace = Pace::new();
    let mut waited = Duration::ZERO;
    loop {
        let found = look(context, kind, place, call, intent).await?;
        if found.is_some() || waited >= patience(call.occurrence) || context.stop.is_asked() {
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
    call: &Call,
    intent: &str,
) -> Result<Option<Object>, CloudError> {
    let cloud = &*context.cloud;
    match kind.recovery(place, call) {
        Recovery::None => Ok(None),
        Recovery::Read(object) => {
            read(cloud, kind, place, &object).await.map_err(|(_, error)| error)
        }
        Recovery::Search(list) => {
            let answer = cloud.call(&place.provider, &list).await?;
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
