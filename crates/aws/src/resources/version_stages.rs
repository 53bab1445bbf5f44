//! Staging labels: on which version of a secret each is, and how they are moved.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Object, Place, Service};

use super::members::{answered, given};

/// The label of the version that readers get.
pub const CURRENT: &str = "AWSCURRENT";

/// Labels that Secrets Manager moves by itself and that are not taken off a version.
const KEPT: [&str; 2] = [CURRENT, "AWSPREVIOUS"];

/// The fact that tells which other version holds a label: a map from label to version id.
pub const HOLDERS: &str = "label_holders";

/// The labels in an object's attributes or in what is wanted.
pub fn labels(attributes: &Value) -> Vec<&str> {
    let labels = attributes.get("version_stages").into_iter();
    labels.flat_map(Value::children).filter_map(Value::as_str).collect()
}

/// A set of labels.
pub fn set<'a>(labels: impl IntoIterator<Item = &'a str>) -> Value {
    Value::set(Type::String, labels.into_iter().map(Value::string))
}

/// What the labels will be. No call takes AWSCURRENT off a version, and none takes AWSPREVIOUS off
/// one that does not become current: a configuration without them does not plan that for ever. One
/// that lists no label leaves them to AWS.
pub fn planned(prior: Option<&Object>, config: &Value, planned: Value) -> Value {
    let Some(asked) = given(config, "version_stages").filter(Value::is_wholly_known) else {
        return planned;
    };
    let asked: Vec<&str> = asked.children().filter_map(Value::as_str).collect();
    let Some(prior) = prior else {
        let open = Value::unknown(Type::set(Type::String));
        return if asked.is_empty() { planned.with("version_stages", open) } else { planned };
    };
    let takes_current = asked.contains(&CURRENT);
    let stays = |label: &&str| KEPT.contains(label) && !(takes_current && *label == KEPT[1]);
    let kept = labels(&prior.attributes).into_iter().filter(stays);
    let all: Vec<&str> = asked.iter().copied().chain(kept).collect();
    planned.with("version_stages", set(all))
}

/// The call that moves the next label to where it is wanted: those of this version first.
pub fn next(place: &Place, observed: &Object, wanted: &Value) -> Option<Call> {
    given(wanted, "version_stages").filter(Value::is_known)?;
    let (have, want) = (labels(&observed.attributes), labels(wanted));
    match want.iter().find(|label| !have.contains(label)) {
        Some(label) => Some(put_on(place, observed, label)),
        None => take_off(place, observed, have.into_iter().filter(|label| !want.contains(label))),
    }
}

/// The call that takes the next label off a version that is given up.
pub fn release(place: &Place, observed: &Object) -> Option<Call> {
    take_off(place, observed, labels(&observed.attributes).into_iter())
}

fn take_off<'a>(
    place: &Place,
    observed: &Object,
    mut labels: impl Iterator<Item = &'a str>,
) -> Option<Call> {
    let label = labels.find(|label| !KEPT.contains(label))?;
    let version = observed.attribute("version_id");
    Some(change(place, observed, label, [("RemoveFromVersionId", version)]))
}

fn put_on(place: &Place, observed: &Object, label: &str) -> Call {
    let holders = answered(&observed.facts, HOLDERS);
    let holder = holders.get(label).cloned();
    let members = [("MoveToVersionId", observed.attribute("version_id"))];
    let members = members.into_iter().chain(holder.map(|version| ("RemoveFromVersionId", version)));
    change(place, observed, label, members)
}

fn change(
    place: &Place,
    observed: &Object,
    label: &str,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let input =
        [("SecretId", observed.attribute("secret_id")), ("VersionStage", Value::string(label))];
    let operation = "UpdateSecretVersionStage";
    let input = input.into_iter().chain(members);
    Call::change(Service::SecretsManager, operation, &place.region, input)
        .needs("secretsmanager:UpdateSecretVersionStage", observed.text("arn").unwrap_or("*"))
}

/// The version after a label was moved.
pub fn after(observed: &Object, call: &Call) -> Object {
    let label = call.input.get_str("VersionStage").unwrap_or_default();
    let mut have = labels(&observed.attributes);
    if call.input.get("MoveToVersionId").is_none() {
        have.retain(|other| *other != label);
        return observed.clone().with("version_stages", set(have));
    }
    have.push(label);
    let mut holders = answered(&observed.facts, HOLDERS);
    let entries = holders.as_entries().cloned().unwrap_or_default();
    let others = entries.into_iter().filter(|(held, _)| **held != *label);
    holders = Value::map(Type::String, others);
    // AWSPREVIOUS follows AWSCURRENT to the version that had it.
    if let (true, Some(version)) = (label == KEPT[0], call.input.get("RemoveFromVersionId")) {
        have.retain(|other| *other != KEPT[1]);
        holders = holders.with(KEPT[1], version.clone());
    }
    observed.clone().with("version_stages", set(have)).with_fact(HOLDERS, holders)
}
