//! AWS managed keys: one for each service, made when it is first needed (AWS
//! KMS developer guide, "AWS managed keys").
//!
//! Such a key is known by its alias, `alias/aws/<service>`, which nobody can
//! create, move or delete. The aliases are there before the keys are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::iam;
use crate::identity::{Arn, Place};
use crate::inferred;
use crate::kms::alias::{Alias, AliasAddress, RESERVED_PREFIX};
use crate::kms::key::{Key, KeyAddress, KeySet, KeyState, Origin, Rotation};
use crate::kms::material::Material;
use crate::kms::policy_text;
use crate::kms::spec::{ENCRYPTION, SYMMETRIC_DEFAULT};
use crate::tags::Tags;
use crate::world::{Call, Transition, World};

const ROTATION_DAYS: u32 = 365;

/// The services with a key, and what it protects.
const SERVICES: &[(&str, &str)] = &[
    ("acm", "ACM private keys"),
    ("backup", "Backup data"),
    ("codecommit", "CodeCommit repositories"),
    ("dms", "DMS replication instances"),
    ("dynamodb", "DynamoDB data"),
    ("ebs", "EBS volumes"),
    ("elasticfilesystem", "EFS filesystems"),
    ("es", "Elasticsearch data"),
    ("fsx", "FSx resources"),
    ("glue", "Glue data"),
    ("kinesis", "Kinesis data"),
    ("kinesisvideo", "Kinesis Video Streams data"),
    ("lambda", "Lambda functions"),
    ("lightsail", "Lightsail data"),
    ("rds", "RDS database volumes"),
    ("redshift", "Redshift clusters"),
    ("s3", "S3 objects"),
    ("secretsmanager", "Secrets Manager data"),
    ("sns", "SNS data"),
    ("sqs", "SQS messages"),
    ("ssm", "SSM parameters"),
    ("workspaces", "WorkSpaces data"),
    ("xray", "X-Ray data"),
];

/// The beginnings of the operations that the policy of such a key opens to the
/// account. All others are for the service alone.
const OPEN: &[&str] = &["Describe", "Get", "List", "RetireGrant", "RevokeGrant"];

/// The aliases that every account has everywhere, by name.
pub(crate) fn predefined_aliases(place: Place) -> impl Iterator<Item = AliasAddress> {
    SERVICES.iter().map(move |(service, _)| alias_of(place, service))
}

fn alias_of(place: Place, service: &str) -> AliasAddress {
    AliasAddress::new(place, format!("{RESERVED_PREFIX}{service}"))
}

/// Makes the keys whose aliases a request names, where that is how they begin:
/// at operations that take aliases.
pub(crate) fn appear(call: &mut Call<'_>, operation: &str, input: &Value) {
    let takes_aliases =
        matches!(operation, "Decrypt" | "ReEncrypt") || iam::ON_KEY_OR_ALIAS.contains(&operation);
    if !takes_aliases {
        return;
    }
    for member in ["KeyId", "SourceKeyId", "DestinationKeyId"] {
        let service = input[member].as_str().and_then(|name| named_service(call.place, name));
        if let Some(service) = service {
            ensure_managed_key(call.world, call.place, service, call.now);
        }
    }
}

/// The service whose alias this is, by name or by ARN.
fn named_service(place: Place, name: &str) -> Option<&'static str> {
    let name = match Arn::parse(name) {
        None => name,
        Some(arn) => {
            let is_here = arn.service == "kms"
                && arn.region == place.region.as_str()
                && arn.account == place.account.to_string();
            is_here.then_some(arn.resource)?
        }
    };
    let name = name.strip_prefix(RESERVED_PREFIX)?;
    SERVICES.iter().map(|(service, _)| *service).find(|service| *service == name)
}

/// The key that AWS manages for a service in a place. If it is not there yet, it
/// is made.
pub(crate) fn ensure_managed_key(
    world: &mut World,
    place: Place,
    service: &str,
    now: Timestamp,
) -> KeyAddress {
    let alias = alias_of(place, service);
    if let Some(alias) = world.aliases.get(&alias) {
        return KeyAddress::new(place, alias.target.clone());
    }
    let address = KeyAddress::new(place, Uuid::new_v4().to_string());
    let next = now.after_days(ROTATION_DAYS);
    let set = KeySet {
        spec: SYMMETRIC_DEFAULT.to_owned(),
        usage: ENCRYPTION.to_owned(),
        origin: Origin::AwsKms,
        multi_region: false,
        primary: place.region,
        replicas: BTreeSet::new(),
        materials: vec![Material::first(&world.vault, &address.set(), SYMMETRIC_DEFAULT)],
        rotation: Some(Rotation { period_days: ROTATION_DAYS, next }),
        replicated_rotation: None,
        on_demand_rotation: None,
        store: None,
    };
    let key = Key {
        created: now,
        description: description(service),
        policy: policy(place, service),
        tags: Tags::new(),
        state: KeyState::Enabled,
        deletion: None,
        imports: BTreeMap::new(),
        last_usage: None,
    };
    world.schedule(next, Transition::AutomaticRotation(address.set()));
    world.key_sets.insert(address.set(), set);
    world.keys.insert(address.clone(), key);
    world.aliases.insert(alias, Alias::new(address.id.clone(), now));
    address
}

fn description(service: &str) -> String {
    let what = SERVICES.iter().find(|(name, _)| *name == service).map(|(_, what)| *what);
    let what = what.unwrap_or(service);
    format!("Default key that protects my {what} when no other key is defined")
}

/// Lets the account use the key through the service, and look at it directly
/// (Secrets Manager user guide, "Key policy of the AWS managed key").
fn policy(place: Place, service: &str) -> String {
    let Place { account, region } = place;
    let partition = region.partition();
    let through = format!(
        r#""Sid":"Allow access through {service} for all principals in the account that are authorized to use {service}","Effect":"Allow","Principal":{{"AWS":["*"]}}"#
    );
    let via_service = format!(r#""kms:ViaService":"{service}.{region}.amazonaws.com""#);
    let caller = format!(r#""kms:CallerAccount":"{account}""#);
    policy_text::lay_out(&format!(
        r#"{{"Version":"2012-10-17","Id":"auto-{service}-2","Statement":[
        {{{through},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:CreateGrant","kms:DescribeKey"],
        "Resource":"*","Condition":{{"StringEquals":{{{caller},{via_service}}}}}}},
        {{{through},"Action":"kms:GenerateDataKey*",
        "Resource":"*","Condition":{{"StringEquals":{{{caller}}},"StringLike":{{{via_service}}}}}}},
        {{"Sid":"Allow direct access to key metadata to the account","Effect":"Allow",
        "Principal":{{"AWS":["arn:{partition}:iam::{account}:root"]}},
        "Action":["kms:Describe*","kms:Get*","kms:List*","kms:RevokeGrant"],"Resource":"*"}}]}}"#
    ))
}

/// Refuses to let anybody manage a key that AWS manages, or use it directly.
pub(crate) fn refuse_direct_use(
    call: &Call<'_>,
    operation: &str,
    key: &KeyAddress,
) -> Result<(), ApiError> {
    let is_open = OPEN.iter().any(|beginning| operation.starts_with(beginning));
    if is_open || !call.world.is_managed(key) {
        return Ok(());
    }
    let parameters = vec![
        ("user", call.caller.arn(call.place.region)),
        ("operation", operation.to_owned()),
        ("key", key.arn()),
    ];
    Err(ApiError::inferred(&inferred::MANAGED_KEY, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_are_in_order_and_known_by_name_and_arn() {
        assert!(SERVICES.is_sorted());
        let place = Place {
            account: crate::identity::Account::DEFAULT,
            region: crate::region::Region::named("eu-west-1").unwrap(),
        };
        let named = |name| named_service(place, name);
        assert_eq!(named("alias/aws/ebs"), Some("ebs"));
        assert_eq!(named("arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs"), Some("ebs"));
        assert_eq!(named("arn:aws:kms:us-east-1:123456789012:alias/aws/ebs"), None);
        assert_eq!(named("alias/aws/nonsense"), None);
        assert_eq!(named("alias/ebs"), None);
        let policy: Value = serde_json::from_str(&policy(place, "ebs")).unwrap();
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 3);
    }
}
