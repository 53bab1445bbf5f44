//! What an account has that configuration could manage: which calls tell it, and what their answers
//! say. Pure, and all calls only read.

mod keys;
mod secrets;

use meridian_lang::Value;
use meridian_resource::{Call, Service};

pub use keys::{FoundKey, KeyAnswer, has_default_policy};
pub use secrets::{FoundSecret, SecretAnswer};

/// An alias of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAlias {
    /// Its name, with the prefix `alias/`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The id of its key.
    pub key_id: String,
}

/// What a Region lists.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The ids of its keys, in order.
    pub keys: Vec<String>,
    /// Its aliases in order, without those of AWS.
    pub aliases: Vec<FoundAlias>,
    /// The ARNs of its secrets, in order.
    pub secrets: Vec<String>,
}

/// The calls that list what a Region has, for [`listed`].
pub fn listings(region: &str) -> [Call; 3] {
    [
        Call::read(Service::Kms, "ListKeys", region, []).needs("kms:ListKeys", "*"),
        Call::read(Service::Kms, "ListAliases", region, []).needs("kms:ListAliases", "*"),
        Call::read(Service::SecretsManager, "ListSecrets", region, [])
            .needs("secretsmanager:ListSecrets", "*"),
    ]
}

/// What the answers to [`listings`] say.
pub fn listed(keys: &Value, aliases: &Value, secrets: &Value) -> Listed {
    let texts = |answer: &Value, list: &str, member: &str| {
        let elements = answer.get(list).into_iter().flat_map(Value::children);
        let texts = elements.filter_map(|it| it.get_str(member).map(str::to_owned));
        let mut texts: Vec<String> = texts.collect();
        texts.sort();
        texts
    };
    let found = aliases.get("Aliases").into_iter().flat_map(Value::children);
    let found = found.filter_map(|alias| {
        Some(FoundAlias {
            name: alias.get_str("AliasName")?.to_owned(),
            arn: alias.get_str("AliasArn")?.to_owned(),
            key_id: alias.get_str("TargetKeyId")?.to_owned(),
        })
    });
    let mut aliases: Vec<FoundAlias> =
        found.filter(|alias| !alias.name.starts_with("alias/aws/")).collect();
    aliases.sort_by(|a, b| a.name.cmp(&b.name));
    Listed {
        keys: texts(keys, "Keys", "KeyId"),
        aliases,
        secrets: texts(secrets, "SecretList", "ARN"),
    }
}

/// The call that tells of a key, for [`KeyAnswer::of`].
pub fn describe_key(region: &str, id: &str) -> Call {
    Call::read(Service::Kms, "DescribeKey", region, [("KeyId", Value::string(id))])
        .needs("kms:DescribeKey", "*")
}

/// The call that tells of a secret, for [`SecretAnswer::of`].
pub fn describe_secret(region: &str, arn: &str) -> Call {
    let input = [("SecretId", Value::string(arn))];
    Call::read(Service::SecretsManager, "DescribeSecret", region, input)
        .needs("secretsmanager:DescribeSecret", arn)
}

#[cfg(test)]
mod tests;
