//! Everything that exists, and what is about to happen to it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::{Delays, Timestamp};
use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::identity::{Caller, Place, Session};
use crate::inferred::Texts;
use crate::kms::{self, Alias, AliasAddress, Key, KeyAddress, KeySet, KeySetAddress};
use crate::region::Region;
use crate::response::Output;
use crate::secrets::{self, Secret, SecretAddress};
use crate::store::Rows;
use crate::table::{Stored, Table};
use crate::vault::Vault;

/// Something that AWS has promised to do later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Transition {
    /// A replica key leaves `Creating`.
    KeyCreated(KeyAddress),
    /// A key leaves `Updating`.
    KeyUpdated(KeyAddress),
    /// The rotation setting of a primary key reaches its replicas.
    RotationSynchronised(KeySetAddress),
    /// A key's waiting period is over.
    KeyDeleted(KeyAddress),
    /// A primary secret reaches one of its Regions, or fails to.
    SecretReplicated { primary: SecretAddress, region: Region, failure: Option<String> },
    /// A replica secret goes, after its Region was removed.
    ReplicaRemoved { replica: SecretAddress, suffix: String },
    /// A secret's recovery window is over.
    SecretDeleted(SecretAddress),
}

/// The state of the cloud, in tables.
#[derive(Debug)]
pub(crate) struct World {
    pub keys: Table<KeyAddress, Key>,
    pub key_sets: Table<KeySetAddress, KeySet>,
    pub aliases: Table<AliasAddress, Alias>,
    pub secrets: Table<SecretAddress, Secret>,
    pub sessions: Table<String, Session>,
    /// What is due and when; the number keeps apart what is due at the same time.
    pub transitions: Table<(Timestamp, u64), Transition>,
    pub next_transition: u64,
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
            secrets: Table::default(),
            sessions: Table::default(),
            transitions: Table::default(),
            next_transition: 0,
            delays,
            vault,
            texts: Texts::default(),
        }
    }

    /// All that lasts, with the names under which it is stored.
    pub fn tables(&self) -> [(&'static str, &dyn Stored); 6] {
        [
            ("key", &self.keys),
            ("key_set", &self.key_sets),
            ("alias", &self.aliases),
            ("secret", &self.secrets),
            ("session", &self.sessions),
            ("transition", &self.transitions),
        ]
    }

    /// The same, to be changed.
    pub fn tables_mut(&mut self) -> [(&'static str, &mut dyn Stored); 6] {
        [
            ("key", &mut self.keys),
            ("key_set", &mut self.key_sets),
            ("alias", &mut self.aliases),
            ("secret", &mut self.secrets),
            ("session", &mut self.sessions),
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
        Ok(rows)
    }

    /// Puts other rows in place of all that is here. If one of them cannot be
    /// read, what is here is of no use any more.
    pub fn replace(&mut self, rows: &Rows) -> serde_json::Result<()> {
        for (kind, table) in self.tables_mut() {
            table.clear();
            for (_, key, body) in rows.iter().filter(|(of, ..)| of == kind) {
                table.load(key, body)?;
            }
        }
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
        self.tables().iter().any(|(_, table)| table.has_changes())
    }

    /// Takes the changes as written down.
    pub fn forget_changes(&mut self) {
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
            self.perform(transition, at.0);
        }
    }

    fn perform(&mut self, transition: Transition, now: Timestamp) {
        match transition {
            Transition::KeyCreated(key) => kms::finish_creation(self, &key),
            Transition::KeyUpdated(key) => kms::finish_update(self, &key),
            Transition::RotationSynchronised(set) => kms::synchronise_rotation(self, &set),
            Transition::KeyDeleted(key) => kms::finish_deletion(self, &key, now),
            Transition::SecretReplicated { primary, region, failure } => {
                secrets::finish_replication(self, &primary, region, failure);
            }
            Transition::ReplicaRemoved { replica, suffix } => {
                secrets::finish_removal(self, &replica, &suffix);
            }
            Transition::SecretDeleted(secret) => secrets::finish_deletion(self, &secret, now),
        }
    }
}

/// One operation at work: the world, who asks, where and when.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub caller: &'a Caller,
    pub place: Place,
    pub now: Timestamp,
    /// A fault that lets the operation succeed, but not what follows from it.
    pub fault: Option<&'a FaultAction>,
}

impl Call<'_> {
    /// Runs an operation that answers with a document.
    pub fn answer<I: DeserializeOwned, O: Serialize>(
        &mut self,
        body: &[u8],
        operation: impl FnOnce(&mut Self, I) -> Result<O, ApiError>,
    ) -> Result<Output, ApiError> {
        let output = operation(self, parse(body)?)?;
        let document = serde_json::to_vec(&output).expect("an output is plain data with text keys");
        Ok(Output::Json(document))
    }

    /// Runs an operation that answers with nothing.
    pub fn acknowledge<I: DeserializeOwned>(
        &mut self,
        body: &[u8],
        operation: impl FnOnce(&mut Self, I) -> Result<(), ApiError>,
    ) -> Result<Output, ApiError> {
        operation(self, parse(body)?)?;
        Ok(Output::Empty)
    }
}

fn parse<I: DeserializeOwned>(body: &[u8]) -> Result<I, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        // What is told stops at the kind of the mistake: the text of a serde
        // error can hold a piece of the input, and the input can be a secret.
        let kind = if error.is_data() {
            "a member has the wrong type"
        } else {
            "the body is not valid JSON"
        };
        ApiError::serialization(format!(
            "{kind} (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}
