//! Everything that exists, and what is about to happen to it.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::{Delays, Timestamp};
use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::iam::{ServiceRole, Withheld};
use crate::identity::{Account, Caller, Place, Session};
use crate::inferred::Texts;
use crate::kms::{
    self, Alias, AliasAddress, CustomKeyStore, Grant, GrantAddress, Key, KeyAddress, KeySet,
    KeySetAddress, StoreAddress,
};
use crate::region::Region;
use crate::response::Output;
use crate::secrets::{self, Secret, SecretAddress};
use crate::store::{META, Rows};
use crate::table::{Stored, Table};
use crate::vault::{Sealed, Vault};

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

/// The state of the cloud, in tables.
#[derive(Debug)]
pub(crate) struct World {
    pub keys: Table<KeyAddress, Key>,
    pub key_sets: Table<KeySetAddress, KeySet>,
    pub aliases: Table<AliasAddress, Alias>,
    pub custom_key_stores: Table<StoreAddress, CustomKeyStore>,
    pub grants: Table<GrantAddress, Grant>,
    pub secrets: Table<SecretAddress, Secret>,
    pub service_roles: Table<Account, ServiceRole>,
    pub sessions: Table<String, Session>,
    /// The private keys under which material is imported, by their specs.
    pub wrapping_keys: Table<String, Sealed>,
    /// What is due and when; the number keeps apart what is due at the same time.
    pub transitions: Table<(Timestamp, u64), Transition>,
    pub next_transition: u64,
    /// Numbers about the cloud itself, such as how far its clock was moved.
    pub meta: Table<String, i64>,
    /// Whether the tables remember what they were.
    remembers: bool,
    pub delays: Delays,
    pub vault: Vault,
    pub texts: Texts,
}

impl World {
    /// A cloud without anything in it.
    pub fn empty(delays: Delays, vault: Vault) -> Self {
        Self {
            keys: Table::default(),
            key_sets: Table::default(),
            aliases: Table::default(),
            custom_key_stores: Table::default(),
            grants: Table::default(),
            secrets: Table::default(),
            service_roles: Table::default(),
            sessions: Table::default(),
            wrapping_keys: Table::default(),
            transitions: Table::default(),
            next_transition: 0,
            meta: Table::default(),
            remembers: false,
            delays,
            vault,
            texts: Texts::default(),
        }
    }

    /// All that lasts, with the names under which it is stored.
    pub fn tables(&self) -> [(&'static str, &dyn Stored); 10] {
        [
            ("key", &self.keys),
            ("key_set", &self.key_sets),
            ("alias", &self.aliases),
            ("custom_key_store", &self.custom_key_stores),
            ("grant", &self.grants),
            ("secret", &self.secrets),
            ("service_role", &self.service_roles),
            ("session", &self.sessions),
            ("wrapping_key", &self.wrapping_keys),
            ("transition", &self.transitions),
        ]
    }

    /// The same, to be changed.
    pub fn tables_mut(&mut self) -> [(&'static str, &mut dyn Stored); 10] {
        [
            ("key", &mut self.keys),
            ("key_set", &mut self.key_sets),
            ("alias", &mut self.aliases),
            ("custom_key_store", &mut self.custom_key_stores),
            ("grant", &mut self.grants),
            ("secret", &mut self.secrets),
            ("service_role", &mut self.service_roles),
            ("session", &mut self.sessions),
            ("wrapping_key", &mut self.wrapping_keys),
            ("transition", &mut self.transitions),
        ]
    }

    /// All rows, as they are written down.
    pub fn rows(&self) -> serde_json::Result<Rows> {
        let mut rows = Rows::new();
        for (kind, table) in self.tables() {
            for row in table.written_rows() {
                let (key, body) = row?;
                rows.push((kind.to_owned(), key, body));
            }
        }
        for row in self.meta.written_rows() {
            let (key, body) = row?;
            rows.push((META.to_owned(), key, body));
        }
        Ok(rows)
    }

    /// Puts other rows in place of all that is here. If one of them cannot be
    /// read, what is here is of no use any more.
    pub fn replace(&mut self, rows: &Rows) -> serde_json::Result<()> {
        let fill = |kind: &str, table: &mut dyn Stored| {
            table.clear();
            let mut rows = rows.iter().filter(|(of, ..)| of == kind);
            rows.try_for_each(|(_, key, body)| table.load(key, body))
        };
        for (kind, table) in self.tables_mut() {
            fill(kind, table)?;
        }
        fill(META, &mut self.meta)?;
        self.forget_changes();
        self.number_transitions();
        Ok(())
    }

    /// Lets the numbers of transitions go on after those that are here.
    pub fn number_transitions(&mut self) {
        let numbers = self.transitions.iter().map(|((_, number), _)| number + 1);
        self.next_transition = numbers.max().unwrap_or_default();
    }

    /// Whether there is anything to write down.
    pub fn has_changes(&self) -> bool {
        self.meta.has_changes() || self.tables().iter().any(|(_, table)| table.has_changes())
    }

    /// Takes the changes as written down.
    pub fn forget_changes(&mut self) {
        self.meta.forget_changes();
        for (_, table) in self.tables_mut() {
            table.forget_changes();
        }
    }

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

    /// Removes all that exists. The clock goes on.
    pub fn clear(&mut self) {
        for (_, table) in self.tables_mut() {
            table.clear();
        }
        self.remembers = false;
    }

    /// Remembers from now on what was up to so long ago; nothing, if that is no time.
    pub fn keep_past(&mut self, horizon: Duration, now: Timestamp) {
        if !self.remembers && horizon.is_zero() {
            return;
        }
        self.remembers = !horizon.is_zero();
        for (_, table) in self.tables_mut() {
            table.remember((!horizon.is_zero()).then_some(now));
            table.forget_until(now.before(horizon));
        }
    }

    fn set_time(&mut self, now: Timestamp) {
        if self.remembers {
            for (_, table) in self.tables_mut() {
                table.remember(Some(now));
            }
        }
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

/// One operation at work: the world, who asks, where and when.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub caller: &'a Caller,
    /// The access key that signed the request.
    pub access_key: &'a str,
    pub place: Place,
    pub now: Timestamp,
    /// A fault that lets the operation succeed, but not what follows from it.
    pub fault: Option<&'a FaultAction>,
    /// What follows from the operation but the caller has no permission for.
    pub withheld: &'a Withheld,
}

impl Call<'_> {
    /// Runs an operation on the world as it was at a moment, where it can change
    /// nothing. If it has to make something, it runs in the present.
    pub fn at<T>(&mut self, moment: Timestamp, operation: impl Fn(&mut Self) -> T) -> T {
        for (_, table) in self.world.tables_mut() {
            table.rewind(moment);
        }
        let outcome = operation(self);
        let made_rows =
            self.world.tables_mut().into_iter().fold(false, |made, (_, it)| it.restore() | made);
        if made_rows { operation(self) } else { outcome }
    }

    /// Runs an operation that answers with a document.
    pub fn answer<I: DeserializeOwned, O: Serialize>(
        &mut self,
        input: &Value,
        operation: impl FnOnce(&mut Self, I) -> Result<O, ApiError>,
    ) -> Result<Output, ApiError> {
        let output = operation(self, parse(input)?)?;
        let document = serde_json::to_vec(&output).expect("an output is plain data with text keys");
        Ok(Output::Json(document))
    }

    /// Runs an operation that answers with nothing.
    pub fn acknowledge<I: DeserializeOwned>(
        &mut self,
        input: &Value,
        operation: impl FnOnce(&mut Self, I) -> Result<(), ApiError>,
    ) -> Result<Output, ApiError> {
        operation(self, parse(input)?)?;
        Ok(Output::Empty)
    }
}

fn parse<I: DeserializeOwned>(input: &Value) -> Result<I, ApiError> {
    // A serde error is not told, since it can hold a piece of the input.
    I::deserialize(input).map_err(|_| ApiError::serialization("a member has the wrong type"))
}
