//! The circumstances of a request, by the names of condition keys (IAM user
//! guide, "Actions, resources, and condition keys").

use std::collections::BTreeMap;

use crate::tags::Tags;

/// Condition keys and their values. The case of a key's letters does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Sets a key that has one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), vec![value.into()]);
    }

    /// Sets a key that may have several values; without any it stays absent.
    pub fn set_all(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.insert(key.to_ascii_lowercase(), values);
        }
    }

    /// Makes a key absent.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(&key.to_ascii_lowercase());
    }

    /// Takes over the keys of another context.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Sets a key for each tag that a resource has.
    pub fn set_resource_tags(&mut self, prefix: &str, tags: &Tags) {
        for (key, value) in tags {
            self.set(&format!("{prefix}{key}"), value);
        }
    }

    /// The values of a key, unless it is absent.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// The value of a key that has exactly one.
    pub fn single(&self, key: &str) -> Option<&str> {
        match self.values(key)? {
            [value] => Some(value),
            _ => None,
        }
    }
}
