//! The calls that change a secret that is there, and the secret after them.

use meridian_lang::Value;
use meridian_resource::{Call, Next, Object, Place, Service};

use crate::resources::members::{answered, asked, given, permission_arn};
use crate::resources::secret_reading::{DEFAULT_KEY, same_key, secret_id};
use crate::resources::{key_settings, secret_encryption, secret_replicas, spelling};
use crate::tags;

fn change(
    place: &Place,
    observed: &Object,
    operation: &'static str,
    action: &'static str,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let input = [("SecretId", secret_id(observed))].into_iter().chain(members);
    Call::change(Service::SecretsManager, operation, &place.region, input)
        .needs(action, permission_arn(observed))
}

/// The next change of tags.
pub fn tagging(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let actual = answered(&observed.facts, "tags");
    let (operation, action, member) = match tags::change(place, &actual, &answered(wanted, "tags"))?
    {
        tags::Change::Remove(keys) => {
            let action = "secretsmanager:UntagResource";
            ("UntagResource", action, ("TagKeys", keys))
        }
        tags::Change::Put(put) => ("TagResource", "secretsmanager:TagResource", ("Tags", put)),
    };
    Some(Next::Call(Box::new(change(place, observed, operation, action, [member]))))
}

/// The description and the key, which one call changes.
pub fn update(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let wanted_description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
    let is_described =
        observed.attribute("description").unmark_deep() == wanted_description.unmark_deep();
    let wanted_key = answered(wanted, "kms_key_id");
    let key = (!same_key(&observed.attribute("kms_key_id"), &wanted_key)).then_some(wanted_key);
    // Without a key the secret goes back to the one that AWS keeps for it.
    let key = key.map(|key| match key.as_str() {
        None if key.is_known() => Value::string(DEFAULT_KEY),
        Some("") => Value::string(DEFAULT_KEY),
        _ => key,
    });
    if is_described && key.is_none() {
        return None;
    }
    let new_key = key.as_ref().map(|key| key.as_str().unwrap_or("*").to_owned());
    let members = (!is_described)
        .then_some(("Description", wanted_description))
        .into_iter()
        .chain(key.map(|key| ("KmsKeyId", key)));
    let action = "secretsmanager:UpdateSecret";
    let mut call = change(place, observed, "UpdateSecret", action, members);
    if let Some(new_key) = new_key {
        let on_new = secret_replicas::on_key(&new_key);
        call = call
            .needs("kms:GenerateDataKey", on_new)
            .needs("kms:Encrypt", on_new)
            .needs("kms:Decrypt", on_new);
        if let Some(old) = observed.text("kms_key_id").filter(|old| !old.is_empty()) {
            call = call.needs("kms:Decrypt", secret_replicas::on_key(old));
        }
    }
    Some(Next::Call(Box::new(call)))
}

/// The policy that the secret itself has.
pub fn policy(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let wanted = asked(observed, wanted, "policy")?;
    if spelling::same_policy(&observed.attribute("policy"), &wanted) {
        return None;
    }
    let call = if wanted.as_str().is_some_and(crate::policy::is_blank) {
        let action = "secretsmanager:DeleteResourcePolicy";
        change(place, observed, "DeleteResourcePolicy", action, [])
    } else {
        let action = "secretsmanager:PutResourcePolicy";
        let member = [("ResourcePolicy", wanted)];
        change(place, observed, "PutResourcePolicy", action, member)
    };
    Some(Next::Call(Box::new(call)))
}

/// The secret after one of these calls.
pub fn after(
    place: &Place,
    observed: &Object,
    wanted: Option<&Value>,
    call: &Call,
    answer: Option<&Value>,
) -> Object {
    let object = observed.clone();
    let member = |name: &str| call.input.get(name).cloned();
    match (call.operation, wanted) {
        ("TagResource" | "UntagResource", Some(wanted)) => {
            key_settings::after_tagging(place, object, wanted, call)
        }
        ("UpdateSecret", _) => {
            let object = match member("Description") {
                Some(description) => object.with("description", description),
                None => object,
            };
            let rekeyed = |key: Value| {
                let object = object.clone().with("kms_key_id", key);
                secret_encryption::after(object, call, answer)
            };
            match member("KmsKeyId") {
                Some(key) if key.as_str() == Some(DEFAULT_KEY) => rekeyed(Value::string("")),
                Some(key) => rekeyed(key),
                None => object,
            }
        }
        ("PutResourcePolicy" | "DeleteResourcePolicy", Some(wanted)) => {
            object.with("policy", answered(wanted, "policy"))
        }
        _ => object,
    }
}
