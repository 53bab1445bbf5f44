//! How much of a state is sealed: sensitive values only, or everything that says what an object or
//! output is like and what was asked of the cloud.
//!
//! Sealing the whole is a layer around the texts of columns. Below it they are what they are
//! without: sensitive parts are sealed by themselves, so going from one extent to the other only
//! adds or removes the layer.

use std::ops::Deref;

use rusqlite::Connection;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde_json::json;
use zeroize::Zeroizing;

use crate::seal::Opened;
use crate::{Sealer, StateError};

/// How much of a state is sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Sensitive values.
    #[default]
    Sensitive,
    /// Attributes, facts, outputs, requests, messages of errors, and the types of values.
    /// Addresses, resource types, providers, Regions, operations and times are not.
    Whole,
}

impl Extent {
    const ALL: [Extent; 2] = [Extent::Sensitive, Extent::Whole];

    fn name(self) -> &'static str {
        match self {
            Extent::Sensitive => "sensitive",
            Extent::Whole => "whole",
        }
    }

    /// What a state has chosen.
    pub(crate) fn of(db: &Connection) -> Result<Extent, StateError> {
        Ok(db.prepare_cached("SELECT sealed FROM meta")?.query_row([], |row| row.get(0))?)
    }
}

impl ToSql for Extent {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Extent {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Extent> {
        let name = value.as_str()?;
        let mut all = Extent::ALL.into_iter();
        all.find(|extent| extent.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

/// The way of texts into the columns of one state and out of them.
pub(crate) struct Envelope<'s> {
    pub(crate) sealer: &'s Sealer,
    pub(crate) extent: Extent,
    /// The key of the state, which need not be that of the sealer.
    sealed_under: String,
}

impl<'s> Envelope<'s> {
    /// That of a state, with the key in use.
    pub(crate) fn of(db: &Connection, sealer: &'s Sealer) -> Result<Envelope<'s>, StateError> {
        let (extent, sealed_under) = db
            .prepare_cached("SELECT sealed, key_id FROM meta")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Envelope { sealer, extent, sealed_under })
    }

    /// That of a state whose key is the one in use.
    pub(crate) fn new(sealer: &'s Sealer, extent: Extent) -> Envelope<'s> {
        Envelope { sealer, extent, sealed_under: sealer.key_id() }
    }

    /// Whether the state's key is the one in use.
    pub(crate) fn has_key(&self) -> bool {
        self.sealed_under == self.sealer.key_id()
    }

    pub(crate) fn wrong_key(&self) -> StateError {
        let sealed_under = self.sealed_under.clone();
        StateError::WrongKey { sealed_under, in_use: self.sealer.key_id() }
    }

    /// JSON text as a column of this state has it. Sealed, it is bound to the context.
    ///
    /// # Errors
    /// [`StateError::WrongKey`]
    pub(crate) fn close(&self, context: &str, json: String) -> Result<String, StateError> {
        match self.extent {
            Extent::Sensitive => Ok(json),
            Extent::Whole if self.has_key() => {
                let sealed = self.sealer.seal(&bound_to(context), json.into_bytes());
                Ok(format!("{BEGIN}{sealed}{END}"))
            }
            Extent::Whole => Err(self.wrong_key()),
        }
    }

    /// JSON text that is in a column.
    ///
    /// # Errors
    /// [`StateError::WrongKey`]. The text is not sealed though all is, was moved or was tampered
    /// with.
    pub(crate) fn open<'t>(&self, context: &str, text: &'t str) -> Result<Content<'t>, StateError> {
        if self.extent == Extent::Sensitive {
            return Ok(Content::Plain(text));
        }
        let sealed = text.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let sealed = sealed.ok_or_else(|| {
            StateError::malformed(context, "it is not sealed, in a state that is sealed as a whole")
        })?;
        let tampered = || StateError::malformed(context, "it was tampered with");
        match self.sealer.open(&bound_to(context), sealed) {
            Some(Opened::Text(mut bytes)) => {
                let text = String::from_utf8(std::mem::take(&mut *bytes));
                Ok(Content::Opened(text.map_err(|_| tampered())?.into()))
            }
            Some(Opened::OtherKey) if !self.has_key() => Err(self.wrong_key()),
            Some(Opened::OtherKey) | None => Err(tampered()),
        }
    }

    /// As [`Envelope::close`], for text that is no JSON.
    pub(crate) fn close_text(&self, context: &str, text: &str) -> Result<String, StateError> {
        match self.extent {
            Extent::Sensitive => Ok(text.to_owned()),
            Extent::Whole => self.close(context, json!(text).to_string()),
        }
    }

    /// As [`Envelope::open`], for text that is no JSON.
    pub(crate) fn open_text(&self, context: &str, text: String) -> Result<String, StateError> {
        match self.open(context, &text)? {
            Content::Plain(_) => Ok(text),
            Content::Opened(json) => {
                serde_json::from_str(&json).map_err(|error| StateError::malformed(context, error))
            }
        }
    }
}

/// How a column that is sealed as a whole begins, and how it ends: it is JSON as without.
const BEGIN: &str = "{\"sealed\":\"";
const END: &str = "\"}";

/// What a seal around a whole column is bound to; what seals within it are bound to are arrays.
fn bound_to(context: &str) -> Vec<u8> {
    json!({ "whole": context }).to_string().into_bytes()
}

/// The text of a column without its seal.
pub(crate) enum Content<'t> {
    Plain(&'t str),
    Opened(Zeroizing<String>),
}

impl Deref for Content<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Content::Plain(text) => text,
            Content::Opened(text) => text,
        }
    }
}

#[cfg(test)]
mod tests;
