//! A secret's replicas in other Regions: which there are, which are wanted, and the way between.

mod calls;
mod settling;

use std::collections::BTreeSet;

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, NestedBlock, Nesting, Notice, Object, Problem, Schema};

use super::members::{answered_text, flag};
use super::run_facts;
use super::secret_reading::same_key;

pub use calls::{after, keys, next, on_key, remove, request, with_key_permissions};
pub use settling::{settling, vanishing};

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

fn regions(attributes: &Value) -> impl Iterator<Item = &str> {
    all(attributes).filter_map(|replica| replica.get_str("region"))
}

fn region_of(replica: &Value) -> &str {
    replica.get_str("region").unwrap_or_default()
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
