//! The input of a call, read member by member.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_smithy_types::Blob;
use meridian_lang::{Kind, Value};
use meridian_resource::{Call, CloudError, ErrorClass};

use crate::error::local_error;

type Read<T> = Result<Option<T>, CloudError>;

/// The members of a call's input that have not been read yet. A null counts as absent; so does an
/// empty list or map, for which the services have no use.
///
/// What does not fit is a mistake of the resource type, and is told before anything is sent.
pub(crate) struct Input {
    operation: String,
    members: BTreeMap<Arc<str>, Value>,
}

impl Input {
    pub(crate) fn of(call: &Call) -> Result<Input, CloudError> {
        match call.input.as_entries() {
            Some(members) => {
                Ok(Input { operation: call.operation.to_owned(), members: members.clone() })
            }
            None => Err(invalid(format!("the input of {} is not an object", call.operation))),
        }
    }

    pub(super) fn text(&mut self, member: &str) -> Read<String> {
        self.read(member, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&mut self, member: &str) -> Read<bool> {
        self.read(member, "a bool", Value::as_bool)
    }

    pub(super) fn number<N: TryFrom<i64>>(&mut self, member: &str) -> Read<N> {
        self.read(member, "a whole number", |value| value.as_i64()?.try_into().ok())
    }

    /// Bytes that are written in base64.
    pub(super) fn blob(&mut self, member: &str) -> Read<Blob> {
        self.read(member, "base64", |value| {
            aws_smithy_types::base64::decode(value.as_str()?).ok().map(Blob::new)
        })
    }

    pub(super) fn texts(&mut self, member: &str) -> Read<Vec<String>> {
        let texts = self.read(member, "a list of strings", |value| {
            value.as_elements()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        })?;
        Ok(texts.filter(|texts: &Vec<String>| !texts.is_empty()))
    }

    /// The entries of a map, each made into what the SDK wants of it.
    pub(super) fn entries<T>(
        &mut self,
        member: &str,
        make: fn(&str, &str) -> Option<T>,
    ) -> Read<Vec<T>> {
        let entries = self.read(member, "a map of strings", |value| {
            value.as_entries()?.iter().map(|(key, value)| make(key, value.as_str()?)).collect()
        })?;
        Ok(entries.filter(|entries: &Vec<T>| !entries.is_empty()))
    }

    /// A list of objects, each made into what the SDK wants of it.
    pub(super) fn objects<T>(
        &mut self,
        member: &str,
        make: fn(&mut Input) -> Result<T, CloudError>,
    ) -> Read<Vec<T>> {
        let Some(members) = self.read(member, "a list of objects", |value| {
            value.as_elements()?.iter().map(|object| object.as_entries().cloned()).collect()
        })?
        else {
            return Ok(None);
        };
        let members: Vec<BTreeMap<Arc<str>, Value>> = members;
        let mut made = Vec::with_capacity(members.len());
        for (index, members) in members.into_iter().enumerate() {
            let operation = format!("{} ({member} {index})", self.operation);
            let mut object = Input { operation, members };
            made.push(make(&mut object)?);
            object.end()?;
        }
        Ok(Some(made).filter(|made| !made.is_empty()))
    }

    /// An object, made into what the SDK wants of it.
    pub(super) fn nested<T>(
        &mut self,
        member: &str,
        make: fn(&mut Input) -> Result<T, CloudError>,
    ) -> Read<T> {
        let read = self.read(member, "an object", |value| value.as_entries().cloned())?;
        let Some(members) = read else {
            return Ok(None);
        };
        let operation = format!("{} ({member})", self.operation);
        let mut object = Input { operation, members };
        let made = make(&mut object)?;
        object.end()?;
        Ok(Some(made))
    }

    /// Makes sure that every member has been read.
    pub(super) fn end(self) -> Result<(), CloudError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(member) => Err(invalid(format!("{} has no member {member}", self.operation))),
        }
    }

    fn read<T>(
        &mut self,
        member: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Read<T> {
        let Some(value) = self.members.remove(member).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => {
                let what = match value.kind() {
                    Kind::Unknown(_) => "is not known yet".to_owned(),
                    _ => format!("is not {expected}"),
                };
                Err(invalid(format!("{member} of {} {what}", self.operation)))
            }
        }
    }
}

fn invalid(message: String) -> CloudError {
    local_error(ErrorClass::Invalid, message)
}
