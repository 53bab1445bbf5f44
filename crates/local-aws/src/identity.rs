//! Who asks, and where: accounts, places and callers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::region::Region;

/// An AWS account: a number of twelve digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(u64);

impl Account {
    /// The account of access keys that name no other.
    pub const DEFAULT: Self = Self(123_456_789_012);

    /// The account that these twelve digits name.
    pub fn parse(text: &str) -> Option<Self> {
        let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_account.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:012}", self.0)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("{text} is not an account")))
    }
}

/// An account in a Region: the scope in which keys, aliases and secrets are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Place {
    pub account: Account,
    pub region: Region,
}

impl Place {
    /// The same account elsewhere.
    pub fn in_region(self, region: Region) -> Self {
        Self { region, ..self }
    }

    /// The ARN of one of a service's resources here.
    pub fn arn(self, service: &str, resource: &str) -> String {
        let Self { account, region } = self;
        format!("arn:{}:{service}:{region}:{account}:{resource}", region.partition())
    }
}

/// The parts of an ARN that name a resource in a place.
pub(crate) struct Arn<'a> {
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next() == Some("arn");
        let _partition = parts.next()?;
        let (service, region) = (parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        is_arn.then_some(Self { service, region, account, resource })
    }
}

/// What a temporary access key stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub account: Account,
    pub role: String,
    pub name: String,
}

/// The principal that signed a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub account: Account,
    pub session: Option<Session>,
}

impl Caller {
    /// The ARN that GetCallerIdentity tells.
    pub fn arn(&self, region: Region) -> String {
        let (partition, account) = (region.partition(), self.account);
        match &self.session {
            None => format!("arn:{partition}:iam::{account}:user/local"),
            Some(Session { role, name, .. }) => {
                let short_name = role.rsplit('/').next().unwrap_or(role);
                format!("arn:{partition}:sts::{account}:assumed-role/{short_name}/{name}")
            }
        }
    }

    /// The ARN of the role behind a session.
    pub fn role_arn(&self, region: Region) -> Option<String> {
        let session = self.session.as_ref()?;
        Some(format!("arn:{}:iam::{}:role/{}", region.partition(), self.account, session.role))
    }

    /// The unique id of the principal.
    pub fn user_id(&self) -> String {
        match &self.session {
            None => format!("AIDALOCAL{}", self.account),
            Some(session) => format!("AROALOCAL{}:{}", self.account, session.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits() {
        assert_eq!(Account::parse("000000000042").unwrap().to_string(), "000000000042");
        assert!(Account::parse("42").is_none());
        assert!(Account::parse("AKIAIOSFODNN").is_none());
    }

    #[test]
    fn an_arn_keeps_colons_in_its_resource() {
        let arn =
            Arn::parse("arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf").unwrap();
        assert_eq!(arn.resource, "secret:app-AbCdEf");
        assert!(Arn::parse("alias/app").is_none());
    }
}
