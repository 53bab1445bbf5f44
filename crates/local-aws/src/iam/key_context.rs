//! What conditions can ask of a key (AWS KMS developer guide, "Condition keys
//! for AWS KMS").

use serde_json::Value;

use crate::iam::context::Context;
use crate::iam::grant::EncryptionContext;
use crate::kms::{KeyAddress, Origin};
use crate::world::World;

/// The properties of a key, or of the replica that would be at an address.
pub(crate) fn describe_key(world: &World, address: &KeyAddress) -> Context {
    let mut context = Context::default();
    if let Some(set) = world.key_sets.get(&address.set()) {
        let origin = match set.origin {
            Origin::AwsKms => "AWS_KMS",
            Origin::External => "EXTERNAL",
        };
        context.set("kms:KeySpec", &set.spec);
        context.set("kms:KeyUsage", &set.usage);
        context.set("kms:KeyOrigin", origin);
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
