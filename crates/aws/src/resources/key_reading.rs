//! Reading a key in one Region.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, CREATED_AT, Call, CloudError, ErrorClass, Object, Place, Schema, Service,
};

use super::members::{answered, answered_text, permission_arn};
use super::{promotion, run_facts, spelling};
use crate::arn::Arn;
use crate::tags;

/// States in which a key is on its way out.
const PENDING: [&str; 2] = ["PendingDeletion", "PendingReplicaDeletion"];

/// Whether the key is scheduled for deletion.
pub fn is_pending_deletion(object: &Object) -> bool {
    object.fact("key_state").is_some_and(|state| PENDING.contains(&state))
}

/// `PRIMARY` or `REPLICA`, for a multi-Region key.
pub fn role(object: &Object) -> Option<&str> {
    object.fact("multi_region_key_type")
}

/// What related multi-Region keys share: partition, account and id.
pub fn set_identity(object: &Object) -> Option<String> {
    set_of(object.text("arn")?)
}

/// The same of a key that goes by its ARN.
pub fn set_of(arn: &str) -> Option<String> {
    let arn = Arn::parse(arn).ok()?;
    let id = arn.key_id().filter(|id| id.starts_with("mrk-"))?;
    Some(format!("{}:{}:{id}", arn.partition, arn.account))
}

/// The related key in another Region, with what is the resource's own and not the key's.
pub fn member_at(place: &Place, object: &Object) -> Option<Object> {
    set_identity(object)?;
    let arn = Arn::parse(object.text("arn")?).ok()?;
    let there = Value::string(arn.in_region(&place.region).to_string());
    let has_arn_as_id = object.text("id").is_some_and(|id| id.starts_with("arn:"));
    let id = if has_arn_as_id { there.clone() } else { object.attribute("id") };
    let attributes = object.attributes.clone().with("arn", there).with("id", id);
    Some(Object::new(attributes))
}

/// The name by which what is encrypted under a key knows it: Region and id.
pub fn name_in(region: &str, key: &str) -> String {
    format!("{region}/{}", crate::arn::key_id(key))
}

/// What names the key in a request: its id, or what it was imported by.
pub fn key_id(object: &Object) -> Value {
    let id = object.attribute("key_id");
    if id.is_null() { object.attribute("id") } else { id }
}

/// The calls that read a key. Rotation comes last: keys of imported material have none.
pub fn reads(place: &Place, object: &Object) -> Vec<Call> {
    let arn = permission_arn(object);
    let read = |operation, action, more: Option<(&'static str, Value)>| {
        let input = [("KeyId", key_id(object))].into_iter().chain(more);
        Call::read(Service::Kms, operation, &place.region, input).needs(action, &arn)
    };
    let default = ("PolicyName", Value::string("default"));
    let mut calls = vec![
        read("DescribeKey", "kms:DescribeKey", None),
        read("GetKeyPolicy", "kms:GetKeyPolicy", Some(default)),
        read("ListResourceTags", "kms:ListResourceTags", None),
    ];
    if object.fact("origin").is_none_or(|origin| origin == "AWS_KMS") {
        calls.push(read("GetKeyRotationStatus", "kms:GetKeyRotationStatus", None));
    }
    calls
}

/// What was read of a key.
pub struct Reading {
    /// What all key types share of it is filled in.
    pub object: Object,
    /// The key's metadata.
    pub metadata: Value,
    /// Whether its material is rotated, and how often in days.
    pub rotation: (bool, i64),
}

/// What the answers to [`reads`] say; `None` if there is no such key.
pub fn observe(
    schema: &Schema,
    place: &Place,
    prior: &Object,
    answers: &[Answer],
) -> Result<Option<Reading>, CloudError> {
    let answer = |position: usize| answers.get(position).cloned().unwrap_or_else(|| Ok(absent()));
    let description = match answer(0) {
        Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
        other => other?,
    };
    let (policy, tags) = (answer(1)?, answer(2)?);
    let rotation = match answer(3) {
        Err(error) if error.code == "UnsupportedOperationException" => absent(),
        other => other?,
    };
    let metadata = answered(&description, "KeyMetadata");
    let actual_tags = answered(&tags, "Tags");
    let id = match prior.text("id") {
        Some(arn) if arn.starts_with("arn:") => Value::string(arn),
        _ => answered_text(&metadata, "KeyId"),
    };
    let before = prior.attribute("policy");
    let attributes = with_identity(spelling::base(schema, prior), &metadata)
        .with("id", id)
        .with("description", answered_text(&metadata, "Description"))
        .with("policy", spelling::kept_policy(Some(&before), &answered_text(&policy, "Policy")))
        .with("tags", tags::own(place, &prior.attribute("tags"), &actual_tags))
        .with("tags_all", tags::shown(place, &actual_tags));
    let object = Object { attributes, facts: facts(prior, &metadata).with("tags", actual_tags) };
    let rotates = rotation.get("KeyRotationEnabled").and_then(Value::as_bool) == Some(true);
    let period = rotation.get("RotationPeriodInDays").and_then(Value::as_i64);
    let rotation = (rotates, if rotates { period.unwrap_or(365) } else { 0 });
    Ok(Some(Reading { object, metadata, rotation }))
}

fn absent() -> Value {
    Value::null(Type::Dynamic)
}

/// The attributes with the key's names put in.
pub fn with_identity(attributes: Value, metadata: &Value) -> Value {
    let attributes = attributes
        .with("arn", answered_text(metadata, "Arn"))
        .with("id", answered_text(metadata, "KeyId"));
    // Not every type has it.
    match attributes.get("key_id") {
        Some(_) => attributes.with("key_id", answered_text(metadata, "KeyId")),
        None => attributes,
    }
}

/// Whether the key is enabled. Between two states it is what it was.
pub fn enabled(metadata: &Value, before: Value) -> Value {
    match metadata.get_str("KeyState") {
        Some("Creating" | "Updating" | "Unavailable") if before.as_bool().is_some() => before,
        Some("Enabled" | "Creating" | "Updating" | "Unavailable") => Value::bool(true),
        _ => Value::bool(false),
    }
}

/// What is to be remembered of a key beyond its attributes.
pub fn facts(prior: &Object, metadata: &Value) -> Value {
    let multi_region = answered(metadata, "MultiRegionConfiguration");
    let primary = answered(&multi_region, "PrimaryKey");
    let replicas = answered(&multi_region, "ReplicaKeys");
    let replica_regions = replicas.children().filter_map(|replica| replica.get_str("Region"));
    let facts = [
        ("key_state", answered(metadata, "KeyState")),
        ("deletion_date", answered(metadata, "DeletionDate")),
        ("pending_window", answered(metadata, "PendingDeletionWindowInDays")),
        ("origin", answered(metadata, "Origin")),
        (CREATED_AT, answered(metadata, "CreationDate")),
        ("multi_region_key_type", answered(&multi_region, "MultiRegionKeyType")),
        ("primary_region", answered(&primary, "Region")),
        ("primary_arn", answered(&primary, "Arn")),
        ("replica_regions", run_facts::list(replica_regions)),
    ];
    let known = facts.into_iter().filter(|(_, value)| !value.is_null());
    let all =
        known.fold(run_facts::carried_over(prior), |all, (name, value)| all.with(name, value));
    promotion::settled(all)
}
