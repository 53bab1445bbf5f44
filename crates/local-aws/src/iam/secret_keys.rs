//! What secrets under customer keys demand of those keys: the calls that
//! Secrets Manager makes to KMS in the name of its caller.

use serde_json::Value;

use crate::iam::context::Context;
use crate::iam::demand::{Demand, Inquiry, Otherwise};
use crate::iam::grant::EncryptionContext;
use crate::iam::key_demands::on_key_given;
use crate::identity::Place;
use crate::kms::{KeyAddress, Naming};
use crate::region::{Partition, Region};
use crate::secrets::{Secret, SecretAddress, chosen_key};

/// The version id that stands in the encryption context when a key is tried out.
const TRIAL: &str = "RequestToValidateKeyAccess";
const CURRENT: &str = "AWSCURRENT";

/// A use of a key for a version of a secret.
struct Use<'a> {
    action: &'a str,
    key: &'a KeyAddress,
    secret_arn: &'a str,
    version: &'a str,
}

impl Use<'_> {
    fn demand(&self, inquiry: &Inquiry<'_>, otherwise: Otherwise) -> Demand {
        let pairs = EncryptionContext::from([
            ("SecretARN".to_owned(), self.secret_arn.to_owned()),
            ("SecretVersionId".to_owned(), self.version.to_owned()),
        ]);
        let region = self.key.place.region;
        let suffix = match region.partition() {
            Partition::China => ".cn",
            Partition::Aws | Partition::UsGovernment => "",
        };
        let mut context = Context::default();
        context.set("aws:CalledVia", "secretsmanager.amazonaws.com");
        context.set("aws:CalledViaFirst", "secretsmanager.amazonaws.com");
        context.set("aws:CalledViaLast", "secretsmanager.amazonaws.com");
        context.set("aws:ViaAWSService", "true");
        context.set("kms:ViaService", format!("secretsmanager.{region}.amazonaws.com{suffix}"));
        context.set("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
        let demand = on_key_given(inquiry, self.action, self.key, pairs);
        let mut demand = demand.given(context).otherwise(otherwise);
        // The address that a service calls from is not its caller's.
        demand.context.remove("aws:SourceIp");
        demand
    }
}

/// The customer key of this name, if it is one and can be found.
fn customer_key(inquiry: &Inquiry<'_>, place: Place, name: Option<&str>) -> Option<KeyAddress> {
    let name = chosen_key(name.map(str::to_owned))?;
    inquiry.find_key(place, &name, Naming::KeyOrAlias)
}

/// The customer key that a request names for a secret.
pub(crate) fn requested_key(inquiry: &Inquiry<'_>) -> Option<KeyAddress> {
    customer_key(inquiry, inquiry.place, inquiry.text("KmsKeyId"))
}

/// What it takes to encrypt a value, or to find out whether one could.
fn encryption(inquiry: &Inquiry<'_>, key: &KeyAddress, secret_arn: &str) -> Vec<Demand> {
    let has_value = ["SecretString", "SecretBinary"]
        .iter()
        .any(|member| inquiry.input.get(member).is_some_and(|value| !value.is_null()));
    let token = inquiry.text("ClientRequestToken").filter(|_| has_value);
    let uses = [
        Some(("kms:GenerateDataKey", TRIAL)),
        Some(("kms:Decrypt", TRIAL)),
        token.map(|token| ("kms:GenerateDataKey", token)),
    ];
    let demand = |(action, version)| {
        Use { action, key, secret_arn, version }.demand(inquiry, Otherwise::RefuseKms)
    };
    uses.into_iter().flatten().map(demand).collect()
}

/// The demands of CreateSecret.
pub(crate) fn of_new_secret(
    inquiry: &Inquiry<'_>,
    address: &SecretAddress,
    arn: &str,
) -> Vec<Demand> {
    let key = requested_key(inquiry);
    let mut demands = match &key {
        Some(key) => encryption(inquiry, key, arn),
        None => Vec::new(),
    };
    let version = inquiry.text("ClientRequestToken").unwrap_or(TRIAL);
    demands.extend(replicas(inquiry, address, "??????", key.as_ref(), version));
    demands
}

/// The demands of an operation on a secret that exists.
pub(crate) fn of_secret(inquiry: &Inquiry<'_>, address: &SecretAddress) -> Vec<Demand> {
    let secret = inquiry.world.secret(address);
    let arn = inquiry.world.secret_arn(address);
    let key = customer_key(inquiry, address.place, secret.kms_key.as_deref());
    match inquiry.operation {
        "GetSecretValue" => read_value(inquiry, address, secret, &arn),
        "PutSecretValue" => {
            let version = inquiry.text("ClientRequestToken").unwrap_or(TRIAL);
            let mut actions = vec!["kms:GenerateDataKey"];
            // A value that may be there already has to be compared.
            actions.extend(secret.versions.contains_key(version).then_some("kms:Decrypt"));
            let key = key.as_ref();
            let demand = |action| {
                let demand = Use { action, key: key?, secret_arn: &arn, version };
                Some(demand.demand(inquiry, Otherwise::RefuseKms))
            };
            actions.into_iter().filter_map(demand).collect()
        }
        "UpdateSecret" => update(inquiry, secret, &arn, key.as_ref()),
        "ReplicateSecretToRegions" => {
            let version = secret.version_with(CURRENT).map_or(TRIAL, String::as_str);
            replicas(inquiry, address, &secret.suffix, key.as_ref(), version)
        }
        _ => Vec::new(),
    }
}

/// A version is read under the last key that it was encrypted with.
fn read_value(
    inquiry: &Inquiry<'_>,
    address: &SecretAddress,
    secret: &Secret,
    arn: &str,
) -> Vec<Demand> {
    let stage = inquiry.text("VersionStage").unwrap_or(CURRENT);
    let version = match inquiry.text("VersionId") {
        Some(id) => secret.versions.get_key_value(id),
        None => secret.version_with(stage).and_then(|id| secret.versions.get_key_value(id)),
    };
    let demand = || {
        let (id, version) = version?;
        let name = version.kms_keys.last().filter(|name| name.starts_with("arn:"))?;
        let key = inquiry.find_key(address.place, name, Naming::KeyOfAnyAccount)?;
        let decryption =
            Use { action: "kms:Decrypt", key: &key, secret_arn: arn, version: id.as_str() };
        Some(decryption.demand(inquiry, Otherwise::RefuseKms))
    };
    demand().into_iter().collect()
}

/// A new value, or a new key: then the versions in use are encrypted under it
/// as well, if the caller may.
fn update(
    inquiry: &Inquiry<'_>,
    secret: &Secret,
    arn: &str,
    old: Option<&KeyAddress>,
) -> Vec<Demand> {
    let is_named = |member: &str| inquiry.input.get(member).is_some_and(|value| !value.is_null());
    let has_value = is_named("SecretString") || is_named("SecretBinary");
    let requested = requested_key(inquiry);
    let new = if is_named("KmsKeyId") { requested.as_ref() } else { old };
    let mut demands = Vec::new();
    if let Some(key) = new.filter(|_| has_value || is_named("KmsKeyId")) {
        demands.extend(encryption(inquiry, key, arn));
    }
    let Some(version) = secret.version_with(CURRENT).filter(|_| new != old) else {
        return demands;
    };
    let uses = [
        old.map(|key| ("kms:Decrypt", key, Otherwise::RefuseKms)),
        new.map(|key| ("kms:Encrypt", key, Otherwise::KeepEncryption)),
    ];
    for (action, key, otherwise) in uses.into_iter().flatten() {
        demands.push(Use { action, key, secret_arn: arn, version }.demand(inquiry, otherwise));
    }
    demands
}

/// What it takes to copy a secret to Regions. Whoever lacks it learns so from
/// the status of the replicas.
fn replicas(
    inquiry: &Inquiry<'_>,
    address: &SecretAddress,
    suffix: &str,
    key: Option<&KeyAddress>,
    version: &str,
) -> Vec<Demand> {
    let mut demands = Vec::new();
    for replica in inquiry.list("AddReplicaRegions") {
        let text = |member: &str| replica.get(member).and_then(Value::as_str);
        let Some(region) = text("Region").and_then(Region::named) else {
            continue;
        };
        let otherwise = Otherwise::FailReplica(region);
        if let Some(key) = key {
            let secret_arn = &address.arn(suffix);
            let reading = Use { action: "kms:Decrypt", key, secret_arn, version };
            demands.push(reading.demand(inquiry, otherwise.clone()));
        }
        let address = address.in_region(region);
        let secret_arn = &address.arn(suffix);
        if let Some(key) = &customer_key(inquiry, address.place, text("KmsKeyId")) {
            for action in ["kms:GenerateDataKey", "kms:Encrypt"] {
                let writing = Use { action, key, secret_arn, version };
                demands.push(writing.demand(inquiry, otherwise.clone()));
            }
        }
    }
    demands
}
