//! The calls that make and end a grant.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Object, Occurrence, Place, Service};

use super::{KEY_ARN, constraints};
use crate::resources::members::{answered, decided, flag, given};

/// The ARN on which a permission is needed; `*` while only an id is known.
pub(super) fn key_arn(object: Option<&Object>, key: &Value) -> String {
    let key = key.as_str().filter(|key| key.starts_with("arn:"));
    let read = object.and_then(|object| object.fact(KEY_ARN));
    read.or(key).unwrap_or("*").to_owned()
}

/// The elements of a set as the list that a request has.
fn list(set: Value) -> Value {
    if !set.is_known() {
        return Value::unknown(Type::list(Type::String)).mark(set.marks());
    }
    Value::list(Type::String, set.children().cloned()).mark(set.marks())
}

pub(super) fn create(place: &Place, wanted: &Value) -> Call {
    let key = answered(wanted, "key_id");
    let on_key = key_arn(None, &key);
    let tokens = given(wanted, "grant_creation_tokens").map(list);
    let members = [
        ("KeyId", Some(key)),
        ("GranteePrincipal", given(wanted, "grantee_principal")),
        ("Operations", given(wanted, "operations").map(list)),
        ("Name", given(wanted, "name").filter(|name| name.as_str() != Some(""))),
        ("RetiringPrincipal", decided(wanted, "retiring_principal")),
        ("GrantTokens", tokens),
        ("Constraints", constraints::request(&answered(wanted, "constraints"))),
    ];
    let input = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Call::change(Service::Kms, "CreateGrant", &place.region, input)
        .found_by(Occurrence::Identity)
        .needs("kms:CreateGrant", on_key)
}

pub(super) fn delete(place: &Place, observed: &Object) -> Call {
    let key = observed.fact(KEY_ARN).map(Value::string);
    let key = key.unwrap_or_else(|| observed.attribute("key_id"));
    let on_key = key_arn(Some(observed), &key);
    let input = [("KeyId", key), ("GrantId", observed.attribute("grant_id"))];
    let (operation, action) = if flag(&observed.attributes, "retire_on_delete") {
        ("RetireGrant", "kms:RetireGrant")
    } else {
        ("RevokeGrant", "kms:RevokeGrant")
    };
    Call::change(Service::Kms, operation, &place.region, input).needs(action, on_key)
}
