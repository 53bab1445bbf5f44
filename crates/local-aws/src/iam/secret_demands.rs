//! What the operations of Secrets Manager demand (AWS Secrets Manager user
//! guide, "Authentication and access control" and "Secret encryption and
//! decryption").

use serde_json::{Value, json};

use crate::iam::connections::rotation_function;
use crate::iam::context::Context;
use crate::iam::demand::{
    Demand, Guard, Inquiry, Otherwise, condition_values, owner, request_tags,
};
use crate::iam::secret_keys;
use crate::secrets::SecretAddress;

/// The operations that are on no secret, or on all of them.
const ON_NO_SECRET: &[&str] = &["BatchGetSecretValue", "GetRandomPassword", "ListSecrets"];

/// The operations on a secret.
const ON_SECRET: &[&str] = &[
    "CancelRotateSecret",
    "DeleteResourcePolicy",
    "DeleteSecret",
    "DescribeSecret",
    "GetResourcePolicy",
    "GetSecretValue",
    "ListSecretVersionIds",
    "PutResourcePolicy",
    "PutSecretValue",
    "RemoveRegionsFromReplication",
    "ReplicateSecretToRegions",
    "RestoreSecret",
    "RotateSecret",
    "StopReplicationToReplica",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
    "UpdateSecretVersionStage",
    "ValidateResourcePolicy",
];

/// The demands of an operation.
pub(crate) fn demands(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let action = format!("secretsmanager:{}", inquiry.operation);
    match inquiry.operation {
        "CreateSecret" => create_secret(inquiry),
        name if ON_NO_SECRET.contains(&name) => on_no_secret(inquiry, &action),
        name if ON_SECRET.contains(&name) => on_secret(inquiry, &action),
        _ => Vec::new(),
    }
}

fn on_no_secret(inquiry: &Inquiry<'_>, action: &str) -> Vec<Demand> {
    let demand = |action: &str| Demand { shown: None, ..inquiry.demand(action, "*") };
    let mut demands = vec![demand(action)];
    if inquiry.operation == "BatchGetSecretValue" {
        if !inquiry.list("Filters").is_empty() {
            demands.push(demand("secretsmanager:ListSecrets"));
        }
        demands.extend(batch(inquiry));
    }
    demands
}

/// Each secret of a batch is demanded by itself. A filter may let through any
/// secret of the place.
fn batch(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let named = inquiry.list("SecretIdList").iter().filter_map(Value::as_str).map(str::to_owned);
    let filtered = inquiry
        .world
        .secrets
        .iter()
        .filter(|(address, _)| address.place == inquiry.place)
        .map(|(address, secret)| address.arn(&secret.suffix))
        .filter(|_| !inquiry.list("Filters").is_empty());
    let mut demands = Vec::new();
    for id in named.chain(filtered) {
        let input = &json!({ "SecretId": id });
        let one = Inquiry { operation: "GetSecretValue", input, ..*inquiry };
        let Some(address) = inquiry.world.find_secret(owner(inquiry.place, &id), &id) else {
            continue;
        };
        for demand in on_secret(&one, "secretsmanager:GetSecretValue") {
            let otherwise = match demand.otherwise {
                Otherwise::RefuseKms => Otherwise::SkipSecretOfKey(address.clone()),
                _ => Otherwise::SkipSecret(address.clone()),
            };
            demands.push(demand.otherwise(otherwise));
        }
    }
    demands
}

fn create_secret(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let Some(name) = inquiry.text("Name") else {
        return Vec::new();
    };
    let address = SecretAddress::new(inquiry.place, name);
    let arn = future_arn(&address);
    let mut context = request_conditions(inquiry);
    context.set("secretsmanager:Name", name);
    let demand = |action: &str| {
        let demand = inquiry.demand(action, arn.clone()).given(context.clone());
        Demand { shown: Some(name.to_owned()), ..demand }
    };
    let mut demands = vec![demand("secretsmanager:CreateSecret")];
    if !inquiry.list("Tags").is_empty() {
        demands.push(demand("secretsmanager:TagResource"));
    }
    if !inquiry.list("AddReplicaRegions").is_empty() {
        demands.push(demand("secretsmanager:ReplicateSecretToRegions"));
    }
    demands.extend(secret_keys::of_new_secret(inquiry, &address, &arn));
    demands
}

/// The ARN of a secret that is not there, whose suffix nobody knows.
fn future_arn(address: &SecretAddress) -> String {
    address.arn("??????")
}

fn on_secret(inquiry: &Inquiry<'_>, action: &str) -> Vec<Demand> {
    let Some(id) = inquiry.text("SecretId") else {
        return Vec::new();
    };
    let place = owner(inquiry.place, id);
    let found = inquiry.world.find_secret(place, id);
    let mut context = request_conditions(inquiry);
    context.set("secretsmanager:SecretId", id);
    let (arn, guard) = match &found {
        Some(address) => {
            let secret = inquiry.world.secret(address);
            context.set("aws:ResourceAccount", place.account.to_string());
            context.set_resource_tags("aws:ResourceTag/", &secret.tags);
            context.set_resource_tags("secretsmanager:ResourceTag/", &secret.tags);
            let primary = secret.primary_region.unwrap_or(address.place.region);
            context.set("secretsmanager:SecretPrimaryRegion", primary.as_str());
            let function = rotation_function(secret);
            context.set_all("secretsmanager:resource/AllowRotationLambdaArn", function);
            (inquiry.world.secret_arn(address), Guard::Secret(address.clone()))
        }
        None if id.starts_with("arn:") => (id.to_owned(), Guard::None),
        None => (future_arn(&SecretAddress::new(place, id)), Guard::None),
    };
    let demand = |action: &str| {
        let demand = inquiry.demand(action, arn.clone()).given(context.clone());
        Demand { shown: Some(id.to_owned()), guard: guard.clone(), ..demand }
    };
    let mut demands = vec![demand(action)];
    if inquiry.operation == "ValidateResourcePolicy" {
        demands.push(demand("secretsmanager:PutResourcePolicy"));
    }
    if inquiry.operation == "RotateSecret" {
        let known = || rotation_function(inquiry.world.secret(found.as_ref()?));
        let function = inquiry.text("RotationLambdaARN").map(str::to_owned).or_else(known);
        demands.extend(function.map(|arn| inquiry.demand("lambda:InvokeFunction", arn)));
    }
    if let Some(address) = found {
        demands.extend(secret_keys::of_secret(inquiry, &address));
    }
    demands
}

/// Members that conditions can ask for, by the names of the condition keys.
const CONDITIONS: &[(&str, &str)] = &[
    ("BlockPublicPolicy", "secretsmanager:BlockPublicPolicy"),
    ("Description", "secretsmanager:Description"),
    ("ForceDeleteWithoutRecovery", "secretsmanager:ForceDeleteWithoutRecovery"),
    ("ForceOverwriteReplicaSecret", "secretsmanager:ForceOverwriteReplicaSecret"),
    ("KmsKeyId", "secretsmanager:KmsKeyId"),
    ("RecoveryWindowInDays", "secretsmanager:RecoveryWindowInDays"),
    ("RotateImmediately", "secretsmanager:RotateImmediately"),
    ("RotationLambdaARN", "secretsmanager:RotationLambdaARN"),
    ("VersionId", "secretsmanager:VersionId"),
    ("VersionStage", "secretsmanager:VersionStage"),
];

fn request_conditions(inquiry: &Inquiry<'_>) -> Context {
    let mut context = Context::default();
    for (member, key) in CONDITIONS {
        context.set_all(
            key,
            inquiry.input.get(member).iter().flat_map(|value| condition_values(value)),
        );
    }
    if inquiry.operation == "GetSecretValue" && inquiry.input.get("VersionId").is_none() {
        let stage = inquiry.text("VersionStage").unwrap_or("AWSCURRENT");
        context.set("secretsmanager:VersionStage", stage);
    }
    if let Some(rules) = inquiry.input.get("RotationRules") {
        context.set("secretsmanager:ModifyRotationRules", rules.is_object().to_string());
    }
    let regions = inquiry.list("AddReplicaRegions").iter();
    let regions = regions.filter_map(|replica| replica.get("Region").and_then(Value::as_str));
    context.set_all("secretsmanager:AddReplicaRegions", regions.map(str::to_owned));
    if let Some(key) = secret_keys::requested_key(inquiry) {
        context.set("secretsmanager:KmsKeyArn", key.arn());
    }
    context.extend(request_tags(inquiry.list("Tags"), "Key", "Value"));
    let removed = inquiry.list("TagKeys").iter().flat_map(condition_values);
    context.set_all("aws:TagKeys", removed);
    context
}
