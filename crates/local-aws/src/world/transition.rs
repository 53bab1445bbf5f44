//! What is about to happen, and how it happens.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::kms::{self, KeyAddress, KeySetAddress, StoreAddress};
use crate::region::Region;
use crate::secrets::{self, SecretAddress};
use crate::world::World;

/// Something that AWS has promised to do later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Transition {
    /// A replica key leaves `Creating`.
    KeyCreated(KeyAddress),
    /// A key leaves `Updating`.
    KeyUpdated(KeyAddress),
    /// The rotation setting of a primary key reaches its replicas.
    RotationSynchronised(KeySetAddress),
    /// A date of automatic rotation comes.
    AutomaticRotation(KeySetAddress),
    /// An on-demand rotation is done.
    OnDemandRotation { set: KeySetAddress, started: Timestamp },
    /// A key's waiting period is over.
    KeyDeleted(KeyAddress),
    /// Imported material goes by itself.
    MaterialExpired { key: KeyAddress, material: String },
    /// A custom key store comes to be connected, or disconnected.
    StoreConnection(StoreAddress),
    /// A primary secret reaches one of its Regions, or fails to.
    SecretReplicated { primary: SecretAddress, region: Region, failure: Option<String> },
    /// A replica secret goes, after its Region was removed.
    ReplicaRemoved { replica: SecretAddress, suffix: String },
    /// A secret's recovery window is over.
    SecretDeleted(SecretAddress),
    /// The name of a secret that was deleted by force is free again.
    SecretNameReleased(SecretAddress),
    /// A rotation of a secret ends.
    SecretRotated { secret: SecretAddress, version: String },
    /// A rotation window of a secret opens.
    SecretRotationDue(SecretAddress),
}

impl World {
    /// Notes what shall happen.
    pub fn schedule(&mut self, due: Timestamp, transition: Transition) {
        self.transitions.insert((due, self.next_transition), transition);
        self.next_transition += 1;
    }

    /// Lets happen all that is due by now, in its order, each at its own time.
    pub fn settle(&mut self, now: Timestamp) {
        while let Some((&at, _)) = self.transitions.first().filter(|((due, _), _)| *due <= now) {
            let Some(transition) = self.transitions.remove(&at) else {
                return;
            };
            self.set_time(at.0);
            self.perform(transition, at.0);
        }
        self.set_time(now);
    }

    /// Lets the numbers of transitions go on after those that are here.
    pub fn number_transitions(&mut self) {
        let numbers = self.transitions.iter().map(|((_, number), _)| number + 1);
        self.next_transition = numbers.max().unwrap_or_default();
    }

    fn perform(&mut self, transition: Transition, now: Timestamp) {
        match transition {
            Transition::KeyCreated(key) => kms::finish_creation(self, &key),
            Transition::KeyUpdated(key) => kms::finish_update(self, &key),
            Transition::RotationSynchronised(set) => kms::synchronise_rotation(self, &set),
            Transition::AutomaticRotation(set) => kms::rotate_on_date(self, &set, now),
            Transition::OnDemandRotation { set, started } => {
                kms::finish_on_demand(self, &set, started, now);
            }
            Transition::KeyDeleted(key) => kms::finish_deletion(self, &key, now),
            Transition::MaterialExpired { key, material } => {
                kms::expire_material(self, &key, &material, now);
            }
            Transition::StoreConnection(store) => kms::finish_connection(self, &store, now),
            Transition::SecretReplicated { primary, region, failure } => {
                secrets::finish_replication(self, &primary, region, failure, now);
            }
            Transition::ReplicaRemoved { replica, suffix } => {
                secrets::finish_removal(self, &replica, &suffix);
            }
            Transition::SecretDeleted(secret) => secrets::finish_deletion(self, &secret, now),
            // That nothing is left to wait for is all there is to it.
            Transition::SecretNameReleased(_) => {}
            Transition::SecretRotated { secret, version } => {
                secrets::finish_rotation(self, &secret, &version, now);
            }
            Transition::SecretRotationDue(secret) => {
                secrets::open_rotation_window(self, &secret, now);
            }
        }
    }
}
