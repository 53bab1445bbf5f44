//! Which request quotas a call counts against, and what AWS grants: per account and Region, in
//! requests a second. From the AWS KMS developer guide, "Request quotas", and the AWS Secrets
//! Manager user guide, "Secrets Manager quotas". An account may have been granted more.

use std::sync::Arc;

use meridian_resource::{Bucket, Call, Quota, Service};

/// KMS: each of these operations has a quota of its own.
const KMS: &[(f64, &[&str])] = &[
    (1.0, &["GetParametersForImport"]),
    (
        5.0,
        &[
            "CancelKeyDeletion",
            "ConnectCustomKeyStore",
            "CreateAlias",
            "CreateCustomKeyStore",
            "CreateKey",
            "DeleteCustomKeyStore",
            "DescribeCustomKeyStores",
            "DisableKey",
            "DisableKeyRotation",
            "DisconnectCustomKeyStore",
            "EnableKey",
            "ReplicateKey",
            "UntagResource",
            "UpdateAlias",
            "UpdateCustomKeyStore",
            "UpdateKeyDescription",
            "UpdatePrimaryRegion",
        ],
    ),
    (10.0, &["TagResource"]),
    (
        15.0,
        &[
            "DeleteAlias",
            "DeleteImportedKeyMaterial",
            "EnableKeyRotation",
            "ImportKeyMaterial",
            "PutKeyPolicy",
            "ScheduleKeyDeletion",
        ],
    ),
    (50.0, &["CreateGrant", "RetireGrant", "RevokeGrant"]),
    (100.0, &["ListGrants", "ListKeyPolicies", "ListKeyRotations"]),
    (500.0, &["ListAliases", "ListKeys"]),
    (1000.0, &["GetKeyPolicy", "GetKeyRotationStatus"]),
    (2000.0, &["DescribeKey", "GetPublicKey", "ListResourceTags"]),
];

/// KMS: the operations with symmetric keys share a quota. Some Regions grant more than this.
const CRYPTOGRAPHY: (&str, f64, &[&str]) =
    ("Cryptographic operations", 10_000.0, &["Decrypt", "Encrypt"]);

/// Secrets Manager: quotas, and the operations that share each.
const SECRETS: &[(&str, f64, &[&str])] = &[
    ("BatchGetSecretValue", 100.0, &["BatchGetSecretValue"]),
    ("CreateSecret", 50.0, &["CreateSecret"]),
    ("DeleteSecret", 50.0, &["DeleteSecret"]),
    ("DescribeSecret", 40_000.0, &["DescribeSecret"]),
    ("GetRandomPassword", 50.0, &["GetRandomPassword"]),
    ("GetSecretValue", 10_000.0, &["GetSecretValue"]),
    ("ListSecretVersionIds", 50.0, &["ListSecretVersionIds"]),
    ("ListSecrets", 100.0, &["ListSecrets"]),
    (
        "Resource policies",
        50.0,
        &[
            "DeleteResourcePolicy",
            "GetResourcePolicy",
            "PutResourcePolicy",
            "ValidateResourcePolicy",
        ],
    ),
    ("RestoreSecret", 50.0, &["RestoreSecret"]),
    ("Rotation", 50.0, &["CancelRotateSecret", "RotateSecret"]),
    ("Tags", 50.0, &["TagResource", "UntagResource"]),
    (
        "Updates",
        50.0,
        &[
            "PutSecretValue",
            "RemoveRegionsFromReplication",
            "ReplicateSecretToRegions",
            "StopReplicationToReplica",
            "UpdateSecret",
            "UpdateSecretVersionStage",
        ],
    ),
];

/// All quotas that a call of this account counts against; none for what has no quota that a few
/// clients could reach.
pub(crate) fn of(account: &Arc<str>, call: &Call) -> Vec<Quota> {
    let quota = |(family, per_second): (&'static str, f64), region: &str, count: f64| {
        let (service, region) = (call.service, region.to_owned());
        Quota {
            bucket: Bucket { account: account.clone(), service, region, family },
            per_second,
            count,
        }
    };
    let own = granted(call.service, call.operation).map(|it| quota(it, &call.region, 1.0));
    let there = elsewhere(call).and_then(|(operation, region, count)| {
        Some(quota(granted(call.service, operation)?, region, count))
    });
    own.into_iter().chain(there).collect()
}

/// The quota of an operation: its name and its rate.
fn granted(service: Service, operation: &str) -> Option<(&'static str, f64)> {
    let shared = |(family, rate, operations): &(&'static str, f64, &[&str])| {
        operations.contains(&operation).then_some((*family, *rate))
    };
    match service {
        Service::Kms => {
            let own = KMS.iter().find_map(|(rate, operations)| {
                let name = operations.iter().find(|name| **name == operation)?;
                Some((*name, *rate))
            });
            own.or_else(|| shared(&CRYPTOGRAPHY))
        }
        Service::SecretsManager => SECRETS.iter().find_map(shared),
        Service::Sts | Service::Machine => None,
    }
}

/// What a call counts as in another Region: `ReplicateKey` as two of `CreateKey` in the replica's,
/// `UpdatePrimaryRegion` as one of its own in the new primary's.
fn elsewhere(call: &Call) -> Option<(&'static str, &str, f64)> {
    let (operation, member, count) = match call.operation {
        "ReplicateKey" => ("CreateKey", "ReplicaRegion", 2.0),
        "UpdatePrimaryRegion" => ("UpdatePrimaryRegion", "PrimaryRegion", 1.0),
        _ => return None,
    };
    let region = call.input.get_str(member).filter(|region| *region != call.region)?;
    Some((operation, region, count))
}

#[cfg(test)]
mod tests {
    use meridian_lang::Value;

    use super::*;

    fn charged(call: &Call) -> Vec<(&'static str, String, f64, f64)> {
        let quotas = of(&"aws".into(), call).into_iter();
        quotas.map(|it| (it.bucket.family, it.bucket.region, it.per_second, it.count)).collect()
    }

    #[test]
    fn a_call_counts_where_it_is_made_and_where_it_has_effect() {
        let home = || "eu-central-1".to_owned();
        let kms = |operation, member: Option<(&'static str, &str)>| {
            let input = member.map(|(name, value)| (name, Value::string(value)));
            Call::change(Service::Kms, operation, "eu-central-1", input)
        };
        assert_eq!(charged(&kms("CreateKey", None)), [("CreateKey", home(), 5.0, 1.0)]);
        let replicate = kms("ReplicateKey", Some(("ReplicaRegion", "eu-west-1")));
        let there = ("CreateKey", "eu-west-1".to_owned(), 5.0, 2.0);
        assert_eq!(charged(&replicate), [("ReplicateKey", home(), 5.0, 1.0), there]);
        let promote = kms("UpdatePrimaryRegion", Some(("PrimaryRegion", "eu-west-1")));
        let there = ("UpdatePrimaryRegion", "eu-west-1".to_owned(), 5.0, 1.0);
        assert_eq!(charged(&promote), [("UpdatePrimaryRegion", home(), 5.0, 1.0), there]);
        assert_eq!(charged(&kms("Encrypt", None))[0].2, 10_000.0);
    }

    #[test]
    fn operations_that_share_a_quota_have_one_bucket() {
        let call = |operation| Call::change(Service::SecretsManager, operation, "eu-west-1", []);
        let bucket = |operation| of(&"aws".into(), &call(operation))[0].bucket.clone();
        assert_eq!(bucket("PutSecretValue"), bucket("UpdateSecret"));
        assert_ne!(bucket("PutSecretValue"), bucket("CreateSecret"));
    }

    #[test]
    fn what_has_no_quota_of_note_is_never_held_back() {
        assert_eq!(charged(&Call::read(Service::Sts, "GetCallerIdentity", "eu-west-1", [])), []);
        assert_eq!(charged(&Call::change(Service::Machine, "WriteFile", "", [])), []);
    }
}
