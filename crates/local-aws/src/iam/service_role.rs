//! The role by which KMS keeps multi-Region keys alike (AWS KMS developer
//! guide, "Authorizing AWS KMS to synchronize multi-Region keys").

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::identity::{Account, Place};
use crate::kms::KeySetAddress;
use crate::world::World;

/// The service that the role is for.
pub(crate) const MULTI_REGION_SERVICE: &str = "mrk.kms.amazonaws.com";
const NAME: &str = "AWSServiceRoleForKeyManagementServiceMultiRegionKeys";

/// That an account has the role.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ServiceRole {
    pub created: Timestamp,
}

impl World {
    /// Whether the next multi-Region key of an account will be its first, so
    /// that the role has to be made with it.
    pub fn lacks_multi_region_role(&self, account: Account) -> bool {
        !self.service_roles.contains(&account) && !self.has_multi_region_key(account)
    }

    /// Makes the role, once there is a multi-Region key. It stays when the key goes.
    pub fn ensure_multi_region_role(&mut self, account: Account, now: Timestamp) {
        if self.has_multi_region_key(account) && !self.service_roles.contains(&account) {
            self.service_roles.insert(account, ServiceRole { created: now });
        }
    }

    /// The ARN of the role, whether or not it exists.
    pub fn multi_region_role_arn(&self, place: Place) -> String {
        let Place { account, region } = place;
        format!("arn:{}:iam::{account}:role/{}", region.partition(), multi_region_role_name())
    }

    /// Ids of multi-Region keys begin alike.
    fn has_multi_region_key(&self, account: Account) -> bool {
        let from = KeySetAddress { account, id: "mrk-".to_owned() };
        let first = self.key_sets.range(from..).next();
        first.is_some_and(|(set, _)| set.account == account && set.id.starts_with("mrk-"))
    }
}

/// The role's name with its path.
pub(crate) fn multi_region_role_name() -> String {
    format!("aws-service-role/{MULTI_REGION_SERVICE}/{NAME}")
}
