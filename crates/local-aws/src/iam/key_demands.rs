//! What the operations of KMS demand (AWS KMS developer guide, "AWS KMS
//! permissions").

use crate::iam::connections::grant_of_token;
use crate::iam::context::Context;
use crate::iam::demand::{Demand, Guard, Inquiry, Otherwise, global_region};
use crate::iam::grant::EncryptionContext;
use crate::iam::key_context::{
    describe_key, encryption_context, encryption_pairs, request_conditions,
};
use crate::iam::key_operations::{ON_KEY, ON_KEY_OF_ANY_ACCOUNT, ON_KEY_OR_ALIAS, ON_NO_KEY};
use crate::iam::service_role::MULTI_REGION_SERVICE;
use crate::identity::Arn;
use crate::kms::{AliasAddress, KeyAddress, Naming, key_of_ciphertext};
use crate::region::Region;

/// The demands of an operation; none if it names no key that exists, since it
/// will say so itself.
pub(crate) fn demands(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let action = format!("kms:{}", inquiry.operation);
    let place = inquiry.place;
    let on_named_key = |naming| {
        let name = inquiry.text("KeyId")?;
        let key = inquiry.find_key(place, name, naming)?;
        Some(on_key(inquiry, &action, &key, Some(name), "EncryptionContext"))
    };
    match inquiry.operation {
        "CreateKey" => create_key(inquiry),
        "ReplicateKey" => replicate_key(inquiry),
        "UpdatePrimaryRegion" => update_primary_region(inquiry),
        "CreateAlias" | "DeleteAlias" | "UpdateAlias" => on_alias(inquiry, &action),
        "Decrypt" => decrypted_key(inquiry, "KeyId", &action, "EncryptionContext"),
        "ReEncrypt" => re_encrypt(inquiry),
        "RetireGrant" => retire_grant(inquiry, &action).into_iter().collect(),
        name if ON_NO_KEY.contains(&name) => vec![on_no_key(inquiry, &action)],
        name if ON_KEY.contains(&name) => on_named_key(Naming::Key).into_iter().collect(),
        name if ON_KEY_OF_ANY_ACCOUNT.contains(&name) => {
            on_named_key(Naming::KeyOfAnyAccount).into_iter().collect()
        }
        name if ON_KEY_OR_ALIAS.contains(&name) => {
            on_named_key(Naming::KeyOrAlias).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn on_no_key(inquiry: &Inquiry<'_>, action: &str) -> Demand {
    inquiry.demand(action, "*").given(caller(inquiry))
}

/// A demand on a key, by the name that the request gives it.
fn on_key(
    inquiry: &Inquiry<'_>,
    action: &str,
    key: &KeyAddress,
    name: Option<&str>,
    context_member: &str,
) -> Demand {
    let pairs = encryption_pairs(inquiry.input.get(context_member));
    let mut context = request_conditions(inquiry);
    if let Some(alias) = name.and_then(requested_alias) {
        context.set("kms:RequestAlias", alias);
    }
    on_key_given(inquiry, action, key, pairs).given(context)
}

/// A demand on a key under an encryption context.
pub(crate) fn on_key_given(
    inquiry: &Inquiry<'_>,
    action: &str,
    key: &KeyAddress,
    pairs: EncryptionContext,
) -> Demand {
    let region = key.place.region;
    let mut context = inquiry.circumstances(region);
    context.extend(caller(inquiry));
    context.extend(describe_key(inquiry.world, key));
    context.extend(encryption_context(&pairs));
    Demand {
        region,
        guard: Guard::Key(key.clone()),
        context,
        encryption_context: has_encryption_context(action).then_some(pairs),
        ..inquiry.demand(action, key.arn())
    }
}

fn has_encryption_context(action: &str) -> bool {
    ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt"]
        .iter()
        .any(|stem| action.starts_with(stem))
}

fn caller(inquiry: &Inquiry<'_>) -> Context {
    let mut context = Context::default();
    context.set("kms:CallerAccount", inquiry.subject.account.to_string());
    context
}

/// The alias in a name of a key, if it is one.
fn requested_alias(name: &str) -> Option<&str> {
    let resource = Arn::parse(name).map_or(name, |arn| arn.resource);
    resource.starts_with("alias/").then_some(resource)
}

fn create_key(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let is_multi_region = inquiry.flag("MultiRegion");
    let spec = inquiry.text("KeySpec").or(inquiry.text("CustomerMasterKeySpec"));
    let usage = inquiry.text("KeyUsage").or(spec.is_none().then_some("ENCRYPT_DECRYPT"));
    let mut context = request_conditions(inquiry);
    context.set("kms:KeySpec", spec.unwrap_or("SYMMETRIC_DEFAULT"));
    context.set("kms:KeyOrigin", inquiry.text("Origin").unwrap_or("AWS_KMS"));
    context.set("kms:MultiRegion", is_multi_region.to_string());
    if let Some(usage) = usage {
        context.set("kms:KeyUsage", usage);
    }
    if is_multi_region {
        context.set("kms:MultiRegionKeyType", "PRIMARY");
    }
    let mut demands = vec![on_no_key(inquiry, "kms:CreateKey").given(context.clone())];
    if !inquiry.list("Tags").is_empty() {
        let any_key = inquiry.place.arn("kms", "key/*");
        let tagging = inquiry.demand("kms:TagResource", any_key);
        let tagging = tagging.given(caller(inquiry)).given(context);
        demands.push(tagging.otherwise(Otherwise::RefuseTags));
    }
    if is_multi_region && inquiry.world.lacks_multi_region_role(inquiry.place.account) {
        demands.push(create_service_role(inquiry));
    }
    demands
}

fn create_service_role(inquiry: &Inquiry<'_>) -> Demand {
    let region = global_region(inquiry.place.region);
    let mut context = inquiry.circumstances(region);
    context.set("iam:AWSServiceName", MULTI_REGION_SERVICE);
    let role = inquiry.world.multi_region_role_arn(inquiry.place);
    Demand { region, context, ..inquiry.demand("iam:CreateServiceLinkedRole", role) }
}

/// The permission on the primary, and those of the key that will be in the
/// other Region.
fn replicate_key(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let key =
        inquiry.text("KeyId").and_then(|name| inquiry.find_key(inquiry.place, name, Naming::Key));
    let region = inquiry.text("ReplicaRegion").and_then(Region::named);
    let (Some(key), Some(region)) = (key, region) else {
        return Vec::new();
    };
    let mut demands = vec![on_key(inquiry, "kms:ReplicateKey", &key, None, "")];
    let replica = key.in_region(region);
    let mut context = inquiry.circumstances(region);
    context.extend(describe_key(inquiry.world, &replica));
    context.extend(request_conditions(inquiry));
    let elsewhere = |demand: Demand| Demand { region, ..demand }.given(context.clone());
    demands.push(elsewhere(on_no_key(inquiry, "kms:CreateKey")));
    if !inquiry.list("Tags").is_empty() {
        let tagging = inquiry.demand("kms:TagResource", replica.arn());
        demands.push(elsewhere(tagging.given(caller(inquiry))));
    }
    demands
}

fn update_primary_region(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let key =
        inquiry.text("KeyId").and_then(|name| inquiry.find_key(inquiry.place, name, Naming::Key));
    let Some(old) = key else {
        return Vec::new();
    };
    let new = inquiry
        .text("PrimaryRegion")
        .and_then(Region::named)
        .map(|region| old.in_region(region))
        .filter(|new| *new != old && inquiry.world.keys.contains(new));
    [Some(old), new]
        .iter()
        .flatten()
        .map(|key| on_key(inquiry, "kms:UpdatePrimaryRegion", key, None, ""))
        .collect()
}

/// The permissions on the alias, on the key that it will stand for and on the
/// one that it stands for now.
fn on_alias(inquiry: &Inquiry<'_>, action: &str) -> Vec<Demand> {
    let name = inquiry.text("AliasName").filter(|name| name.starts_with("alias/"));
    let Some(name) = name else {
        return Vec::new();
    };
    let alias = AliasAddress::new(inquiry.place, name);
    let target = inquiry
        .text("TargetKeyId")
        .and_then(|name| inquiry.find_key(inquiry.place, name, Naming::Key));
    let current = match inquiry.operation {
        "CreateAlias" => None,
        _ => inquiry
            .world
            .aliases
            .get(&alias)
            .map(|found| KeyAddress::new(inquiry.place, found.target.clone())),
    };
    let current = current.filter(|key| Some(key) != target.as_ref());
    let mut demands = vec![inquiry.demand(action, alias.arn()).given(caller(inquiry))];
    let keys = [current, target].into_iter().flatten();
    demands.extend(keys.map(|key| on_key(inquiry, action, &key, None, "")));
    demands
}

/// The key that a ciphertext is decrypted with: the one that the request names,
/// or the one that the ciphertext does.
fn decrypted_key(
    inquiry: &Inquiry<'_>,
    member: &str,
    action: &str,
    context_member: &str,
) -> Vec<Demand> {
    let named = inquiry.text(member);
    let key = match named {
        Some(name) => inquiry.find_key(inquiry.place, name, Naming::KeyOrAlias),
        None => inquiry
            .text("CiphertextBlob")
            .and_then(decode)
            .and_then(|blob| key_of_ciphertext(inquiry.world, inquiry.place, &blob)),
    };
    key.map(|key| on_key(inquiry, action, &key, named, context_member)).into_iter().collect()
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(base64).ok()
}

fn re_encrypt(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let mut demands =
        decrypted_key(inquiry, "SourceKeyId", "kms:ReEncryptFrom", "SourceEncryptionContext");
    let destination = inquiry.text("DestinationKeyId");
    let key =
        destination.and_then(|name| inquiry.find_key(inquiry.place, name, Naming::KeyOrAlias));
    demands.extend(key.map(|key| {
        let member = "DestinationEncryptionContext";
        on_key(inquiry, "kms:ReEncryptTo", &key, destination, member)
    }));
    if let [from, to] = demands.as_mut_slice() {
        let is_same = (from.resource == to.resource).to_string();
        from.context.set("kms:ReEncryptOnSameKey", is_same.as_str());
        to.context.set("kms:ReEncryptOnSameKey", is_same);
    }
    demands
}

fn retire_grant(inquiry: &Inquiry<'_>, action: &str) -> Option<Demand> {
    let (key, grant) = match inquiry.text("GrantToken") {
        Some(token) => grant_of_token(inquiry.world, inquiry.place, token)?,
        None => {
            let key =
                inquiry.find_key(inquiry.place, inquiry.text("KeyId")?, Naming::KeyOfAnyAccount)?;
            (key, inquiry.text("GrantId")?.to_owned())
        }
    };
    let demand = on_key(inquiry, action, &key, None, "");
    Some(Demand { guard: Guard::Grant(key, grant), ..demand })
}
