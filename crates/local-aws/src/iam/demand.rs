//! What a request must be allowed to do.

use crate::clock::Timestamp;
use crate::iam::context::Context;
use crate::iam::document::Question;
use crate::iam::grant::EncryptionContext;
use crate::iam::subject::Subject;
use crate::identity::{Account, Arn, Place};
use crate::kms::{KeyAddress, Naming};
use crate::region::{Partition, Region};
use crate::secrets::SecretAddress;
use crate::world::World;
use serde_json::Value;

/// One action on one resource that a request must be allowed.
#[derive(Debug)]
pub(crate) struct Demand {
    pub action: String,
    /// The ARN of the resource, or `*` for an action that is on none.
    pub resource: String,
    /// The resource as a refusal calls it; nothing if it calls it nothing.
    pub shown: Option<String>,
    pub region: Region,
    pub guard: Guard,
    pub context: Context,
    /// The encryption context, if the action has one.
    pub encryption_context: Option<EncryptionContext>,
    pub otherwise: Otherwise,
}

/// What has a say beside the policies of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Nothing.
    None,
    /// The policy of a key and its grants.
    Key(KeyAddress),
    /// The policy of a key and one of its grants.
    Grant(KeyAddress, String),
    /// The policy of a secret.
    Secret(SecretAddress),
}

/// What follows from a demand that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// The request is refused.
    Refuse,
    /// The request is refused in the words of CreateKey about tags.
    RefuseTags,
    /// The request is refused in the words of Secrets Manager about KMS.
    RefuseKms,
    /// The request succeeds, but the replication to a Region fails.
    FailReplica(Region),
    /// The request succeeds, but no version is encrypted anew.
    KeepEncryption,
    /// The request succeeds, but without one of its secrets.
    SkipSecret(SecretAddress),
    /// The same in the words of Secrets Manager about KMS.
    SkipSecretOfKey(SecretAddress),
}

impl Demand {
    /// What the demand asks of a policy.
    pub fn question(&self) -> Question<'_> {
        Question { action: &self.action, resource: &self.resource, context: &self.context }
    }

    /// The same demand with another consequence.
    #[must_use]
    pub fn otherwise(self, otherwise: Otherwise) -> Self {
        Self { otherwise, ..self }
    }

    /// The same demand under more circumstances.
    #[must_use]
    pub fn given(mut self, context: Context) -> Self {
        self.context.extend(context);
        self
    }
}

/// A request, as far as permissions depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inquiry<'a> {
    pub world: &'a World,
    pub subject: &'a Subject,
    pub place: Place,
    pub now: Timestamp,
    pub operation: &'a str,
    pub input: &'a Value,
}

impl<'a> Inquiry<'a> {
    /// A member of the request that is a text.
    pub fn text(&self, member: &str) -> Option<&'a str> {
        self.input.get(member)?.as_str()
    }

    /// A member of the request that is a list.
    pub fn list(&self, member: &str) -> &'a [Value] {
        self.input.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether a member of the request is `true`.
    pub fn flag(&self, member: &str) -> bool {
        self.input.get(member).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The circumstances that all requests have (IAM user guide, "AWS global
    /// condition context keys").
    pub fn circumstances(&self, region: Region) -> Context {
        let mut context = Context::default();
        self.subject.describe(&mut context);
        let seconds = self.now.milliseconds().div_euclid(1000);
        context.set("aws:CurrentTime", seconds.to_string());
        context.set("aws:EpochTime", seconds.to_string());
        context.set("aws:RequestedRegion", region.as_str());
        context.set("aws:SecureTransport", "true");
        context.set("aws:SourceIp", "127.0.0.1");
        context.set("aws:ViaAWSService", "false");
        context
    }

    /// A demand that no resource has a say in.
    pub fn demand(&self, action: impl Into<String>, resource: impl Into<String>) -> Demand {
        let region = self.place.region;
        let resource = resource.into();
        Demand {
            action: action.into(),
            shown: Some(resource.clone()),
            resource,
            region,
            guard: Guard::None,
            context: self.circumstances(region),
            encryption_context: None,
            otherwise: Otherwise::Refuse,
        }
    }

    /// The key that a request names, as its operation will find it.
    pub fn find_key(&self, place: Place, name: &str, naming: Naming) -> Option<KeyAddress> {
        self.world.find_key(place, name, naming).ok()
    }
}

/// The place that a name is of: with the account of the name, if it is an ARN.
pub(crate) fn owner(place: Place, name: &str) -> Place {
    let account = Arn::parse(name).and_then(|arn| Account::parse(arn.account));
    Place { account: account.unwrap_or(place.account), ..place }
}

/// The Region that services without Regions are in.
pub(crate) fn global_region(region: Region) -> Region {
    let name = match region.partition() {
        Partition::Aws => "us-east-1",
        Partition::China => "cn-north-1",
        Partition::UsGovernment => "us-gov-west-1",
    };
    Region::named(name).expect("each partition has its first Region")
}

/// A member's value as the text or texts that conditions compare.
pub(crate) fn condition_values(value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::Object(_) => Vec::new(),
        Value::Array(values) => values.iter().flat_map(condition_values).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

/// The tags of a request, as conditions see them.
pub(crate) fn request_tags(tags: &[Value], key: &str, value: &str) -> Context {
    let mut context = Context::default();
    let keys = tags.iter().filter_map(|tag| tag.get(key).and_then(Value::as_str));
    context.set_all("aws:TagKeys", keys.map(str::to_owned));
    for tag in tags {
        if let Some(name) = tag.get(key).and_then(Value::as_str) {
            let value = tag.get(value).and_then(Value::as_str).unwrap_or_default();
            context.set(&format!("aws:RequestTag/{name}"), value);
        }
    }
    context
}
