//! Who asks, by all the names that policies may use.

use std::collections::BTreeSet;

use crate::iam::context::Context;
use crate::identity::{Account, Caller};
use crate::region::Region;

/// A caller, as policies see it.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub account: Account,
    /// The ARN that GetCallerIdentity tells.
    pub arn: String,
    /// The ARN of the role behind a session.
    pub role_arn: Option<String>,
    user_id: String,
    /// The access key, and a role's name with and without its path.
    other_names: BTreeSet<String>,
}

impl Subject {
    /// The caller who signed with an access key, in a Region's partition.
    pub fn new(caller: &Caller, access_key: &str, region: Region) -> Self {
        let role_arn = caller.role_arn(region);
        let mut other_names = BTreeSet::from([access_key.to_owned()]);
        other_names.extend(caller.lender().map(str::to_owned));
        if let Some((_, role)) = role_arn.as_deref().and_then(|arn| arn.split_once(":role/")) {
            other_names.insert(role.to_owned());
            other_names.extend(role.rsplit('/').next().map(str::to_owned));
        }
        Self {
            account: caller.account,
            arn: caller.arn(region),
            role_arn,
            user_id: caller.user_id(),
            other_names,
        }
    }

    /// Whether a `Principal` element that holds this ARN means the caller.
    pub fn has_arn(&self, arn: &str) -> bool {
        arn == self.arn || Some(arn) == self.role_arn.as_deref()
    }

    /// Whether a name in the settings means the caller.
    pub fn is_called(&self, name: &str) -> bool {
        self.has_arn(name) || self.other_names.contains(name)
    }

    /// The condition keys that tell of the caller.
    pub fn describe(&self, context: &mut Context) {
        context.set("aws:PrincipalArn", self.role_arn.as_ref().unwrap_or(&self.arn));
        context.set("aws:PrincipalAccount", self.account.to_string());
        context.set("aws:PrincipalIsAWSService", "false");
        context.set("aws:userid", &self.user_id);
        match (&self.role_arn, self.arn.rsplit_once('/')) {
            (None, Some((_, name))) => {
                context.set("aws:PrincipalType", "User");
                context.set("aws:username", name);
            }
            _ => context.set("aws:PrincipalType", "AssumedRole"),
        }
    }
}
