//! Who asks, and where: accounts, places and callers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clock::Timestamp;
use crate::region::Region;
use crate::vault::Sealed;
use crate::world::World;

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

    /// The account of the next number.
    pub(crate) fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
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
    pub lent: Lent,
    /// When the key ceases to work.
    pub expires: Timestamp,
    /// The secret access key.
    pub secret: Sealed,
    /// The session token that requests must carry.
    pub token: Sealed,
}

/// Whose permissions a session lends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Lent {
    /// Those of a role. Its name includes its path.
    Role { role: String, name: String },
    /// Those of the user itself, who signed with this access key.
    User { access_key: String },
}

/// The principal that signed a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub account: Account,
    pub session: Option<Session>,
}

/// The name of the only user of an account.
pub(crate) const USER: &str = "local";

impl Caller {
    /// The role of a session and the session's name.
    fn role(&self) -> Option<(&str, &str)> {
        match &self.session.as_ref()?.lent {
            Lent::Role { role, name } => Some((role, name)),
            Lent::User { .. } => None,
        }
    }

    /// The access key of the user who lent its permissions to itself.
    pub fn lender(&self) -> Option<&str> {
        match &self.session.as_ref()?.lent {
            Lent::Role { .. } => None,
            Lent::User { access_key } => Some(access_key),
        }
    }

    /// The ARN that GetCallerIdentity tells.
    pub fn arn(&self, region: Region) -> String {
        let (partition, account) = (region.partition(), self.account);
        match self.role() {
            None => format!("arn:{partition}:iam::{account}:user/{USER}"),
            Some((role, name)) => {
                let short_name = role.rsplit('/').next().unwrap_or(role);
                format!("arn:{partition}:sts::{account}:assumed-role/{short_name}/{name}")
            }
        }
    }

    /// The ARN of the role behind a session.
    pub fn role_arn(&self, region: Region) -> Option<String> {
        let (role, _) = self.role()?;
        Some(format!("arn:{}:iam::{}:role/{role}", region.partition(), self.account))
    }

    /// The unique id of the principal.
    pub fn user_id(&self) -> String {
        match self.role() {
            None => format!("AIDALOCAL{}", self.account),
            Some((_, name)) => format!("AROALOCAL{}:{name}", self.account),
        }
    }
}

impl World {
    /// The principal that an access key belongs to. A key that is an account's
    /// number belongs to that account; any other to the default one.
    pub fn caller(&self, access_key: &str) -> Caller {
        match self.sessions.get(&access_key.to_owned()) {
            Some(session) => Caller { account: session.account, session: Some(session.clone()) },
            None => {
                let account = Account::parse(access_key).unwrap_or(Account::DEFAULT);
                Caller { account, session: None }
            }
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
