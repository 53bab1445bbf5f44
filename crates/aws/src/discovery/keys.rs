//! Keys.

use meridian_lang::Value;

use crate::arn::Arn;
use crate::policy;

/// A key that configuration could manage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// The resource type that manages it.
    pub type_name: &'static str,
    /// The Region that it is in.
    pub region: String,
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Whether it is one of a set of multi-Region keys.
    pub is_multi_region: bool,
    /// The ARN of its primary, if it is a replica.
    pub primary: Option<String>,
    /// The Regions of its set.
    pub regions: Vec<String>,
}

/// Whether a key, by its attributes, has the policy that AWS gives to keys that are made without
/// one.
pub fn has_default_policy(key: &Value) -> bool {
    let arn = key.get_str("arn").and_then(|arn| Arn::parse(arn).ok());
    let (Some(arn), Some(policy)) = (arn, key.get_str("policy")) else { return false };
    let default = policy::default_for_key(arn.partition, arn.account);
    arn.service == "kms" && policy::equivalent(policy, &default)
}

/// What is said of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAnswer {
    /// Configuration could manage it.
    Found(Box<FoundKey>),
    /// AWS manages it for one of its services.
    OfAws,
    /// It is about to go: why it is left out.
    Leaving(String),
    /// There is nothing to be said.
    Nothing,
}

impl KeyAnswer {
    /// What the answer to [`super::describe_key`] says.
    pub fn of(region: &str, answer: &Value) -> KeyAnswer {
        let Some(key) = answer.get("KeyMetadata") else { return KeyAnswer::Nothing };
        let (Some(id), Some(arn)) = (key.get_str("KeyId"), key.get_str("Arn")) else {
            return KeyAnswer::Nothing;
        };
        if key.get_str("KeyManager") == Some("AWS") {
            return KeyAnswer::OfAws;
        }
        match key.get_str("KeyState") {
            Some("PendingDeletion") => {
                let date = key.get_str("DeletionDate").unwrap_or("an unknown date");
                return KeyAnswer::Leaving(format!(
                    "it is deleted on {date} unless that is cancelled"
                ));
            }
            Some("PendingReplicaDeletion") => {
                let why = "it is scheduled for deletion as soon as its last replica is gone";
                return KeyAnswer::Leaving(why.to_owned());
            }
            _ => {}
        }
        let family = key.get("MultiRegionConfiguration");
        let is_replica = family.and_then(|it| it.get_str("MultiRegionKeyType")) == Some("REPLICA");
        let leader = family.and_then(|it| it.get("PrimaryKey"));
        let followers = family.and_then(|it| it.get("ReplicaKeys"));
        let members = leader.into_iter().chain(followers.into_iter().flat_map(Value::children));
        let mut regions: Vec<String> =
            members.filter_map(|it| it.get_str("Region").map(str::to_owned)).collect();
        regions.sort();
        let primary = leader.filter(|_| is_replica).and_then(|it| it.get_str("Arn"));
        let is_external = key.get_str("Origin") == Some("EXTERNAL");
        KeyAnswer::Found(Box::new(FoundKey {
            type_name: match (is_external, is_replica) {
                (false, false) => "aws_kms_key",
                (false, true) => "aws_kms_replica_key",
                (true, false) => "aws_kms_external_key",
                (true, true) => "aws_kms_replica_external_key",
            },
            region: Arn::parse(arn).map_or(region, |arn| arn.region).to_owned(),
            id: id.to_owned(),
            arn: arn.to_owned(),
            is_multi_region: key.get("MultiRegion").and_then(Value::as_bool) == Some(true),
            primary: primary.map(str::to_owned),
            regions,
        }))
    }
}
