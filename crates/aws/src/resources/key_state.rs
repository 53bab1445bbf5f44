//! What a key's state means for what can be done to it (AWS KMS developer guide, "Key states of
//! AWS KMS keys"): what is taken back, waited for, or refused with a reason.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, Next, Notice, Object, Place, Problem, Service};

use super::key_reading::{is_pending_deletion, key_id};
use super::key_settings::shown_id;
use super::members::permission_arn;
use super::{key_deletion, promotion};

/// AWS mostly needs seconds, at times ten minutes.
const PASSING: Duration = Duration::from_secs(20 * 60);

/// What the state of a wanted key asks for before anything else: the end of its deletion, or
/// patience.
pub fn first(place: &Place, observed: &Object) -> Option<Next> {
    match observed.fact("key_state") {
        Some("PendingImport") => Some(Next::Fail(Box::new(without_material(place, observed)))),
        _ => settled(place, observed, "to be Enabled"),
    }
}

/// The same for a key of imported material, which may wait for that. `what` is what a new replica
/// is waited for.
pub fn settled(place: &Place, observed: &Object, what: &str) -> Option<Next> {
    if is_pending_deletion(observed) {
        return Some(Next::Call(Box::new(cancellation(place, observed))));
    }
    (observed.fact("key_state") == Some("Creating")).then(|| wait(place, observed, what))
}

/// The wait for a key between two states.
pub fn wait(place: &Place, observed: &Object, what: &str) -> Next {
    let kind = match observed.fact("multi_region_key_type") {
        Some("REPLICA") => "replica key",
        _ => "KMS key",
    };
    let what = format!("{kind} {} in {} {what}", shown_id(observed), place.region);
    Next::Wait { what, at_most: PASSING }
}

/// A key that has no material to do anything with.
fn without_material(place: &Place, observed: &Object) -> Problem {
    let (id, region) = (shown_id(observed), &place.region);
    Problem::new(
        format!("KMS key {id} in {region} waits for its key material"),
        "It is PendingImport: its material is imported, and AWS copies imported material to no \
         other Region.",
    )
    .help(
        "Manage it as aws_kms_external_key, or as aws_kms_replica_external_key if it is a replica: \
         these import the material.",
    )
}

/// What the plan says beside the attributes of a key that is there: of its deletion, of its role
/// among related keys, and of a store that cannot be reached.
pub fn notices(place: &Place, before: &Object, config: Option<&Value>) -> Vec<Notice> {
    let deletion = key_deletion::notice(before, config.is_some());
    let promotion = config.and_then(|_| promotion::notice(place, before));
    let unavailable = config.and_then(|_| unavailable(place, before));
    let unavailable = unavailable.map(Notice::warning);
    [deletion, promotion, unavailable].into_iter().flatten().collect()
}

/// A key whose store cannot be reached.
pub fn unavailable(place: &Place, observed: &Object) -> Option<Problem> {
    let (id, region) = (shown_id(observed), &place.region);
    (observed.fact("key_state") == Some("Unavailable")).then(|| {
        Problem::new(
            format!("KMS key {id} in {region} is Unavailable"),
            "Its custom key store is not connected: nothing can be encrypted or decrypted with it \
             until it is.",
        )
        .help("Connect the store: aws kms connect-custom-key-store. The key itself is as it was.")
    })
}

/// The call that takes a scheduled deletion back.
fn cancellation(place: &Place, observed: &Object) -> Call {
    let input = [("KeyId", key_id(observed))];
    Call::change(Service::Kms, "CancelKeyDeletion", &place.region, input)
        .needs("kms:CancelKeyDeletion", permission_arn(observed))
}

#[cfg(test)]
mod tests;
