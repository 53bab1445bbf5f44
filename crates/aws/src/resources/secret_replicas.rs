//! A secret's replicas in other Regions: which there are, which are wanted, and the way between.

use std::collections::BTreeSet;
use std::time::Duration;

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Attribute, Call, NestedBlock, Nesting, Next, Notice, Object, Place, Problem, Schema, Service,
};

use super::members::{answered, answered_text, flag, given, permission_arn};
use super::run_facts::{self, REPLICATED};
use super::secret_reading::{LEAVING, replica_id, same_key, secret_id};
use super::{secret_encryption, secret_independence};

/// Copying and removing mostly take a minute or two.
const REPLICATION: Duration = Duration::from_secs(20 * 60);

/// The `replica` block.
pub fn block() -> NestedBlock {
    NestedBlock {
        name: "replica",
        nesting: Nesting::Set,
        max: 0,
        schema: schema(),
        key: Some("region"),
        settings: false,
    }
}

fn schema() -> Schema {
    Schema {
        version: 0,
        attributes: vec![
            Attribute::optional_computed("kms_key_id", Type::String).equivalent(same_key),
            Attribute::computed("last_accessed_date", Type::String).volatile(),
            Attribute::required("region", Type::String),
            Attribute::computed("status", Type::String).volatile(),
            Attribute::computed("status_message", Type::String).volatile(),
        ],
        blocks: Vec::new(),
    }
}

/// A set of replicas.
pub fn set(replicas: impl IntoIterator<Item = Value>) -> Value {
    Value::set(schema().ty(), replicas)
}

/// The replicas in an object's attributes or in what is wanted.
pub fn all(attributes: &Value) -> impl Iterator<Item = &Value> {
    attributes.get("replica").into_iter().flat_map(Value::children)
}

/// The replica in that Region.
pub fn in_region<'a>(attributes: &'a Value, region: &str) -> Option<&'a Value> {
    all(attributes).find(|replica| replica.get_str("region") == Some(region))
}

/// The Regions in which a new replica takes the place of whatever secret has the same name.
pub fn overwriting(before: Option<&Object>, config: &Value) -> Option<Notice> {
    if !flag(config, "force_overwrite_replica_secret") {
        return None;
    }
    // A replica that failed never came to be: another secret may be in its place.
    let is_there = |region: &str| {
        let replica = before.and_then(|before| in_region(&before.attributes, region));
        replica.is_some_and(|replica| replica.get_str("status") != Some("Failed"))
    };
    let regions: BTreeSet<&str> = all(config)
        .filter_map(|replica| replica.get_str("region"))
        .filter(|region| !is_there(region))
        .collect();
    if regions.is_empty() {
        return None;
    }
    let places = regions.into_iter().collect::<Vec<_>>().join(", ");
    let problem = Problem::new(
        format!("overwrites any secret of the same name in {places}"),
        "force_overwrite_replica_secret is set: the new replica takes the place of a secret that \
         has its name there, and that secret's values are lost.",
    );
    Some(Notice::warning(problem.at(Path::attribute("force_overwrite_replica_secret"))))
}

/// The replicas that AWS reports; keys keep the spelling of `prior` where it means the same.
pub fn observed(prior: &Object, answer: &Value) -> Value {
    let reported = answer.get("ReplicationStatus");
    let reported = reported.into_iter().flat_map(Value::children);
    set(reported.map(|entry| {
        let before = in_region(&prior.attributes, entry.get_str("Region").unwrap_or_default());
        let key = answered_text(entry, "KmsKeyId");
        let key = match before.and_then(|before| before.get("kms_key_id")) {
            Some(before) if before.as_str().is_some() && same_key(before, &key) => before.clone(),
            _ => key,
        };
        Value::object([
            ("kms_key_id", key),
            ("last_accessed_date", answered_text(entry, "LastAccessedDate")),
            ("region", answered_text(entry, "Region")),
            ("status", answered_text(entry, "Status")),
            ("status_message", answered_text(entry, "StatusMessage")),
        ])
    }))
}

/// A replica as `ReplicateSecretToRegions` and `CreateSecret` want it.
pub fn request(replica: &Value) -> Value {
    let region = ("Region", answered(replica, "region"));
    // Known only afterwards means that AWS's own key is used.
    let key = given(replica, "kms_key_id").filter(|key| key.is_known() && key.as_str() != Some(""));
    Value::object([region].into_iter().chain(key.map(|key| ("KmsKeyId", key))))
}

/// The next change of the replicas. Waiting for them is [`settling`]'s part.
pub fn next(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    wanted.get("replica").filter(|replicas| replicas.is_known())?;
    removal(place, observed, wanted)
        .or_else(|| addition(place, observed, wanted))
        .or_else(|| rekeying(observed, wanted))
}

fn regions(attributes: &Value) -> impl Iterator<Item = &str> {
    all(attributes).filter_map(|replica| replica.get_str("region"))
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
    let keys: Vec<(String, String)> = due
        .iter()
        .filter_map(|replica| {
            let key = replica.get_str("KmsKeyId")?;
            Some((replica.get_str("Region")?.to_owned(), key.to_owned()))
        })
        .collect();
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

/// The call with what replicas need of their own keys, in their own Regions.
pub fn with_key_permissions(mut call: Call, keys: Vec<(String, String)>) -> Call {
    for (region, key) in keys {
        for action in ["kms:GenerateDataKey", "kms:Encrypt"] {
            call.permissions.push(meridian_resource::Permission {
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

fn region_of(replica: &Value) -> &str {
    replica.get_str("region").unwrap_or_default()
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
    .at(meridian_lang::Path::attribute("replica"))
    .help(help)
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
                (Some(answer), _) => object.with("replica", self::observed(&start, answer)),
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

/// The planned replicas: what failed is to be mended, and what AWS reports anew is unknown.
pub fn plan(prior: &Object, planned: Value) -> Value {
    let Some(replicas) = planned.get("replica").filter(|replicas| replicas.is_known()) else {
        return planned;
    };
    let before: Vec<&str> = regions(&prior.attributes).collect();
    let after: Vec<&str> = regions(&planned).collect();
    let is_changed = before.iter().any(|region| !after.contains(region))
        || after.iter().any(|region| !before.contains(region));
    let unknown = || Value::unknown(Type::String);
    let replicas = replicas.children().map(|replica| {
        let mut replica = replica.clone();
        if replica.get_str("status") == Some("Failed") {
            replica = replica.with("status", unknown()).with("status_message", unknown());
        }
        if is_changed && replica.get_str("last_accessed_date") == Some("") {
            replica = replica.with("last_accessed_date", unknown());
        }
        replica
    });
    let replicas = set(replicas.collect::<Vec<_>>());
    planned.with("replica", replicas)
}

/// The replicas that the configuration never asked for: without any replica block they stay.
pub fn of_others(prior: &Object) -> Value {
    let asked = run_facts::texts(prior, run_facts::ASKED);
    let others = all(&prior.attributes)
        .filter(|replica| replica.get_str("region").is_none_or(|region| !asked.contains(&region)));
    set(others.cloned().collect::<Vec<_>>())
}

/// Notes for which Regions the configuration asks, by a call that adds or removes them.
pub fn note_asked(object: Object, call: &Call) -> Object {
    let mut asked: Vec<String> =
        run_facts::texts(&object, run_facts::ASKED).into_iter().map(str::to_owned).collect();
    let member = |name: &str| call.input.get(name).into_iter().flat_map(Value::children);
    let added = member("AddReplicaRegions").filter_map(|replica| replica.get_str("Region"));
    asked.extend(added.map(str::to_owned));
    let removed: Vec<&str> = member("RemoveReplicaRegions").filter_map(Value::as_str).collect();
    asked.retain(|region| !removed.contains(&region.as_str()));
    asked.sort();
    asked.dedup();
    object.with_fact(run_facts::ASKED, run_facts::list(asked))
}

/// The object, to whose replicas a configuration of Terraform had led.
pub fn all_asked(object: Object) -> Object {
    let asked = run_facts::list(regions(&object.attributes));
    object.with_fact(run_facts::ASKED, asked)
}
