//! Identity and access management: who may do what, if a cloud is told to mind
//! it (IAM user guide, "Policy evaluation logic").
//!
//! [`Authorizer`] asks for each request which actions on which resources it
//! comes down to, and decides on each of them by the caller's policies, the
//! policies of the resources, and grants. Operations know nothing of it.

mod api;
mod condition;
mod connections;
mod context;
mod decision;
mod demand;
mod document;
mod grant;
mod key_context;
mod key_demands;
mod key_operations;
mod pattern;
mod policies;
mod principal;
mod query_demands;
mod secret_demands;
mod secret_keys;
mod service_role;
mod subject;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

pub(crate) use api::call;
pub(crate) use demand::owner;
pub(crate) use key_operations::ON_KEY_OR_ALIAS;
pub(crate) use pattern::Pattern;
pub use policies::Policies;
pub(crate) use service_role::ServiceRole;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::iam::decision::{Denial, Protection, decide};
use crate::iam::demand::{Demand, Guard, Inquiry, Otherwise};
use crate::iam::document::Policy;
use crate::iam::subject::Subject;
use crate::identity::{Caller, Place};
use crate::region::Region;
use crate::request::Service;
use crate::secrets::SecretAddress;
use crate::world::{Call, World};

/// An action that requests were checked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    /// The action, such as `kms:CreateKey`.
    pub action: String,
    /// The ARN of the resource, or `*`.
    pub resource: String,
    /// The Region that the action is in.
    pub region: &'static str,
    /// Whether it was allowed.
    pub allowed: bool,
}

/// What a request that may be carried out may still not bring about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Withheld {
    /// The Regions to which no secret may be replicated.
    pub replicas: BTreeSet<Region>,
    /// Versions of a secret may not be encrypted under its new key.
    pub encryption: bool,
    /// The secrets of a batch that may not be read, and why.
    secrets: BTreeMap<SecretAddress, ApiError>,
}

impl Withheld {
    /// Refuses one of the secrets of a batch, if it may not be read.
    pub fn check_secret(&self, address: &SecretAddress) -> Result<(), ApiError> {
        self.secrets.get(address).map_or(Ok(()), |refusal| Err(refusal.clone()))
    }
}

/// A request whose permissions are to be checked. It has no `Debug`, since its
/// body can hold a secret value.
pub(crate) struct Attempt<'a> {
    pub world: &'a World,
    pub caller: &'a Caller,
    pub access_key: &'a str,
    pub place: Place,
    pub now: Timestamp,
    pub service: Service,
    pub operation: &'a str,
    pub body: &'a [u8],
}

/// The policies, and what they were asked.
#[derive(Debug)]
pub(crate) struct Authorizer {
    policies: Policies,
    asked: BTreeSet<Permission>,
}

impl Authorizer {
    pub fn new(policies: Policies) -> Self {
        Self { policies, asked: BTreeSet::new() }
    }

    /// The permissions that have been asked for, each once.
    pub fn asked(&self) -> Vec<Permission> {
        self.asked.iter().cloned().collect()
    }

    /// Forgets what has been asked for.
    pub fn forget(&mut self) {
        self.asked.clear();
    }

    /// Checks all that a request demands; refuses it for the first demand that
    /// is not met and cannot be withheld.
    pub fn authorize(&mut self, attempt: &Attempt<'_>) -> Result<Withheld, ApiError> {
        let Attempt { world, place, now, operation, .. } = *attempt;
        let subject = &Subject::new(attempt.caller, attempt.access_key, place.region);
        let input = &members(attempt.service, attempt.body);
        let inquiry = &Inquiry { world, subject, place, now, operation, input };
        let demands = match attempt.service {
            Service::Iam => query_demands::of_iam(inquiry),
            Service::Kms => key_demands::demands(inquiry),
            Service::SecretsManager => secret_demands::demands(inquiry),
            Service::Sts => query_demands::of_sts(inquiry),
        };
        let mut withheld = Withheld::default();
        let mut refusal = None;
        for demand in demands {
            let outcome = self.check(inquiry, &demand);
            self.asked.insert(Permission {
                action: demand.action.clone(),
                resource: demand.resource.clone(),
                region: demand.region.as_str(),
                allowed: outcome.is_ok(),
            });
            let Err(denial) = outcome else {
                continue;
            };
            match &demand.otherwise {
                Otherwise::FailReplica(region) => {
                    withheld.replicas.insert(*region);
                }
                Otherwise::KeepEncryption => withheld.encryption = true,
                Otherwise::SkipSecret(address) => {
                    let refusal = refuse(subject, &demand, denial);
                    withheld.secrets.entry(address.clone()).or_insert(refusal);
                }
                Otherwise::SkipSecretOfKey(address) => {
                    withheld.secrets.entry(address.clone()).or_insert_with(without_kms);
                }
                Otherwise::Refuse | Otherwise::RefuseKms | Otherwise::RefuseTags => {
                    refusal.get_or_insert_with(|| refuse(subject, &demand, denial));
                }
            }
        }
        refusal.map_or(Ok(withheld), Err)
    }

    fn check(&self, inquiry: &Inquiry<'_>, demand: &Demand) -> Result<(), Denial> {
        let protection = protection(inquiry.world, &demand.guard);
        let pairs = demand.encryption_context.as_ref();
        decide(&self.policies, inquiry.subject, &protection, demand.question(), pairs)
    }
}

/// The first action of a request on a key of another account whose policy and
/// grants do not let the caller in, and the ARN of the key.
pub(crate) fn closed_key(
    call: &Call<'_>,
    operation: &str,
    input: &Value,
) -> Option<(String, String)> {
    let Call { ref world, caller, access_key, place, now, .. } = *call;
    let subject = &Subject::new(caller, access_key, place.region);
    let inquiry = &Inquiry { world, subject, place, now, operation, input };
    let is_closed = |demand: &Demand| {
        let (Guard::Key(key) | Guard::Grant(key, _)) = &demand.guard else {
            return false;
        };
        let pairs = demand.encryption_context.as_ref();
        let protection = protection(world, &demand.guard);
        key.place.account != caller.account
            && !protection.lets_in(subject, demand.question(), pairs)
    };
    key_demands::demands(inquiry)
        .into_iter()
        .find(is_closed)
        .map(|demand| (demand.action, demand.resource))
}

fn protection(world: &World, guard: &Guard) -> Protection {
    match guard {
        Guard::None => Protection::None,
        Guard::Key(key) | Guard::Grant(key, _) => {
            let mut grants = connections::grants_of(world, key);
            if let Guard::Grant(_, id) = guard {
                grants.retain(|grant| grant.id == *id);
            }
            let policy = Policy::of_resource(&world.key(key).policy);
            Protection::Key { account: key.place.account, policy, grants }
        }
        Guard::Secret(address) => {
            let policy = world.secret(address).policy.as_deref().map(Policy::of_resource);
            Protection::Secret { account: address.place.account, policy }
        }
    }
}

fn refuse(subject: &Subject, demand: &Demand, denial: Denial) -> ApiError {
    let message = match &demand.otherwise {
        Otherwise::RefuseTags => "You don't have the kms:TagResource permission that is required \
                                  to add tags during key creation."
            .to_owned(),
        Otherwise::RefuseKms => return without_kms(),
        _ => {
            let action = &demand.action;
            let resource = demand.shown.as_ref().map(|shown| format!(" on resource: {shown}"));
            format!(
                "User: {} is not authorized to perform: {action}{} {}",
                subject.arn,
                resource.unwrap_or_default(),
                denial.explain(action)
            )
        }
    };
    ApiError::new("AccessDeniedException", message)
}

fn without_kms() -> ApiError {
    ApiError::new("AccessDeniedException", "Access to KMS is not allowed")
}

/// The members of a request, as conditions and demands read them.
fn members(service: Service, body: &[u8]) -> Value {
    match service {
        Service::Kms | Service::SecretsManager => {
            serde_json::from_slice(body).unwrap_or(Value::Null)
        }
        Service::Sts | Service::Iam => form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
