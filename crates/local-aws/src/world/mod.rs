//! Everything that exists, and what is about to happen to it.

mod call;
mod transition;

use std::time::Duration;

use crate::clock::{Delays, Timestamp};
use crate::iam::ServiceRole;
use crate::identity::{Account, Session};
use crate::inferred::Texts;
use crate::kms::{
    Alias, AliasAddress, CustomKeyStore, Grant, GrantAddress, Key, KeyAddress, KeySet,
    KeySetAddress, StoreAddress,
};
use crate::secrets::{Secret, SecretAddress};
use crate::store::{META, Rows};
use crate::table::{Stored, Table};
use crate::vault::{Sealed, Vault};

pub(crate) use call::Call;
pub(crate) use transition::Transition;

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

    /// Takes the changes back: the world is what is written down.
    pub fn undo_changes(&mut self) {
        self.meta.undo_changes();
        for (_, table) in self.tables_mut() {
            table.undo_changes();
        }
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
}
