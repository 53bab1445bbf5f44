//! Replicas that were made independent outside (`StopReplicationToReplica`): a secret of the same
//! name is in the replica's Region and is no replica any more. It is left alone.

use meridian_lang::{Path, Value};
use meridian_resource::{Answer, CloudError, ErrorClass, Notice, Object, Place, Problem};

use super::members::flag;
use super::run_facts::{self, ASKED};
use super::secret_reading::LEAVING;
use super::secret_replicas;

/// Regions that had a replica and are to be looked at. It holds for one reading.
pub const LOOKING: &str = "run_looking";
/// Regions whose replica has become a secret of its own.
pub const INDEPENDENT: &str = "independent_regions";

/// The Regions to look at.
pub fn looked_at(object: &Object) -> Vec<&str> {
    run_facts::texts(object, LOOKING)
}

/// The secret as it was read, with what is to be looked at next, or with what was seen there.
pub fn noted(
    place: &Place,
    prior: &Object,
    object: Object,
    seen: &[(String, Answer)],
) -> Result<Object, CloudError> {
    if looked_at(prior).is_empty() {
        let missing = missing(prior, &object);
        return Ok(if missing.is_empty() {
            object.with_fact(INDEPENDENT, run_facts::list::<&str>([]))
        } else {
            object.with_fact(LOOKING, run_facts::list(missing))
        });
    }
    let mut independent = Vec::new();
    for (region, answer) in seen {
        match answer {
            Ok(found) if found.get_str("PrimaryRegion") != Some(&place.region) => {
                independent.push(region);
            }
            Ok(_) => {}
            Err(error) if error.class == ErrorClass::NotFound => {}
            Err(error) => return Err(error.clone()),
        }
    }
    Ok(object.with_fact(INDEPENDENT, run_facts::list(independent)))
}

/// Regions that had a replica by our own doing and have none that the secret knows of.
fn missing(prior: &Object, object: &Object) -> Vec<String> {
    let leaving = run_facts::texts(prior, LEAVING);
    let mut missing: Vec<String> = run_facts::texts(prior, ASKED)
        .into_iter()
        .filter(|region| secret_replicas::in_region(&object.attributes, region).is_none())
        .filter(|region| !leaving.contains(region))
        .map(str::to_owned)
        .collect();
    missing.sort();
    missing
}

/// The Regions in which nothing is replicated, because what is there is a secret of its own.
pub fn left_alone<'a>(observed: &'a Object, wanted: &Value) -> Vec<&'a str> {
    if flag(wanted, "force_overwrite_replica_secret") {
        return Vec::new();
    }
    run_facts::texts(observed, INDEPENDENT)
}

/// What is planned without the replicas that are left alone.
pub fn without_left_alone(prior: &Object, planned: Value) -> Value {
    let alone = left_alone(prior, &planned);
    if alone.is_empty() || !planned.get("replica").is_some_and(Value::is_known) {
        return planned;
    }
    let stays =
        |replica: &&Value| replica.get_str("region").is_none_or(|region| !alone.contains(&region));
    let replicas: Vec<Value> = secret_replicas::all(&planned).filter(stays).cloned().collect();
    planned.with("replica", secret_replicas::set(replicas))
}

/// What the user should know of replicas that went their own way, with the three choices.
pub fn notices(observed: &Object, config: &Value) -> Vec<Notice> {
    let name = observed.text("name").unwrap_or("the secret");
    let mut alone = left_alone(observed, config);
    alone.retain(|region| secret_replicas::in_region(config, region).is_some());
    let warning = |region: &&str| {
        let problem = Problem::new(
            format!("the replica of {name} in {region} is a secret of its own now"),
            format!(
                "Its replication was stopped outside (StopReplicationToReplica), as it is done to \
                 write in {region} while the secret's own Region is lost. It is left as it is."
            ),
        );
        let help = format!(
            "Choose one:\n\
             \x20 keep it independent: remove the replica block of {region}, and import it as an \
             aws_secretsmanager_secret if it is to be managed;\n\
             \x20 make it a replica again and lose its own value: set \
             force_overwrite_replica_secret = true;\n\
             \x20 keep its value and this replication: copy the value into {name}, delete the \
             secret in {region} (aws secretsmanager delete-secret --region {region} --secret-id \
             {name} --force-delete-without-recovery), and apply again."
        );
        Notice::warning(problem.at(Path::attribute("replica")).help(help))
    };
    alone.iter().map(warning).collect()
}
