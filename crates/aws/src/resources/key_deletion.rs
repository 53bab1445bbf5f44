//! The end of a key: it is scheduled, and until the day comes it can be taken back.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, NOTE, Next, Notice, Object, Place, Service};

use super::key_reading::{is_pending_deletion, key_id, role};
use super::key_settings::shown_id;
use super::members::{answered, given, permission_arn};
use super::run_facts;

/// AWS's own waiting period, in days.
const DEFAULT_WINDOW: i64 = 30;

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
    let date = answer.map(|answer| answered(answer, "DeletionDate"));
    match date.filter(|date| !date.is_null()) {
        Some(date) => {
            let note = format!("will be deleted on {}", date.as_str().unwrap_or_default());
            object.with_fact("deletion_date", date).with_fact(NOTE, Value::string(note))
        }
        None => {
            let window = answer.and_then(|answer| answer.get("PendingWindowInDays")?.as_i64());
            let window =
                window.map_or("its waiting period".to_owned(), |days| format!("{days} days"));
            let note = format!("will be deleted {window} after the last of its replicas");
            object.with_fact(NOTE, Value::string(note))
        }
    }
}

/// What the plan says of the deletion of a key: of one that is scheduled and must not happen, and
/// of when one that is to happen will.
pub fn notice(observed: &Object, is_wanted: bool) -> Option<Notice> {
    let replicas = run_facts::texts(observed, "replica_regions").join(", ");
    let when = match (observed.fact("key_state"), observed.fact("deletion_date")) {
        (Some("PendingReplicaDeletion"), _) => {
            format!("once its replicas ({replicas}) are deleted")
        }
        (_, Some(date)) => format!("on {date}"),
        _ => "soon".to_owned(),
    };
    if is_pending_deletion(observed) {
        return Some(Notice::remark(if is_wanted {
            format!("is scheduled for deletion {when}; the deletion will be cancelled")
        } else {
            format!("is scheduled for deletion {when} already")
        }));
    }
    // A key that leads waits for those that follow, and its own days come on top.
    let leads = !is_wanted && role(observed) == Some("PRIMARY") && !replicas.is_empty();
    let window = observed.attributes.get("deletion_window_in_days").and_then(Value::as_i64);
    let window = window.unwrap_or(DEFAULT_WINDOW);
    leads.then(|| {
        Notice::remark(format!(
            "will be deleted {window} days after the last of its replicas ({replicas}) is gone"
        ))
    })
}
