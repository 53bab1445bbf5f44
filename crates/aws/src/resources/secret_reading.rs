//! Reading a secret, and its replicas where they are about to vanish.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, CREATED_AT, Call, CloudError, ErrorClass, Object, Place, Schema, Service,
};

use super::members::{answered, answered_text, permission_arn};
use super::{
    generated_name, run_facts, secret_encryption, secret_independence, secret_replicas, spelling,
};
use crate::arn::Arn;
use crate::tags;

/// The fact that lists the Regions whose replica was removed and may still be there.
pub const LEAVING: &str = "leaving_regions";
/// The fact that holds the day of a secret's deletion.
pub const DELETION_DATE: &str = "deletion_date";

/// The key that encrypts what names no key.
pub const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// What names the secret in a request.
pub fn secret_id(object: &Object) -> Value {
    let arn = object.attribute("arn");
    if arn.is_null() { object.attribute("id") } else { arn }
}

/// What names the secret's replica in its own Region.
pub fn replica_id(object: &Object, region: &str) -> Value {
    let arn = object.text("arn").or(object.text("id"));
    match arn.map(Arn::parse) {
        Some(Ok(arn)) => Value::string(arn.in_region(region).to_string()),
        _ => secret_id(object),
    }
}

/// The calls that read a secret.
pub fn reads(place: &Place, object: &Object) -> Vec<Call> {
    let describe = |region: &str, id: Value| {
        let arn = id.as_str().filter(|id| id.starts_with("arn:"));
        let arn = arn.unwrap_or("*").to_owned();
        let input = [("SecretId", id)];
        Call::read(Service::SecretsManager, "DescribeSecret", region, input)
            .needs("secretsmanager:DescribeSecret", arn)
    };
    let policy = Call::read(
        Service::SecretsManager,
        "GetResourcePolicy",
        &place.region,
        [("SecretId", secret_id(object))],
    );
    let mut calls = vec![
        describe(&place.region, secret_id(object)),
        policy.needs("secretsmanager:GetResourcePolicy", permission_arn(object)),
    ];
    // Regions that a replica is leaving, and then those in which one may have become independent.
    let elsewhere = run_facts::texts(object, LEAVING).into_iter();
    let elsewhere = elsewhere.chain(secret_independence::looked_at(object));
    calls.extend(elsewhere.map(|region| describe(region, replica_id(object, region))));
    let listed = secret_encryption::listed_regions(place, object);
    calls.extend(listed.iter().map(|region| secret_encryption::list(place, object, region)));
    calls
}

/// Whether the secret is scheduled for deletion.
pub fn is_scheduled(object: &Object) -> bool {
    object.fact(DELETION_DATE).is_some()
}

/// What the answers to [`reads`] say; `None` if the secret is gone.
pub fn observe(
    schema: &Schema,
    place: &Place,
    prior: &Object,
    answers: &[Answer],
) -> Result<Option<Object>, CloudError> {
    let answer = |position: usize| match answers.get(position) {
        Some(answer) => answer.clone(),
        None => Ok(Value::null(Type::Dynamic)),
    };
    let description = match answer(0) {
        Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
        other => other?,
    };
    let deleted = answered(&description, "DeletedDate");
    let is_scheduled = !deleted.is_null();
    if is_scheduled && run_facts::holds(prior, run_facts::FORCED) {
        return Ok(Some(prior.clone().with_fact(DELETION_DATE, deleted)));
    }
    // The policy of a secret that is scheduled for deletion cannot be read.
    let policy = match answer(1) {
        Err(_) if is_scheduled => Value::object([("ResourcePolicy", prior.attribute("policy"))]),
        other => other?,
    };
    let mut position = 1;
    let mut next_answers = |regions: Vec<String>| -> Vec<(String, Answer)> {
        let each = regions.into_iter().map(|region| {
            position += 1;
            (region, answer(position))
        });
        each.collect()
    };
    let owned = |regions: Vec<&str>| regions.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let left = next_answers(owned(run_facts::texts(prior, LEAVING)));
    let seen = next_answers(owned(secret_independence::looked_at(prior)));
    let lists = next_answers(secret_encryption::listed_regions(place, prior));
    let mut leaving = Vec::new();
    for (region, answer) in left {
        match answer {
            Err(error) if error.class == ErrorClass::NotFound => {}
            other => {
                other?;
                leaving.push(region);
            }
        }
    }
    let actual_tags = answered(&description, "Tags");
    let actual_tags =
        if actual_tags.is_null() { Value::map::<&str>(Type::String, []) } else { actual_tags };
    let name = description.get_str("Name").unwrap_or_default();
    let prefix = prior.text("name_prefix").unwrap_or_else(|| generated_name::prefix(name));
    let before = prior.attribute("policy");
    let policy = answered_text(&policy, "ResourcePolicy");
    let key = kept_key(&prior.attribute("kms_key_id"), &description);
    let attributes = spelling::base(schema, prior)
        .with("arn", answered_text(&description, "ARN"))
        .with("id", answered_text(&description, "ARN"))
        .with("name", Value::string(name))
        .with("name_prefix", Value::string(prefix))
        .with("description", answered_text(&description, "Description"))
        .with("kms_key_id", key)
        .with("policy", spelling::kept_policy(Some(&before), &policy))
        .with("replica", secret_replicas::observed(prior, &description))
        .with("tags", tags::own(place, &prior.attribute("tags"), &actual_tags))
        .with("tags_all", tags::shown(place, &actual_tags));
    let mut facts = run_facts::carried_over(prior)
        .with("tags", actual_tags)
        .with(CREATED_AT, answered(&description, "CreatedDate"));
    if !leaving.is_empty() {
        facts = facts.with(LEAVING, run_facts::list(leaving));
    }
    if is_scheduled {
        facts = facts.with(DELETION_DATE, deleted);
        return Ok(Some(Object { attributes, facts }));
    }
    let object = Object { attributes, facts };
    let object = secret_independence::noted(place, prior, object, &seen)?;
    secret_encryption::noted(place, prior, object, &lists).map(Some)
}

/// Whether two spellings name the same key, no key and AWS's own being the same.
pub fn same_key(a: &Value, b: &Value) -> bool {
    let meant = |value: &Value| match value.as_str() {
        None | Some("") => DEFAULT_KEY.to_owned(),
        Some(text) => crate::arn::key_id(text).to_owned(),
    };
    if !(a.is_known() && b.is_known()) {
        return a == b;
    }
    meant(a) == meant(b)
}

fn kept_key(before: &Value, description: &Value) -> Value {
    let key = answered_text(description, "KmsKeyId");
    if before.is_known() && same_key(before, &key) {
        return if before.is_null() { Value::string("") } else { before.clone() };
    }
    key
}
