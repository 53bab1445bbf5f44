//! Keys that lead their sets, or stand alone: how they are made, and found when the answer is lost.

use meridian_lang::Value;
use meridian_resource::{
    Call, CloudError, ErrorClass, Object, Occurrence, Place, Reaction, Recovery, Schema, Service,
};

use super::members::{answered, decided, flag};
use super::{key_errors, run_facts};
use crate::{region, tags};

/// The role by which AWS keeps multi-Region keys alike, made with an account's first one.
const SYNCHRONISING_ROLE: &str = "role/aws-service-role/mrk.kms.amazonaws.com/\
                                  AWSServiceRoleForKeyManagementServiceMultiRegionKeys";

/// The call that makes a key, with the members of one type.
pub fn creation(place: &Place, wanted: &Value, own: Vec<(&'static str, Value)>) -> Call {
    let mut input = vec![("Tags", tags::merged(place, &answered(wanted, "tags")))];
    input.extend(own);
    input.extend(decided(wanted, "policy").map(|policy| ("Policy", policy)));
    if flag(wanted, "bypass_policy_lockout_safety_check") {
        input.push(("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    }
    let multi_region = flag(wanted, "multi_region");
    if multi_region {
        input.push(("MultiRegion", Value::bool(true)));
    }
    let call = Call::change(Service::Kms, "CreateKey", &place.region, input)
        .found_by(Occurrence::Mark)
        .needs("kms:CreateKey", "*")
        .needs("kms:TagResource", "*");
    if multi_region {
        let partition = region::partition(&place.region);
        let role = format!("arn:{partition}:iam::*:{SYNCHRONISING_ROLE}");
        return call.needs("iam:CreateServiceLinkedRole", role);
    }
    call
}

/// The reaction to an error of `CreateKey`.
pub fn reaction(call: &Call, error: &CloudError) -> Option<Reaction> {
    match error.class {
        ErrorClass::MalformedPolicy => Some(key_errors::refused_policy(call, error)),
        ErrorClass::LimitExceeded => Some(key_errors::limit(call, error)),
        _ => key_errors::tag_error(error),
    }
}

/// How a key is looked for whose creation was not answered.
pub fn recovery(place: &Place) -> Recovery {
    let list = Call::read(Service::Kms, "ListKeys", &place.region, []);
    Recovery::Search(Box::new(list.needs("kms:ListKeys", "*")))
}

/// The keys of a list, to be read.
pub fn candidates(schema: &Schema, answer: &Value) -> impl Iterator<Item = Object> {
    let keys = answer.get("Keys").into_iter().flat_map(Value::children);
    let empty = schema.empty();
    // Not every type has it.
    let has_key_id = schema.attribute("key_id").is_some();
    keys.map(move |key| {
        let id = answered(key, "KeyId");
        let attributes = empty.clone().with("id", id.clone()).with("arn", answered(key, "KeyArn"));
        let attributes = if has_key_id { attributes.with("key_id", id) } else { attributes };
        Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true))
    })
}
