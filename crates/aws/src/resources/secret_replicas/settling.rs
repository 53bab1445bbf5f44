//! What remains once no call is left to do: waiting for replicas, and those that failed.

use std::time::Duration;

use meridian_lang::{Path, Value};
use meridian_resource::{Next, Object, Place, Problem};

use super::{all, in_region, region_of};
use crate::resources::run_facts;
use crate::resources::secret_reading::LEAVING;

/// Copying and removing mostly take a minute or two.
const REPLICATION: Duration = Duration::from_secs(20 * 60);

/// What remains once nothing is to be called: replicas that vanish or are being copied, and
/// those that failed.
pub fn settling(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    if let Some(wait) = vanishing(observed) {
        return Some(wait);
    }
    if let Some(failed) = with_status(observed, wanted, "Failed") {
        return Some(Next::Fail(Box::new(failure(place, observed, failed))));
    }
    let copying = with_status(observed, wanted, "InProgress")?;
    Some(Next::Wait {
        what: format!("replication of {} to {}", shown_name(observed), region_of(copying)),
        at_most: REPLICATION,
    })
}

/// The wait for removed replicas to be gone, if there are any.
pub fn vanishing(observed: &Object) -> Option<Next> {
    let leaving = run_facts::texts(observed, LEAVING);
    (!leaving.is_empty()).then(|| Next::Wait {
        what: format!(
            "the replica of {} in {} to be gone",
            shown_name(observed),
            leaving.join(", ")
        ),
        at_most: REPLICATION,
    })
}

fn with_status<'a>(observed: &'a Object, wanted: &Value, status: &str) -> Option<&'a Value> {
    let is_wanted = |replica: &&Value| {
        let all_are = wanted.get("replica").is_none_or(|replicas| !replicas.is_known());
        all_are || in_region(wanted, region_of(replica)).is_some()
    };
    all(&observed.attributes)
        .filter(is_wanted)
        .find(|replica| replica.get_str("status") == Some(status))
}

fn shown_name(observed: &Object) -> &str {
    observed.text("name").unwrap_or("the secret")
}

fn failure(place: &Place, observed: &Object, replica: &Value) -> Problem {
    let region = region_of(replica);
    let message = replica.get_str("status_message").unwrap_or_default();
    let name = shown_name(observed);
    let cause = message.to_lowercase();
    let help = if cause.contains("different arn") {
        format!(
            "A former replica is in the way. In {region} make it independent and delete it, then \
             apply again:\n\
             \x20 aws secretsmanager stop-replication-to-replica --region {region} --secret-id {name}\n\
             \x20 aws secretsmanager delete-secret --region {region} --secret-id {name}"
        )
    } else if cause.contains("already exists") {
        format!(
            "Rename or delete that secret in {region}, or set force_overwrite_replica_secret = \
             true to have it overwritten: its value is lost then."
        )
    } else if cause.contains("kms") || cause.contains("key") || cause.contains("crypt") {
        format!(
            "The replica's key must be in {region}, be Enabled, and its policy must let you use it \
             through secretsmanager.{region}.amazonaws.com (kms:GenerateDataKey, kms:Encrypt); \
             the secret's own key in {} must allow kms:Decrypt.",
            place.region
        )
    } else {
        "Apply again to try once more.".to_owned()
    };
    Problem::new(
        format!("replication of {name} to {region} failed"),
        format!("AWS says: {message}"),
    )
    .at(Path::attribute("replica"))
    .help(help)
}
