//! The end of a secret: its replicas go first and are seen to be gone.

use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Next, Notice, Object, Place, Service};

use super::members::{given, permission_arn};
use super::secret_reading::{DELETION_DATE, is_scheduled, secret_id};
use super::{run_facts, secret_replicas};

/// A forced deletion frees the name within seconds, mostly.
const RELEASE: Duration = Duration::from_secs(2 * 60);

/// The next step towards a secret's absence.
pub fn next(place: &Place, observed: &Object) -> Next {
    let name = observed.text("name").unwrap_or("the secret");
    if run_facts::holds(observed, run_facts::FORCED) {
        return Next::Wait {
            what: format!("secret {name} in {} to be gone", place.region),
            at_most: RELEASE,
        };
    }
    if is_scheduled(observed) {
        return Next::Done;
    }
    let regions = secret_replicas::all(&observed.attributes)
        .filter_map(|replica| replica.get_str("region"))
        .collect();
    secret_replicas::remove(place, observed, regions)
        .or_else(|| secret_replicas::vanishing(observed))
        .unwrap_or_else(|| Next::Call(Box::new(delete(place, observed))))
}

/// A wanted secret that is scheduled for deletion is taken back first.
pub fn restoration(place: &Place, observed: &Object) -> Option<Next> {
    if !is_scheduled(observed) {
        return None;
    }
    let input = [("SecretId", secret_id(observed))];
    let call = Call::change(Service::SecretsManager, "RestoreSecret", &place.region, input);
    let call = call.needs("secretsmanager:RestoreSecret", permission_arn(observed));
    Some(Next::Call(Box::new(call)))
}

/// The secret once it was taken back.
pub fn restored(observed: &Object) -> Object {
    observed.clone().with_fact(DELETION_DATE, Value::null(Type::String))
}

/// What the plan says of a secret that is scheduled for deletion.
pub fn notice(observed: &Object, is_wanted: bool) -> Option<Notice> {
    let date = observed.fact(DELETION_DATE)?;
    Some(Notice::remark(if is_wanted {
        format!("was scheduled for deletion on {date}; it will be restored")
    } else {
        format!("was scheduled for deletion on {date} already")
    }))
}

fn delete(place: &Place, observed: &Object) -> Call {
    let window = given(&observed.attributes, "recovery_window_in_days");
    let how = if is_forced(observed) {
        Some(("ForceDeleteWithoutRecovery", Value::bool(true)))
    } else {
        window.map(|days| ("RecoveryWindowInDays", days))
    };
    let input = [("SecretId", secret_id(observed))].into_iter().chain(how);
    Call::change(Service::SecretsManager, "DeleteSecret", &place.region, input)
        .needs("secretsmanager:DeleteSecret", permission_arn(observed))
}

fn is_forced(observed: &Object) -> bool {
    let window = observed.attributes.get("recovery_window_in_days");
    window.and_then(Value::as_i64) == Some(0)
}

/// What is after `DeleteSecret`. Without a recovery window the name is free only when the secret
/// cannot be read any more.
pub fn after(observed: &Object, answer: Option<&Value>) -> Option<Object> {
    let is_awaited = answer.is_some() && is_forced(observed);
    is_awaited.then(|| observed.clone().with_fact(run_facts::FORCED, Value::bool(true)))
}
