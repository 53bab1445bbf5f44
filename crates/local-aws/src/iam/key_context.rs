//! What conditions can ask of a key and of a request (AWS KMS developer guide, "Condition keys
//! for AWS KMS").

use serde_json::{Value, json};

use crate::iam::context::Context;
use crate::iam::demand::{Inquiry, condition_values, request_tags};
use crate::iam::grant::EncryptionContext;
use crate::kms::KeyAddress;
use crate::world::World;

/// The properties of a key, or of the replica that would be at an address.
pub(crate) fn describe_key(world: &World, address: &KeyAddress) -> Context {
    let mut context = Context::default();
    if let Some(set) = world.key_sets.get(&address.set()) {
        context.set("kms:KeySpec", &set.spec);
        context.set("kms:KeyUsage", &set.usage);
        context.set("kms:KeyOrigin", set.origin.name());
        context.set("kms:MultiRegion", set.multi_region.to_string());
        if set.multi_region {
            let is_primary = set.primary == address.place.region;
            let kind = if is_primary { "PRIMARY" } else { "REPLICA" };
            context.set("kms:MultiRegionKeyType", kind);
        }
    }
    if let Some(key) = world.keys.get(address) {
        context.set("aws:ResourceAccount", address.place.account.to_string());
        context.set_resource_tags("aws:ResourceTag/", &key.tags);
        let aliases = world.aliases_of(address).map(|(alias, _)| alias.name().to_owned());
        context.set_all("kms:ResourceAliases", aliases);
    }
    context
}

/// The encryption context in a member of a request.
pub(crate) fn encryption_pairs(member: Option<&Value>) -> EncryptionContext {
    let pairs = member.and_then(Value::as_object).into_iter().flatten();
    let texts = pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    texts.collect()
}

/// An encryption context, as conditions see it.
pub(crate) fn encryption_context(pairs: &EncryptionContext) -> Context {
    let mut context = Context::default();
    context.set_all("kms:EncryptionContextKeys", pairs.keys().cloned());
    for (key, value) in pairs {
        context.set(&format!("kms:EncryptionContext:{key}"), value);
    }
    context
}

/// Members that conditions can ask for, by the names of the condition keys.
const CONDITIONS: &[(&str, &str)] = &[
    ("BypassPolicyLockoutSafetyCheck", "kms:BypassPolicyLockoutSafetyCheck"),
    ("DestinationEncryptionAlgorithm", "kms:EncryptionAlgorithm"),
    ("EncryptionAlgorithm", "kms:EncryptionAlgorithm"),
    ("ExpirationModel", "kms:ExpirationModel"),
    ("GranteePrincipal", "kms:GranteePrincipal"),
    ("KeyAgreementAlgorithm", "kms:KeyAgreementAlgorithm"),
    ("KeyPairSpec", "kms:DataKeyPairSpec"),
    ("MacAlgorithm", "kms:MacAlgorithm"),
    ("MessageType", "kms:MessageType"),
    ("Operations", "kms:GrantOperations"),
    ("PendingWindowInDays", "kms:ScheduleKeyDeletionPendingWindowInDays"),
    ("PrimaryRegion", "kms:PrimaryRegion"),
    ("ReplicaRegion", "kms:ReplicaRegion"),
    ("RetiringPrincipal", "kms:RetiringPrincipal"),
    ("RotationPeriodInDays", "kms:RotationPeriodInDays"),
    ("SigningAlgorithm", "kms:SigningAlgorithm"),
    ("ValidTo", "kms:ValidTo"),
    ("WrappingAlgorithm", "kms:WrappingAlgorithm"),
    ("WrappingKeySpec", "kms:WrappingKeySpec"),
];

/// What is taken for members that a request leaves out.
fn default_of(operation: &str, member: &str) -> Option<Value> {
    match (operation, member) {
        ("CreateKey" | "PutKeyPolicy" | "ReplicateKey", "BypassPolicyLockoutSafetyCheck") => {
            Some(json!(false))
        }
        ("Encrypt" | "Decrypt" | "ReEncrypt", "EncryptionAlgorithm") => {
            Some(json!("SYMMETRIC_DEFAULT"))
        }
        ("ImportKeyMaterial", "ExpirationModel") => Some(json!("KEY_MATERIAL_EXPIRES")),
        ("ScheduleKeyDeletion", "PendingWindowInDays") => Some(json!(30)),
        ("Sign" | "Verify", "MessageType") => Some(json!("RAW")),
        _ => None,
    }
}

/// What a request says of itself.
pub(crate) fn request_conditions(inquiry: &Inquiry<'_>) -> Context {
    let mut context = Context::default();
    for (member, key) in CONDITIONS {
        let value = inquiry.input.get(member).cloned();
        let value = value.or_else(|| default_of(inquiry.operation, member));
        context.set_all(key, value.iter().flat_map(condition_values));
    }
    if let Some(constraints) = inquiry.input.get("Constraints").and_then(Value::as_object) {
        context.set_all("kms:GrantConstraintType", constraints.keys().cloned());
    }
    if matches!(inquiry.operation, "CreateGrant" | "ListGrants" | "RevokeGrant") {
        context.set("kms:GrantIsForAWSResource", "false");
    }
    context.extend(request_tags(inquiry.list("Tags"), "TagKey", "TagValue"));
    let removed = inquiry.list("TagKeys").iter().flat_map(condition_values);
    context.set_all("aws:TagKeys", removed);
    context
}
