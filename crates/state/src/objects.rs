//! Objects that we own in the cloud.

use std::collections::HashMap;
use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Type, Value};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value as Json;

use crate::encoding::{decode_text, encode_parts};
use crate::extent::Envelope;
use crate::store::{bump_serial, claim_key};
use crate::{Sealer, StateError, Store, timestamp, type_from_json, type_to_json};

/// An object as the state keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredObject {
    /// Where the configuration has it.
    pub address: InstanceAddress,
    /// Its key, if another object has taken its place and this one is still to be destroyed.
    pub deposed: Option<Arc<str>>,
    /// The resource type's name.
    pub type_name: String,
    /// The provider configuration that it was made with, such as `aws.west`.
    pub provider: String,
    /// The Region it lives in.
    pub region: String,
    /// The attributes of its schema.
    pub attributes: Value,
    /// What its type remembers beyond the schema.
    pub facts: Value,
    /// What it directly depends on, for the order of its destruction.
    pub dependencies: Vec<InstanceAddress>,
    /// Whether a replacement is made before this one goes.
    pub create_before_destroy: bool,
    /// Whether it exists but is not yet as it was wanted.
    pub unfinished: bool,
    /// The version of the schema of `attributes`.
    pub schema_version: u32,
}

/// The address of an object, and its key if it is deposed.
pub type ObjectAddress = (InstanceAddress, Option<Arc<str>>);

/// A change of one object.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// The object is now like this.
    Put(&'a StoredObject),
    /// The object is gone.
    Remove {
        /// Its address.
        address: &'a InstanceAddress,
        /// Its key, if it was deposed.
        deposed: Option<&'a str>,
    },
    /// The current object of an address becomes a deposed one: another takes its place.
    Depose {
        /// The address.
        address: &'a InstanceAddress,
        /// The key it gets, from [`Store::free_deposed_key`].
        key: &'a str,
    },
}

impl Store {
    /// Writes an object down. What is already so is not a change.
    ///
    /// # Errors
    /// The file cannot be written, or is sealed under another key.
    pub fn put_object(&mut self, object: &StoredObject) -> Result<(), StateError> {
        self.change(&[Change::Put(object)])
    }

    /// Forgets an object. One that is not there is no error.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn remove_object(
        &mut self,
        address: &InstanceAddress,
        deposed: Option<&str>,
    ) -> Result<(), StateError> {
        self.change(&[Change::Remove { address, deposed }])
    }

    /// Carries out several changes as one: all or none, counted once.
    ///
    /// # Errors
    /// The file cannot be written, or is sealed under another key.
    pub fn change(&mut self, changes: &[Change<'_>]) -> Result<(), StateError> {
        self.write(|db, sealer| apply(db, sealer, changes))
    }

    /// Makes the current object of an address a deposed one, and gives the key it gets.
    ///
    /// # Errors
    /// There is no current object, or the file cannot be written.
    pub fn depose(&mut self, address: &InstanceAddress) -> Result<Arc<str>, StateError> {
        let key = self.free_deposed_key(address)?;
        self.change(&[Change::Depose { address, key: &key }])?;
        Ok(key)
    }

    /// A key that no deposed object of an address has.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn free_deposed_key(&self, address: &InstanceAddress) -> Result<Arc<str>, StateError> {
        let address = address.to_string();
        loop {
            let key = format!("{:08x}", uuid::Uuid::new_v4().as_fields().0);
            if !exists(&self.connection, &address, &key)? {
                return Ok(key.into());
            }
        }
    }

    /// Makes a deposed object the current one again, when what was to replace it never came to be.
    ///
    /// # Errors
    /// There is no such object, the address has a current object, or the file cannot be written.
    pub fn restore(&mut self, address: &InstanceAddress, deposed: &str) -> Result<(), StateError> {
        let text = address.to_string();
        self.write(|db, _| {
            if exists(db, &text, "")? {
                return Err(StateError::AddressTaken { address: text, deposed: deposed.into() });
            }
            rename(db, &text, deposed, "")?;
            bump_serial(db)
        })
    }
}

fn exists(db: &Connection, address: &str, deposed: &str) -> Result<bool, StateError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM object WHERE address = ? AND deposed = ?")?
        .exists((address, deposed))?)
}

/// Gives an object another deposed key; its seals are bound to the address alone and stay valid.
fn rename(db: &Connection, address: &str, from: &str, to: &str) -> Result<(), StateError> {
    let renamed = db
        .prepare_cached(
            "UPDATE object SET deposed = ?, updated_at = ? WHERE address = ? AND deposed = ?",
        )?
        .execute((to, timestamp::now(), address, from))?;
    if renamed == 0 {
        return Err(StateError::NoSuchObject {
            address: address.into(),
            deposed: Some(from).filter(|key| !key.is_empty()).map(Into::into),
        });
    }
    Ok(())
}

/// How messages name a deposed object after its address.
pub(crate) fn deposed_suffix(deposed: Option<&str>) -> String {
    deposed.map(|key| format!(" (deposed object {key})")).unwrap_or_default()
}

/// Carries out changes within a transaction and counts them as one if there is any.
pub(crate) fn apply(
    db: &Connection,
    sealer: &Sealer,
    changes: &[Change<'_>],
) -> Result<(), StateError> {
    let mut changed = false;
    for change in changes {
        changed |= match change {
            Change::Put(object) => put(db, sealer, object)?,
            Change::Remove { address, deposed } => {
                db.prepare_cached("DELETE FROM object WHERE address = ? AND deposed = ?")?
                    .execute((address.to_string(), deposed.unwrap_or_default()))?
                    > 0
            }
            Change::Depose { address, key } => {
                rename(db, &address.to_string(), "", key)?;
                true
            }
        };
    }
    if changed { bump_serial(db) } else { Ok(()) }
}

/// Writes an object unless it is there just so, and tells whether it was not.
fn put(db: &Connection, sealer: &Sealer, object: &StoredObject) -> Result<bool, StateError> {
    let envelope = claim_key(db, sealer)?;
    let address = object.address.to_string();
    let column = |value: &Value, context: &str| {
        let (ty, json) = encode_parts(value, sealer, context);
        Ok::<_, StateError>((
            type_id(db, &envelope, &ty)?,
            envelope.close(context, json.to_string())?,
        ))
    };
    let (attributes_type, attributes) = column(&object.attributes, &attributes_context(&address))?;
    let (facts_type, facts) = column(&object.facts, &facts_context(&address))?;
    let dependencies: Json = object.dependencies.iter().map(ToString::to_string).collect();
    let changed = db
        .prepare_cached(
            "INSERT INTO object (address, deposed, type, provider, region, schema_version,
                 attributes, attributes_type, facts, facts_type, dependencies,
                 create_before_destroy, unfinished, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT DO UPDATE SET
                 type = ?3, provider = ?4, region = ?5, schema_version = ?6,
                 attributes = ?7, attributes_type = ?8, facts = ?9, facts_type = ?10,
                 dependencies = ?11, create_before_destroy = ?12, unfinished = ?13,
                 updated_at = ?14
             WHERE (type, provider, region, schema_version, attributes, attributes_type, facts,
                    facts_type, dependencies, create_before_destroy, unfinished)
                 IS NOT (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            address,
            object.deposed.as_deref().unwrap_or_default(),
            object.type_name,
            object.provider,
            object.region,
            object.schema_version,
            attributes,
            attributes_type,
            facts,
            facts_type,
            dependencies.to_string(),
            object.create_before_destroy,
            object.unfinished,
            timestamp::now(),
        ])?;
    Ok(changed > 0)
}

/// The number under which a type is kept.
pub(crate) fn type_id(
    db: &Connection,
    envelope: &Envelope<'_>,
    ty: &Type,
) -> Result<i64, StateError> {
    let json = envelope.close(TYPE_CONTEXT, type_to_json(ty).to_string())?;
    let known = db
        .prepare_cached("SELECT id FROM value_type WHERE json = ?")?
        .query_row([&json], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO value_type (json) VALUES (?)")?.execute([&json])?;
    Ok(db.last_insert_rowid())
}

/// What reads values: the types of all in the file, each parsed once, and the way out of columns.
pub(crate) struct Types<'s> {
    types: HashMap<i64, Type>,
    envelope: Envelope<'s>,
}

impl<'s> Types<'s> {
    pub(crate) fn load(db: &Connection, envelope: Envelope<'s>) -> Result<Types<'s>, StateError> {
        let mut statement = db.prepare_cached("SELECT id, json FROM value_type")?;
        let mut rows = statement.query([])?;
        let mut types = HashMap::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let json = envelope.open(TYPE_CONTEXT, text)?;
            let ty = serde_json::from_str(&json)
                .ok()
                .and_then(|json| type_from_json(&json))
                .ok_or_else(|| StateError::malformed(format!("The type {id}"), "it is no type"))?;
            types.insert(id, ty);
        }
        Ok(Types { types, envelope })
    }

    /// Reads a value from its text and the number of its type.
    pub(crate) fn value(
        &self,
        text: &str,
        type_id: i64,
        context: &str,
    ) -> Result<Value, StateError> {
        let ty = self.types.get(&type_id);
        let ty = ty.ok_or_else(|| StateError::malformed(context, "its type is missing"))?;
        let json = self.envelope.open(context, text)?;
        decode_text(&json, ty, self.envelope.sealer, context)
    }
}

/// All objects by address; the current one of an address before its deposed ones.
pub(crate) fn load(db: &Connection, types: &Types<'_>) -> Result<Vec<StoredObject>, StateError> {
    let mut statement = db.prepare_cached("SELECT * FROM object")?;
    let mut rows = statement.query([])?;
    let mut objects = Vec::new();
    while let Some(row) = rows.next()? {
        objects.push(read(row, types)?);
    }
    objects.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
    Ok(objects)
}

/// The addresses of all objects, in the same order.
pub(crate) fn addresses(db: &Connection) -> Result<Vec<ObjectAddress>, StateError> {
    let mut statement = db.prepare_cached("SELECT address, deposed FROM object")?;
    let mut rows = statement.query([])?;
    let mut addresses = Vec::new();
    while let Some(row) = rows.next()? {
        let (text, deposed): (String, String) = (row.get(0)?, row.get(1)?);
        let address = InstanceAddress::parse(&text)
            .ok_or_else(|| StateError::malformed(&text, "it is no address"))?;
        addresses.push((address, Some(deposed).filter(|key| !key.is_empty()).map(Into::into)));
    }
    addresses.sort();
    Ok(addresses)
}

fn read(row: &Row<'_>, types: &Types<'_>) -> Result<StoredObject, StateError> {
    let address: String = row.get("address")?;
    let deposed: String = row.get("deposed")?;
    let value = |text: &str, ty: &str, context: &str| {
        let text = row.get_ref(text)?.as_str().map_err(rusqlite::Error::from)?;
        types.value(text, row.get(ty)?, context)
    };
    let parse = |text: &str| {
        InstanceAddress::parse(text).ok_or_else(|| {
            StateError::malformed(&address, "it is no address, or depends on what is none")
        })
    };
    let dependencies = row.get_ref("dependencies")?.as_str().map_err(rusqlite::Error::from)?;
    let dependencies: Vec<String> = serde_json::from_str(dependencies).map_err(|_| {
        StateError::malformed(&address, "its dependencies are no list of addresses")
    })?;
    Ok(StoredObject {
        attributes: value("attributes", "attributes_type", &attributes_context(&address))?,
        facts: value("facts", "facts_type", &facts_context(&address))?,
        dependencies: dependencies.iter().map(|text| parse(text)).collect::<Result<_, _>>()?,
        deposed: Some(deposed).filter(|key| !key.is_empty()).map(Into::into),
        type_name: row.get("type")?,
        provider: row.get("provider")?,
        region: row.get("region")?,
        create_before_destroy: row.get("create_before_destroy")?,
        unfinished: row.get("unfinished")?,
        schema_version: row.get("schema_version")?,
        address: parse(&address)?,
    })
}

/// What seals of types are bound to; also how errors name them.
pub(crate) const TYPE_CONTEXT: &str = "A type of values";

/// What seals in an object's attributes are bound to; also how errors name them.
pub(crate) fn attributes_context(address: &str) -> String {
    format!("The attributes of {address}")
}

pub(crate) fn facts_context(address: &str) -> String {
    format!("The facts of {address}")
}
