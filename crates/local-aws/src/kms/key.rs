//! What a key is: the part that its Region owns, and the part that all related
//! keys share (AWS KMS developer guide, "Multi-Region keys").

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::identity::{Account, Place};
use crate::kms::custom_store::StoreKey;
use crate::kms::last_usage::LastUsage;
use crate::kms::material::{Material, MaterialState};
use crate::region::Region;
use crate::tags::Tags;

/// Where a key is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct KeyAddress {
    pub place: Place,
    pub id: String,
}

impl KeyAddress {
    pub fn new(place: Place, id: impl Into<String>) -> Self {
        Self { place, id: id.into() }
    }

    pub fn arn(&self) -> String {
        self.place.arn("kms", &format!("key/{}", self.id))
    }

    /// The address of the set that the key belongs to.
    pub fn set(&self) -> KeySetAddress {
        KeySetAddress { account: self.place.account, id: self.id.clone() }
    }

    /// The related key in another Region, whether or not there is one.
    pub fn in_region(&self, region: Region) -> Self {
        Self::new(self.place.in_region(region), self.id.clone())
    }
}

/// Where a set of related keys is found. Related keys have the same id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct KeySetAddress {
    pub account: Account,
    pub id: String,
}

/// What each key has for itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub created: Timestamp,
    pub description: String,
    pub policy: String,
    pub tags: Tags,
    pub state: KeyState,
    pub deletion: Option<Deletion>,
    /// The imported materials that are here, by their ids.
    #[serde(default)]
    pub imports: BTreeMap<String, Import>,
    /// When the key has last worked, if it ever has.
    #[serde(default)]
    pub last_usage: Option<LastUsage>,
}

/// The states of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyState {
    Enabled,
    Disabled,
    PendingDeletion,
    PendingReplicaDeletion,
    PendingImport,
    Creating,
    Updating,
    /// The store of the key's material cannot be reached.
    Unavailable,
}

impl KeyState {
    /// Whether the key is on its way out.
    pub fn is_pending_deletion(self) -> bool {
        matches!(self, Self::PendingDeletion | Self::PendingReplicaDeletion)
    }
}

/// Material that was imported into a key of one Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    /// When it goes by itself.
    pub valid_to: Option<Timestamp>,
}

/// A deletion that was asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    pub window_days: u32,
    /// When the key goes; open while it waits for its replicas to go first.
    pub date: Option<Timestamp>,
}

/// What related keys share. A single-Region key is a set of one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeySet {
    pub spec: String,
    pub usage: String,
    pub origin: Origin,
    pub multi_region: bool,
    pub primary: Region,
    pub replicas: BTreeSet<Region>,
    /// All that the key has, had or may get; at most one of them is current.
    pub materials: Vec<Material>,
    pub rotation: Option<Rotation>,
    /// The rotation as the replicas know it, a moment behind the primary.
    pub replicated_rotation: Option<Rotation>,
    /// When the on-demand rotation that is at work was asked for.
    #[serde(default)]
    pub on_demand_rotation: Option<Timestamp>,
    /// The custom key store that the key is in, if it is in one.
    #[serde(default)]
    pub store: Option<StoreKey>,
}

impl KeySet {
    /// Symmetric encryption keys are the only ones with rotation and a visible material id.
    pub fn is_symmetric(&self) -> bool {
        self.spec == super::spec::SYMMETRIC_DEFAULT
    }

    /// The material that encrypts and signs, if there is any.
    pub fn current_material(&self) -> Option<&Material> {
        self.materials.iter().find(|material| material.state == MaterialState::Current)
    }

    /// The material that waits for a rotation to become current.
    pub fn pending_material(&self) -> Option<&Material> {
        self.materials.iter().find(|material| material.state.is_pending())
    }

    /// The current material and those before it: what the key needs to work.
    pub fn associated_materials(&self) -> impl Iterator<Item = &Material> {
        self.materials.iter().filter(|material| !material.state.is_pending())
    }

    /// The Regions with a key of this set.
    pub fn regions(&self) -> impl Iterator<Item = Region> {
        std::iter::once(self.primary).chain(self.replicas.iter().copied())
    }

    /// The state of a new key of this set, once it is made.
    pub fn first_state(&self) -> KeyState {
        match self.origin {
            Origin::External => KeyState::PendingImport,
            _ => KeyState::Enabled,
        }
    }

    /// The rotation as it is told in a Region.
    pub fn rotation_in(&self, region: Region) -> Option<Rotation> {
        if region == self.primary { self.rotation } else { self.replicated_rotation }
    }
}

/// Where key material comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Origin {
    AwsKms,
    External,
    #[serde(rename = "AWS_CLOUDHSM")]
    AwsCloudHsm,
    ExternalKeyStore,
}

impl Origin {
    /// The origin as AWS calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AwsKms => "AWS_KMS",
            Self::External => "EXTERNAL",
            Self::AwsCloudHsm => "AWS_CLOUDHSM",
            Self::ExternalKeyStore => "EXTERNAL_KEY_STORE",
        }
    }
}

/// Automatic rotation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub period_days: u32,
    pub next: Timestamp,
}
