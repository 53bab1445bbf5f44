//! The end of a key: it is scheduled, and until the day comes it can be taken back.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, NOTE, Next, Notice, Object, Place, Service, WaitingPeriod};

use super::key_reading::{is_pending_deletion, key_id, role};
use super::key_settings::shown_id;
use super::members::{answered, given, permission_arn};
use super::run_facts;

/// AWS's own waiting period, in days.
const DEFAULT_WINDOW: u16 = 30;

/// The next step towards a key's absence: it is as good as gone once its deletion is scheduled.
pub fn next(place: &Place, observed: &Object) -> Next {
    if is_pending_deletion(observed) {
        return Next::Done;
    }
    if observed.fact("key_state") == Some("Updating") {
        return Next::Wait {
            what: format!("KMS key {} to leave the state Updating", shown_id(observed)),
            at_most: Duration::from_secs(20 * 60),
        };
    }
    let window = given(&observed.attributes, "deletion_window_in_days");
    let members = window.map(|days| ("PendingWindowInDays", days));
    let input = [("KeyId", key_id(observed))].into_iter().chain(members);
    let call = Call::change(Service::Kms, "ScheduleKeyDeletion", &place.region, input);
    Next::Call(Box::new(call.needs("kms:ScheduleKeyDeletion", permission_arn(observed))))
}

/// The key after its deletion was scheduled.
pub fn after(observed: &Object, answer: Option<&Value>) -> Object {
    let state = answer.and_then(|answer| answer.get_str("KeyState")).unwrap_or("PendingDeletion");
    let object = observed.clone().with_fact("key_state", Value::string(state));
    let window = answer.map(|answer| answered(answer, "PendingWindowInDays"));
    let object = match window.filter(|days| !days.is_null()) {
        Some(days) => object.with_fact("pending_window", days),
        None => object,
    };
    let date = answer.map(|answer| answered(answer, "DeletionDate"));
    match date.filter(|date| !date.is_null()) {
        Some(date) => {
            let note = format!("will be deleted on {}", date.as_str().unwrap_or_default());
            object.with_fact("deletion_date", date).with_fact(NOTE, Value::string(note))
        }
        None => {
            let days = waiting_period(&object).days;
            let note = format!("will be deleted {days} days after the last of its replicas");
            object.with_fact(NOTE, Value::string(note))
        }
    }
}

/// How long a key stays after its deletion was scheduled. A key that leads waits for those that
/// follow, and its own days come on top.
pub fn waiting_period(object: &Object) -> WaitingPeriod {
    let is_scheduled = is_pending_deletion(object);
    let scheduled = object.facts.get("pending_window").filter(|_| is_scheduled);
    let days = scheduled.or_else(|| object.attributes.get("deletion_window_in_days"));
    let days = days.and_then(Value::as_i64).and_then(|days| u16::try_from(days).ok());
    let replicas = run_facts::texts(object, "replica_regions");
    let begins_after = match role(object) {
        Some("PRIMARY") => replicas.into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let ends = object.fact("deletion_date").filter(|_| is_scheduled).map(str::to_owned);
    WaitingPeriod { ends, days: days.unwrap_or(DEFAULT_WINDOW), begins_after }
}

/// What the plan says of a key whose deletion is scheduled.
pub fn notice(observed: &Object, is_wanted: bool) -> Option<Notice> {
    let replicas = run_facts::texts(observed, "replica_regions").join(", ");
    let when = match (observed.fact("key_state"), observed.fact("deletion_date")) {
        (Some("PendingReplicaDeletion"), _) => {
            format!("once its replicas ({replicas}) are deleted")
        }
        (_, Some(date)) => format!("on {date}"),
        _ => "soon".to_owned(),
    };
    is_pending_deletion(observed).then(|| {
        Notice::remark(if is_wanted {
            format!("is scheduled for deletion {when}; the deletion will be cancelled")
        } else {
            format!("is scheduled for deletion {when} already")
        })
    })
}
