//! Keys that follow the primary of their set: where they are made, and which key they follow.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Attribute, Call, CloudError, ErrorClass, Notice, Object, Occurrence, Permission, Place,
    Problem, ReplacementOrder, Service,
};

use super::key_reading::role;
use super::key_settings::shown_id;
use super::members::{answered, decided, flag, given};
use super::{promotion, run_facts};
use crate::arn::{Arn, key_id, same_key};
use crate::error::local_error;
use crate::{checks, region, tags};

/// The argument that names the primary.
const PRIMARY: &str = "primary_key_arn";

/// Stands for a Region that is not known yet.
const ANY_REGION: &str = "*";

/// The argument that names the primary.
pub fn primary_argument() -> Attribute {
    // A primary that moved to another Region is still the same key.
    Attribute::required(PRIMARY, Type::String)
        .replaces()
        .check(checks::arn)
        .equivalent(same_primary)
}

/// Whether two ARNs mean the same key, in whatever Region.
pub fn same_primary(a: &Value, b: &Value) -> bool {
    let parts = |value: &Value| {
        let arn = Arn::parse(value.as_str()?).ok()?;
        Some((arn.partition.to_owned(), arn.account.to_owned(), arn.resource.to_owned()))
    };
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// What is wrong with a primary that is no multi-Region key.
pub fn validate(config: &Value) -> Vec<Problem> {
    let Some(text) = config.get_str(PRIMARY) else {
        return Vec::new();
    };
    let is_multi_region = |arn: Arn<'_>| {
        arn.service == "kms" && arn.key_id().is_some_and(|id| id.starts_with("mrk-"))
    };
    match Arn::parse(text) {
        Ok(arn) if !is_multi_region(arn) => {
            let problem = Problem::new(
                "only multi-Region keys have replicas",
                format!("{text} is not the ARN of a multi-Region key."),
            );
            let help = "Give the ARN of a primary key, arn:aws:kms:REGION:ACCOUNT:key/mrk-…; \
                        an aws_kms_key is one if it has multi_region = true.";
            vec![problem.at(Path::attribute(PRIMARY)).help(help)]
        }
        _ => Vec::new(),
    }
}

/// The call that makes a replica: in its primary's Region.
pub fn replicate(place: &Place, wanted: &Value) -> Call {
    let primary = answered(wanted, PRIMARY);
    let arn = primary.as_str().and_then(|text| Arn::parse(text).ok());
    let key = match arn.and_then(Arn::key_id) {
        Some(id) => Value::string(id),
        None => primary.clone(),
    };
    let mut input = vec![("KeyId", key), ("ReplicaRegion", Value::string(&place.region))];
    let members =
        [("Description", given(wanted, "description")), ("Policy", decided(wanted, "policy"))];
    input.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if flag(wanted, "bypass_policy_lockout_safety_check") {
        input.push(("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    }
    let put = tags::merged(place, &answered(wanted, "tags"));
    let is_tagged = !put.is_known() || put.children().next().is_some();
    if is_tagged {
        input.push(("Tags", put));
    }
    let primary_region = arn.map_or(ANY_REGION, |arn| arn.region);
    let mut call = Call::change(Service::Kms, "ReplicateKey", primary_region, input)
        .found_by(Occurrence::Identity)
        .needs("kms:ReplicateKey", primary.as_str().unwrap_or("*"));
    let in_replica_region =
        |action| Permission { action, resource: "*".to_owned(), region: place.region.clone() };
    call.permissions.push(in_replica_region("kms:CreateKey"));
    if is_tagged {
        call.permissions.push(in_replica_region("kms:TagResource"));
    }
    call
}

/// Why AWS can make no replica of that primary here.
pub fn misplaced(place: &Place, wanted: &Value) -> Option<Problem> {
    let text = wanted.get_str(PRIMARY)?;
    let arn = Arn::parse(text).ok()?;
    let here = &place.region;
    let problem = if arn.region == *here {
        Problem::new(
            format!("the primary of this replica is in {here} itself"),
            format!("{text} is in {here}, where the replica is to be made."),
        )
        .help("Give the replica another Region (region, or provider = aws.ALIAS).")
    } else if arn.partition != region::partition(here) {
        Problem::new(
            "a replica key must stay in the partition of its primary",
            format!(
                "The primary {text} is in the partition {}, {here} in {}.",
                arn.partition,
                region::partition(here)
            ),
        )
    } else {
        return None;
    };
    Some(problem.at(Path::attribute(PRIMARY)))
}

/// The id that the replica has, which is that of its primary: each Region has at most one of them.
pub fn id<'a>(place: &Place, planned: &'a Value) -> Option<&'a str> {
    let primary = Arn::parse(planned.get_str(PRIMARY)?).ok()?;
    let is_elsewhere = primary.region != place.region;
    primary.key_id().filter(|_| is_elsewhere)
}

/// The id that a request to make a replica names.
pub fn id_of_request(call: &Call) -> Option<&str> {
    call.input.get_str("KeyId").map(key_id)
}

/// Whether a key is the replica that a request was to make.
pub fn is_adoptable(call: &Call, found: &Object) -> bool {
    let same_key = id_of_request(call) == found.text("key_id");
    let same_primary = found.fact("primary_region") == Some(&call.region);
    same_key && same_primary && role(found) == Some("REPLICA")
}

/// In which order a replica of another primary takes the place of one.
pub fn replacement_order(prior: &Object, planned: &Value) -> ReplacementOrder {
    let before = prior.text(PRIMARY).or(prior.text("key_id"));
    let is_same = match (before, planned.get_str(PRIMARY)) {
        (Some(before), Some(after)) => same_key(before, after),
        // What is not known yet is a key that is made now.
        _ => false,
    };
    if is_same { ReplacementOrder::DeleteFirst } else { ReplacementOrder::CreateFirst }
}

/// A key that follows where it is put. Its primary is where it was itself until now, if it goes to
/// where its primary was.
pub fn moved_to(place: &Place, object: &Object, there: Object) -> Object {
    let there = promotion::with_role(there, false);
    let written = there.attribute(PRIMARY);
    let names_this_region = written
        .as_str()
        .and_then(|text| Arn::parse(text).ok())
        .is_some_and(|arn| arn.region == place.region);
    if names_this_region { there.with(PRIMARY, object.attribute("arn")) } else { there }
}

/// What is planned for a replica of a primary that moved since, as a member of the set tells.
pub fn led_by(planned: &Value, member: &Object) -> Option<(Value, Notice)> {
    let primary = Value::string(member.fact("primary_arn")?);
    let named = planned.get(PRIMARY)?;
    if named.as_str() == primary.as_str() || !same_primary(named, &primary) {
        return None;
    }
    let (id, region) = (shown_id(member), member.fact("primary_region")?);
    let notice = Notice::remark(format!(
        "the primary of {id} is in {region} now, and the replica is made from there"
    ));
    Some((planned.clone().with(PRIMARY, primary.mark(named.marks())), notice))
}

/// A key that was read as a replica, with its primary: nothing if it was looked for as one and is
/// none. `label` names the type in an error.
///
/// # Errors
/// It was imported into the state as a replica and is none.
pub fn observed(prior: &Object, object: Object, label: &str) -> Result<Option<Object>, CloudError> {
    let is_replica = role(&object) == Some("REPLICA");
    if !is_replica && run_facts::holds(prior, run_facts::TAKEN_OVER) {
        return Ok(None);
    }
    let written = prior.attribute(PRIMARY);
    // A replica may become the primary, but what is imported as one must be one.
    let is_imported = written.is_null() && !run_facts::holds(prior, run_facts::CREATED);
    if is_imported && !is_replica {
        let id = shown_id(&object);
        let message = format!("{label} ({id}) is not a multi-Region replica key");
        return Err(local_error(ErrorClass::Invalid, message));
    }
    // The same key stays as it was written, also after it has become the primary itself.
    let primary = match (written.as_str(), object.fact("primary_arn")) {
        (Some(before), Some(primary)) if same_key(before, primary) => written,
        (_, Some(primary)) => Value::string(primary),
        (_, None) => written,
    };
    Ok(Some(object.with(PRIMARY, primary)))
}
