//! The calls that add, remove and re-key replicas, and what there is after them.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Next, Object, Permission, Place, Service};

use super::{all, in_region, observed as reported, region_of, regions, set};
use crate::resources::members::{answered, flag, given, permission_arn};
use crate::resources::run_facts::{self, REPLICATED};
use crate::resources::secret_reading::{LEAVING, replica_id, same_key, secret_id};
use crate::resources::{secret_encryption, secret_independence};

/// A replica as `ReplicateSecretToRegions` and `CreateSecret` want it.
pub fn request(replica: &Value) -> Value {
    let region = ("Region", answered(replica, "region"));
    // Known only afterwards means that AWS's own key is used.
    let key = given(replica, "kms_key_id").filter(|key| key.is_known() && key.as_str() != Some(""));
    Value::object([region].into_iter().chain(key.map(|key| ("KmsKeyId", key))))
}

/// The next change of the replicas. Waiting for them is [`settling`](super::settling())'s part.
pub fn next(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    wanted.get("replica").filter(|replicas| replicas.is_known())?;
    removal(place, observed, wanted)
        .or_else(|| addition(place, observed, wanted))
        .or_else(|| rekeying(observed, wanted))
}

fn removal(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let superfluous =
        regions(&observed.attributes).filter(|region| in_region(wanted, region).is_none());
    remove(place, observed, superfluous.collect())
}

/// The call that removes the replicas in these Regions, if there are any.
pub fn remove(place: &Place, observed: &Object, regions: Vec<&str>) -> Option<Next> {
    if regions.is_empty() {
        return None;
    }
    let input =
        [("SecretId", secret_id(observed)), ("RemoveReplicaRegions", run_facts::list(regions))];
    let operation = "RemoveRegionsFromReplication";
    let call = Call::change(Service::SecretsManager, operation, &place.region, input);
    Some(Next::Call(Box::new(
        call.needs("secretsmanager:RemoveRegionsFromReplication", permission_arn(observed)),
    )))
}

/// Adds replicas that are missing, and tries once in a run again those that failed before.
fn addition(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let leaving = run_facts::texts(observed, LEAVING);
    let tried = run_facts::texts(observed, REPLICATED);
    let alone = secret_independence::left_alone(observed, wanted);
    let is_due = |replica: &&Value| {
        let Some(region) = replica.get_str("region") else {
            // A Region that is unknown while planning; it is known once this was carried out.
            return !all(&observed.attributes).any(|other| other == *replica);
        };
        match in_region(&observed.attributes, region) {
            None => !leaving.contains(&region) && !alone.contains(&region),
            Some(there) => there.get_str("status") == Some("Failed") && !tried.contains(&region),
        }
    };
    let due: Vec<Value> = all(wanted).filter(is_due).map(request).collect();
    if due.is_empty() {
        return None;
    }
    let keys = keys(&due);
    let mut input =
        vec![("SecretId", secret_id(observed)), ("AddReplicaRegions", Value::tuple(due))];
    if flag(wanted, "force_overwrite_replica_secret") {
        input.push(("ForceOverwriteReplicaSecret", Value::bool(true)));
    }
    let operation = "ReplicateSecretToRegions";
    let call = Call::change(Service::SecretsManager, operation, &place.region, input)
        .needs("secretsmanager:ReplicateSecretToRegions", permission_arn(observed));
    let primary_key = observed.text("kms_key_id").filter(|key| !key.is_empty());
    let call = match primary_key {
        Some(key) => call.needs("kms:Decrypt", on_key(key)),
        None => call,
    };
    Some(Next::Call(Box::new(with_key_permissions(call, keys))))
}

/// The ARN on which a permission for a key is needed.
pub fn on_key(key: &str) -> &str {
    if key.starts_with("arn:") { key } else { "*" }
}

/// The Region and the key of each requested replica that names a key.
pub fn keys(requested: &[Value]) -> Vec<(String, String)> {
    let key = |replica: &Value| {
        let key = replica.get_str("KmsKeyId")?;
        Some((replica.get_str("Region")?.to_owned(), key.to_owned()))
    };
    requested.iter().filter_map(key).collect()
}

/// The call with what replicas need of their own keys, in their own Regions.
pub fn with_key_permissions(mut call: Call, keys: Vec<(String, String)>) -> Call {
    for (region, key) in keys {
        for action in ["kms:GenerateDataKey", "kms:Encrypt"] {
            call.permissions.push(Permission {
                action,
                resource: on_key(&key).to_owned(),
                region: region.clone(),
            });
        }
    }
    call
}

/// A replica's key is the one thing that is changed at the replica itself.
fn rekeying(observed: &Object, wanted: &Value) -> Option<Next> {
    let tried = run_facts::texts(observed, REPLICATED);
    let (region, key) = all(wanted).find_map(|replica| {
        let region = replica.get_str("region")?;
        let there = in_region(&observed.attributes, region)?;
        let key = given(replica, "kms_key_id").filter(|key| key.as_str() != Some(""))?;
        // A key that is left to AWS is no other key than the one it has chosen.
        let is_open = !key.is_known() && (tried.contains(&region) || has_key(there));
        let is_so = same_key(&answered(there, "kms_key_id"), &key);
        let is_failed = there.get_str("status") == Some("Failed");
        (!is_open && !is_so && !is_failed).then_some((region, key))
    })?;
    let id = replica_id(observed, region);
    let on_secret = id.as_str().unwrap_or("*").to_owned();
    let on_key = on_key(key.as_str().unwrap_or("*")).to_owned();
    let input = [("SecretId", id), ("KmsKeyId", key)];
    let call = Call::change(Service::SecretsManager, "UpdateSecret", region, input)
        .needs("secretsmanager:UpdateSecret", on_secret)
        .needs("kms:GenerateDataKey", on_key.clone())
        .needs("kms:Encrypt", on_key);
    Some(Next::Call(Box::new(call)))
}

fn has_key(replica: &Value) -> bool {
    replica.get_str("kms_key_id").is_some_and(|key| !key.is_empty())
}

/// The secret after one of the calls of [`next`] or [`remove`]; `None` for other calls.
pub fn after(
    observed: &Object,
    wanted: Option<&Value>,
    call: &Call,
    answer: Option<&Value>,
) -> Option<Object> {
    let names = |member: &str| -> Vec<String> {
        let listed = call.input.get(member).into_iter().flat_map(Value::children);
        let name = |entry: &Value| entry.as_str().or(entry.get_str("Region")).map(str::to_owned);
        listed.filter_map(name).collect()
    };
    match call.operation {
        "RemoveRegionsFromReplication" => {
            let gone = names("RemoveReplicaRegions");
            let stays = |replica: &&Value| gone.iter().all(|gone| gone != region_of(replica));
            let left = set(all(&observed.attributes).filter(stays).cloned());
            let object = observed.clone().with("replica", left);
            // What can be expected is that they are gone.
            if answer.is_none() {
                return Some(object);
            }
            let leaving = run_facts::texts(observed, LEAVING).into_iter();
            let leaving = leaving.map(str::to_owned).chain(gone);
            Some(object.with_fact(LEAVING, run_facts::list(leaving)))
        }
        "ReplicateSecretToRegions" => {
            let tried = run_facts::texts(observed, REPLICATED).into_iter();
            let tried = tried.map(str::to_owned).chain(names("AddReplicaRegions"));
            let object = observed.clone().with_fact(REPLICATED, run_facts::list(tried));
            let start = Object::new(wanted.cloned().unwrap_or_else(|| Value::null(Type::Dynamic)));
            Some(match (answer, wanted) {
                (Some(answer), _) => object.with("replica", reported(&start, answer)),
                (None, Some(wanted)) => object.with("replica", expected(observed, wanted)),
                (None, None) => object,
            })
        }
        "UpdateSecret" if call.input.get("Description").is_none() => {
            let region = &call.region;
            in_region(&observed.attributes, region)?;
            let key = answered(&call.input, "KmsKeyId");
            let rekeyed = all(&observed.attributes).map(|replica| {
                if region_of(replica) == region {
                    replica.clone().with("kms_key_id", key.clone())
                } else {
                    replica.clone()
                }
            });
            let object = observed.clone().with("replica", set(rekeyed));
            Some(secret_encryption::after(object, call, answer))
        }
        _ => None,
    }
}

/// The replicas once those wanted are added.
fn expected(observed: &Object, wanted: &Value) -> Value {
    let is_healthy = |replica: &&Value| replica.get_str("status") != Some("Failed");
    set(all(wanted).map(|replica| {
        let there =
            replica.get_str("region").and_then(|region| in_region(&observed.attributes, region));
        let there = there.filter(is_healthy);
        match there {
            Some(there) => there.clone(),
            None => replica.clone(),
        }
    }))
}
