//! The end of a key: it is scheduled, and until the day comes it can be taken back.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, NOTE, Next, Object, Place, Problem, Service};

use super::key_reading::{is_pending_deletion, key_id};
use super::key_settings::shown_id;
use super::members::{answered, given, permission_arn};
use super::run_facts;

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

/// A key that is wanted but scheduled for deletion.
pub fn problem(place: &Place, observed: &Object) -> Problem {
    let id = shown_id(observed);
    let region = &place.region;
    let detail = match (observed.fact("key_state"), observed.fact("deletion_date")) {
        (Some("PendingReplicaDeletion"), _) => {
            let window = observed.facts.get("pending_window").and_then(Value::as_i64);
            let window =
                window.map_or("the waiting period".to_owned(), |days| format!("{days} days"));
            let replicas = run_facts::texts(observed, "replica_regions").join(", ");
            format!(
                "It waits until its replicas ({replicas}) are deleted; AWS deletes it {window} \
                 after the last of them."
            )
        }
        (_, Some(date)) => format!(
            "AWS will delete it in {region} on {date}. Until then nothing can be encrypted or \
             decrypted with it, and afterwards never again."
        ),
        _ => format!("AWS will delete it in {region} when its waiting period is over."),
    };
    Problem::new(format!("KMS key {id} is scheduled for deletion"), detail).help(format!(
        "To keep it, cancel the deletion, enable it and plan again:\n\
         \x20 aws kms cancel-key-deletion --region {region} --key-id {id}\n\
         \x20 aws kms enable-key --region {region} --key-id {id}\n\
         Otherwise take its block out of the configuration, or wait until that date."
    ))
}
